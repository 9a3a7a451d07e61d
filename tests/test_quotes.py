# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quotes as rows: asked for, computed by a worker, corrected with a reason, issued with a number."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organisation, User
from fablabs.geography import Commune, commune
from fablabs.models import CuttingMachine, Offer, Workshop
from fablabs.services import closing
from fablabs.services.refusals import BlockedError
from fabrication import artefacts, work
from fabrication import services as jobs
from fabrication.errors import NotMakeableError
from fabrication.models import Artefact, Job, OwnHardwarePrice, Quote, QuoteEvent, QuoteNumber
from fabrication.quoting.errors import NotAllowedError, QuoteError
from fabrication.quoting.services import (
    add_line,
    asking,
    change_line,
    complete,
    complete_waiting,
    fill_prices,
    issue,
    remove_line,
    request_quote,
    withdraw,
)
from tests.people import make_member, make_organisation, make_person
from tests.quoting import ALES, asked, people_of, porte, priced_workshop
from tests.running import ROOT
from tests.workshops import equip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(jobs, "ring", lambda pk, kind: None)  # the broker is tried in test_jobs_worker


@pytest.fixture
def workshop() -> Workshop:
    return priced_workshop()


@pytest.fixture
def buyer() -> User:
    return make_person("camille@example.org", "Camille Roux")


@pytest.fixture
def maker(workshop: Workshop) -> User:
    return people_of(workshop)


# Asking


def test_a_worker_measures_the_plan_and_the_quote_gets_its_lines(workshop: Workshop, buyer: User) -> None:
    quote = request_quote(porte(), {}, workshop, actor=buyer, insee=ALES)
    assert quote.state == Quote.State.COMPUTING and quote.job.kind == Job.Kind.QUOTE
    work.run(quote.job.pk)
    quote.refresh_from_db()
    assert quote.state == Quote.State.COMPUTED and quote.commune == "Alès (Gard)"
    amounts = [line.amount_eur for line in quote.lines.all()]
    assert len(amounts) > 20 and quote.net_eur == sum(amounts)
    assert quote.gross_eur == quote.net_eur + quote.vat_eur and quote.figures["parts"] == 19
    assert [e.action for e in quote.events.all()] == ["asked", "computed"]


def test_the_same_question_is_answered_at_once_by_the_same_quote(workshop: Workshop, buyer: User) -> None:
    first = asked(workshop, buyer)
    assert asked(workshop, buyer).pk == first.pk and Job.objects.count() == 1
    other = asked(workshop, make_person("sam@example.org", "Sam Blanc"))
    assert other.pk != first.pk and Job.objects.count() == 1 and other.net_eur == first.net_eur


def test_another_tariff_is_another_quote_of_the_same_plan(workshop: Workshop, buyer: User) -> None:
    first = asked(workshop, buyer)
    Workshop.objects.filter(pk=workshop.pk).update(hand_hour_eur=Decimal(50))
    second = asked(Workshop.objects.get(pk=workshop.pk), buyer)
    assert second.pk != first.pk and second.job == first.job and second.net_eur > first.net_eur
    first.refresh_from_db()
    assert first.terms["hand_hour_eur"] == "38.00"


def test_a_refused_plan_refuses_the_quote_with_its_reason(workshop: Workshop, buyer: User) -> None:
    quote = request_quote(porte(), {}, workshop, actor=buyer)
    now = timezone.now()
    Job.objects.filter(pk=quote.job.pk).update(
        state="refused", finished_at=now, reason="Aucun panneau n’est assez grand."
    )
    complete_waiting()
    quote.refresh_from_db()
    assert quote.state == Quote.State.REFUSED and quote.reason == "Aucun panneau n’est assez grand."
    assert not quote.lines.exists()


def test_figures_that_are_gone_end_the_quote_with_a_sentence(workshop: Workshop, buyer: User) -> None:
    quote = request_quote(porte(), {}, workshop, actor=buyer)
    kept = artefacts.store(Artefact.Kind.FACTS, quote.job.key, b"{}", "chiffres.json")
    artefacts.file_of(kept).unlink()
    now = timezone.now()
    ended = {"state": "done", "attempts": 1, "started_at": now, "finished_at": now, "progress": 100, "facts": kept}
    Job.objects.filter(pk=quote.job.pk).update(**ended)
    complete_waiting()
    quote.refresh_from_db()
    assert quote.state == Quote.State.REFUSED and "Demandez-le à nouveau" in quote.reason


