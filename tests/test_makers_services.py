# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rules of a maker's record: who may what, what is refused and why, what is kept of each change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

import cms.routes.makers  # noqa: F401 (registers the blocker of files in the making)
from accounts.models import Organisation, User
from cms.catalogue import sync_designs
from cms.views.makers.words import field_words, told, value_words
from fablabs.models import Change, CuttingMachine, Maker, Workshop
from fablabs.services import closing, equipment, history, measuring, offering, places, registering, validating
from fablabs.services.editing import edit, fingerprint, stored
from fablabs.services.missing import missing
from fablabs.services.refusals import BlockedError, NotAllowedError, RecordError, StaleError
from fabrication import services as fabrication
from fabrication.models import Job
from tests.people import make_coordinator, make_member, make_organisation, make_person
from tests.running import ROOT
from tests.workshops import SIREN, SIRET, complete, make_maker_person, make_workshop, with_key

pytestmark = pytest.mark.django_db

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text()
LASER = (ROOT / "examples/machines/laser-600.toml").read_text()


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(ROUTER, slug="copeaux", name="Les Copeaux")


@pytest.fixture
def actor(workshop: Workshop) -> User:
    return make_maker_person(workshop)


@pytest.fixture
def blocker() -> Iterator[Callable[[str], None]]:
    """What another floor knows of work in progress."""
    sentences: list[str] = []
    closing.register_blocker("test", lambda workshop, machine: list(sentences))
    yield sentences.append
    closing._blockers.pop("test")


def test_nobody_else_may_do_anything(workshop: Workshop) -> None:
    third = make_maker_person(make_workshop(ROUTER, slug="autre", name="Autre"), "autre@example.org")
    machine, item, maker = workshop.machines.get(), workshop.stock.get(), workshop.maker
    tries: list[Callable[[], Any]] = [
        lambda: edit(workshop, {"lead_days": 3}, actor=third, subject="x"),
        lambda: places.move(workshop, {"name": "Volé"}, actor=third),
        lambda: places.add_site(maker, {"name": "Volé", "insee": "30189"}, actor=third),
        lambda: equipment.add_machine(workshop, machine.settings, actor=third),
        lambda: equipment.change_machine(machine, machine.settings | {"rapid_mm_min": 1}, actor=third),
        lambda: equipment.keep_draft(workshop, None, {"name": "x"}, actor=third),
        lambda: equipment.add_stock(workshop, item.settings, "new", actor=third),
        lambda: equipment.change_stock(item, item.settings, "recycled", actor=third),
        lambda: equipment.retire(machine, actor=third),
        lambda: equipment.restore(item, actor=third),
        lambda: equipment.import_file(workshop, ROUTER, "new", actor=third),
        lambda: measuring.measure(item, machine, actor=third, thickness_mm=17.9),
        lambda: offering.set_offers(maker, {}, actor=third),
        lambda: offering.add_evidence(maker, {"criterion": "social", "title": "x", "dated": "2025-01-01"}, actor=third),
        lambda: offering.close_weeks(workshop, [], actor=third),
        lambda: validating.ask(workshop, actor=third),
        lambda: validating.pause(workshop, actor=third),
        lambda: validating.resume(workshop, actor=third),
        lambda: closing.close_site(workshop, actor=third),
        lambda: closing.reopen_site(workshop, actor=third),
        lambda: closing.archive_maker(maker, actor=third),
    ]  # fmt: skip
    own = make_maker_person(workshop)
    reserved: list[Callable[[], Any]] = [
        lambda: validating.validate(workshop, actor=own),
        lambda: validating.refuse(workshop, "non", actor=own),
        lambda: validating.hold(workshop, "non", actor=own),
        lambda: closing.restore_maker(maker, actor=own),
    ]
    for attempt in (*tries, *reserved):
        with pytest.raises(NotAllowedError):
            attempt()
    assert not Change.objects.exists()


