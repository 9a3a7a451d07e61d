# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration's orders, and the campaign of thousands that a command makes."""

from __future__ import annotations

import io
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils import timezone

from accounts.demo import load_people
from accounts.models import Organisation
from cms.catalogue import sync_designs
from fablabs.demo import load_workshops
from fabrication.models import Quote
from orders.demo_clock import demo_clock
from orders.demo_orders import load_orders
from orders.demo_reset import forget_orders
from orders.demo_story import CAMPAIGNS, TALES
from orders.demo_zonings import load_zonings
from orders.eligibility.judgement import replay
from orders.life.table import ACTIONS
from orders.models import (
    WITH_MAKER,
    Campaign,
    Choice,
    Claim,
    Document,
    Envelope,
    Event,
    GrantEntry,
    Invoice,
    Order,
    OrderNumber,
    OutboxMessage,
    Piece,
    State,
    SubsidyPayment,
)
from orders.seeding.stories import STAGES, WHOLE
from orders.services.papers import still_says

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    settings.TRETEAU_ORDER_FILES = tmp_path / "orders"


def seed(*options: str) -> str:
    out = io.StringIO()
    call_command("seed_campaign", *options, stdout=out)
    return out.getvalue()


def assert_whole() -> None:
    """What must hold of all orders, whoever wrote them: states follow from events, money from entries, numbers have no gap."""
    for order in Order.objects.prefetch_related("events", "lines__pieces", "grant_entries"):
        events = sorted(order.events.all(), key=lambda one: one.sequence)
        assert [one.sequence for one in events] == list(range(1, order.version + 1))
        assert [State.DRAFT, *(one.to_state for one in events)] == [
            *(one.from_state for one in events),
            State(order.state),
        ]
        assert [one.at for one in events] == sorted(one.at for one in events)
        for one in events:
            action = ACTIONS[one.action]
            assert one.from_state in action.sources and one.party in action.parties
            assert one.to_state in (action.targets or (one.from_state,))
            assert bool(one.note) or not action.needs_note
        held = sum((entry.amount_eur for entry in order.grant_entries.all()), Decimal(0))
        paid = SubsidyPayment.objects.filter(order=order).aggregate(sum=Sum("paid_eur"))["sum"] or Decimal(0)
        if order.state in (State.WITHDRAWN, State.CANCELLED, State.NOT_FUNDED):
            assert held == 0
        elif order.state == State.CLOSED:
            assert held == paid
        else:
            assert held == (order.granted_eur or 0) >= paid
        begun = order.started_at is not None
        for line in order.lines.all():
            standing = [piece for piece in line.pieces.all() if piece.stage != Piece.Stage.REPLACED]
            assert len(standing) == (line.quantity if begun and line.is_furniture else 0)
        if order.judgement is not None:
            assert replay(order.judgement).verdict == order.verdict
    for envelope in Envelope.objects.annotate(sum=Sum("entries__amount_eur")):
        assert envelope.reserved_eur == (envelope.sum or 0)
    assert not Order.objects.filter(state__in=WITH_MAKER).exclude(choices__ended="").exclude(workshop=None).exists()
    for series, counted in (("order", Order.objects.exclude(number=None)), ("piece", Piece.objects.all())):
        _assert_no_gap(series, counted)
    for kind in Document.Kind:
        _assert_no_gap(kind, Document.objects.filter(kind=kind))
    assert not Document.objects.filter(facts={}).exists()


def _assert_no_gap(series: str, rows: Any) -> None:
    for year in rows.order_by().values("year").annotate(n=Count("pk"), first=Min("number"), last=Max("number")):
        assert (year["first"], year["last"]) == (1, year["n"]), (series, year)
        assert OrderNumber.objects.get(series=series, year=year["year"]).last == year["n"]


@pytest.mark.parametrize("stage", (*WHOLE, *STAGES), ids=lambda stage: stage.name)
def test_each_story_is_a_way_through_the_table_of_actions(stage: Any) -> None:
    for story in stage.stories:
        state = State.DRAFT
        for name in story.actions:
            action = ACTIONS[name]
            assert state in action.sources, (story, name, state)
            if name == "maker_refuse":
                state = State.AGREEMENT_SIGNED
            elif action.targets:
                (state,) = action.targets
        assert state == story.state, story


