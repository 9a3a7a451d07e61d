# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Campaigns, envelopes and purchase thresholds, as coordinators make and change them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fablabs.services.refusals import NotAllowedError, RecordError
from orders.models import Campaign, Envelope, EquipmentLot, OrderLine, PurchaseThreshold, State
from orders.services.campaigns import publish
from orders.services.envelopes import set_envelope
from orders.services.thresholds import set_threshold
from tests.orders import make_buyer, make_campaign, make_envelope, make_order, make_prefecture
from tests.people import make_coordinator, make_person

pytestmark = pytest.mark.django_db

NEW = reverse("campaign-new")
TODAY = timezone.localdate()


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_coordinator())
    return client


def _form(**changes: Any) -> dict[str, Any]:
    """What a coordinator types of a new campaign."""
    typed = {
        "name": "Printemps 2027", "presentation": "Équiper les accueils.", "opens_on": TODAY.isoformat(),
        "closes_on": (TODAY + timedelta(days=30)).isoformat(), "decides_on": "", "delivers_on": "",
        "territory": "certains", "regions": ["94"], "departments": "30, 48", "rate_percent": "80", "cap_eur": "40 000",
        "cap_basis": "order", "vat_percent": "20", "answer_days": "15", "design_chariot": "on", "largest_chariot": "6",
        "lot_tablet": "on", "configuration_tablet": "10 pouces, 64 Go", "low_tablet": "120", "high_tablet": "250,50",
        "weight_eligibility": "30", "weight_frr_plus": "20", "weight_qpv": "15", "weight_small_commune": "15",
        "weight_first_order": "10", "weight_near_maker": "10",
    }  # fmt: skip
    return {name: value for name, value in (typed | changes).items() if value is not None}


def _filled(response: Any) -> dict[str, Any]:
    """What the page's form would send back."""
    form = response.context["form"]
    sent: dict[str, Any] = {"vu": response.context["seen"]}
    for field in form:
        value = field.value()
        if field.field.disabled or value in (None, False):
            continue
        sent[field.name] = "on" if value is True else field.field.prepare_value(value)
    return sent


def _errors(response: Any) -> list[str]:
    return sorted(response.context["form"].errors)


