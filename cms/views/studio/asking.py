# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workers are asked of a draft's saved state: to hold it against what is published, and to check it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from cms.views.studio.trying import why_not_here
from designs.content import ContentError
from designs.errors import DesignError, UnknownDesignError
from designs.models import DesignDraft, DesignRevision
from designs.services.candidates import candidate
from designs.services.finding import latest
from fabrication.models import Job
from fabrication.services import BusyError, request_changes, request_check

_NO_DRAWING = "Le brouillon ne se lit pas encore comme un modèle : corrigez le script, les paramètres et les règles."


@dataclass
class Asked:
    """``revision`` is what the draft is now, ``against`` what is published; ``reason``: French, why nothing is compared;
    ``waits``: French, what was not even asked for yet, since earlier work of the same people goes first."""

    draft: DesignDraft
    revision: DesignRevision | None = None
    against: DesignRevision | None = None
    job: Job | None = None
    check: Job | None = None
    reason: str = ""
    waits: str = ""
    is_unchanged: bool = False
    note: str = ""


def ask(draft: DesignDraft, actor: User, *, again: bool = False) -> Asked:
    """The jobs that compare and check the draft's saved state: those that did or will. ``again``: what failed a moment ago is
    tried at once."""
    asked = Asked(draft)
    try:
        revision = asked.revision = candidate(draft, actor=actor)
        if not revision.is_candidate:
            asked.is_unchanged, asked.against = True, revision
            return asked
        if why := why_not_here(revision.drawing()):
            asked.reason = why
            return asked
        asked.against = _drawn(latest(draft.slug), asked)
        asked.job = request_changes(revision, asked.against, again=again)
        asked.check = request_check(revision, again=again)
    except BusyError as error:
        asked.waits = error.french
    except ContentError as error:
        asked.reason = error.french
    except DesignError as error:
        messages = getattr(error, "messages", None)
        said = " ".join(dict.fromkeys(messages.values())) if isinstance(messages, Mapping) else ""
        asked.reason = said or str(getattr(error, "french", "")) or _NO_DRAWING
    return asked


def _drawn(current: DesignRevision | None, asked: Asked) -> DesignRevision | None:
    """None where nothing is published, or nothing that this software still draws."""
    try:
        if current is not None:
            current.drawing()
    except UnknownDesignError:
        asked.note = f"La révision {current.number if current else ''} n’est plus dessinée par ce logiciel : le brouillon est montré sans elle."
        return None
    return current
