# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoices and the subsidy: what is recorded, what is due, and that nobody is ever paid more than was granted."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from fablabs.models import Workshop
from orders.life import NotAllowedError, OrderError, RefusedError, advance
from orders.models import Envelope, EquipmentLot, Event, Order, OrderLine, OutboxMessage, State
from orders.money import subsidy
from orders.services import storage
from orders.services.envelopes import promised, reserve
from orders.services.letters import words_of
from orders.services.payments import balance_of, payable_of
from orders.services.uploads import judge
from tests.orders import make_buyer, make_campaign, make_envelope, make_order, make_prefecture
from tests.test_papers_storage import a_pdf
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.TRETEAU_ORDER_FILES = tmp_path


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(slug="copeaux", name="Les Copeaux", siret="73282932000074")


@pytest.fixture
def maker(workshop: Workshop) -> User:
    return make_maker_person(workshop)


@pytest.fixture
def buyer() -> User:
    return make_buyer()


@pytest.fixture
def prefecture() -> User:
    return make_prefecture()


def promise(order: Order, amount: int = 960, envelope: Envelope | None = None) -> Envelope:
    """As the préfecture's decision leaves it."""
    assert order.campaign is not None
    purse = envelope or make_envelope(order.campaign, 100_000)
    event = Event.objects.create(
        order=order,
        sequence=order.version + 100,
        action="fund",
        from_state=State.UNDER_REVIEW,
        to_state=State.FUNDED,
        party="prefecture",
        at=timezone.now(),
    )
    reserve(purse, order, Decimal(amount), event)
    return purse


def an_order(buyer: User, workshop: Workshop, state: State = State.DELIVERED, **fields: Any) -> Order:
    """A basis of 1 200 €, 960 € granted, 1 100 € agreed."""
    return make_order(buyer, state, campaign=make_campaign(), workshop=workshop, **fields)


def an_invoice(net: str = "1100", vat: str = "220", **more: Any) -> dict[str, Any]:
    return {
        "number": "F-2026-18",
        "issued_on": timezone.localdate(),
        "net_eur": Decimal(net),
        "vat_eur": Decimal(vat),
        "gross_eur": Decimal(net) + Decimal(vat),
        "scan": None,
    } | more


# The invoice


def test_an_invoice_is_recorded_with_its_numbers_and_a_correction_takes_its_place(
    buyer: User, maker: User, workshop: Workshop
) -> None:
    order = an_order(buyer, workshop, engagement_number="E-118", service_code="MEDIATION")
    scan = judge(a_pdf(), "facture.pdf", storage.SIGNED, "scan")
    advance(order, "invoice", actor=maker, given=an_invoice(scan=scan))
    order = advance(order, "invoice", actor=maker, given=an_invoice("1000", "200", number="F-2026-18 bis"))
    second, first = order.invoices.order_by("-id")
    assert first.scan is not None and first.replaced_at is not None and second.replaced_at is None
    assert (second.number, second.gross_eur, second.engagement_number) == ("F-2026-18 bis", Decimal(1200), "E-118")
    assert (second.seller_siret, second.buyer_siret) == (workshop.siret, order.organisation.siret)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no number": ({"number": " \x00 "}, "number"),
    "an endless number": ({"number": "9" * 10_000}, "number"),
    "no date": ({"issued_on": None}, "issued_on"),
    "tomorrow": ({"issued_on": date(9999, 12, 31)}, "issued_on"),
    "before the commitment": ({"issued_on": date(2021, 1, 1)}, "issued_on"),
    "nothing": ({"net_eur": Decimal(0), "gross_eur": Decimal(220)}, "net_eur"),
    "less than nothing": ({"net_eur": Decimal(-1)}, "net_eur"),
    "a milliard": ({"net_eur": Decimal(10**9)}, "net_eur"),
    "half a cent": ({"net_eur": Decimal("1100.005")}, "net_eur"),
    "not a number": ({"vat_eur": Decimal("NaN")}, "vat_eur"),
    "no amount": ({"vat_eur": None}, "vat_eur"),
    "a sum that is none": ({"gross_eur": Decimal("1320.01")}, "gross_eur"),
    "half of it VAT": ({"vat_eur": Decimal(550), "gross_eur": Decimal(1650)}, "vat_eur"),
    "more than was agreed, without a word": ({"net_eur": Decimal(1150), "vat_eur": Decimal(230), "gross_eur": Decimal(1380)}, "note"),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "field"), WRONG.values(), ids=WRONG)
def test_what_no_invoice_says_is_refused_beside_its_field(
    changed: dict[str, Any], field: str, buyer: User, maker: User, workshop: Workshop
) -> None:
    order = an_order(buyer, workshop)
    with pytest.raises(RefusedError) as refused:
        advance(order, "invoice", actor=maker, given=an_invoice() | changed)
    assert refused.value.field == field and refused.value.french.endswith(".") and not order.invoices.exists()