def _plain(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(text.replace("&nbsp;", " ").replace("&#x27;", "'").split())


def test_a_campaign_is_made_published_and_read_back(desk: Client) -> None:
    answer = desk.post(NEW, _form())
    campaign = Campaign.objects.get()
    assert answer.status_code == 302 and answer["Location"] == reverse("campaign-manage", args=[campaign.public_id])
    assert (campaign.slug, campaign.rate, campaign.cap_eur) == ("printemps-2027", Decimal("0.8"), Decimal(40_000))
    assert campaign.departments == ["2A", "2B", "30", "48"] and campaign.weights["qpv"] == 15
    assert [(one.design, one.largest_quantity) for one in campaign.designs.all()] == [("chariot", 6)]
    lot = campaign.lots.get()
    assert (lot.kind, lot.configuration, lot.high_eur) == ("tablet", "10 pouces, 64 Go", Decimal("250.50"))
    page = _plain(desk.get(answer["Location"]))
    assert "Corse, Gard (30), Lozère (48)" in page and "brouillon" in page
    assert not Campaign.objects.published().exists()
    desk.post(reverse("campaign-publish", args=[campaign.public_id]))
    campaign.refresh_from_db()
    assert campaign.is_open() and "ouverte" in _plain(desk.get(reverse("campaigns-manage")))
    assert desk.post(NEW, _form()).status_code == 302  # the same name again: an address of its own
    assert set(Campaign.objects.values_list("slug", flat=True)) == {"printemps-2027", "printemps-2027-2"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": ""}, ["name"]), ({"name": "x" * 121}, ["name"]), ({"name": "\x00"}, ["name"]),
        ({"opens_on": "9999-01-01"}, ["closes_on", "opens_on"]), ({"opens_on": "1999-01-01"}, ["opens_on"]),
        ({"closes_on": "2027-02-30"}, ["closes_on"]), ({"closes_on": "2020-01-02"}, ["closes_on"]), ({"closes_on": "٣"}, ["closes_on"]),
        ({"decides_on": TODAY.isoformat()}, ["decides_on"]), ({"delivers_on": TODAY.isoformat()}, ["delivers_on"]),
        ({"territory": ""}, ["territory"]), ({"regions": [], "departments": ""}, ["departments"]),
        ({"departments": "30, 99"}, ["departments"]), ({"regions": ["x"]}, ["regions"]), ({"departments": "9" * 10_000}, ["departments"]),
        ({"rate_percent": "101"}, ["rate_percent"]), ({"rate_percent": "-1"}, ["rate_percent"]), ({"rate_percent": ""}, ["rate_percent"]),
        ({"cap_eur": "1e3"}, ["cap_eur"]), ({"cap_eur": "10000000000"}, ["cap_eur"]), ({"vat_percent": "٣"}, ["vat_percent"]),
        ({"answer_days": "0"}, ["answer_days"]), ({"answer_days": "91"}, ["answer_days"]), ({"answer_days": "1,5"}, ["answer_days"]),
        ({"largest_chariot": "0"}, ["largest_chariot"]), ({"configuration_tablet": " "}, ["configuration_tablet"]),
        ({"high_tablet": "100"}, ["high_tablet"]), ({"weight_qpv": "101"}, ["weight_qpv"]), ({"cap_basis": "x"}, ["cap_basis"]),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    changes: dict[str, Any], fields: list[str], desk: Client
) -> None:
    answer = desk.post(NEW, _form(**changes))
    assert answer.status_code == 422 and not Campaign.objects.exists()
    assert set(_errors(answer)) <= set(fields) and _errors(answer)
    assert "10 pouces, 64 Go" in answer.content.decode() or "configuration_tablet" in fields
    assert f'href="#{_errors(answer)[0]}' in answer.content.decode()


def test_nobody_but_a_coordinator_makes_changes_or_sees_campaigns(client: Client) -> None:
    campaign, threshold = make_campaign(), PurchaseThreshold.objects.create(amount_eur=1, valid_from=date(2030, 1, 1))
    addresses = [
        reverse("campaigns-manage"), NEW, reverse("campaign-manage", args=[campaign.public_id]),
        reverse("campaign-edit", args=[campaign.public_id]), reverse("purchase-thresholds"),
        reverse("purchase-threshold", args=[threshold.pk]),
    ]  # fmt: skip
    for user in (make_prefecture(), make_buyer(), make_person("x@example.org")):
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
        for name in ("campaign-publish", "campaign-envelope"):
            assert client.post(reverse(name, args=[campaign.public_id]), {}).status_code == 404
        with pytest.raises(NotAllowedError):
            set_envelope(campaign, "30", Decimal(1), actor=user)
        with pytest.raises(NotAllowedError):
            publish(campaign, actor=user)
        with pytest.raises(NotAllowedError):
            set_threshold(Decimal(1), TODAY, "", actor=user)
    client.logout()
    assert client.get(addresses[0]).status_code == 302
    assert not Envelope.objects.exists() and Campaign.objects.count() == 1


def test_before_anybody_asks_everything_may_change(desk: Client) -> None:
    campaign = make_campaign()
    make_order(make_buyer(), State.DRAFT, campaign=campaign)
    address = reverse("campaign-edit", args=[campaign.public_id])
    page = desk.get(address)
    assert not page.context["form"].reasons
    sent = _filled(page) | {"rate_percent": "50", "cap_eur": "", "design_porte": "", "opens_on": TODAY.isoformat()}
    assert desk.post(address, sent).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.rate, campaign.cap_eur, campaign.opens_on) == (Decimal("0.5"), None, TODAY)
    assert [one.design for one in campaign.designs.all()] == ["chariot", "maisonnette"]


