# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a draft's saved state becomes when it is run, for the page and for those who run it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from cms.parameter_form import ParameterForm
from cms.views import previews
from cms.views.previews import read_facts, wait_for
from designs.content import ContentError
from designs.design import Design
from designs.errors import DesignError, ParameterError
from designs.jail import why_not
from designs.models import DesignDraft, DesignRevision
from designs.services.candidates import candidate
from fabrication.models import Job
from fabrication.scripted.design import ScriptedDesign
from fabrication.services import BusyError, request_check, request_preview

#: In the address of a page that shall show what a run gave, for browsers without scripts.
SEEN = "vu"
#: Seconds that such a page waits for its view before it is shown without, and asks again.
_GLANCE = 1.0
NO_DRAWING = "Le brouillon ne se lit pas encore comme un modèle : corrigez les paramètres et les règles."


def ask(draft: DesignDraft, values: dict[str, Any], actor: User, *, again: bool = False) -> Job | dict[str, Any]:
    """The job that draws the draft's saved state, or why there is none: {"state", "reason"}. ``again``: what failed a moment ago
    is tried at once."""
    try:
        revision = candidate(draft, actor=actor)
        if why := why_not_here(revision.drawing()):
            return {"state": "refused", "reason": why}
        return request_preview(revision, values, again=again)
    except BusyError as error:
        return {"state": "busy", "reason": error.french}
    except ContentError as error:
        return {"state": "refused", "reason": error.french}
    except ParameterError as error:
        return {"state": "refused", "reason": " ".join(dict.fromkeys(error.messages.values()))}
    except DesignError as error:
        return {"state": "refused", "reason": getattr(error, "french", "") or NO_DRAWING}


def why_not_here(design: Design | None) -> str | None:
    """French: why this model can't be drawn on this machine; None if it can. Flat parts, and scripts that are byte for byte
    those of the house, need no jail."""
    needs_jail = design is None or (isinstance(design, ScriptedDesign) and design.shipped is None)
    return why_not() if needs_jail else None


def shown(job: Job) -> dict[str, Any]:
    """As cms.views.previews.preview_of, and where a script is wrong: ``errors``, each with file, line, column, french."""
    found = previews.shown(job)
    return found | {"errors": job.errors} if "reason" in found else found


def glance(draft: DesignDraft, trial: ParameterForm, actor: User) -> dict[str, Any]:
    """What a run gives within a second, for a page without scripts, which asks again by itself; ``checked`` once it draws."""
    if trial.values is None:
        return {"state": "invalid"}
    asked = ask(draft, trial.values, actor)
    if not isinstance(asked, Job):
        return asked
    found = shown(wait_for(asked, _GLANCE))
    if found["state"] == "ready":
        try:
            found["checked"] = checked(asked.revision, 0)
        except BusyError:
            found["checked"] = {}
    return found


def checked(revision: DesignRevision, patience: float) -> dict[str, Any]:
    """For the list of checks: what they found, or why there is nothing to be had; empty while a worker is at it. Raises
    BusyError."""
    job = wait_for(request_check(revision), patience)
    if not job.is_finished:
        return {}
    if job.state != Job.State.DONE or job.facts is None:
        return {"checks_reason": job.reason}
    facts = read_facts(job.facts)
    return {"checks": facts["checks"], "is_green": facts["is_green"]}


def view_words(run: dict[str, Any]) -> str:
    """French: what stands in the view's place."""
    return {
        "computing": "Exécution du modèle…",
        "busy": "Beaucoup de demandes attendent : la vue viendra.",
        "invalid": "Vue en attente de dimensions possibles",
        "refused": "Pas encore de vue : lisez les messages.",
        "failed": "Pas encore de vue : lisez les messages.",
    }.get(run.get("state", ""), "")


def seen_url(slug: str, query: dict[str, str] | None = None) -> str:
    return f"{reverse('studio-edit', args=[slug])}?{urlencode({SEEN: '1', **(query or {})})}#resultat"
