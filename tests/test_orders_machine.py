# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many hands on several orders, doing what they should and what they should not: nothing is lost, nothing is doubled."""

from __future__ import annotations

import contextlib
import random
import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from orders.life import ACTIONS, NotAllowedError, OrderError, OvertakenError, RefusedError, advance
from orders.life.table import Party
from orders.models import ENDED, Envelope, Event, GrantEntry, Order, OutboxMessage
from orders.services import sending
from orders.services.auditing import audit
from orders.services.choosing import ask_workshop, note_answers
from orders.simulation.acting import Act, actor_for, issue_quotes, next_act
from orders.simulation.world import World, begin, build_world
from tests.orders import revision_of

SEEDS = st.integers(0, 2**32 - 1)
#: What a form may say instead of what is asked for.
ABSURD = st.sampled_from(
    [0, -1, 10**9, Decimal("NaN"), Decimal("-0.01"), Decimal("1e12"), "", "٣", "1e3", "\x00", None, [], {}, [0], [10**12],
     {0: "finished"}, {0: "shipped"}, date(9999, 12, 31), date(1, 1, 1), True, "9" * 10_000, uuid.UUID(int=0)]
)  # fmt: skip
FIELDS = (
    "basis_eur", "quantities", "pieces", "stages", "quantity", "thickness_mm", "line", "machine", "stock", "claim", "piece",
    "remedy", "amount_eur", "paid_eur", "paid_on", "number", "issued_on", "net_eur", "vat_eur", "gross_eur", "reasons",
    "wanted_by", "expected_on", "reserves", "carrier", "engagement_number",
)  # fmt: skip
#: What a rule says to a form's field that no cleaned form can hold: a fault of the caller, which takes nothing.
CALLERS_FAULT = (LookupError, TypeError, ValueError, AttributeError, AssertionError, ArithmeticError)


def _rows() -> tuple[Any, ...]:
    """All that a step may change, as numbers and texts."""
    return (
        tuple(Order.objects.order_by("pk").values_list("pk", "state", "version", "granted_eur", "net_eur")),
        Event.objects.count(),
        OutboxMessage.objects.count(),
        GrantEntry.objects.count(),
        tuple(Envelope.objects.order_by("pk").values_list("reserved_eur", flat=True)),
    )


def _walk(order: Order, chance: random.Random) -> None:
    """One plausible step."""
    act = next_act(order, chance)
    if act is None:
        issue_quotes(order)
        note_answers()
        return
    actor = actor_for(order, act.party, chance)
    with contextlib.suppress(RefusedError):  # the envelope is empty, the cap used up
        if act.workshop is not None:
            assert actor is not None
            ask_workshop(order, act.workshop, actor=actor)
        else:
            advance(order, act.name, actor=actor, note=act.note, given=act.given)


