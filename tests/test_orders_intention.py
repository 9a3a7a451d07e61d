# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Submitting, paying alone, amending: what must hold, what is frozen, and until when it may still change."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.utils import timezone

from accounts.models import User
from designs.models import DesignRevision
from designs.sheet import Sheet
from fablabs.models import Offer
from fabrication.matching.measuring import Piece
from fabrication.matching.needs import PartNeeds, PieceNeeds
from fabrication.matching.services.candidates import profiles_in_use
from fabrication.models import Feasibility, Study
from orders.eligibility.judgement import replay
from orders.eligibility.zoning import Kind
from orders.life import ClosedError, NotAllowedError, OvertakenError, RefusedError, advance
from orders.models import (
    Campaign,
    EquipmentLot,
    Event,
    Order,
    OrderLine,
    OrderNumber,
    OutboxMessage,
    State,
    Zoning,
    ZoningList,
)
from orders.services.buyers import buyer_of
from orders.services.drafting import missing
from orders.services.estimating import estimate_order, keep, subsidy_of, used_basis
from tests.orders import make_buyer, make_campaign, make_line, make_order, make_prefecture, organisation_of, revision_of
from tests.people import make_coordinator, make_person, signed_in
from tests.workshops import make_workshop

ROUTER = (Path(site_settings.ROOT) / "examples/machines/router-2500.toml").read_text(encoding="utf-8")

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def buyer() -> User:
    return make_buyer()


@pytest.fixture
def draft(buyer: User, campaign: Campaign) -> Order:
    return make_order(buyer, campaign=campaign)


def list_of(kind: Kind, **communes: str) -> ZoningList:
    """A complete list of this year: commune's code (with a c before it) → status."""
    row = ZoningList.objects.create(
        kind=kind.value, vintage="2025", source="essai", valid_from=date(2025, 1, 1), is_complete=True
    )
    for insee, status in communes.items():
        Zoning.objects.create(list=row, insee=insee[1:], status=status, label="FRR socle", valid_from=date(2025, 1, 1))
    return row


def refused(order: Order, action: str, actor: User, **given: Any) -> RefusedError:
    before = Event.objects.count()
    with pytest.raises(RefusedError) as error:
        advance(order, action, actor=actor, **given)
    order.refresh_from_db()
    assert Event.objects.count() == before
    return error.value


# Submitting


def test_what_is_submitted_is_numbered_judged_and_frozen(buyer: User, draft: Order) -> None:
    list_of(Kind.FRR, c30189="full")
    list_of(Kind.QPV)
    OrderLine.objects.filter(order=draft).update(parameters={"width": 1000.0})
    make_prefecture()
    row = buyer_of(organisation_of(buyer))
    row.service_code = "MAIRIE-7"
    row.save()
    order = advance(draft, "submit", actor=buyer)
    today = timezone.localdate()
    assert (order.state, order.year, order.number) == (State.SUBMITTED, today.year, 1)
    assert order.verdict == "yes" and order.service_code == "MAIRIE-7"
    assert (order.department, order.region) == ("30", "76")
    line = order.lines.get()
    assert line.parameters == line.revision.drawing().clean({"width": 1000})
    # The list changes; the judgement does not.
    Zoning.objects.all().delete()
    order.refresh_from_db()
    assert replay(order.judgement).verdict == "yes"
    told = set(OutboxMessage.objects.values_list("template", "recipient__email"))
    assert told == {("submit", "prefecture@example.org")}


def test_the_second_order_has_the_next_number(buyer: User, draft: Order, campaign: Campaign) -> None:
    advance(draft, "submit", actor=buyer)
    second = advance(make_order(buyer, campaign=campaign), "submit", actor=buyer)
    assert second.number == 2 and second.reference.endswith("-00002")


def test_a_refused_order_takes_no_number(buyer: User, draft: Order) -> None:
    list_of(Kind.FRR)
    list_of(Kind.QPV)
    error = refused(draft, "submit", buyer)
    assert error.field == "eligibility" and "à vos frais" in error.french
    assert draft.state == State.DRAFT and not OrderNumber.objects.filter(series="order").exists()


@pytest.mark.parametrize("status", ["partial", None])
def test_who_is_partly_or_perhaps_eligible_may_submit(buyer: User, draft: Order, status: str | None) -> None:
    if status:
        list_of(Kind.FRR, c30189=status)
        list_of(Kind.QPV)
    order = advance(draft, "submit", actor=buyer)
    assert order.verdict == ("partly" if status else "unknown")


