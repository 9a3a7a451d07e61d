# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking for an assignment, and for another one that changes something."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.models import is_coordinator
from fabrication.assignment.inputs import pack
from fabrication.demand import Demand
from fabrication.errors import FabricationError
from fabrication.matching.candidate import Candidate
from fabrication.matching.services import candidates
from fabrication.models import AssignmentRule, AssignmentRun

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

#: Runs that may wait at once.
_MOST_WAITING = 20
#: Larger lists are no campaign's.
MOST_ORDERS, MOST_MAKERS, MOST_RULES = 50_000, 20_000, 100
#: Steps of a search, by how thorough it is: about 10 seconds, a minute, five minutes for a large campaign.
STEPS = {"rapide": 400, "soignee": 2_400, "longue": 12_000}


class NotAllowedError(FabricationError):
    """Only a coordinator does this."""


class RunError(FabricationError, ValueError):
    """Something of what was asked for can't be; ``french`` says what."""


@dataclass(frozen=True)
class Rule:
    kind: AssignmentRule.Kind
    demand: str
    maker: str


@dataclass(frozen=True)
class Settings:
    """What a coordinator chooses beside the lists. ``today``: deadlines count from it."""

    campaign: str
    today: date
    radius_km: float = 100.0
    weeks: int = 4
    balance_km: float = 0.0
    steps: int = STEPS["rapide"]


def open_workshops(
    designs: Sequence[str], today: date, committed: Mapping[str, Decimal] | None = None
) -> list[Candidate]:
    """The site's workshops that are open, as candidates for these models; their id is their slug, by which ``committed``
    says how many pieces they still have to make."""
    found: dict[str, Candidate] = {}
    for design in sorted(set(designs)):
        for listed in candidates(design, today, committed):
            candidate = listed.candidate
            known = found.get(candidate.id)
            if known is not None and known.offers is not None and candidate.offers is not None:
                candidate = replace(known, offers={**known.offers, **candidate.offers})
            found[candidate.id] = candidate
    return [candidate for candidate in found.values() if candidate.is_open and candidate.stations]


def request_run(
    actor: User | AnonymousUser,
    demands: Sequence[Demand],
    settings: Settings,
    *,
    makers: Sequence[Candidate] | None = None,
    committed: Mapping[str, Decimal] | None = None,
    rules: Sequence[Rule] = (),
) -> AssignmentRun:
    """A run over these orders and ``makers``, or the site's open workshops with what they have in hand. Raises NotAllowedError, RunError."""
    _require_coordinator(actor)
    if not demands:
        raise RunError("there are no orders", "Le tableau ne contient aucune commande.")
    designs = [demand.design for demand in demands]
    found = open_workshops(designs, settings.today, committed) if makers is None else list(makers)
    if not found:
        raise RunError("there are no makers", "Aucun atelier n’est ouvert : il n’y a rien à répartir.")
    if len(demands) > MOST_ORDERS or len(found) > MOST_MAKERS:
        raise RunError(
            f"at most {MOST_ORDERS} orders and {MOST_MAKERS} makers",
            f"Au plus {MOST_ORDERS} commandes et {MOST_MAKERS} ateliers à la fois.",
        )
    packed = pack(demands, found)
    run = AssignmentRun(
        inputs=packed,
        inputs_sha256=hashlib.sha256(packed).hexdigest(),
        makers=AssignmentRun.Makers.SITE if makers is None else AssignmentRun.Makers.TABLE,
        orders_count=len(demands),
        makers_count=len(found),
        created_by=actor,
    )
    return _queue(run, settings, rules, {d.id for d in demands}, {c.id for c in found})


def again(
    actor: User | AnonymousUser, parent: AssignmentRun, settings: Settings, rules: Sequence[Rule]
) -> AssignmentRun:
    """Another run over the same orders and makers. Raises NotAllowedError, RunError."""
    from fabrication.assignment.inputs import unpack

    _require_coordinator(actor)
    demands, makers = unpack(bytes(parent.inputs))
    run = AssignmentRun(
        parent=parent,
        inputs=parent.inputs,
        inputs_sha256=parent.inputs_sha256,
        makers=parent.makers,
        orders_count=parent.orders_count,
        makers_count=parent.makers_count,
        created_by=actor,
    )
    return _queue(run, settings, rules, {d.id for d in demands}, {c.id for c in makers})


def _require_coordinator(actor: User | AnonymousUser) -> None:
    if not is_coordinator(actor):
        raise NotAllowedError("only a coordinator assigns a campaign", "Seule la coordination répartit une campagne.")


def _queue(
    run: AssignmentRun, settings: Settings, rules: Sequence[Rule], orders: set[str], makers: set[str]
) -> AssignmentRun:
    from fabrication.assignment.services.working import ring

    _check(rules, orders, makers)
    if AssignmentRun.objects.claimable().count() >= _MOST_WAITING:
        raise RunError(
            "too many runs are waiting", "Beaucoup de répartitions attendent déjà. Réessayez dans quelques minutes."
        )
    run.campaign, run.today = settings.campaign, settings.today
    run.radius_km, run.weeks, run.balance_km = settings.radius_km, settings.weeks, settings.balance_km
    run.steps, run.rung_at = settings.steps, timezone.now()
    with transaction.atomic():
        run.save()
        AssignmentRule.objects.bulk_create(
            AssignmentRule(run=run, kind=rule.kind, demand=rule.demand, maker=rule.maker) for rule in rules
        )
        transaction.on_commit(lambda: ring(run.pk))
    return run


def _check(rules: Sequence[Rule], orders: set[str], makers: set[str]) -> None:
    if len(rules) > MOST_RULES:
        raise RunError(f"at most {MOST_RULES} rules", f"Au plus {MOST_RULES} règles à la fois.")
    seen: set[tuple[str, str]] = set()
    pinned: set[str] = set()
    for rule in rules:
        if rule.demand not in orders:
            raise RunError(f"no order {rule.demand}", f"Aucune commande ne s’appelle « {rule.demand} ».")
        if rule.maker not in makers:
            raise RunError(f"no maker {rule.maker}", f"Aucun atelier ne s’appelle « {rule.maker} ».")
        if (rule.demand, rule.maker) in seen:
            raise RunError(
                f"two rules for {rule.demand} – {rule.maker}",
                f"Deux règles portent sur la commande {rule.demand} et l’atelier {rule.maker}.",
            )
        seen.add((rule.demand, rule.maker))
        if rule.kind == AssignmentRule.Kind.PIN:
            if rule.demand in pinned:
                raise RunError(f"{rule.demand} is pinned twice", f"La commande {rule.demand} est imposée deux fois.")
            pinned.add(rule.demand)
