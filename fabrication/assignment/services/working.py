# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a worker does with a run: claim it, assign, write the lines; and looking after what was left behind.

The row is the truth, as with jobs: claimed by compare-and-set, kept by a heartbeat, settled only by its owner.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fablabs.geography import commune
from fabrication import leases
from fabrication.assignment.inputs import unpack
from fabrication.leases import MAX_ATTEMPTS, Lease, LeaseLostError, claim
from fabrication.models import AssignmentRow, AssignmentRule, AssignmentRun

log = logging.getLogger(__name__)

#: However many steps: a worker has other work too (s).
_MOST_SECONDS = 900.0
_RING_AT_ONCE = 4
_OUR_FAULT = (
    "Une erreur de notre côté a arrêté le calcul. Vos données sont gardées : relancez la répartition ; si l’erreur "
    "revient, prévenez la personne qui s’occupe du site."
)
_INTERRUPTED = "Le calcul a été interrompu trois fois de suite. Ce n’est pas de votre fait : relancez-le plus tard."


def work(pk: int) -> None:
    """Work on a run if it is to be had; never raises for one that can't be made."""
    run = claim(AssignmentRun.objects, pk)
    if run is None:
        return
    try:
        with Lease(run) as lease:
            _work(run, lease)
    except LeaseLostError:
        log.warning("assignment %s: another worker took it over, this result is dropped", pk)


def _work(run: AssignmentRun, lease: Lease) -> None:
    from fabrication.assignment.campaign import RuleError

    try:
        _assign(run, lease)
    except LeaseLostError:
        raise
    except RuleError as error:
        lease.settle(AssignmentRun.State.REFUSED, reason=error.french, fault=str(error))
    except Exception as error:
        log.exception("assignment %s failed", run.pk)
        fault = f"{type(error).__name__}: {error}"
        lease.settle(AssignmentRun.State.FAILED, reason=_OUR_FAULT, fault=fault)


def _assign(run: AssignmentRun, lease: Lease) -> None:
    from fabrication.assignment.campaign import Terms, prepare
    from fabrication.assignment.engine import Budget
    from fabrication.assignment.problem import Weights
    from fabrication.assignment.result import solve
    from fabrication.matching.measuring import Pieces

    demands, candidates = unpack(bytes(run.inputs))
    rules = list(run.rules.all())
    terms = Terms(
        today=run.today,
        radius_km=run.radius_km,
        weeks=run.weeks,
        weights=Weights(run.unserved_km, run.balance_km),
        pins=tuple((r.demand, r.maker) for r in rules if r.kind == AssignmentRule.Kind.PIN),
        forbidden=tuple((r.demand, r.maker) for r in rules if r.kind == AssignmentRule.Kind.FORBID),
    )
    pieces = Pieces(settings.TRETEAU_ARTEFACTS.parent / "needs")
    lease.progress("feasibility", 0.0)
    campaign = prepare(
        demands, candidates, terms, pieces=pieces, progress=lambda done: lease.progress("feasibility", done * 0.3)
    )
    lease.progress("search", 0.3)

    def watch(done: float, objective_m: int) -> bool:
        lease.progress("search", 0.3 + 0.65 * done)
        return True

    result = solve(campaign, Budget(run.steps, _MOST_SECONDS), pieces, watch)
    lease.progress("writing", 0.96)
    by_id = {demand.id: demand for demand in demands}
    names = {candidate.id: candidate.name or candidate.id for candidate in candidates}
    rows = [
        AssignmentRow(
            run=run,
            position=position,
            demand=row.demand,
            place=commune(by_id[row.demand].insee).label,
            design=by_id[row.demand].design,
            quantity=row.quantity,
            maker=row.maker,
            maker_name=names.get(row.maker, ""),
            metres=row.metres,
            why=str(row.reason.why),
            reason=row.reason.french,
        )
        for position, row in enumerate(result.rows, start=1)
    ]
    total, nearest = result.worth, result.nearest
    with transaction.atomic():
        # A run that was claimed anew has no lines: they are written together with its end.
        AssignmentRow.objects.bulk_create(rows, batch_size=500)
        lease.keep(
            capacity=result.capacity,
            served=total.served,
            unserved=total.unserved,
            unserved_orders=total.unserved_orders,
            split_orders=result.split,
            metres=total.metres,
            bound_m=result.bound_m,
            nearest_unserved=nearest.unserved,
            nearest_unserved_orders=nearest.unserved_orders,
            nearest_metres=nearest.metres,
            nearest_objective_m=nearest.objective_m,
            proven=result.answer.proven,
            steps_made=result.answer.steps,
            cut=result.answer.cut,
        )
        lease.settle(AssignmentRun.State.DONE, objective_m=total.objective_m)


def ring(pk: int) -> None:
    from fabrication.tasks import assign_campaign

    leases.ring(assign_campaign, pk)


def sweep() -> int:
    """Ring again for what waits too long or was left behind; give up what was tried too often."""
    now = timezone.now()
    lost = AssignmentRun.objects.filter(
        state=AssignmentRun.State.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS
    )
    lost.update(
        state=AssignmentRun.State.FAILED,
        lease_until=None,
        finished_at=now,
        reason=_INTERRUPTED,
        fault=f"the worker died {MAX_ATTEMPTS} times",
    )
    patience = now - timedelta(seconds=settings.TRETEAU_SWEEP_SECONDS)
    left = AssignmentRun.objects.claimable().filter(Q(rung_at=None) | Q(rung_at__lt=patience)).order_by("pk")
    rung = 0
    for pk in list(left.values_list("pk", flat=True)[:_RING_AT_ONCE]):
        AssignmentRun.objects.filter(pk=pk).update(rung_at=now)
        ring(pk)
        rung += 1
    return rung
