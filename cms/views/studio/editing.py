# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page where a designer works: script, parameters, rules and texts on one side, what they become on the other."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms import studio_rows
from cms.parameter_form import ParameterForm
from cms.security import PAGES
from cms.studio_form import fields_of
from cms.views.previews import facts_context
from cms.views.studio import trying
from cms.views.studio.access import actor_of, draft_to_read_or_404, private, trail
from designs.content import Content, ContentError
from designs.design import TEXTS, Design
from designs.drawers import drawn_by
from designs.errors import DesignError
from designs.models import DesignDraft, Remark
from designs.services.drafting import state_id, why_locked
from designs.services.reviewing import last_answer, may_withdraw
from designs.services.roles import drafts_of

_READS_OVER = (
    "Vous relisez ce modèle : tournez la pièce, essayez-la dans toutes ses dimensions. Ses designers l’écrivent."
)
#: Remarks beside the parts: those that still wait, and the latest of the others.
_MOST_REMARKS = 60


@dataclass
class Shown:
    """What the page says besides the draft: what was typed and could not be kept, and why."""

    fields: Mapping[str, str] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    reason: str = ""
    other: dict[str, Any] | None = None  # the version that somebody else saved: by, at, differences
    upload_error: str = ""
    trial: ParameterForm | None = None
    status: int = 200


@require_safe
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """For who works at this model; who reads it over turns it and tries its sizes. Http404 for anybody else."""
    return page(request, draft_to_read_or_404(request, slug), Shown())


def page(request: HttpRequest, draft: DesignDraft, shown: Shown) -> HttpResponse:
    state = draft.state()
    data = {"content": state.content, "texts": state.texts, "version_step": state.version_step}
    fields = shown.fields if shown.fields is not None else fields_of(data)
    design = design_of(draft, state)
    why = trying.why_not_here(design)
    lock = draft.get_lock()
    over = reads_over(request, draft)
    trial = shown.trial or _trial(request, design)
    run = _run(request, draft, trial) if trial is not None and shown.status == 200 else {}
    nonce = secrets.token_urlsafe(16)
    latest = draft.latest_revision
    context = {
        "section": "workplace",
        "title": state.title,
        "state": state,
        "trail": trail(),
        "draft": draft,
        "standing": _standing(draft),
        "nonce": nonce,
        "state_id": state_id(draft),
        "saved_at": f"{timezone.localtime(latest.created_at):%H:%M}" if latest else "",
        "saved_by": latest.user.short_name if latest and latest.user else "",
        "reads_over": over,
        "locked": over or bool(lock and lock.for_user(actor_of(request))),
        "why_locked": _READS_OVER if over else why_locked(draft) if lock else "",
        "may_withdraw": may_withdraw(draft, actor_of(request)),
        "answer": last_answer(draft),
        "steps": DesignDraft.Step.choices,
        "why_not": why,
        "can_run": why is None,
        "is_script": state.content.get("kind") != "flat",
        "flat_count": len(state.content.get("parts") or ()),
        "rules_in_script": bool((state.content.get("specification") or {}).get("rules_in_script")),
        "fields": fields,
        "errors": shown.errors,
        "general": _summary(fields, shown),
        "general_title": shown.title or "Le brouillon n’est pas enregistré",
        "other": shown.other,
        "upload_error": shown.upload_error,
        "thickness": request.POST.get("epaisseur", "")[:8],
        "kinds": studio_rows.KINDS,
        "files": studio_rows.files(fields, shown.errors),
        "parameters": (parameters := studio_rows.parameters(fields, shown.errors)),
        "rules": (rules := studio_rows.rules(fields, shown.errors)),
        "texts": studio_rows.texts(fields, shown.errors),
        "blank_file": studio_rows.blank("file"),
        "blank_parameter": studio_rows.blank("parameter"),
        "blank_rule": studio_rows.blank("rule"),
        "new_parameter": studio_rows.blank("parameter", _next(parameters)),
        "new_rule": studio_rows.blank("rule", _next(rules)),
        "trial": trial,
        "trial_key": trial_key(state.content),
        "preview": run,
        "problems": run.get("errors", []),
        "reason": run.get("reason", ""),
        "view_state": trying.view_words(run),
        "waits": run.get("state") in ("computing", "busy") or run.get("checked") == {},
        "remarks": remarks_on(draft) if run.get("facts") else [],
        **(facts_context(run) if run.get("state") == "ready" else {}),
        **run.get("checked", {}),
    }
    response = render(request, "cms/studio/edit.html", context, status=shown.status)
    # CodeMirror writes a style sheet of its own, which carries this word; nothing else may.
    response["Content-Security-Policy"] = PAGES.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    return private(response)


def reads_over(request: HttpRequest, draft: DesignDraft) -> bool:
    """Whether this person reads it without working at it."""
    return not drafts_of(request.user).filter(pk=draft.pk).exists()


def design_of(draft: DesignDraft, state: DesignDraft) -> Design | None:
    """What the saved state is, not drawn yet; None where its content is none."""
    try:
        return drawn_by("studio", draft.slug, 0, Content.parse(state.content), state.texts)
    except (ContentError, DesignError):
        return None


def _trial(request: HttpRequest, design: Design | None) -> ParameterForm | None:
    """By what is written: a page that is only looked at runs nothing of a stranger's. The script's own rules are asked when the
    model is run."""
    return ParameterForm.of_request(design.written, request.GET) if design else None


def trial_key(content: Mapping[str, Any]) -> str:
    """Changes with the parameters: a page asks for other fields then."""
    specification = json.dumps(content.get("specification") or {}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(specification.encode(errors="replace")).hexdigest()[:16]


def remarks_on(draft: DesignDraft) -> list[Remark]:
    """Of makers, on any published revision of this model: what waits first. One query."""
    found = Remark.objects.filter(revision__design=draft.slug).exclude(status=Remark.Status.CLOSED)
    return list(found.select_related("revision", "answered_by").order_by("-status", "-pk")[:_MOST_REMARKS])


def _run(request: HttpRequest, draft: DesignDraft, trial: ParameterForm) -> dict[str, Any]:
    """For a browser without scripts, which asks for it by its address; with scripts the page runs by itself."""
    if trying.SEEN not in request.GET:
        return {}
    return trying.glance(draft, trial, actor_of(request))


def _standing(draft: DesignDraft) -> str:
    """French: "Brouillon, Bureau des Copeaux, adapté de Porte numérique"."""
    words = ["Brouillon", str(draft.organisation)]
    if draft.adapted_from is not None:
        words.append(f"adapté de {draft.adapted_from.title}, version {draft.adapted_from.version}")
    return " · ".join(words)


def _summary(fields: Mapping[str, str], shown: Shown) -> list[tuple[str, str]]:
    """(id of the field, sentence) for the list above the form."""
    lines = [("", shown.reason)] if shown.reason else []
    if shown.upload_error:
        lines.append(("fichier", shown.upload_error))
    for name, message in shown.errors.items():
        here = f"{'t' if name in TEXTS else 'c'}-{name}" if name in fields else ""
        lines.append((here, message))
    return lines


def _next(rows: list[studio_rows.Row]) -> str:
    return str(max([int(row.index) for row in rows], default=-1) + 1)
