# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign of invented orders, lived through by real processes that are killed at random; then what was lost."""

from __future__ import annotations

import os
import random
import socket
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from accounts.models import User
from designs.models import DesignRevision
from orders.life import OrderError, advance
from orders.life.table import Party
from orders.models import Event, Order, OutboxMessage, State
from orders.services.auditing import audit
from orders.services.choosing import ask_workshop
from orders.simulation.acting import actor_for, issue_quotes, next_act
from orders.simulation.clerk import Browser, act_on_the_site, done_twice
from orders.simulation.crew import Crew, Hand, Program
from orders.simulation.sink import Sink
from orders.simulation.world import World, begin, build_world

_ENDED = (State.CLOSED, State.WITHDRAWN, State.CANCELLED)
#: What clerks do on the site; the rest is done by hands that call the services.
_ON_THE_SITE = (State.DRAFT, State.SUBMITTED, State.UNDER_REVIEW, State.NOT_FUNDED)

_NO_END = 1_000_000


@dataclass(frozen=True)
class Plan:
    """``kill_every_s``: mean seconds between two kills. ``most_kills``: after them the rest goes undisturbed. ``patience_s``:
    for the whole life; beyond it the run is a failure."""

    orders: int
    seed: int
    hands: int = 2
    kill_every_s: float = 0.8
    most_kills: int = 10_000
    trouble: float = 0.02
    patience_s: float = 1_800.0


