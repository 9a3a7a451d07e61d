# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Taking a maker, a site or a machine away: refused while there is work in progress, archived else; nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from fablabs.models import Maker, Workshop
from fablabs.services.editing import check, locked
from fablabs.services.history import differences, record
from fablabs.services.permission import require_coordinator, require_editor
from fablabs.services.refusals import BlockedError

if TYPE_CHECKING:
    from accounts.models import User
    from fablabs.models import CuttingMachine

#: What a floor above knows of work in progress at a site: French sentences, one a piece of work or a kind of it.
#: With a machine: only what that machine is needed for.
Blocker = Callable[[Workshop, "CuttingMachine | None"], Iterable[str]]

_blockers: dict[str, Blocker] = {}


def register_blocker(name: str, blocker: Blocker) -> None:
    """Ask this too before anything is taken away. A second one of the same name takes the first one's place."""
    _blockers[name] = blocker


def work_in_progress(workshop: Workshop, machine: CuttingMachine | None = None) -> tuple[str, ...]:
    """French sentences; empty: nothing stands against taking it away."""
    return tuple(sentence for blocker in _blockers.values() for sentence in blocker(workshop, machine))


def require_no_work(workshop: Workshop, machine: CuttingMachine | None = None) -> None:
    """Raises BlockedError with the reasons."""
    if reasons := work_in_progress(workshop, machine):
        raise BlockedError(f"workshop {workshop.slug}", reasons)


@transaction.atomic
def close_site(workshop: Workshop, *, actor: User) -> None:
    """No order comes any more; all of its record is kept. Raises NotAllowedError, BlockedError."""
    require_editor(workshop.maker, actor)
    fresh = locked(workshop)
    require_no_work(fresh)
    if fresh.state != Workshop.State.CLOSED:
        _close(fresh, actor)
    workshop.refresh_from_db()


def _close(workshop: Workshop, actor: User) -> None:
    before = {"state": workshop.state}
    workshop.state, workshop.state_reason, workshop.asked_at = Workshop.State.CLOSED, "", None
    workshop.is_held, workshop.validated_at, workshop.validated_by = False, None, None
    check(workshop, ("state", "state_reason"))
    workshop.save()
    values = differences(before, {"state": workshop.state})
    record(workshop.maker, "closed", f"atelier {workshop.name}", actor=actor, workshop=workshop, values=values)


@transaction.atomic
def reopen_site(workshop: Workshop, *, actor: User) -> None:
    """A closed site is a draft again, to be validated as a new one. Raises NotAllowedError."""
    require_editor(workshop.maker, actor)
    fresh = locked(workshop)
    if fresh.state == Workshop.State.CLOSED:
        fresh.state = Workshop.State.DRAFT
        check(fresh, ("state",))
        fresh.save()
        values = differences({"state": Workshop.State.CLOSED}, {"state": fresh.state})
        record(fresh.maker, "reopened", f"atelier {fresh.name}", actor=actor, workshop=fresh, values=values)
    workshop.refresh_from_db()


@transaction.atomic
def archive_maker(maker: Maker, *, actor: User) -> None:
    """Off the register, all of its sites closed. Raises NotAllowedError, BlockedError with every site's reasons."""
    require_editor(maker, actor)
    fresh = locked(maker)
    sites = list(Workshop.objects.select_for_update().filter(maker=fresh))
    if reasons := [sentence for site in sites for sentence in work_in_progress(site)]:
        raise BlockedError(f"maker {maker.pk}", reasons)
    if fresh.archived_at is None:
        for site in sites:
            if site.state != Workshop.State.CLOSED:
                _close(site, actor)
        fresh.archived_at = timezone.now()
        fresh.save(update_fields=["archived_at"])
        record(fresh, "archived", f"fabricant {fresh}", actor=actor)
    maker.refresh_from_db()


@transaction.atomic
def restore_maker(maker: Maker, *, actor: User) -> None:
    """On the register again, by a coordinator; its sites stay closed until each is reopened. Raises NotAllowedError."""
    require_coordinator(actor)
    fresh = locked(maker)
    if fresh.archived_at is not None:
        fresh.archived_at = None
        fresh.save(update_fields=["archived_at"])
        record(fresh, "restored", f"fabricant {fresh}", actor=actor)
    maker.refresh_from_db()