def test_more_than_was_agreed_is_recorded_with_a_word(buyer: User, maker: User, workshop: Workshop) -> None:
    order = an_order(buyer, workshop)
    given = an_invoice("1150", "230")
    order = advance(order, "invoice", actor=maker, given=given, note="Une livraison de plus, demandée le 3.")
    assert order.invoices.get().net_eur == 1150 and order.events.get().note.startswith("Une livraison")


def test_a_number_is_one_invoices_number(buyer: User, maker: User, workshop: Workshop) -> None:
    first = an_order(buyer, workshop)
    advance(first, "invoice", actor=maker, given=an_invoice())
    second = make_order(buyer, State.DELIVERED, campaign=first.campaign, workshop=workshop)
    with pytest.raises(RefusedError) as refused:
        advance(second, "invoice", actor=maker, given=an_invoice(number="f-2026-18"))
    assert refused.value.field == "number" and first.reference in refused.value.french
    advance(first, "invoice", actor=maker, given=an_invoice("1000", "200"))  # its own correction may keep it


def test_only_the_maker_invoices_and_not_before_it_is_committed(buyer: User, maker: User, workshop: Workshop) -> None:
    order = an_order(buyer, workshop, State.COMMITTED)
    stranger = make_maker_person(make_workshop(slug="autre"), "autre@example.org")
    for person in (buyer, stranger):
        with pytest.raises(NotAllowedError):
            advance(order, "invoice", actor=person, given=an_invoice())
    early = make_order(buyer, State.MAKER_CHOSEN, campaign=order.campaign, workshop=workshop)
    with pytest.raises(OrderError, match="maker_chosen"):
        advance(early, "invoice", actor=maker, given=an_invoice())


# The subsidy


def test_the_subsidy_is_asked_for_paid_in_parts_and_never_above_what_is_due(
    buyer: User, maker: User, prefecture: User, workshop: Workshop
) -> None:
    order = an_order(buyer, workshop)
    promise(order)
    with pytest.raises(RefusedError, match="no invoice"):
        advance(order, "request_payment", actor=buyer)
    advance(order, "invoice", actor=maker, given=an_invoice("1000", "200"))
    with pytest.raises(RefusedError) as refused:
        advance(order, "request_payment", actor=buyer, given={"amount_eur": Decimal("800.01")})
    assert refused.value.field == "amount_eur" and "800,00" in refused.value.french

    advance(order, "request_payment", actor=buyer)
    paper = order.documents.get()
    assert paper.reference.startswith("DP-") and paper.facts["requested_eur"] == "800.00"
    with pytest.raises(RefusedError, match="request is open"):
        advance(order, "request_payment", actor=buyer)

    today = timezone.localdate()
    for wrong, field in (
        ({"paid_eur": Decimal("800.01"), "paid_on": today}, "paid_eur"),
        ({"paid_eur": Decimal(0), "paid_on": today}, "paid_eur"),
        ({"paid_eur": Decimal(300), "paid_on": today + timedelta(days=1)}, "paid_on"),
        ({"paid_eur": Decimal(300), "paid_on": None}, "paid_on"),
        ({"refused": True}, "note"),
    ):
        with pytest.raises(RefusedError) as refused:
            advance(order, "record_payment", actor=prefecture, given=wrong)
        assert refused.value.field == field

    advance(order, "record_payment", actor=prefecture, given={"paid_eur": Decimal(300), "paid_on": today})
    advance(order, "request_payment", actor=buyer)
    advance(order, "record_payment", actor=prefecture, given={"refused": True}, note="La facture est illisible.")
    order = advance(order, "request_payment", actor=buyer, given={"amount_eur": Decimal(500)})
    order = advance(order, "record_payment", actor=prefecture, given={"paid_eur": Decimal(500), "paid_on": today})
    balance = balance_of(order)
    assert balance is not None and (balance.paid, balance.left, balance.open) == (800, 0, 0)
    with pytest.raises(RefusedError, match="nothing is left"):
        advance(order, "request_payment", actor=buyer)
    assert [row.requested_eur for row in order.payments.all()] == [800, 500, 500]


def test_a_correction_may_not_take_away_what_was_paid_for(
    buyer: User, maker: User, prefecture: User, workshop: Workshop
) -> None:
    order = an_order(buyer, workshop)
    promise(order)
    advance(order, "invoice", actor=maker, given=an_invoice())
    advance(order, "request_payment", actor=buyer)  # 880 €
    with pytest.raises(RefusedError) as refused:
        advance(order, "invoice", actor=maker, given=an_invoice("1000", "200"))
    assert refused.value.field == "net_eur" and "880,00" in refused.value.french
    advance(order, "invoice", actor=maker, given=an_invoice("1200", "240"), note="Une caisse de plus.")


