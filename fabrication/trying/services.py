# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What designers try of their drafts: in a queue of its own, the newest try of a draft only, bureaus by turns."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from fabrication.leases import MAX_ATTEMPTS
from fabrication.models import Job

#: Kinds that have the lane; checks and comparisons of drafts wait with all other long work.
LANE = (Job.Kind.PREVIEW, Job.Kind.SHEETS)
#: Jobs in it.
TRIES = Q(kind__in=LANE, revision__number=None)
#: Unfinished jobs of a kind for all drafts of one bureau: one that runs, and the next.
_AT_ONCE = 2
_REPLACED = (
    "Une exécution plus récente de ce brouillon a pris la place de celle-ci. Exécutez-le de nouveau pour la voir."
)


def replace_older(job: Job) -> int:
    """What waits of this draft while something newer of it is asked for is not wanted any more: a view in other sizes, a check
    of a state that was typed over. What runs goes on. Returns how many."""
    draft = job.revision.draft_id
    if draft is None:
        return 0
    older = Job.objects.filter(kind=job.kind, state=Job.State.QUEUED, revision__number=None, revision__draft=draft)
    if job.kind not in LANE:
        older = older.exclude(revision=job.revision_id)
    now = timezone.now()
    return older.update(state=Job.State.FAILED, finished_at=now, reason=_REPLACED, fault="replaced by a newer one")


def has_its_share(job: Job) -> bool:
    """Has the bureau of this draft as many jobs as it may? A script that takes all its time, asked for in twenty sizes, would
    keep everybody else waiting for minutes."""
    draft = job.revision.draft
    if draft is None:
        return False
    theirs = Job.objects.unfinished().filter(
        kind=job.kind, revision__number=None, revision__draft__organisation=draft.organisation_id
    )
    return theirs.count() >= _AT_ONCE


def next_try() -> int | None:
    """The primary key of the try whose turn it is: of the bureau that was served longest ago. A bell says only that something
    waits; so no bureau has two turns in a row while another one waits."""
    served = (
        Job.objects.filter(
            TRIES, revision__draft__organisation=OuterRef("revision__draft__organisation"), started_at__isnull=False
        )
        .order_by("-started_at")
        .values("started_at")
    )
    waiting = Job.objects.claimable().filter(TRIES, attempts__lt=MAX_ATTEMPTS)
    turns = waiting.annotate(served=Subquery(served[:1])).order_by(F("served").asc(nulls_first=True), "pk")
    return turns.values_list("pk", flat=True).first()
