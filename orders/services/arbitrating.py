# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Decisions over one intention and over many: each order takes its own steps, and what is refused says why."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.db import transaction

from orders.life import ACTIONS, NotAllowedError, OrderError, OvertakenError, RefusedError, advance
from orders.life.table import actions_from
from orders.models import Order, State

if TYPE_CHECKING:
    from accounts.models import User

#: The steps of an arbitration, as they are offered.
DECISIONS = ("review", "fund", "refuse_funding", "send_back", "reconsider")
#: Those that can be taken of many at once.
OF_MANY = ("review", "fund", "refuse_funding", "send_back")
#: They want an intention that is under review; one that was only submitted is taken into review on the way.
_AFTER_REVIEW = ("fund", "refuse_funding")
#: Seconds after which a request leaves the rest to the next one.
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Wanted:
    """An order that somebody ticked, and the version of it that the page showed."""

    pk: int
    seen: int | None = None


@dataclass(frozen=True)
class Refusal:
    order: Order
    french: str


@dataclass
class Report:
    """What became of many orders. ``left``: not tried any more, since the request took long enough."""

    action: str
    done: list[Order] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    left: list[Wanted] = field(default_factory=list)
    unknown: int = 0  # not this person's, or no order at all

    @property
    def granted_eur(self) -> Decimal:
        return sum((order.granted_eur or Decimal(0) for order in self.done), Decimal(0))


def decisions_for(order: Order, *, as_prefecture: bool) -> list[str]:
    """What may be decided now, in the order in which it is offered; a coordinator only prepares the decision."""
    names = {action.name for action in actions_from(State(order.state))}
    if order.state == State.SUBMITTED:
        names |= set(_AFTER_REVIEW)
    return [name for name in DECISIONS if name in names and (as_prefecture or "coordinator" in ACTIONS[name].parties)]


def decide(
    order: Order,
    action: str,
    *,
    actor: User,
    note: str = "",
    given: Mapping[str, Any] | None = None,
    seen: int | None = None,
    form_key: UUID | None = None,
) -> Order:
    """``advance``, with the review before a decision where nobody has taken it yet: both steps, or none."""
    if action not in DECISIONS:
        raise KeyError(action)
    with transaction.atomic():
        if action in _AFTER_REVIEW:
            fresh = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
            if fresh.state == State.SUBMITTED:
                seen = advance(fresh, "review", actor=actor, seen=seen).version
        return advance(order, action, actor=actor, note=note, given=given or {}, seen=seen, form_key=form_key)


def decide_many(
    wanted: Iterable[Wanted],
    action: str,
    *,
    actor: User,
    note: str = "",
    form_key: UUID,
    patience_s: float = PATIENCE_S,
) -> Report:
    """One after the other, in the given order, each in a transaction of its own: a refusal stops nobody else, and what is
    done stays done. The same form sent twice does nothing twice. A note that the action needs and hasn't got refuses all
    of them at once: RefusedError, with the field."""
    if action not in OF_MANY:
        raise KeyError(action)
    if ACTIONS[action].needs_note and not note.strip():
        raise RefusedError(
            f"{action} needs a reason",
            "Écrivez la raison\N{NO-BREAK SPACE}: elle est gardée avec chaque commande, et l’acheteur la lit.",
            "note",
        )
    todo = list({one.pk: one for one in wanted}.values())
    rows = Order.objects.arbitrated_by(actor).select_related("organisation", "campaign")
    report, begun = Report(action), time.monotonic()
    found: dict[int, Order] = {}
    for start in range(0, len(todo), _BATCH):
        found |= rows.in_bulk([one.pk for one in todo[start : start + _BATCH]])
    for place, one in enumerate(todo):
        if time.monotonic() - begun > patience_s:
            report.left = todo[place:]
            break
        order = found.get(one.pk)
        if order is None:
            report.unknown += 1
            continue
        key = uuid5(form_key, str(order.pk))
        try:
            after = decide(order, action, actor=actor, note=note, seen=one.seen, form_key=key)
        except NotAllowedError:
            report.refused.append(Refusal(order, "Cette décision revient à la préfecture du département."))
        except OvertakenError as error:
            report.refused.append(Refusal(order, error.french))
        except OrderError as error:
            report.refused.append(Refusal(order, error.french))
        else:
            after.organisation = order.organisation  # read with all the others, not once each
            report.done.append(after)
    return report


#: Keys in one query: fewer than SQLite takes.
_BATCH = 500