def test_once_somebody_asked_the_terms_stay_and_each_field_says_why(desk: Client) -> None:
    campaign = make_campaign()
    lot = EquipmentLot.objects.create(campaign=campaign, kind="tablet", configuration="10 pouces")
    order = make_order(make_buyer(), State.SUBMITTED, campaign=campaign)
    OrderLine.objects.create(order=order, position=2, lot=lot, quantity=2)
    address = reverse("campaign-edit", args=[campaign.public_id])
    page = desk.get(address)
    assert set(page.context["form"].reasons) == {"opens_on", "rate_percent", "cap_eur", "cap_basis", "vat_percent"}
    assert "Une intention a été déposée sur la foi de ce taux." in _plain(page)
    # Whoever sends it all the same changes nothing of it.
    sent = _filled(page) | {"rate_percent": "10", "cap_eur": "1", "opens_on": "2021-01-01", "name": "Renommée"}
    assert desk.post(address, sent).status_code == 302
    before = (campaign.rate, campaign.cap_eur, campaign.opens_on)
    campaign.refresh_from_db()
    assert (campaign.rate, campaign.cap_eur, campaign.opens_on) == before and campaign.name == "Renommée"
    sent = _filled(desk.get(address))
    refused = {
        "design_chariot": {"design_chariot": None}, "lot_tablet": {"lot_tablet": None},
        "configuration_tablet": {"configuration_tablet": "7 pouces"},
        "departments": {"territory": "certains", "departments": "48"},
        "closes_on": {"closes_on": (TODAY - timedelta(days=1)).isoformat()},
    }  # fmt: skip
    for field, changes in refused.items():
        changed = {name: value for name, value in (sent | changes).items() if value is not None}
        answer = desk.post(address, changed)
        assert answer.status_code == 422 and _errors(answer) == [field], field
    later = sent | {"closes_on": (TODAY + timedelta(days=60)).isoformat(), "low_tablet": "90", "largest_chariot": "2"}
    assert desk.post(address, later).status_code == 302


def test_two_coordinators_at_once_the_second_is_told_and_keeps_what_was_typed(desk: Client) -> None:
    campaign = make_campaign()
    address = reverse("campaign-edit", args=[campaign.public_id])
    sent = _filled(desk.get(address))
    assert desk.post(address, sent | {"name": "La première"}).status_code == 302
    answer = desk.post(address, sent | {"name": "La seconde"})
    assert answer.status_code == 409 and "La seconde" in answer.content.decode() and "La première" in _plain(answer)
    again = desk.post(address, _filled(answer) | {"name": "La seconde", "vu": answer.context["seen"]})
    campaign.refresh_from_db()
    assert again.status_code == 302 and campaign.name == "La seconde"


def test_publishing_wants_something_to_offer_and_days_to_come(desk: Client) -> None:
    campaign = make_campaign(published_at=None, closes_on=TODAY - timedelta(days=1))
    address = reverse("campaign-publish", args=[campaign.public_id])
    assert "Son dernier jour est passé" in _plain(desk.post(address, follow=True))
    campaign.designs.all().delete()
    assert "Proposez au moins un modèle" in _plain(desk.post(address, follow=True))
    campaign.refresh_from_db()
    assert campaign.published_at is None
    open_one = make_campaign(slug="b")
    make_order(make_buyer(), State.DRAFT, campaign=open_one)
    withdrawn = desk.post(reverse("campaign-publish", args=[open_one.public_id]), {"retirer": "oui"}, follow=True)
    open_one.refresh_from_db()
    assert "elle reste publiée" in _plain(withdrawn) and open_one.published_at is not None