def test_completing_twice_writes_no_line_twice(workshop: Workshop, buyer: User) -> None:
    quote = asked(workshop, buyer)
    count = quote.lines.count()
    stale = Quote.objects.get(pk=quote.pk)
    stale.state = Quote.State.COMPUTING
    assert complete(stale).state == Quote.State.COMPUTED
    assert quote.lines.count() == count


@pytest.mark.parametrize("quantity", [0, -1, 101, 10**9])
def test_quantities_out_of_bounds_write_nothing(workshop: Workshop, buyer: User, quantity: int) -> None:
    with pytest.raises(ValueError):
        request_quote(porte(), {}, workshop, actor=buyer, quantity=quantity)
    assert not Quote.objects.exists() and not Job.objects.exists()


def test_a_machine_that_cannot_cut_the_model_is_refused_before_any_row(workshop: Workshop, buyer: User) -> None:
    equip(workshop, (ROOT / "examples/machines/laser-600.toml").read_text())
    with pytest.raises(NotMakeableError):
        request_quote(porte(), {}, Workshop.objects.get(pk=workshop.pk), actor=buyer)
    assert not Quote.objects.exists()


def test_of_several_machines_the_first_that_can_take_the_piece_is_asked(workshop: Workshop, buyer: User) -> None:
    router, stock = workshop.pairs()[0]
    laser = tomllib.loads((ROOT / "examples/machines/laser-600.toml").read_text())["machine"]
    CuttingMachine.objects.filter(pk=router.pk).update(settings=laser, name="laser")
    CuttingMachine.objects.create(workshop=workshop, name="fraiseuse", settings=router.settings)
    quote = asked(Workshop.objects.get(pk=workshop.pk), buyer)
    assert quote.state == Quote.State.COMPUTED and "Routeur 2500" in quote.job.machine_file
    with pytest.raises(NotMakeableError):
        fresh = Workshop.objects.get(pk=workshop.pk)
        asked(fresh, buyer, machine=CuttingMachine.objects.get(name="laser"), stock=stock)


def test_unknown_prices_stay_unknown_and_the_quote_has_no_total(buyer: User) -> None:
    silent = priced_workshop("muet", hand_hour_eur=None)
    quote = asked(silent, buyer)
    assert quote.state == Quote.State.COMPUTED and quote.net_eur is None and quote.gross_eur is None
    assert quote.known_eur > 0 and "le prix de l’heure de main-d’œuvre" in quote.totals().missing


def test_a_workshop_that_is_closed_or_does_not_serve_the_place_is_not_asked(workshop: Workshop, buyer: User) -> None:
    Workshop.objects.filter(pk=workshop.pk).update(radius_km=30)
    near = Workshop.objects.get(pk=workshop.pk)
    with pytest.raises(QuoteError) as far:
        asked(near, buyer)
    assert far.value.field == "commune" and "30\u00a0km au plus" in far.value.french
    Workshop.objects.filter(pk=workshop.pk).update(radius_km=None, departments=["34"])
    with pytest.raises(QuoteError):
        asked(Workshop.objects.get(pk=workshop.pk), buyer)
    Workshop.objects.filter(pk=workshop.pk).update(departments=[], state="paused")
    with pytest.raises(QuoteError):
        asked(Workshop.objects.get(pk=workshop.pk), buyer)
    assert not Quote.objects.exists()


def test_where_no_road_leads_the_delivery_has_no_price(workshop: Workshop, buyer: User) -> None:
    quote = asked(workshop, buyer, insee="97411")
    delivery = quote.lines.get(code="delivery")
    assert delivery.amount_eur is None and "sans route" in delivery.missing and quote.net_eur is None


def test_a_maker_that_names_its_models_is_asked_for_those_at_its_price(workshop: Workshop, buyer: User) -> None:
    Offer.objects.create(maker=workshop.maker, design="chariot")
    fresh = Workshop.objects.get(pk=workshop.pk)
    with pytest.raises(QuoteError) as refusal:
        asked(fresh, buyer)
    assert refusal.value.field == "atelier"
    Offer.objects.create(maker=workshop.maker, design="porte", price_eur=Decimal(690), largest_quantity=3)
    fresh = Workshop.objects.get(pk=workshop.pk)
    with pytest.raises(QuoteError) as many:
        asked(fresh, buyer, 4)
    assert many.value.field == "quantite" and "de 1 à 3" in many.value.french
    quote = asked(fresh, buyer, 2)
    assert quote.lines.get(code="piece").amount_eur == 1380 and quote.piece_eur == 690
    other = asked(fresh, buyer, 2, given={"width": "600"})
    assert not other.lines.filter(code="piece").exists()