def test_a_legal_entity_registers_once_and_the_register_stays_open() -> None:
    one, two = (make_organisation(Organisation.Kind.MAKER, name) for name in ("Un", "Deux"))
    actor = make_person("dominique@example.org")
    for organisation in (one, two):
        make_member(actor, organisation)
    maker = registering.register(one, siren=SIREN, kind="artisan", actor=actor)
    one.refresh_from_db()
    assert one.siren == SIREN and maker.kind == "artisan"
    for organisation, siren in ((two, SIREN), (one, SIREN), (two, "123456789")):
        with pytest.raises(RecordError) as refused:
            registering.register(organisation, siren=siren, kind="fablab", actor=actor)
        assert "siren" in refused.value.messages
    with pytest.raises(ValidationError):
        registering.register(two, siren=with_key("98765431"), kind="banque", actor=actor)
    two.refresh_from_db()
    assert two.siren == "" and Maker.objects.count() == 1
    buyer = make_organisation(Organisation.Kind.COLLECTIVITE)
    with pytest.raises(RecordError):
        registering.register(buyer, siren=with_key("98765431"), kind="fablab", actor=make_coordinator())
    with pytest.raises(NotAllowedError):
        registering.register(two, siren=with_key("98765431"), kind="fablab", actor=make_person("autre@example.org"))


def test_a_sites_siret_belongs_to_its_siren_and_its_commune_exists(workshop: Workshop, actor: User) -> None:
    maker = workshop.maker
    given = {
        "name": "Second",
        "siret": SIRET,
        "address": "",
        "postcode": "",
        "insee": "23008",
        "latitude": None,
        "longitude": None,
    }
    for siren, field in (("", "siret"), (with_key("98765431"), "siret")):
        Organisation.objects.filter(pk=maker.organisation_id).update(siren=siren)
        with pytest.raises(RecordError) as refused:
            places.add_site(Maker.objects.get(pk=maker.pk), given, actor=actor)
        assert field in refused.value.messages
    Organisation.objects.filter(pk=maker.organisation_id).update(siren=SIREN)
    maker = Maker.objects.get(pk=maker.pk)
    with pytest.raises(RecordError) as refused:
        places.add_site(maker, given | {"insee": "99999"}, actor=actor)
    assert "insee" in refused.value.messages
    with pytest.raises(ValidationError):
        places.add_site(maker, given | {"siret": SIREN + "00011"}, actor=actor)
    made = places.add_site(maker, given, actor=actor)
    assert (made.slug, made.commune, made.state) == ("second-aubusson", "Aubusson (Creuse)", "draft")
    assert places.add_site(maker, given | {"siret": ""}, actor=actor).slug == "second-aubusson-2"
    with pytest.raises(ValidationError):  # one site a SIRET
        places.add_site(maker, given, actor=actor)
    assert Workshop.objects.filter(maker=maker).count() == 3


def test_of_two_who_read_the_same_the_second_is_told_and_nothing_is_overwritten(
    workshop: Workshop, actor: User
) -> None:
    seen = fingerprint(stored(workshop, ["lead_days"]))
    assert edit(workshop, {"lead_days": 10}, actor=actor, subject="délai", seen=seen) == {"lead_days": [None, 10]}
    with pytest.raises(StaleError) as told_:
        edit(Workshop.objects.get(), {"lead_days": 20}, actor=actor, subject="délai", seen=seen)
    assert told_.value.stored == {"lead_days": 10} and Workshop.objects.get().lead_days == 10
    assert edit(workshop, {"lead_days": 10}, actor=actor, subject="délai") == {} and Change.objects.count() == 1


def test_a_refused_change_leaves_nothing_behind(workshop: Workshop, actor: User) -> None:
    before = Workshop.objects.values().get()
    for values in (
        {"lead_days": 731},
        {"machine_hour_eur": Decimal("-1")},
        {"units_per_week": Decimal("1e9")},
        {"name": "x" * 121},
    ):
        with pytest.raises(ValidationError):
            edit(workshop, values, actor=actor, subject="x")
    assert Workshop.objects.values().get() == before and not Change.objects.exists()


def test_a_row_of_before_that_lacks_a_commune_is_changed_all_the_same_and_asked_for_it(
    workshop: Workshop, actor: User
) -> None:
    Workshop.objects.update(insee="", commune="Nîmes (Gard)", latitude=None, longitude=None)
    workshop.refresh_from_db()
    assert edit(workshop, {"lead_days": 9}, actor=actor, subject="délai") == {"lead_days": [None, 9]}
    validating.pause(workshop, actor=actor)
    assert "la commune" in [lack.french for lack in missing(workshop)]
    places.move(workshop, {"insee": "30189"}, actor=actor)
    assert workshop.latitude is not None and workshop.state == "draft"