@dataclass
class Result:
    figures: dict[str, object] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def simulate(plan: Plan, revision: DesignRevision, say: Callable[[str], None]) -> Result:
    """Lives through it, and looks. On a database without orders; ``TRETEAU_VAR`` is the folder of all that it writes."""
    began = time.monotonic()
    chance = random.Random(plan.seed)
    # No worker computes any files here: what waits for one fills no queue.
    settings.TRETEAU_MAX_WAITING = _NO_END
    world = build_world(revision, max(3, plan.orders // 15), Decimal(plan.orders * 700))
    with Sink(plan.trouble, plan.seed) as sink:
        port = _free_port()
        crew = Crew(_members(plan, world, port, sink.port), chance)
        crew.start()
        clerks = _Clerks(world, port, plan)
        try:
            _live(plan, crew, clerks, chance, say)
            sink.be_well()
            crew.dismiss(*[f"hand {number}" for number in range(plan.hands)], "site")
            waited = _until_sent(plan, crew)
        finally:
            crew.stop()
        result = _look(plan, crew, clerks, sink)
    result.figures |= {
        "seconds until nothing waited": f"{waited:.0f}",
        "seconds in all": f"{time.monotonic() - began:.0f}",
        "database": connection.vendor,
    }
    return result


class _Clerks:
    """People at browsers: a step now and then, of any order that is theirs to decide."""

    def __init__(self, world: World, port: int, plan: Plan) -> None:
        self._world, self._port, self._chance = world, port, random.Random(plan.seed + 1)
        self.browsers: dict[int, Browser] = {}
        self.keys: list[uuid.UUID] = []

    def act(self) -> None:
        order = Order.objects.filter(state__in=_ON_THE_SITE, campaign=self._world.campaign).order_by("?").first()
        if order is None or (order.state == State.DRAFT and order.high_eur is None):
            return
        party = Party.PREFECTURE if order.state in (State.SUBMITTED, State.UNDER_REVIEW) else Party.BUYER
        user = actor_for(order, party, self._chance)
        assert user is not None
        key = act_on_the_site(order, self._browser(user), self._chance)
        self.keys += [key] if key else []

    def _browser(self, user: User) -> Browser:
        if user.pk not in self.browsers:
            self.browsers[user.pk] = Browser(self._port, user)
        return self.browsers[user.pk]


def _live(plan: Plan, crew: Crew, clerks: _Clerks, chance: random.Random, say: Callable[[str], None]) -> None:
    """Until every order has ended."""
    end, next_kill, next_word = time.monotonic() + plan.patience_s, time.monotonic() + 2.0, time.monotonic() + 20.0
    while (alive := Order.objects.exclude(state__in=_ENDED).count()) or Order.objects.count() < plan.orders:
        now = time.monotonic()
        if now > end:
            raise TimeoutError(f"{alive} orders have not ended in {plan.patience_s:.0f} s")
        if now >= next_kill and sum(crew.kills.values()) < plan.most_kills:
            crew.kill_one()
            next_kill = now + chance.expovariate(1 / plan.kill_every_s)
        if now >= next_word:
            say(f"{Order.objects.count()} orders, {alive} on their way, {sum(crew.kills.values())} kills")
            next_word = now + 20.0
        crew.mend()
        clerks.act()
        time.sleep(0.01)


def _until_sent(plan: Plan, crew: Crew) -> float:
    """Seconds until the outbox holds nothing that waits."""
    began, states = time.monotonic(), OutboxMessage.State
    while OutboxMessage.objects.filter(state__in=[states.WAITING, states.SENDING]).exists():
        if time.monotonic() - began > max(120.0, plan.patience_s / 4):
            break  # the audit says which
        crew.mend()
        time.sleep(0.1)
    return time.monotonic() - began


def _members(plan: Plan, world: World, port: int, mail_port: int) -> list[Program | Hand]:
    folder = Path(settings.VAR)
    environment = {
        **os.environ,
        "TRETEAU_MAIL_URL": f"smtp-plain://127.0.0.1:{mail_port}",
        "TRETEAU_MAIL_TIMEOUT": "1",
        "TRETEAU_LEASE_SECONDS": "1",
        "TRETEAU_SWEEP_SECONDS": "1",
        "TRETEAU_WORKER_WARM": "no",
        "TRETEAU_MAX_WAITING": str(_NO_END),
        "PYTHONUNBUFFERED": "1",
    }
    site = [
        sys.executable, "-m", "gunicorn", "cms.wsgi", "--config", "cms/gunicorn_config.py", "--preload",
        "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "2",
    ]  # fmt: skip
    worker = [
        sys.executable, "-m", "celery", "--quiet", "-A", "cms", "worker", "--queues", "sweeps", "--concurrency", "1",
        "--beat", "--schedule", str(folder / "beat"), "--without-gossip", "--without-mingle", "--without-heartbeat",
        "--loglevel", "WARNING",
    ]  # fmt: skip
    hands = [Hand(f"hand {number}", _hand(plan, world, number)) for number in range(plan.hands)]
    return [
        Program("site", site, environment, folder / "site.log"),
        Program("worker", worker, environment, folder / "worker.log"),
        *hands,
    ]


def _hand(plan: Plan, world: World, number: int) -> Callable[[int], None]:
    """What a hand does until it is killed: begins its share of the orders, and takes steps of any."""

    def work(times: int) -> None:
        chance = random.Random(f"{plan.seed} {number} {times}")
        share = range(number, plan.orders, plan.hands)
        while True:
            try:
                _begin_next(plan, world, share)
                order = Order.objects.exclude(state__in=_ENDED).order_by("?").first()
                if order is not None:
                    _take(order, chance)
                else:
                    time.sleep(0.05)
            except OrderError:
                time.sleep(0.02)  # somebody was quicker, or the envelope is empty
            except DatabaseError as error:
                print(f"hand {number}: {error}", file=sys.stderr, flush=True)

    return work


def _begin_next(plan: Plan, world: World, share: range) -> None:
    """The first order of its share that is not begun, or not whole: a killed hand left it anywhere."""
    keys = {number: uuid.uuid5(uuid.UUID(int=plan.seed), str(number)) for number in share}
    whole = set(Order.objects.filter(form_key__in=keys.values(), lines__isnull=False).exclude(
        state=State.DRAFT, high_eur=None).values_list("form_key", flat=True))  # fmt: skip
    todo = [number for number, key in keys.items() if key not in whole]
    if todo:
        number = todo[0]
        buyer = world.buyers[number % len(world.buyers)]
        begin(world, buyer, 1 + number % 3, Decimal(400), keys[number])


def _take(order: Order, chance: random.Random) -> None:
    act = next_act(order, chance)
    if act is None:
        issue_quotes(order)
        time.sleep(0.02)
        return
    if order.state in _ON_THE_SITE and order.sent_back_at is None and chance.random() < 0.7:
        return  # mostly the clerks'
    actor = actor_for(order, act.party, chance)
    if act.workshop is not None:
        assert actor is not None
        ask_workshop(order, act.workshop, actor=actor)
        return
    given = act.given | ({"basis_eur": Decimal(500)} if act.name == "fund" and order.high_eur is None else {})
    advance(order, act.name, actor=actor, note=act.note, given=given, seen=order.version)


def _look(plan: Plan, crew: Crew, clerks: _Clerks, sink: Sink) -> Result:
    """The rows, the mail, the forms."""
    faults = [str(fault) for fault in audit(settled=True)]
    received = Counter(sink.identifiers())
    sent = dict(OutboxMessage.objects.filter(state="sent").values_list("message_id", "recipient__email"))
    known = set(OutboxMessage.objects.values_list("message_id", flat=True))
    lost = [identifier for identifier in sent if identifier not in received]
    strange = [identifier for identifier in received if identifier not in known]
    wrong = [str(m["To"]) for m in sink.received if sent.get(str(m["Message-ID"])) not in (None, str(m["To"]))]
    faults += [f"{identifier} was never received" for identifier in lost]
    faults += [f"{identifier} is in no outbox" for identifier in strange]
    faults += [f"a message went to {address}, which is not its recipient" for address in wrong]
    faults += [f"the form of {address} was never answered" for b in clerks.browsers.values() for address in b.lost]
    if twice := done_twice(clerks.keys):
        faults.append(f"{twice} forms were done twice")
    answers = sum((browser.answers for browser in clerks.browsers.values()), Counter())
    faults += [f"{count} answers with status {status}" for status, count in answers.items() if status >= 500]
    if (made := Order.objects.count()) != plan.orders:
        faults.append(f"{made} orders, {plan.orders} were begun")
    states = Counter(Order.objects.values_list("state", flat=True))
    failed = OutboxMessage.objects.exclude(state="sent").count()
    if failed:
        faults.append(f"{failed} messages were not sent")
    figures: dict[str, object] = {
        "orders": made,
        "how they ended": ", ".join(f"{count} {state}" for state, count in states.most_common()),
        "events": Event.objects.count(),
        "kills": f"{sum(crew.kills.values())} ({', '.join(f'{n} {name}' for name, n in crew.kills.most_common())})",
        "forms sent, and unanswered at first": f"{sum(answers.values())}, "
        f"{sum(browser.unanswered for browser in clerks.browsers.values())}",
        "answers": ", ".join(f"{count} × {status}" for status, count in sorted(answers.items())),
        "messages": len(known),
        "bad moments of the mail server": sink.troubles,
        "received": sum(received.values()),
        "received again under the same Message-ID": sum(received.values()) - len(received),
        "lost": len(lost),
        "faults": len(faults),
    }
    return Result(figures, faults)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