class Orders(RuleBasedStateMachine):
    """``world`` is set by the test: the same people for every example, whose rows are rolled back."""

    world: World

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        chance = random.Random(seed)
        self.orders: list[int] = []
        for number in range(3):
            buyer = self.world.buyers[number % len(self.world.buyers)]
            key = uuid.UUID(int=chance.getrandbits(128))
            price = Decimal(chance.choice([300, 900, 30_000]))
            made = {begin(self.world, buyer, chance.randint(1, 3), price, key).pk for _ in range(2)}
            assert len(made) == 1  # the same form, sent twice
            self.orders += made
        self.last: tuple[int, Callable[[], Order]] | None = None
        # One of them is new, one on its way, one far on it.
        for pk, steps in zip(self.orders[1:], (10, 30), strict=True):
            for _ in range(steps):
                _walk(Order.objects.get(pk=pk), chance)
        self.people = [
            *self.world.buyers, *self.world.prefectures, *self.world.makers, self.world.coordinator, None,
        ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._undone = transaction.atomic()
        self._undone.__enter__()
        mail.outbox = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undone.__exit__(None, None, None)

    def _order(self, chance: random.Random) -> Order:
        return Order.objects.get(pk=chance.choice(self.orders))

    def _doing(self, order: Order, act: Act, actor: User | None, key: uuid.UUID, seen: int) -> Callable[[], Order]:
        if act.workshop is not None:
            assert actor is not None
            return lambda: ask_workshop(order, act.workshop, actor=actor, form_key=key)  # type: ignore[arg-type]
        return lambda: advance(order, act.name, actor=actor, note=act.note, given=act.given, seen=seen, form_key=key)

    @rule(seed=SEEDS, steps=st.integers(1, 8))
    def what_comes_next(self, seed: int, steps: int) -> None:
        """What somebody would do next, as the page offers it, and then the next ones."""
        chance = random.Random(seed)
        order = self._order(chance)
        for _ in range(steps):
            order.refresh_from_db()
            act = next_act(order, chance)
            if act is None:
                issue_quotes(order)
                note_answers()
                continue
            actor = actor_for(order, act.party, chance)
            doing = self._doing(order, act, actor, uuid.UUID(int=chance.getrandbits(128)), order.version)
            before, version = _rows(), order.version
            try:
                after = doing()
            except OrderError as error:
                # An envelope may be empty, a cap used up: then nothing has changed, and the page says why.
                assert error.french and not isinstance(error, NotAllowedError | OvertakenError), repr(error)
                assert _rows() == before
                continue
            assert after.version == version + 1
            self.last = (order.pk, doing)

    @rule()
    @precondition(lambda self: self.last is not None)
    def the_same_form_again(self) -> None:
        assert self.last is not None
        before = _rows()
        self.last[1]()
        assert _rows() == before

    @rule(seed=SEEDS, action=st.sampled_from(sorted(ACTIONS)), given=st.dictionaries(st.sampled_from(FIELDS), ABSURD))
    def something_else(self, seed: int, action: str, given: dict[str, Any]) -> None:
        """Anybody, anything, at any time."""
        chance = random.Random(seed)
        order, actor = self._order(chance), chance.choice(self.people)
        note = chance.choice(["", "Une raison.", "\x00\u202e", "x" * 5_000])
        before = _rows()
        try:
            with transaction.atomic():
                after = advance(order, action, actor=actor, note=note, given=given)
        except (OrderError, *CALLERS_FAULT):
            assert _rows() == before
        else:
            assert after.version == order.version + 1

    @rule(seed=SEEDS)
    def an_old_page(self, seed: int) -> None:
        """Shown before the last step: whoever sends it is told, and nothing happens."""
        chance = random.Random(seed)
        order = self._order(chance)
        act = next_act(order, chance)
        if act is None or act.workshop is not None or order.version == 0:
            return
        before = _rows()
        with pytest.raises(OvertakenError) as told:
            actor = actor_for(order, act.party, chance)
            self._doing(order, act, actor, uuid.uuid4(), order.version - 1)()
        assert "Entre-temps" in told.value.french and "@" not in told.value.french
        assert _rows() == before

    @rule(seed=SEEDS)
    def a_step_that_is_cut_short(self, seed: int) -> None:
        """Its transaction falls after its last word: nothing of it is there."""
        chance = random.Random(seed)
        order = self._order(chance)
        act = next_act(order, chance)
        if act is None:
            return
        actor = actor_for(order, act.party, chance)
        before = _rows()
        try:
            with transaction.atomic():
                self._doing(order, act, actor, uuid.uuid4(), order.version)()
                raise ConnectionResetError
        except (ConnectionResetError, OrderError):
            assert _rows() == before

    @rule()
    def the_post_is_sent(self) -> None:
        sending.send_waiting()
        sent = [message.extra_headers["Message-ID"] for message in mail.outbox]
        assert len(sent) == len(set(sent))
        assert set(sent) == set(OutboxMessage.objects.filter(state="sent").values_list("message_id", flat=True))

    @invariant()
    def all_of_it_holds(self) -> None:
        assert [str(fault) for fault in audit()] == []


def _world(tmp_path: Path, given: Any) -> World:
    given.TRETEAU_ORDER_FILES, given.TRETEAU_ARTEFACTS = tmp_path / "orders", tmp_path / "artefacts"
    return build_world(revision_of("porte"), 3, Decimal(40_000))


@pytest.mark.django_db
def test_nothing_is_lost_or_doubled_whatever_is_done(tmp_path: Path, settings: Any) -> None:
    Orders.world = _world(tmp_path, settings)
    run_state_machine_as_test(Orders, settings=_SETTINGS)


_SETTINGS = settings(
    max_examples=6,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),  # a failure says its steps; to make them fewer would take minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_every_order_comes_to_an_end_and_the_rows_agree(tmp_path: Path, settings: Any) -> None:
    world = _world(tmp_path, settings)
    chance = random.Random(7)
    for number in range(6):
        order = begin(world, world.buyers[number % 3], 1 + number % 3, Decimal(300), uuid.uuid4())
        for _ in range(120):
            _walk(order, chance)
            order.refresh_from_db()
            if order.state in ENDED:
                break
        assert order.state in ENDED, order.state
    taken = set(Event.objects.values_list("action", flat=True))
    assert len(taken) > 25, sorted(set(ACTIONS) - taken)
    assert set(Event.objects.values_list("party", flat=True)) >= set(Party) - {Party.COORDINATOR}
    assert audit() == []
