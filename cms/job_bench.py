# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finished files beside the machine: what hands need of them, what the calliper says of them, and whether they may be cut at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cms.bench import bench_of
from cms.packages import PackageReader
from cms.reading import verdict_of
from cms.views.making.forms import ReadingForm
from designs.typography import french_number, typeset
from orders.life import Party
from orders.life.parties import parties_of
from orders.models import Production
from orders.services.outdated import doubts_of
from orders.services.outdated_packages import Doubt, doubts_of_job, drawn_for

if TYPE_CHECKING:
    from django.http import HttpRequest

    from fabrication.models import Job


def job_bench(
    request: HttpRequest, job: Job, package: PackageReader, *, form: ReadingForm | None = None
) -> dict[str, Any]:
    """``form``: a reading that was refused. Two queries for a stranger."""
    own = [row for row in _productions(job) if Party.MAKER in parties_of(request.user, row.line.order)]
    reading = form or ReadingForm(request.GET if "lecture" in request.GET else None)
    drawn, verdict = drawn_for(job), None
    if form is None and drawn is not None and reading.is_bound and reading.is_valid():
        readings = reading.cleaned_data["lecture"]
        again = {"lecture": " ".join(french_number(value, 3) for value in readings)}
        verdict = verdict_of(readings, drawn, again)
    standing = next((row for row in own if row.replaced_at is None), None)
    return {
        "bench": bench_of(package),
        "reading": reading,
        "verdict": verdict,
        "doubts": _doubts(job, own),
        # Who makes an order from these files ticks its sheets there.
        "making": reverse("making", args=[standing.line.order.public_id]) if standing else "",
    }


def _doubts(job: Job, own: list[Production]) -> list[Doubt]:
    """A maker's order says more than the files alone. Of a stranger's, only that others stand in their place."""
    standing = next((row for row in own if row.replaced_at is None), None)
    if own:
        return doubts_of([standing or own[0]])[(standing or own[0]).pk]
    states = list(_productions(job).values_list("replaced_at", flat=True)) if job.workshop_id else []
    if states and all(states):
        words = (
            "D’autres fichiers ont été préparés depuis, pour la même commande : ne découpez plus rien d’après ceux-ci."
        )
        return [Doubt("replaced", typeset(words))]
    return [one for one in doubts_of_job(job) if not states or one.kind != "thickness"]


def _productions(job: Job) -> Any:
    rows = Production.objects.filter(job=job).order_by("-pk")
    return rows.select_related("line__order", "line__revision", "job__revision", "stock")