def test_an_envelope_is_opened_and_changed_but_never_below_what_is_promised(desk: Client) -> None:
    campaign = make_campaign(departments=["30", "48"])
    address = reverse("campaign-envelope", args=[campaign.public_id])
    assert desk.post(address, {"department": "30", "amount_eur": "50 000"}).status_code == 302
    envelope = Envelope.objects.get()
    Envelope.objects.filter(pk=envelope.pk).update(reserved_eur=Decimal(1_000))
    assert desk.post(address, {"department": "30", "amount_eur": "1 000"}).status_code == 302
    answer = desk.post(address, {"department": "30", "amount_eur": "999,99"})
    assert (
        answer.status_code == 422
        and "1 000,00 € sont déjà engagés" in _plain(answer)
        and "999,99" in answer.content.decode()
    )
    for send, field in (
        ({"department": "75", "amount_eur": "1"}, "department"), ({"department": "", "amount_eur": "1"}, "department"),
        ({"department": "48", "amount_eur": "-1"}, "amount_eur"), ({"department": "48", "amount_eur": "1e3"}, "amount_eur"),
        ({"department": "48", "amount_eur": "9" * 12}, "amount_eur"), ({"department": "48", "amount_eur": "1,005"}, "amount_eur"),
        ({"department": "48", "amount_eur": ""}, "amount_eur"), ({"department": "\x00", "amount_eur": "1"}, "department"),
    ):  # fmt: skip
        answer = desk.post(address, send)
        assert answer.status_code == 422 and _errors(answer) == [field], send
    assert Envelope.objects.count() == 1
    coordinator = make_coordinator("c2@example.org")
    for department, amount in (("75", Decimal(1)), ("xx", Decimal(1)), ("30", Decimal("NaN")), ("30", Decimal("1e12"))):
        with pytest.raises(RecordError):
            set_envelope(campaign, department, amount, actor=coordinator)


def test_the_list_of_campaigns_asks_the_same_few_questions_for_one_and_for_ten(desk: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get(reverse("campaigns-manage")).status_code == 200
        return len(found)

    buyer = make_buyer()
    first = make_campaign()
    make_envelope(first)
    few = queries()
    for number in range(9):
        other = make_campaign(slug=f"c{number}")
        make_envelope(other)
        make_envelope(other, department="48")
        make_order(buyer, State.SUBMITTED, campaign=other)
    assert queries() == few <= 8
    counted = {
        line["campaign"].slug: line["campaign"].asked for line in desk.get(reverse("campaigns-manage")).context["lines"]
    }
    assert counted["c3"] == 1 and counted["printemps"] == 0


def test_every_day_has_one_threshold_whatever_is_added_moved_or_taken_away(desk: Client) -> None:
    PurchaseThreshold.objects.all().delete()
    address = reverse("purchase-thresholds")
    for amount, day in (("40 000", "2020-01-01"), ("80 000", "2099-01-01"), ("60 000", "2026-04-01")):
        assert desk.post(address, {"amount_eur": amount, "valid_from": day, "source": "Décret"}).status_code == 302
    assert _chain() == [
        (40_000, date(2020, 1, 1), date(2026, 3, 31)),
        (60_000, date(2026, 4, 1), date(2098, 12, 31)),
        (80_000, date(2099, 1, 1), None),
    ]
    last = reverse("purchase-threshold", args=[PurchaseThreshold.objects.latest("valid_from").pk])
    assert desk.post(last, {"amount_eur": "70 000", "valid_from": "2098-01-01", "source": ""}).status_code == 302
    assert _chain()[1:] == [(60_000, date(2026, 4, 1), date(2097, 12, 31)), (70_000, date(2098, 1, 1), None)]
    assert desk.post(last, {"retirer": "oui"}).status_code == 302
    assert _chain()[-1] == (60_000, date(2026, 4, 1), None)
    begun = reverse("purchase-threshold", args=[PurchaseThreshold.objects.latest("valid_from").pk])
    assert "Un seuil qui a commencé reste" in _plain(desk.post(begun, {"retirer": "oui"}, follow=True))
    for send, field in (
        ({"amount_eur": "0", "valid_from": "2030-01-01"}, "amount_eur"), ({"amount_eur": "٣", "valid_from": "2030-01-01"}, "amount_eur"),
        ({"amount_eur": "5", "valid_from": "2026-04-01"}, "valid_from"), ({"amount_eur": "5", "valid_from": "9999-12-31"}, "valid_from"),
        ({"amount_eur": "5", "valid_from": "2027-02-30"}, "valid_from"), ({"amount_eur": "5", "valid_from": ""}, "valid_from"),
    ):  # fmt: skip
        answer = desk.post(address, send)
        assert answer.status_code == 422 and _errors(answer) == [field], send
    assert len(_chain()) == 2


def _chain() -> list[tuple[int, date, date | None]]:
    return [
        (int(row.amount_eur), row.valid_from, row.valid_to) for row in PurchaseThreshold.objects.order_by("valid_from")
    ]
