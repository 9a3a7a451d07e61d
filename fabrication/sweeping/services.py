# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looking after what was left behind: jobs whose message was lost or whose worker died, files that nobody needs any more."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from designs.services import candidates
from fabrication import artefacts, services
from fabrication.leases import MAX_ATTEMPTS
from fabrication.models import Artefact, Job
from fabrication.trying.services import LANE, TRIES

log = logging.getLogger(__name__)

#: Waiting rows that one sweep rings again, a kind: enough to get a lost queue going, too few to flood it.
_RING_AT_ONCE = 4
#: Finished previews are kept this long, their files with them; packages stay.
_KEEP_PREVIEWS = timedelta(days=7)
#: Checks of drafts that were not published stay as long.
_KEEP_CHECKS = timedelta(days=180)
_INTERRUPTED = (
    "Le calcul a été interrompu trois fois de suite. Ce n’est pas de votre fait : réessayez plus tard, "
    "ou choisissez une quantité plus petite."
)


def sweep() -> int:
    """Ring again for what waits too long or was left behind; give up what was tried too often.

    Two sweeps at once ring twice, which a claim does not mind. Returns the number of rings.
    """
    now = timezone.now()
    lost = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS)
    # What a search had found until then is as good as ever.
    lost.filter(kind=Job.Kind.LAYOUT).update(state=Job.State.DONE, lease_until=None, finished_at=now, progress=100)
    given_up = (
        lost.exclude(kind=Job.Kind.LAYOUT)
        .update(state=Job.State.FAILED, lease_until=None, finished_at=now, reason=_INTERRUPTED,
                fault=f"the worker died {MAX_ATTEMPTS} times")
    )  # fmt: skip
    if given_up:
        log.error("gave up %d job(s) whose worker died %d times", given_up, MAX_ATTEMPTS)
    patience = now - timedelta(seconds=settings.TRETEAU_SWEEP_SECONDS)
    rung = 0
    left = Job.objects.claimable().filter(Q(rung_at=None) | Q(rung_at__lt=patience))
    for kind in Job.Kind.values:
        # Drafts that wait have a queue of their own here, too.
        for rows in (left.exclude(TRIES), left.filter(TRIES)) if kind in LANE else (left,):
            first = rows.filter(kind=kind).order_by(F("rung_at").asc(nulls_first=True), "pk")
            for pk in list(first.values_list("pk", flat=True)[:_RING_AT_ONCE]):
                Job.objects.filter(pk=pk).update(rung_at=now)
                services.ring(pk, kind)
                rung += 1
    return rung


def tidy() -> int:
    """Forget old previews, counts of sheets and comparisons, and the files that no job needs any more. Returns the number of files."""
    shown = (Job.Kind.PREVIEW, Job.Kind.SHEETS, Job.Kind.CHANGES)
    # A publication that waits for its date needs the check and the comparison that it was approved with.
    needed = candidates.waiting_for_their_date()
    old = Job.objects.exclude(revision__in=needed)
    old.filter(kind__in=shown, finished_at__lt=timezone.now() - _KEEP_PREVIEWS).delete()
    checks = old.filter(kind=Job.Kind.CHECK, revision__number=None)
    checks.filter(finished_at__lt=timezone.now() - _KEEP_CHECKS).delete()
    used: set[Any] = set()
    for field in ("package", "view", "facts"):
        used.update(Job.objects.exclude(**{field: None}).values_list(f"{field}_id", flat=True))
    # An hour's grace: a worker stores the file first and settles its job a moment later.
    unused = Artefact.objects.exclude(pk__in=used).filter(created_at__lt=timezone.now() - timedelta(hours=1))
    removed = 0
    for artefact in unused:
        path = artefact.path
        artefact.delete()
        if not Artefact.objects.filter(path=path).exists():
            (artefacts.folder() / path).unlink(missing_ok=True)
            removed += 1
    candidates.tidy()
    return removed