def test_another_machine_or_stock_of_the_workshop_can_be_named(workshop: Workshop, buyer: User) -> None:
    machine, stock = workshop.pairs()[0]
    assert asked(workshop, buyer, machine=machine, stock=stock).state == Quote.State.COMPUTED
    foreign = priced_workshop("ailleurs").pairs()[0][0]
    with pytest.raises(QuoteError):
        asked(workshop, buyer, machine=foreign)


def test_nobody_asks_in_the_name_of_an_organisation_that_is_not_theirs(workshop: Workshop, buyer: User) -> None:
    town = make_organisation(name="Commune d’Alès")
    with pytest.raises(NotAllowedError):
        asked(workshop, buyer, organisation=town)
    make_member(buyer, town)
    assert asked(workshop, buyer, organisation=town).organisation == town


def test_a_deadline_that_is_over_is_refused(workshop: Workshop, buyer: User) -> None:
    with pytest.raises(QuoteError) as refusal:
        asked(workshop, buyer, deadline=timezone.localdate() - timedelta(days=1))
    assert refusal.value.field == "echeance"


# Correcting


def test_a_correction_keeps_before_after_who_and_why(workshop: Workshop, buyer: User, maker: User) -> None:
    quote = asked(workshop, buyer)
    line, net = quote.lines.get(code="machine"), quote.net_eur
    was = line.amount_eur
    quote = change_line(line, actor=maker, quantity=Decimal("2.5"), unit_price=Decimal(45), reason=" mesuré\n hier ")
    assert quote.state == Quote.State.CORRECTED and quote.net_eur == net - was + Decimal("112.50")
    kept = quote.corrections.get()
    assert (kept.actor, kept.reason, kept.action) == (maker, "mesuré hier", "changed")
    assert (
        kept.before["amount_eur"] == str(was) and kept.after["quantity"] == "2.5" and "112,50" in kept.after["formula"]
    )
    assert quote.totals().gross == quote.gross_eur


def test_lines_are_added_and_taken_off_with_a_reason(workshop: Workshop, buyer: User, maker: User) -> None:
    quote = asked(workshop, buyer)
    net, edges = quote.net_eur, quote.lines.get(code="edges")
    quote = add_line(
        quote,
        actor=maker,
        label="Huile dure",
        quantity=Decimal(2),
        unit="m²",
        unit_price=Decimal("12.5"),
        reason="demandée",
    )
    assert quote.net_eur == net + 25
    quote = remove_line(edges, actor=maker, reason="chants laissés bruts")
    assert quote.net_eur == net + 25 - edges.amount_eur
    assert quote.lines.get(code="edges").is_removed and quote.corrections.count() == 2
    with pytest.raises(QuoteError):
        remove_line(edges, actor=maker, reason="encore")


def test_a_line_that_was_missing_is_completed_by_the_maker(buyer: User) -> None:
    silent = priced_workshop("muet", machine_hour_eur=None)
    maker = people_of(silent)
    quote = asked(silent, buyer)
    assert quote.net_eur is None
    line = quote.lines.get(code="machine")
    quote = change_line(line, actor=maker, quantity=line.quantity, unit_price=Decimal(60), reason="tarif de la machine")
    assert quote.net_eur is not None and quote.totals().missing == ()


def test_the_minimum_follows_the_other_lines_until_it_is_corrected_itself(buyer: User) -> None:
    small = priced_workshop("petit", minimum_eur=Decimal(900))
    maker = people_of(small)
    quote = asked(small, buyer, insee="")
    assert quote.net_eur == 900
    quote = add_line(
        quote,
        actor=maker,
        label="Vernis",
        quantity=Decimal(1),
        unit="forfait",
        unit_price=Decimal(40),
        reason="demandé",
    )
    assert quote.net_eur == 900
    quote = change_line(
        quote.lines.get(code="minimum"), actor=maker, quantity=Decimal(1), unit_price=Decimal(10), reason="geste"
    )
    assert quote.net_eur < 900 and quote.lines.get(code="minimum").amount_eur == 10