def test_closing_gives_back_what_is_not_spent_and_what_is_given_up_needs_a_word(
    buyer: User, maker: User, prefecture: User, workshop: Workshop
) -> None:
    order = an_order(buyer, workshop, State.ACCEPTED)
    purse = promise(order)
    advance(order, "invoice", actor=maker, given=an_invoice("1000", "200"))
    with pytest.raises(RefusedError) as refused:
        advance(order, "close", actor=buyer)
    assert refused.value.field == "note" and "800,00" in refused.value.french
    advance(order, "request_payment", actor=buyer, given={"amount_eur": Decimal(500)})
    with pytest.raises(RefusedError, match="request is open"):
        advance(order, "close", actor=buyer, note="Tant pis.")
    day = timezone.localdate()
    advance(order, "record_payment", actor=prefecture, given={"paid_eur": Decimal(500), "paid_on": day})
    order = advance(order, "close", actor=buyer, note="Le reste est trop peu de chose.")
    purse.refresh_from_db()
    assert order.state == State.CLOSED and promised(order) == purse.reserved_eur == 500
    with pytest.raises(RefusedError, match="closed"):
        advance(order, "request_payment", actor=buyer)


def test_no_money_stays_promised_where_no_invoice_ever_comes(
    buyer: User, maker: User, prefecture: User, workshop: Workshop
) -> None:
    order = an_order(buyer, workshop, State.ACCEPTED)
    purse = promise(order)
    for actor, note in ((buyer, "L’atelier a fermé."), (prefecture, "")):
        with pytest.raises(RefusedError, match="no invoice"):
            advance(order, "close", actor=actor, note=note)
    with pytest.raises(NotAllowedError):
        advance(order, "close", actor=maker, note="Sans facture.")
    order = advance(order, "close", actor=prefecture, note="L’atelier a fermé, il n’y aura pas de facture.")
    purse.refresh_from_db()
    assert order.state == State.CLOSED and promised(order) == purse.reserved_eur == 0
    row = OutboxMessage.objects.get(recipient=buyer, template="close")
    assert "960,00" in words_of(row)[1] and OutboxMessage.objects.filter(recipient=maker, template="close").exists()


def test_what_nobody_asks_for_after_devices_are_settled_goes_back_by_the_prefectures_word(
    buyer: User, maker: User, prefecture: User
) -> None:
    campaign = make_campaign()
    order = make_order(buyer, State.AGREEMENT_SIGNED, campaign=campaign, lines=0)
    lot = EquipmentLot.objects.create(campaign=campaign, kind="tablet", configuration="8 Go")
    OrderLine.objects.create(order=order, position=1, lot=lot, quantity=2)
    purse = promise(order)
    order = advance(order, "settle_equipment", actor=buyer, given={"net_eur": Decimal(500)}, note="Recycl’Gard.")
    assert promised(order) == 400
    advance(order, "request_payment", actor=buyer, given={"amount_eur": Decimal(100)})
    with pytest.raises(RefusedError, match="request is open"):
        advance(order, "release_grant", actor=prefecture, note="Plus rien depuis un an.")
    today = timezone.localdate()
    advance(order, "record_payment", actor=prefecture, given={"paid_eur": Decimal(100), "paid_on": today})
    for actor in (buyer, maker, make_prefecture("p48@example.org", "48")):
        with pytest.raises(NotAllowedError):
            advance(order, "release_grant", actor=actor, note="Pour voir.")
    order = advance(order, "release_grant", actor=prefecture, note="Plus rien depuis un an.")
    purse.refresh_from_db()
    assert promised(order) == purse.reserved_eur == 100
    assert "300,00" in words_of(OutboxMessage.objects.get(recipient=buyer, template="release_grant"))[1]
    for action in ("release_grant", "request_payment"):
        actor = prefecture if action == "release_grant" else buyer
        with pytest.raises(RefusedError, match="nothing is"):
            advance(order, action, actor=actor, note="Encore.")