def test_a_seeded_campaign_holds_every_state_and_all_that_belongs_to_it() -> None:
    sync_designs()
    load_zonings()
    assert "90 orders" in seed("--orders", "90", "--makers", "12", "--seed", "4")
    assert Order.objects.count() == 90 and set(Order.objects.values_list("is_demo", flat=True)) == {True}
    assert set(Order.objects.values_list("state", flat=True)) == set(State.values)
    assert_whole()
    # Nobody gets anything: it was sent when it happened, to somebody who isn't the one who did it.
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"sent"}
    assert not OutboxMessage.objects.filter(recipient=F("event__actor")).exists()
    assert not OutboxMessage.objects.filter(sent_at__lt=F("event__at")).exists()
    # Rows have their own days, not the day of the command.
    assert Order.objects.filter(created_at__lt=timezone.now() - timezone.timedelta(days=30)).exists()
    assert not Choice.objects.exclude(Q(order__chosen_at=F("chosen_at")) | ~Q(ended="")).exists()
    assert not GrantEntry.objects.exclude(at=F("event__at")).exists()
    assert Quote.objects.filter(state="issued").count() == Quote.objects.exclude(number=None).count() > 0
    for document in Document.objects.filter(kind="agreement").select_related("order__campaign", "order__organisation"):
        assert still_says(document, document.order)
    assert not Invoice.objects.exclude(gross_eur__gt=F("net_eur")).exists() and Invoice.objects.exists()


def test_two_seeded_campaigns_stand_beside_each_other_and_each_stage_has_one() -> None:
    sync_designs()
    seed("--orders", "20", "--makers", "4")
    seed("--orders", "20", "--makers", "4", "--stages")
    assert Campaign.objects.filter(slug__startswith="essai-2-").count() == len(STAGES) == 5
    assert_whole()


def test_a_site_in_use_is_not_seeded(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="models are not published"):
        seed("--orders", "3", "--makers", "2")
    sync_designs()
    Organisation.objects.create(kind=Organisation.Kind.COLLECTIVITE, name="Commune d’Aubais")
    with pytest.raises(CommandError, match="--force"):
        seed("--orders", "3", "--makers", "2")
    assert not Order.objects.exists()
    seed("--orders", "3", "--makers", "2", "--force")
    assert Order.objects.count() == 3
    for wrong in ("0", "-1", "1e3", "٣", "1000000000"):
        with pytest.raises(CommandError, match="a number from 1"):
            seed(f"--orders={wrong}")


@pytest.mark.django_db(transaction=True)  # a worker's lease is kept by a connection of its own
def test_the_demonstration_has_a_campaign_in_each_stage_and_orders_in_every_state(settings: Any) -> None:
    load_workshops(site.ROOT / "examples" / "machines")
    sync_designs()
    assert load_orders() == 0  # these settings are not the demonstration's
    settings.TRETEAU_DEMO = True
    assert load_orders() == 0  # there is nobody yet
    load_people()
    load_zonings()
    assert load_orders() == len(TALES) == Order.objects.count()
    assert load_orders() == 0 and Order.objects.count() == len(TALES)
    assert set(Order.objects.values_list("state", flat=True)) == set(State.values)
    assert_whole()
    today = timezone.localdate()
    open_now = [campaign.name for campaign in Campaign.objects.open_on(today)]
    assert open_now == ["Espaces de démarches"] and Campaign.objects.count() == len(CAMPAIGNS) == 5
    assert Campaign.objects.filter(opens_on__gt=today).count() == 1
    # Each with the days on which it happened, none of them to come, and nobody is written to.
    assert Event.objects.aggregate(first=Min("at"))["first"] < timezone.now() - timezone.timedelta(days=400)
    assert not Event.objects.filter(at__gt=timezone.now()).exists()
    assert not OutboxMessage.objects.exclude(state="dropped").exists()
    assert OutboxMessage.objects.exists()
    # A claim, a part of an order that has arrived, an invoice, a payment.
    assert Claim.objects.filter(resolved_at=None).count() == 1
    assert Counter(Piece.objects.filter(line__order__state="in_production").values_list("stage", flat=True)) == {
        "delivered": 1, "cut": 1,
    }  # fmt: skip
    assert Invoice.objects.count() == 3 and SubsidyPayment.objects.exclude(paid_eur=None).count() == 2
    for document in Document.objects.filter(kind="agreement").select_related("order__campaign", "order__organisation"):
        assert still_says(document, document.order)
    forget_orders()
    assert not Order.objects.exists() and not Campaign.objects.exists() and not Quote.objects.exists()


def test_the_clock_of_the_demonstration_stops_with_it() -> None:
    before = timezone.now
    with pytest.raises(KeyError), demo_clock() as clock:
        clock.set(100)
        assert timezone.now() < before() - timezone.timedelta(days=99)
        clock.set(-5)
        assert timezone.now() <= before()  # nothing happens in days to come
        raise KeyError
    assert timezone.now is before
