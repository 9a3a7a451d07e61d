# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Has checks made that today's software has not made yet: of a draft that somebody wants to publish, and, after an update, of all
that is published. Who draws and who reviews is told what turned red (docs/decisions/0038-checked-by-todays-software.md)."""

from __future__ import annotations

import logging

from django.db.models import Exists, OuterRef

from accounts.models import Notice
from accounts.services.notices import notify
from designs.errors import DesignError
from designs.models import DesignRevision
from designs.services.roles import designers_of, reviewers
from fabrication import artefacts
from fabrication.judging.services import in_use, red_revisions
from fabrication.models import Job
from fabrication.services import BusyError, request_changes, request_check

log = logging.getLogger(__name__)

#: Checks of published models that wait or run at once: everything else that takes a minute has its turn after one of them.
_AT_ONCE = 1
#: Revisions that one round looks at.
_MOST = 50


def have_judged(state: DesignRevision, current: DesignRevision | None) -> None:
    """What publication needs to know of a state. Never raises: what can't be asked for now is asked for the next time."""
    try:
        request_check(state)
        if current is not None and current.content_key != state.content_key:
            request_changes(state, current)
    except (BusyError, DesignError) as error:
        log.warning("no check of %s can be asked for now: %s", state, error)


def recheck() -> int:
    """For the worker, each minute: ask for the next check of a published revision that today's software has not made; tell of
    the red ones, once. Returns how many were asked for."""
    _tell()
    done = Job.objects.filter(
        kind=Job.Kind.CHECK,
        software=artefacts.software_key(),
        revision__design=OuterRef("design"),
        revision__digest=OuterRef("digest"),
    )
    waiting = in_use().exclude(Exists(done.exclude(state=Job.State.FAILED))).defer("content")
    room = _AT_ONCE - Job.objects.unfinished().filter(kind=Job.Kind.CHECK, revision__number__isnull=False).count()
    asked = 0
    for revision in waiting[:_MOST] if room > 0 else ():
        if asked >= room:
            break
        try:
            asked += request_check(revision).state == Job.State.QUEUED  # not what failed a moment ago
        except BusyError:
            break
        except DesignError:
            log.warning("%s can't be checked", revision, exc_info=True)
    return asked


def _tell() -> None:
    for revision, check in red_revisions():
        people = [*designers_of(revision.design), *reviewers()]
        text = (
            f"« {revision.title} », révision {revision.number} : ses contrôles, refaits après une mise à jour du logiciel, ont trouvé "
            "un défaut. Elle ne se fabrique plus tant qu’il est là."
        )
        notify(
            people, f"design.red.{revision.pk}.{check.pk}", text, kind=Notice.Kind.MODEL, place="studio-publication",
            args=[revision.design, revision.number],
        )  # fmt: skip