def test_devices_alone_are_settled_by_the_buyer_and_their_subsidy_stays_payable(buyer: User, prefecture: User) -> None:
    campaign = make_campaign()
    lot = EquipmentLot.objects.create(campaign=campaign, kind="tablet", configuration="10 pouces")
    order = make_order(buyer, State.AGREEMENT_SIGNED, campaign=campaign, lines=0)
    OrderLine.objects.create(order=order, position=1, lot=lot, quantity=4)
    purse = promise(order)
    for wrong in (None, Decimal(0), Decimal(-5), Decimal(10**9), Decimal("0.001"), Decimal("Infinity")):
        with pytest.raises(RefusedError) as refused:
            advance(order, "settle_equipment", actor=buyer, given={"net_eur": wrong}, note="Recycl’Gard, SIRET …")
        assert refused.value.field == "net_eur"

    scan = judge(a_pdf(), "facture.pdf", storage.SIGNED, "scan")
    given = {"net_eur": Decimal(1000), "scan": scan}
    order = advance(order, "settle_equipment", actor=buyer, given=given, note="Recycl’Gard, facture 12.")
    purse.refresh_from_db()
    assert order.state == State.CLOSED and promised(order) == purse.reserved_eur == 800

    advance(order, "request_payment", actor=buyer)
    assert order.documents.get().facts["spent"]["seller"] == "Recycl’Gard, facture 12."
    day = timezone.localdate()
    paid = {"paid_eur": Decimal(700), "paid_on": day, "final": True}
    order = advance(order, "record_payment", actor=prefecture, given=paid)
    purse.refresh_from_db()
    assert promised(order) == purse.reserved_eur == 700
    with pytest.raises(RefusedError, match="nothing is left"):
        advance(order, "request_payment", actor=buyer)


def test_furniture_is_not_settled_as_devices(buyer: User) -> None:
    order = make_order(buyer, State.AGREEMENT_SIGNED, campaign=make_campaign())
    with pytest.raises(RefusedError, match="furniture"):
        advance(order, "settle_equipment", actor=buyer, given={"net_eur": Decimal(10)}, note="x")


def test_the_agreements_rate_holds_though_the_campaigns_changes(buyer: User, workshop: Workshop) -> None:
    from orders.services.papers import make_agreement

    order = an_order(buyer, workshop)
    make_agreement(order, buyer)
    assert order.campaign is not None
    order.campaign.rate = Decimal("0.500")
    order.campaign.save()
    assert payable_of(order, Decimal(1000)) == 800


_CENTS = st.integers(1, 300_000).map(lambda cents: Decimal(cents) / 100)
#: What is asked for and paid, in parts of what is open: half of it, all of it, more than it.
_SHARES = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal("1.5")])
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["invoice", "request", "pay", "pay", "request", "refuse", "accept", "close"]), _CENTS, _SHARES
    ),
    min_size=4,
    max_size=12,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a life takes minutes, and one is short
)
@given(steps=_STEPS, expense=_CENTS, rate=st.integers(0, 100).map(lambda p: Decimal(p) / 100))
def test_paid_is_within_due_within_granted_within_the_envelope_whatever_happens(
    steps: list[tuple[str, Decimal, Decimal]], expense: Decimal, rate: Decimal, buyer: User, maker: User, prefecture: User,
    workshop: Workshop,
) -> None:  # fmt: skip
    campaign = make_campaign(slug=f"c-{uuid.uuid4().hex[:12]}", rate=rate)
    share = subsidy(expense, rate, Decimal(1500))
    order = make_order(
        buyer,
        State.DELIVERED,
        campaign=campaign,
        workshop=workshop,
        lines=0,
        basis_eur=share.basis_eur,
        granted_eur=share.granted_eur,
    )
    purse = make_envelope(campaign, 2_000)
    if share.granted_eur:
        promise(order, share.granted_eur, purse)  # type: ignore[arg-type]
    today = timezone.localdate()
    for name, amount, share_of in [("invoice", expense, Decimal(1)), *steps]:
        balance = balance_of(order)
        assert balance is not None
        asked = (balance.left * share_of).quantize(Decimal("0.01"))
        given_back = (balance.open * share_of).quantize(Decimal("0.01"))
        calls: dict[str, tuple[str, User, dict[str, Any]]] = {
            "invoice": ("invoice", maker, an_invoice(str(amount), "0", number=f"F-{campaign.pk}")),
            "request": ("request_payment", buyer, {"amount_eur": asked}),
            "pay": ("record_payment", prefecture, {"paid_eur": given_back, "paid_on": today, "final": amount > 1000}),
            "refuse": ("record_payment", prefecture, {"refused": True}),
            "close": ("close", buyer, {}),
            "accept": ("accept", buyer, {"reserves": ""}),
        }
        action, actor, said = calls[name]
        if name == "accept":
            Order.objects.filter(pk=order.pk, state=State.DELIVERED).update(
                state=State.ACCEPTED, accepted_at=timezone.now()
            )
        else:
            with suppress(OrderError):  # refused: nothing may have changed
                advance(order, action, actor=actor, given=said, note="une raison")
        order.refresh_from_db()
        purse.refresh_from_db()
        paid = sum((row.paid_eur or Decimal(0) for row in order.payments.all()), Decimal(0))
        standing = order.invoices.filter(replaced_at=None).first()
        due = rate * standing.net_eur if standing else Decimal(0)
        assert order.granted_eur is not None
        assert paid <= due and paid <= order.granted_eur <= purse.amount_eur and paid <= promised(order)
        entries = sum((entry.amount_eur for entry in purse.entries.all()), Decimal(0))
        assert entries == purse.reserved_eur == promised(order)