@pytest.mark.parametrize(("opens", "closes", "words"), [(-30, -1, "close depuis le"), (1, 30, "ouvre le")])
def test_outside_its_days_a_campaign_takes_nothing_and_says_its_date(
    buyer: User, opens: int, closes: int, words: str
) -> None:
    today = timezone.localdate()
    draft = make_order(
        buyer, campaign=make_campaign(opens_on=today + timedelta(opens), closes_on=today + timedelta(closes))
    )
    error = refused(draft, "submit", buyer)
    assert isinstance(error, ClosedError) and error.field == "campaign" and words in error.french


def test_the_last_day_still_counts(buyer: User) -> None:
    today = timezone.localdate()
    draft = make_order(buyer, campaign=make_campaign(opens_on=today, closes_on=today))
    assert advance(draft, "submit", actor=buyer).state == State.SUBMITTED


@pytest.mark.parametrize(
    ("field", "empty"),
    [
        ("professional", {"professional": ""}),
        ("reasons", {"reasons": ""}),
        ("commune", {"insee": "", "commune": ""}),
        ("address", {"address": ""}),
        ("postcode", {"postcode": ""}),
        ("contact_name", {"contact_name": ""}),
        ("contact_email", {"contact_email": "", "contact_phone": ""}),
        ("receiver_name", {"receiver_kind": "ccas"}),
        ("professional_detail", {"professional": "other"}),
    ],
)
def test_what_is_missing_is_named(buyer: User, draft: Order, field: str, empty: dict[str, str]) -> None:
    Order.objects.filter(pk=draft.pk).update(**empty)
    assert refused(draft, "submit", buyer).field == field


def test_nothing_or_something_else_can_not_be_ordered(buyer: User, draft: Order, campaign: Campaign) -> None:
    line = draft.lines.get()
    campaign.designs.filter(design="chariot").update(largest_quantity=1)
    assert refused(draft, "submit", buyer).field == f"line-{line.pk}"
    campaign.designs.filter(design="chariot").delete()
    assert "proposé" in refused(draft, "submit", buyer).french
    other = make_campaign(slug="autre")
    line.delete()
    lot = EquipmentLot.objects.create(campaign=other, kind="tablet", configuration="10 pouces")
    theirs = OrderLine.objects.create(order=draft, position=9, lot=lot, quantity=1)
    assert refused(draft, "submit", buyer).field == f"line-{theirs.pk}"
    theirs.delete()
    assert refused(draft, "submit", buyer).field == "lines"


def test_two_lines_of_a_model_count_together(buyer: User, draft: Order, campaign: Campaign) -> None:
    campaign.designs.filter(design="chariot").update(largest_quantity=3)
    make_line(draft, "chariot", quantity=2)
    assert "3 au plus" in refused(draft, "submit", buyer).french


def test_a_campaign_elsewhere_takes_nothing(buyer: User, draft: Order) -> None:
    Campaign.objects.update(departments=["48"])
    assert "département" in refused(draft, "submit", buyer).french
    organisation = organisation_of(buyer)
    organisation.insee = ""
    organisation.save()
    assert refused(draft, "submit", buyer).field == "department"


def test_a_model_that_was_drawn_anew_is_looked_at_again(buyer: User, draft: Order) -> None:
    line = draft.lines.get()
    old = DesignRevision.objects.create(
        design="chariot", number=99, code_path="designs.chariot.Chariot", defaults={}, texts={"title": "Chariot"}
    )
    drawn = line.revision
    line.revision, line.parameters = old, {"width": 1000, "colour": "red"}
    line.save()
    order = advance(draft, "submit", actor=buyer)
    line = order.lines.get()
    assert line.revision == drawn and line.parameters["width"] == 1000 and "colour" not in line.parameters


def test_sizes_that_no_revision_takes_any_more_are_refused(buyer: User, draft: Order) -> None:
    line = draft.lines.get()
    line.parameters = {"width": 5}
    line.save()
    assert refused(draft, "submit", buyer).field == f"line-{line.pk}"


def test_without_a_campaign_nothing_is_asked_of_the_state_and_one_pays_alone(buyer: User) -> None:
    list_of(Kind.FRR)
    list_of(Kind.QPV)
    draft = make_order(buyer)
    assert refused(draft, "submit", buyer).field == "campaign"
    order = advance(draft, "submit_self_funded", actor=buyer)
    assert (order.state, order.verdict, order.granted_eur) == (State.SELF_FUNDED, "no", None)


def test_reasons_are_asked_for_only_where_somebody_decides_by_them(buyer: User, draft: Order) -> None:
    alone = make_order(buyer)
    Order.objects.update(reasons="")
    assert [lack.field for lack in missing(Order.objects.get(pk=draft.pk))] == ["reasons"]
    assert missing(Order.objects.get(pk=alone.pk)) == []
    page, of_campaign = (
        signed_in(buyer).get(f"/commandes/{order.public_id}/brouillon/raisons/").content.decode()
        for order in (alone, draft)
    )
    assert "Vos raisons (facultatif)" in page and "La préfecture choisit" not in page
    assert "Vos raisons (facultatif)" not in of_campaign and "La préfecture choisit" in of_campaign
    assert advance(alone, "submit_self_funded", actor=buyer).state == State.SELF_FUNDED


