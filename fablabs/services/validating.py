# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A site's way to orders: it asks, a coordinator opens it or says why not; either of them may pause it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from fablabs.models import Workshop
from fablabs.services.editing import check, locked
from fablabs.services.history import differences, record
from fablabs.services.missing import missing
from fablabs.services.permission import require_coordinator, require_editor
from fablabs.services.refusals import RecordError
from fablabs.services.telling import tell

if TYPE_CHECKING:
    from accounts.models import User

_STATE = Workshop.State
#: Characters.
_LONGEST_REASON = 500


@transaction.atomic
def ask(workshop: Workshop, *, actor: User) -> None:
    """The maker says that the record is whole. Raises NotAllowedError, RecordError naming what is missing."""
    require_editor(workshop.maker, actor)
    fresh = locked(workshop)
    _require_state(fresh, _STATE.DRAFT)
    _require_whole(fresh)
    fresh.asked_at, fresh.state_reason = timezone.now(), ""
    _keep(fresh, "asked", actor, fresh.state)
    workshop.refresh_from_db()


@transaction.atomic
def validate(workshop: Workshop, *, actor: User) -> None:
    """A coordinator opens it to orders. Raises NotAllowedError, RecordError naming what is missing."""
    require_coordinator(actor)
    fresh = locked(workshop)
    _require_state(fresh, _STATE.DRAFT)
    if fresh.maker.archived_at is not None:
        raise RecordError("its maker is archived", {"": "Ce fabricant n’est plus au registre."})
    _require_whole(fresh)
    fresh.state, fresh.validated_at, fresh.validated_by = _STATE.OPEN, timezone.now(), actor
    fresh.asked_at, fresh.state_reason = None, ""
    _keep(fresh, "validated", actor, _STATE.DRAFT)
    workshop.refresh_from_db()
    tell(workshop, "validated")


@transaction.atomic
def refuse(workshop: Workshop, reason: str, *, actor: User) -> None:
    """A coordinator says why not yet; the maker reads it and asks again. Raises NotAllowedError, RecordError."""
    require_coordinator(actor)
    fresh = locked(workshop)
    _require_state(fresh, _STATE.DRAFT)
    fresh.asked_at, fresh.state_reason = None, _reason(reason)
    _keep(fresh, "refused", actor, fresh.state, fresh.state_reason)
    workshop.refresh_from_db()
    tell(workshop, "refused")


@transaction.atomic
def hold(workshop: Workshop, reason: str, *, actor: User) -> None:
    """A coordinator pauses a site, with its reason; only a coordinator lifts it. Raises NotAllowedError, RecordError."""
    require_coordinator(actor)
    fresh = locked(workshop)
    _require_state(fresh, _STATE.OPEN, _STATE.PAUSED)
    before = fresh.state
    fresh.state, fresh.is_held, fresh.state_reason = _STATE.PAUSED, True, _reason(reason)
    _keep(fresh, "held", actor, before, fresh.state_reason)
    workshop.refresh_from_db()
    tell(workshop, "held")


@transaction.atomic
def pause(workshop: Workshop, *, actor: User) -> None:
    """The maker takes no orders for a while. Raises NotAllowedError, RecordError."""
    require_editor(workshop.maker, actor)
    fresh = locked(workshop)
    _require_state(fresh, _STATE.OPEN)
    fresh.state = _STATE.PAUSED
    _keep(fresh, "paused", actor, _STATE.OPEN)
    workshop.refresh_from_db()


@transaction.atomic
def resume(workshop: Workshop, *, actor: User) -> None:
    """Orders come again; a site that moved meanwhile asks for a validation instead. Of a held one, by a coordinator.

    Raises NotAllowedError, RecordError."""
    fresh = locked(workshop)
    was_held = fresh.is_held
    if was_held:
        require_coordinator(actor)
    require_editor(fresh.maker, actor)
    _require_state(fresh, _STATE.PAUSED)
    fresh.is_held, fresh.state_reason = False, ""
    if fresh.validated_at is None:
        fresh.state, fresh.asked_at = _STATE.DRAFT, timezone.now()
    else:
        fresh.state = _STATE.OPEN
    _keep(fresh, "resumed", actor, _STATE.PAUSED)
    workshop.refresh_from_db()
    if was_held:
        tell(workshop, "resumed")


def _keep(workshop: Workshop, action: str, actor: User, before: str, note: str = "") -> None:
    check(workshop, ("state", "state_reason"))
    workshop.save()
    values = differences({"state": before}, {"state": workshop.state})
    record(workshop.maker, action, f"atelier {workshop.name}", actor=actor, workshop=workshop, values=values, note=note)


def _require_state(workshop: Workshop, *states: str) -> None:
    if workshop.state not in states:
        raise RecordError(
            f"workshop {workshop.slug} is {workshop.state}",
            {
                "": f"Cet atelier est «\N{NO-BREAK SPACE}{workshop.get_state_display()}\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}: rechargez la page, son état a changé."
            },
        )


def _require_whole(workshop: Workshop) -> None:
    if lacks := missing(workshop):
        words = ", ".join(lack.french for lack in lacks)
        raise RecordError(
            f"workshop {workshop.slug} lacks {len(lacks)} things", {"": f"Il manque\N{NO-BREAK SPACE}: {words}."}
        )


def _reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > _LONGEST_REASON:
        raise RecordError(
            "a reason of 1 to 500 characters is expected",
            {
                "reason": f"Écrivez la raison, en {_LONGEST_REASON} caractères au plus\N{NO-BREAK SPACE}: l’atelier la lira."
            },
        )
    return text
