# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is made anew once a revision is published: asked for at once, looked at and asked for again from its page.

Who makes what is no business of this floor: higher ones register their works (views, sheets, feasibility, files, pictures). The
works themselves are rows of their own; nothing is kept here, so that a process that dies between the publication and the asking
loses nothing: the sweep finds what nobody asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone

from designs.models import DesignRevision
from designs.services.roles import draft_to_read
from designs.studio_errors import NotYoursError

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

#: Publications that the sweep still looks after: what failed since is tried again by hand, from their page.
_LOOKED_AFTER = timedelta(days=2)


class Stage(StrEnum):
    """How far a work is. MISSING: nobody has asked for it yet, or what was made is gone."""

    MISSING = "missing"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # by our own fault: may be tried again
    REFUSED = "refused"  # the revision can't be made so: tried again, it is refused again


@dataclass(frozen=True)
class Look:
    """``percent`` of the work, None where nobody can say; ``detail`` and ``reason`` are French: what was found, why it is not to
    be had."""

    stage: Stage
    percent: int | None = None
    detail: str = ""
    reason: str = ""

    @property
    def is_over(self) -> bool:
        return self.stage in (Stage.DONE, Stage.FAILED, Stage.REFUSED)


@dataclass(frozen=True)
class Work:
    """``title`` and ``purpose`` are French. ``ask(revision)`` has it made unless it is there, or being made; what failed is asked
    for again. It may raise: then it is missing, and asked for later. ``look(revision)`` never computes anything."""

    name: str
    title: str
    purpose: str
    ask: Callable[[DesignRevision], object]
    look: Callable[[DesignRevision], Look]
    place: int = 50  # smaller ones are asked for first


_works: dict[str, Work] = {}


def register(work: Work) -> None:
    """Called once by an application that is ready; the same name again takes the place of the first."""
    _works[work.name] = work


def works() -> list[Work]:
    return sorted(_works.values(), key=lambda work: (work.place, work.name))


def begin(pk: int) -> int:
    """Ask for everything that is made of a published revision (primary key). Returns how many works could be asked for; never
    raises: one work that can't be asked for keeps none of the others from it."""
    revision = DesignRevision.objects.filter(pk=pk).first()
    if revision is None:
        return 0
    return sum(_asked(work, revision) for work in works())


def looks_of(revision: DesignRevision) -> list[tuple[Work, Look]]:
    """Every work, as it is now."""
    return [(work, _look(work, revision)) for work in works()]


def ask_again(revision: DesignRevision, *, actor: User) -> int:
    """Have made what is missing or failed. Raises NotYoursError for who neither works at the model nor reviews."""
    require_reader(revision, actor)
    wanted = (Stage.MISSING, Stage.FAILED)
    return sum(_asked(work, revision) for work, look in looks_of(revision) if look.stage in wanted)


def require_reader(revision: DesignRevision, actor: User) -> None:
    """Whoever works at the model, or reviews models. Raises NotYoursError."""
    if revision.origin != DesignRevision.Origin.STUDIO:
        raise NotYoursError(f"{revision} was not published from the studio")
    draft_to_read(actor, revision.design)


def sweep() -> int:
    """For the worker, as often as it likes: ask for what nobody asked for, of each model's latest revision. Returns how many."""
    since = timezone.now() - _LOOKED_AFTER
    rows = DesignRevision.objects.filter(published_at__gte=since, origin=DesignRevision.Origin.STUDIO)
    latest = {revision.design: revision for revision in rows.defer("content").order_by("number")}
    return sum(
        _asked(work, revision)
        for revision in latest.values()
        for work, look in looks_of(revision)
        if look.stage is Stage.MISSING
    )


def _asked(work: Work, revision: DesignRevision) -> bool:
    try:
        work.ask(revision)
    except Exception:
        log.warning("%s of %s can't be asked for now", work.name, revision, exc_info=True)
        return False
    return True


def _look(work: Work, revision: DesignRevision) -> Look:
    try:
        return work.look(revision)
    except Exception:
        log.exception("nobody can say how far %s of %s is", work.name, revision)
        return Look(Stage.FAILED, reason="Une erreur de notre côté : le calcul ne dit pas où il en est.")