def test_nobody_else_submits(draft: Order) -> None:
    for other in (
        make_buyer("autre@example.org", number=2),
        make_prefecture(),
        make_coordinator(),
        make_person("x@example.org"),
    ):
        for action in ("submit", "submit_self_funded"):
            with pytest.raises(NotAllowedError):
                advance(draft, action, actor=other)


def test_a_form_sent_twice_submits_once(buyer: User, draft: Order) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        order = advance(draft, "submit", actor=buyer, seen=0, form_key=key)
    assert order.number == 1 and order.events.count() == 1
    with pytest.raises(OvertakenError) as error:
        advance(draft, "submit", actor=buyer, seen=0, form_key=uuid.uuid4())
    assert "Camille R. a déposé l’intention" in error.value.french


# Amending


@pytest.fixture
def submitted(buyer: User, campaign: Campaign) -> Order:
    return make_order(buyer, State.SUBMITTED, campaign=campaign)


def test_quantities_and_texts_change_while_the_campaign_is_open(buyer: User, submitted: Order) -> None:
    line = submitted.lines.get()
    order = advance(
        submitted, "amend", actor=buyer, given={"quantities": {line.pk: 5}, "reasons": "Nous sommes plus nombreux."}
    )
    assert order.lines.get().quantity == 5 and order.reasons == "Nous sommes plus nombreux."
    assert order.state == State.SUBMITTED and order.version == 1
    event = order.events.get()
    assert event.data == {"fields": ["reasons"], "quantities": [[1, 2, 5]]}
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("quantity", [0, -1, 101, 10**9, True, "3", 1.5])
def test_a_wrong_quantity_is_refused_beside_its_line(buyer: User, submitted: Order, quantity: Any) -> None:
    line = submitted.lines.get()
    assert refused(submitted, "amend", buyer, given={"quantities": {line.pk: quantity}}).field == f"line-{line.pk}"
    line.refresh_from_db()
    assert line.quantity == 2


def test_the_campaigns_most_holds_for_amendments_too(buyer: User, submitted: Order, campaign: Campaign) -> None:
    campaign.designs.filter(design="chariot").update(largest_quantity=3)
    line = submitted.lines.get()
    assert "3 au plus" in refused(submitted, "amend", buyer, given={"quantities": {line.pk: 4}}).french


def test_lines_of_another_order_are_not_touched(buyer: User, submitted: Order, campaign: Campaign) -> None:
    theirs = make_order(make_buyer("autre@example.org", number=2), State.SUBMITTED, campaign=campaign).lines.get()
    refused(submitted, "amend", buyer, given={"quantities": {theirs.pk: 9}})
    theirs.refresh_from_db()
    assert theirs.quantity == 2


def test_a_late_change_is_refused_with_the_date(buyer: User, submitted: Order, campaign: Campaign) -> None:
    Campaign.objects.update(opens_on=date(2026, 1, 5), closes_on=date(2026, 3, 1))
    error = refused(submitted, "amend", buyer, given={"reasons": "Trop tard."})
    assert isinstance(error, ClosedError) and "1\u00a0mars\u00a02026" in error.french


def test_who_is_asked_for_more_answers_once_whatever_the_date(buyer: User, submitted: Order) -> None:
    make_prefecture()
    Campaign.objects.update(opens_on=date(2026, 1, 5), closes_on=date(2026, 3, 1))
    Order.objects.filter(pk=submitted.pk).update(sent_back_at=timezone.now())
    order = advance(submitted, "amend", actor=buyer, given={"reasons": "Voici."})
    assert order.sent_back_at is None
    assert set(OutboxMessage.objects.values_list("template", "recipient__email")) == {
        ("amend", "prefecture@example.org")
    }
    assert isinstance(refused(submitted, "amend", buyer, given={"reasons": "Et encore."}), ClosedError)


def test_an_amendment_leaves_nothing_that_was_needed_empty(buyer: User, submitted: Order) -> None:
    assert refused(submitted, "amend", buyer, given={"address": ""}).field == "address"
    assert refused(submitted, "amend", buyer, given={"postcode": "abc"}).field == "postcode"
    assert "Rien n’a changé" in refused(submitted, "amend", buyer, given={}).french


def test_what_is_in_review_changes_no_more(buyer: User, campaign: Campaign) -> None:
    order = make_order(buyer, State.UNDER_REVIEW, campaign=campaign)
    with pytest.raises(OvertakenError):
        advance(order, "amend", actor=buyer, given={"reasons": "Attendez."})