def test_files_in_the_making_keep_a_machine_a_site_and_a_maker_in_place(
    workshop: Workshop, actor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fabrication, "ring", lambda pk, kind: None)
    revision = next(r for r in sync_designs() if r.design == "chariot")
    job = fabrication.request_package(revision, {}, workshop, 1)
    machine = workshop.machines.get()
    spare = equipment.add_machine(workshop, machine.settings | {"name": "Une autre"}, actor=actor)
    for act in (
        lambda: equipment.retire(machine, actor=actor),
        lambda: closing.close_site(workshop, actor=actor),
        lambda: closing.archive_maker(workshop.maker, actor=actor),
    ):
        with pytest.raises(BlockedError) as refused:
            act()
        assert "1\u00a0travail est en cours pour Les Copeaux" in refused.value.french
    workshop.refresh_from_db()
    assert workshop.state == "open" and workshop.machines.get(pk=machine.pk).is_active
    equipment.retire(spare, actor=actor)  # the job needs the other one
    Job.objects.filter(pk=job.pk).delete()
    closing.archive_maker(workshop.maker, actor=actor)
    workshop.refresh_from_db()
    assert workshop.state == "closed" and Maker.objects.get().archived_at


def test_a_site_lists_so_many_machines_and_no_draft_more(workshop: Workshop, actor: User) -> None:
    CuttingMachine.objects.bulk_create(
        CuttingMachine(workshop=workshop, name=f"M{n}", settings={}, is_active=False)
        for n in range(equipment.MOST_ROWS - workshop.machines.count())
    )
    with pytest.raises(RecordError, match="has 100 of them already"):
        equipment.keep_draft(workshop, None, {"name": "De trop"}, actor=actor)
    assert workshop.machines.count() == equipment.MOST_ROWS


def test_what_another_floor_registers_is_a_reason_too(
    workshop: Workshop, actor: User, blocker: Callable[[str], None]
) -> None:
    blocker("La commande C-12 est en fabrication ici.")
    with pytest.raises(BlockedError, match="work in progress") as refused:
        closing.close_site(workshop, actor=actor)
    assert refused.value.reasons == ("La commande C-12 est en fabrication ici.",)


def test_an_archived_maker_is_gone_for_its_people_and_comes_back_by_a_coordinator(
    workshop: Workshop, actor: User
) -> None:
    coordinator = make_coordinator()
    closing.archive_maker(workshop.maker, actor=actor)
    assert not Maker.objects.editable_by(actor).exists() and Maker.objects.editable_by(coordinator).exists()
    assert workshop.machines.count() == 1 and workshop.stock.count() == 1, "nothing is deleted"
    closing.restore_maker(workshop.maker, actor=coordinator)
    closing.reopen_site(workshop, actor=actor)
    assert workshop.state == "draft" and not Workshop.objects.open_to_orders().exists()


def test_validation_goes_one_way_and_names_what_is_missing(workshop: Workshop, actor: User) -> None:
    coordinator = make_coordinator()
    Workshop.objects.update(state="draft", validated_at=None)
    for act, who in ((validating.ask, actor), (validating.validate, coordinator)):
        with pytest.raises(RecordError, match="lacks"):
            act(workshop, actor=who)
    complete(workshop)
    validating.ask(workshop, actor=actor)
    assert workshop.asked_at
    validating.refuse(workshop, "SIRET", actor=coordinator)
    assert (workshop.asked_at, workshop.state_reason) == (None, "SIRET")
    validating.validate(workshop, actor=coordinator)
    assert workshop.state == "open" and workshop.validated_by == coordinator and workshop.state_reason == ""
    for act in (validating.ask, validating.resume):
        with pytest.raises(RecordError):
            act(workshop, actor=actor)
    validating.pause(workshop, actor=actor)
    validating.resume(workshop, actor=actor)
    validating.hold(workshop, "retard", actor=coordinator)
    places.move(workshop, {"address": "ailleurs"}, actor=actor)
    assert (workshop.state, workshop.is_held, workshop.validated_at) == ("paused", True, None)
    validating.resume(workshop, actor=coordinator)
    assert workshop.state == "draft" and workshop.asked_at, "it moved while it was held"
    assert list(Change.objects.order_by("pk").values_list("action", flat=True)) == [
        "asked", "refused", "validated", "paused", "resumed", "held", "changed", "resumed",
    ]  # fmt: skip