def test_lines_are_still_added_once_the_minimum_has_gone(buyer: User) -> None:
    small = priced_workshop("petit", minimum_eur=Decimal(5000))
    maker = people_of(small)
    quote = asked(small, buyer)
    assert quote.lines.filter(code="minimum").exists()
    for label in ("Huile", "Vernis", "Emballage"):
        quote = add_line(
            quote,
            actor=maker,
            label=label,
            quantity=Decimal(1),
            unit="forfait",
            unit_price=Decimal(4000),
            reason="demandé",
        )
    assert not quote.lines.filter(code="minimum").exists()
    assert list(quote.lines.filter(section="other").values_list("code", flat=True)) == ["own-1", "own-2", "own-3"]


def test_a_price_that_is_filled_in_makes_no_line_too_large(buyer: User) -> None:
    silent = priced_workshop("muet", hand_hour_eur=None)
    quote = asked(silent, buyer, quantity=2)
    with pytest.raises(QuoteError):
        fill_prices(quote, actor=people_of(silent), prices={"hand_hour": Decimal(999_999)})
    assert not quote.corrections.exists()
    assert quote.lines.filter(section="hands").exclude(unit_price_eur=None).count() == 0


@pytest.mark.parametrize(
    ("quantity", "price", "reason"),
    [
        ("-1", "5", "r"),
        ("1", "-5", "r"),
        ("1", "NaN", "r"),
        ("1", "2000000", "r"),
        ("1000000", "1000000", "r"),
        ("20000", "50.01", "r"),
        ("1.2345", "5", "r"),
        ("1", "5", " \n"),
    ],
)
def test_a_correction_out_of_bounds_changes_nothing(
    workshop: Workshop, buyer: User, maker: User, quantity: str, price: str, reason: str
) -> None:
    quote = asked(workshop, buyer)
    line = quote.lines.get(code="machine")
    with pytest.raises(QuoteError):
        change_line(line, actor=maker, quantity=Decimal(quantity), unit_price=Decimal(price), reason=reason)
    line.refresh_from_db()
    assert not line.is_corrected and not quote.corrections.exists()


def test_only_the_makers_people_correct_issue_or_take_back(workshop: Workshop, buyer: User, maker: User) -> None:
    quote = asked(workshop, buyer)
    third = people_of(priced_workshop("autre"))
    line = quote.lines.get(code="machine")
    for somebody in (buyer, third):
        with pytest.raises(NotAllowedError):
            change_line(line, actor=somebody, quantity=Decimal(1), unit_price=Decimal(1), reason="moins cher")
        with pytest.raises(NotAllowedError):
            issue(quote, actor=somebody)
        with pytest.raises(NotAllowedError):
            withdraw(quote, actor=somebody, reason="non")
    quote.refresh_from_db()
    assert quote.state == Quote.State.COMPUTED


def test_a_price_of_hardware_that_is_kept_serves_the_makers_next_quote(
    workshop: Workshop, buyer: User, maker: User
) -> None:
    quote = asked(workshop, buyer)
    line = quote.lines.filter(section="hardware").first()
    change_line(
        line, actor=maker, quantity=line.quantity, unit_price=Decimal("3.33"), reason="facture", keep_price=True
    )
    assert OwnHardwarePrice.objects.get().price_eur == Decimal("3.33")
    following = asked(workshop, buyer, 2)
    again = following.lines.get(code=line.code)
    assert again.unit_price_eur == Decimal("3.33") and again.source == "prix du fabricant"


# Issuing


def test_numbers_follow_each_other_and_a_refused_issue_takes_none(workshop: Workshop, buyer: User, maker: User) -> None:
    year = timezone.localdate().year
    first, second, third = (asked(workshop, buyer, n) for n in (1, 2, 3))
    silent = priced_workshop("muet", hand_hour_eur=None)
    incomplete = asked(silent, buyer)
    assert issue(first, actor=maker).reference == f"{year}-0001"
    with pytest.raises(QuoteError):
        issue(incomplete, actor=people_of(silent))
    with pytest.raises(QuoteError):
        issue(first, actor=maker)
    with pytest.raises(RuntimeError), transaction.atomic():
        issue(second, actor=maker)
        raise RuntimeError("the power fails before the commit")
    assert issue(third, actor=maker).reference == f"{year}-0002"
    assert issue(second, actor=maker).reference == f"{year}-0003"
    assert QuoteNumber.objects.get(year=year).last == 3