def test_who_is_not_funded_may_go_on_alone(buyer: User, campaign: Campaign) -> None:
    order = make_order(buyer, State.NOT_FUNDED, campaign=campaign)
    order = advance(order, "self_fund", actor=buyer)
    assert order.state == State.SELF_FUNDED and order.decision_reason == "L’enveloppe est épuisée."


# What it costs


def test_the_cap_of_a_buyer_holds_over_its_orders(buyer: User, campaign: Campaign, draft: Order) -> None:
    make_order(buyer, State.FUNDED, campaign=campaign, basis_eur=Decimal(39_000), granted_eur=Decimal(31_200))
    make_order(buyer, State.WITHDRAWN, campaign=campaign)
    assert used_basis(draft) == 0
    share = subsidy_of(draft, Decimal(10_000))
    assert share is not None and share.granted_eur == 8_000
    campaign.cap_basis = Campaign.CapBasis.EXPENSE
    campaign.save()
    draft.refresh_from_db()
    assert used_basis(draft) == 39_000
    share = subsidy_of(draft, Decimal(10_000), used_basis(draft))
    assert share is not None and (share.basis_eur, share.granted_eur) == (1_000, 800)


def test_a_lot_costs_what_the_campaign_says(buyer: User, campaign: Campaign, draft: Order) -> None:
    draft.lines.all().delete()
    priced = EquipmentLot.objects.create(
        campaign=campaign, kind="laptop", configuration="8 Go", low_eur=Decimal(200), high_eur=Decimal(300)
    )
    OrderLine.objects.create(order=draft, position=1, lot=priced, quantity=3)
    found = estimate_order(draft)
    assert (found.low, found.high, found.makers) == (600, 900, ())
    unpriced = EquipmentLot.objects.create(campaign=campaign, kind="tablet", configuration="10 pouces")
    OrderLine.objects.create(order=draft, position=2, lot=unpriced, quantity=1)
    found = estimate_order(draft)
    assert (found.low, found.high, found.low_grant) == (None, None, None)
    assert (found.known_low, found.known_high) == (600, 900)


def looked_at(design: str) -> None:
    """What a worker writes down once it has held the model in its base sizes against every machine: all can make it."""
    drawn = revision_of(design).drawing()
    needs = PieceNeeds(
        design, Sheet(), (PartNeeds("P01", "joue", 2, 800.0, 400.0, True),), 12.0, "P01", None, 640_000.0, 5.0, 0.0, 0.0,
        0, 9_000.0, 3, 4,
    )  # fmt: skip
    study = Study.objects.create(
        key=Piece(drawn, {}).key,
        design=design,
        parameters=drawn.clean({}),
        state=Study.State.DONE,
        rung_at=timezone.now(),
    )
    for profile in profiles_in_use():
        Feasibility.objects.create(study=study, profile=profile, obstacles=[], needs=needs.data(), most=None)


def test_the_price_of_an_order_is_what_one_maker_would_ask_for_all_of_it(
    buyer: User, campaign: Campaign, draft: Order
) -> None:
    """The cheapest of each model are two makers; nobody makes both at those prices, and each drives once."""
    for slug, chariot, porte in (("a", 500, 900), ("b", 700, 400)):
        workshop = make_workshop(ROUTER, slug=slug, name=slug.upper(), delivery_km_eur=Decimal(1), insee="30007",
                                 commune="Alès (Gard)")  # fmt: skip
        Offer.objects.create(maker=workshop.maker, design="chariot", price_eur=Decimal(chariot))
        Offer.objects.create(maker=workshop.maker, design="porte", price_eur=Decimal(porte))
    make_line(draft, "porte", quantity=1)
    for design in ("chariot", "porte"):
        looked_at(design)
    found = estimate_order(draft)
    assert [(one.low, one.high) for one in found.lines] == [(500, 700), (400, 900)]
    assert found.delivery_low is not None and found.delivery_low == found.delivery_high > 50
    assert (found.low, found.high) == (1_800 + found.delivery_low, 1_900 + found.delivery_low)
    assert {(one.slug, one.price) for one in found.makers} == {("a", found.high), ("b", found.low)}
    assert found.low_grant is not None and found.low_grant.granted_eur == (found.low * 8 / 10).quantize(Decimal("0.01"))
    keep(draft, found)
    draft.refresh_from_db()
    assert (draft.low_eur, draft.high_eur, draft.version) == (found.low, found.high, 0)
    assert [line.low_eur for line in draft.lines.all()] == [500, 400]


def test_nobody_waits_for_a_machine_that_was_not_looked_at_yet(buyer: User, draft: Order) -> None:
    make_workshop(ROUTER)
    found = estimate_order(draft)
    assert (found.pending, found.able, found.low) == (1, 0, None)