def test_the_answer_of_a_coupon_is_counted_as_the_shell_counts_it(workshop: Workshop, actor: User) -> None:
    item, machine = workshop.stock.get(), workshop.machines.get()
    assert measuring.coupon_clearances(item, machine) == (0.1, 0.2, 0.3, 0.4, 0.5)
    changed = measuring.measure(item, machine, actor=actor, number=3)
    assert changed == {"settings.clearance_mm": [0.2, 0.3]} and workshop.machine.stock.clearance_mm == 0.3
    # The same number of the same package's coupon, told twice, does not add up.
    for _ in range(2):
        measuring.measure(workshop.stock.get(), machine, actor=actor, number=3, cut=(0.1, 0.2, 0.3, 0.4, 0.5))
    assert workshop.stock.get().settings["clearance_mm"] == 0.3
    bad: list[tuple[dict[str, Any], str]] = [
        ({}, ""), ({"number": 6}, "number"), ({"number": 2, "clearance_mm": 0.1}, "number"),
        ({"clearance_mm": 3.0}, "clearance_mm"), ({"thickness_mm": 25.0}, "thickness_mm"), ({"kerf_mm": 0.2}, "kerf_mm"),
    ]  # fmt: skip
    for given_, field in bad:
        with pytest.raises(RecordError) as refused:
            measuring.measure(workshop.stock.get(), machine, actor=actor, **given_)
        assert field in refused.value.messages, given_
    laser = make_workshop(LASER, slug="laser", name="Le Laser")
    beam, sheet = laser.machines.get(), laser.stock.get()
    low = sheet.as_stock.clearance_mm
    assert measuring.coupon_clearances(sheet, beam)[1] - measuring.coupon_clearances(sheet, beam)[0] == pytest.approx(
        0.05
    )
    measuring.measure(
        sheet,
        beam,
        actor=make_maker_person(laser, "laser@example.org"),
        kerf_mm=0.23,
        thickness_mm=sheet.as_stock.measured_thickness_mm,
    )
    assert laser.machines.get().settings["kerf_mm"] == 0.23 and laser.stock.get().as_stock.clearance_mm == low
    with pytest.raises(RecordError):
        measuring.measure(item, beam, actor=actor, number=1)


def test_a_new_thickness_makes_another_package(
    workshop: Workshop, actor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fabrication, "ring", lambda pk, kind: None)
    revision = next(r for r in sync_designs() if r.design == "chariot")
    before = fabrication.request_package(revision, {}, workshop, 1)
    measuring.measure(workshop.stock.get(), None, actor=actor, thickness_mm=17.9)
    after = fabrication.request_package(revision, {}, Workshop.objects.get(), 1)
    assert before.key != after.key and "measured_thickness_mm = 17.9" in after.machine_file


def test_offers_are_what_was_ticked_and_no_unknown_model(workshop: Workshop, actor: User) -> None:
    maker = workshop.maker
    one = {"price_eur": Decimal("640.00"), "smallest_quantity": 1, "largest_quantity": 10}
    offering.set_offers(maker, {"chariot": one}, actor=actor)
    changed = offering.set_offers(maker, {"porte": one | {"price_eur": None}}, actor=actor)
    assert list(offering.offered(maker)) == ["porte"]
    assert changed["chariot.price_eur"] == ["640", None]
    with pytest.raises(RecordError):
        offering.set_offers(maker, {"trône": one}, actor=actor)
    with pytest.raises(ValidationError), transaction.atomic():
        offering.set_offers(maker, {"porte": one | {"largest_quantity": 0}}, actor=actor)
    assert list(offering.offered(maker)) == ["porte"]


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=3),
    lambda below: (
        st.dictionaries(st.text("xyz", min_size=1, max_size=2), below, max_size=3) | st.lists(below, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text("xyz", min_size=1, max_size=2), _json, max_size=3),
    st.dictionaries(st.text("xyz", min_size=1, max_size=2), _json, max_size=3),
)
def test_differences_are_none_between_equals_and_come_back_reversed(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert history.differences(one, one) == {}
    forth, back = history.differences(one, other), history.differences(other, one)
    assert forth == {key: [before, after] for key, (after, before) in back.items()}
    assert all(before != after for before, after in forth.values())
    assert (fingerprint(one) == fingerprint(other)) == (history.plain(one) == history.plain(other))
    assert len(told(forth)) == len(forth)


def test_words_of_a_history_are_those_of_the_forms() -> None:
    assert field_words("settings.tools.0.feed_mm_min") == "outil 1, l’avance"
    assert field_words("settings.measured_thickness_mm") == "l’épaisseur mesurée"
    assert field_words("chariot.price_eur") == "Chariot-établi, prix HT d’un exemplaire"
    assert value_words("state", "open") == "ouvert aux commandes" and value_words("x", None) == "rien"
    assert (
        value_words("machine_hour_eur", "61.5") == "61,5"
        and value_words("settings.layers.pocket.colour", [0, 128, 255]) == "0, 128, 255"
    )