def test_an_issued_quote_keeps_its_lines_names_and_number(workshop: Workshop, buyer: User, maker: User) -> None:
    town = make_organisation(name="Commune d’Alès", siret="21300007800016")
    make_member(buyer, town)
    quote = issue(asked(workshop, buyer, organisation=town), actor=maker)
    assert quote.valid_until == timezone.localdate() + timedelta(days=30)
    with pytest.raises(QuoteError):
        change_line(
            quote.lines.get(code="machine"), actor=maker, quantity=Decimal(1), unit_price=Decimal(1), reason="trop tard"
        )
    Organisation.objects.filter(pk=town.pk).update(name="Autre nom")
    quote.refresh_from_db()
    assert quote.parties["buyer"] == {"name": "Commune d’Alès", "siret": "21300007800016", "person": "Camille Roux"}
    gone = withdraw(quote, actor=maker, reason="panne de machine")
    assert gone.state == Quote.State.WITHDRAWN and gone.reference and gone.reason == "panne de machine"


def test_the_validity_is_from_today_to_a_year(workshop: Workshop, buyer: User, maker: User) -> None:
    quote, today = asked(workshop, buyer), timezone.localdate()
    for wrong in (today - timedelta(days=1), today + timedelta(days=366)):
        with pytest.raises(QuoteError):
            issue(quote, actor=maker, valid_until=wrong)
    issued = issue(quote, actor=maker, valid_until=today)
    assert not issued.has_expired() and issued.has_expired(today + timedelta(days=1))


def test_an_expired_quote_is_not_the_answer_to_the_same_question(workshop: Workshop, buyer: User, maker: User) -> None:
    quote = issue(asked(workshop, buyer), actor=maker)
    assert asked(workshop, buyer).pk == quote.pk
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert asked(workshop, buyer).pk != quote.pk


def test_a_question_sent_twice_at_once_is_one_quote_beside_an_expired_one(
    workshop: Workshop, buyer: User, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired = issue(asked(workshop, buyer), actor=maker)
    Quote.objects.filter(pk=expired.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    looks: list[str] = []
    twins: list[Quote] = []

    def meanwhile(insee: str) -> Commune:
        """The other request comes through after our look for a quote that is there, before our row is."""
        looks.append(insee)
        if len(looks) == 2:
            twins.append(asked(workshop, buyer))
        return commune(insee)

    monkeypatch.setattr(asking, "commune", meanwhile)
    assert asked(workshop, buyer).pk == twins[0].pk != expired.pk


def test_a_site_does_not_close_while_a_quote_of_its_own_holds(workshop: Workshop, buyer: User, maker: User) -> None:
    quote = issue(asked(workshop, buyer), actor=maker)
    for leave in (
        lambda: closing.close_site(workshop, actor=maker),
        lambda: closing.archive_maker(workshop.maker, actor=maker),
    ):
        with pytest.raises(BlockedError) as refused:
            leave()
        assert "1\u00a0devis émis est encore valable" in refused.value.french
    other = priced_workshop("autre")
    closing.close_site(other, actor=people_of(other))
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    closing.close_site(workshop, actor=maker)
    assert workshop.state == Workshop.State.CLOSED


def test_the_rows_themselves_refuse_what_no_quote_may_be(workshop: Workshop, buyer: User) -> None:
    quote = asked(workshop, buyer)
    line = quote.lines.get(code="machine")
    for broken in (
        lambda: Quote.objects.filter(pk=quote.pk).update(state="issued"),
        lambda: Quote.objects.filter(pk=quote.pk).update(number=7),
        lambda: Quote.objects.filter(pk=quote.pk).update(hidden_at=timezone.now()),
        lambda: type(line).objects.filter(pk=line.pk).update(unit_price_eur=None),
        lambda: type(line).objects.filter(pk=line.pk).update(quantity=Decimal(-1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()


def test_everything_that_happens_is_noted_in_order(workshop: Workshop, buyer: User, maker: User) -> None:
    quote = asked(workshop, buyer)
    change_line(
        quote.lines.get(code="edges"), actor=maker, quantity=Decimal(1), unit_price=Decimal(30), reason="plus vite"
    )
    withdraw(issue(quote, actor=maker), actor=maker, reason="panne")
    actions = list(QuoteEvent.objects.filter(quote=quote).values_list("action", "actor__email"))
    assert actions == [
        ("asked", buyer.email),
        ("computed", None),
        ("corrected", maker.email),
        ("issued", maker.email),
        ("withdrawn", maker.email),
    ]
