# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A draft is run: the saved state becomes a candidate, workers draw and check it, the page asks until they have."""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cms.parameter_form import ParameterForm
from cms.views.previews import PATIENCE, facts_context, wait_for
from cms.views.studio import editing, trying
from cms.views.studio.access import actor_of, draft_to_read_or_404
from cms.views.studio.sent import SentError, answer, is_json, sent_json, text, words
from designs.models import DesignDraft
from designs.services.drafting import state_id
from fabrication.models import Job
from fabrication.services import BusyError

_OTHER_STATE = "Ce brouillon a changé ailleurs : enregistrez d’abord, ou rechargez la page."
#: Longer values are nobody's size, and no sign's text.
_LONGEST = 1000


@require_POST
def run(request: HttpRequest, slug: str) -> HttpResponse:
    """Run the state that the page has seen, in the sizes that it asks for. JSON: {"based_on", "values", "trial"} →
    {"state", "url"}, with {"trial"} where the fields of the sizes are others by now."""
    draft = draft_to_read_or_404(request, slug)
    if not is_json(request):
        return _plain(request, draft)
    try:
        sent = sent_json(request)
        values, based_on = words(sent.get("values", {})), text(sent, "based_on")
        known_trial = text(sent, "trial")
    except SentError as error:
        return answer({"state": "refused", "reason": error.french}, error.status)
    state = draft.state()
    design = editing.design_of(draft, state)
    if based_on != state_id(draft):
        return answer({"state": "refused", "reason": _OTHER_STATE}, 409)
    if design is None:
        return answer({"state": "refused", "reason": trying.NO_DRAWING}, 422)
    # What was typed for a parameter that is gone says nothing of the others.
    names = {parameter.name for parameter in design.parameters}
    typed = {name: _printable(value) for name, value in values.items() if name in names}
    form = ParameterForm(design, typed)
    found: dict[str, Any] = {}
    key = editing.trial_key(state.content)
    if key != known_trial:
        context = {"draft": draft, "state_id": based_on, "trial": form, "trial_key": key}
        found["trial"] = render_to_string("cms/studio/_trial.html", context, request)
    if form.values is None:
        remedies = {name: dataclasses.asdict(remedy) for name, remedy in form.remedies.items()}
        return answer(found | {"state": "invalid", "messages": form.messages, "remedies": remedies}, 422)
    asked = trying.ask(draft, form.values, actor_of(request), again=True)
    if isinstance(asked, Job):
        url = reverse("studio-run-state", args=[asked.public_id])
        return answer(found | {"state": "computing", "url": url}, 202)
    return answer(found | asked, 202 if asked["state"] == "busy" else 422)


@require_safe
def run_state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far a run is, and what it gave; with ?controles=1 what the checks of its state found. Http404 for whoever neither works at
    it nor reads it over."""
    job = Job.objects.select_related("revision", "view", "facts").filter(public_id=public_id).first()
    if job is None or job.kind != Job.Kind.PREVIEW:
        raise Http404("Ce calcul n’existe pas.")
    draft = draft_to_read_or_404(request, job.revision.design)
    if "controles" in request.GET:
        return _checks(request, job)
    found = trying.shown(wait_for(job, PATIENCE))
    if found["state"] != "ready":
        return answer(found, 202 if found["state"] == "computing" else 200)
    context = facts_context(found) | {
        "remarks": editing.remarks_on(draft),
        "reads_over": editing.reads_over(request, draft),
        "draft": draft,
    }
    templates = {"figures": "cms/_figures.html", "measures": "cms/_measures.html", "facts": "cms/studio/_parts.html"}
    html = {name: render_to_string(template, context, request) for name, template in templates.items()}
    parts = {part["code"]: {name: part[name] for name in ("name", "grain")} for part in found["facts"]["parts"]}
    check_url = f"{reverse('studio-run-state', args=[job.public_id])}?controles=1"
    seen = {name: found[name] for name in ("state", "view", "picture")}
    return answer(seen | {"parts": parts, "check_url": check_url} | html)


def _plain(request: HttpRequest, draft: DesignDraft) -> HttpResponse:
    """From a form: to the page that shows it, or here again with the sizes that can't be."""
    design = editing.design_of(draft, draft.state())
    if design is None:
        return editing.page(request, draft, editing.Shown(title="Le modèle n’a pas été exécuté", reason=trying.NO_DRAWING, status=422))  # fmt: skip
    form = ParameterForm.of_request(design, request.POST)
    if form.values is None:
        reason = "Des dimensions ne conviennent pas : voyez à côté de chaque champ."
        shown_page = editing.Shown(title="Le modèle n’a pas été exécuté", reason=reason, trial=form, status=422)
        return editing.page(request, draft, shown_page)
    return redirect(trying.seen_url(draft.slug, form.query()))


def _checks(request: HttpRequest, preview: Job) -> HttpResponse:
    """Asked for once its view is there: what does not draw needs no checks, and what nobody looks at any more neither."""
    try:
        context = trying.checked(preview.revision, PATIENCE)
    except BusyError as error:
        return answer({"state": "busy", "reason": error.french}, 202)  # the page asks again by itself
    if not context:
        return answer({"state": "computing"}, 202)
    return answer({"state": "ready", "checks": render_to_string("cms/studio/_checks.html", context, request)})


def _printable(value: str) -> str:
    """Control characters have no place in a size or on a sign, and PostgreSQL takes no NUL."""
    return "".join(c for c in value[:_LONGEST] if c.isprintable())
