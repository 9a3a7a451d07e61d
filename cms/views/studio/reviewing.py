# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model is submitted, read by somebody who did not draw it, answered, and published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST

from cms.model_differences import differences
from cms.views.studio.access import actor_of, draft_or_404, draft_to_read_or_404, private, trail
from cms.views.studio.asking import ask
from cms.views.studio.changes import in_brief
from designs.content import ContentError
from designs.errors import DesignError
from designs.models import DesignDraft, DesignRevision
from designs.services import approvals, publishing, reviewing
from designs.services.drafting import state_id
from designs.services.finding import latest
from designs.services.roles import drafts_of, is_reviewer
from designs.studio_errors import ConflictError, NotYoursError, PublicationRefused, StudioError
from designs.typography import spaced

#: Whoever approves or publishes says what was read; this is no state of any model.
_UNREAD = "nothing"
#: What the reviewer's page asks for, by the button.
_ANSWERS = ("approuver", "publier", "renvoyer")


class AnswerForm(forms.Form):
    mot = forms.CharField(
        label="Votre mot aux personnes qui l’ont dessiné",
        required=False,
        max_length=reviewing.MOST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Obligatoire pour demander des changements.",
        error_messages={"max_length": f"{reviewing.MOST_COMMENT} signes au plus."},
    )
    date = forms.DateTimeField(
        label="Publier le",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Vide : tout de suite. À une date : le site vérifie encore une fois ce jour-là.",
        error_messages={"invalid": "Une date et une heure, par exemple 03/02/2027 09:00."},
    )


@require_POST
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """To the reviewers; or back from them, with ``retirer``. Http404 for whoever does not work at it."""
    draft = draft_or_404(request, slug)
    try:
        if "retirer" in request.POST:
            reviewing.withdraw(draft, actor=actor_of(request))
            messages.success(request, spaced("Le modèle est de nouveau à vous : vous pouvez le modifier."))
            return redirect("studio-edit", slug)
        seen = request.POST.get("based_on", "")[:100]
        if seen and seen != state_id(draft):
            changed = "Ce modèle a changé dans une autre fenêtre : relisez-le avant de le soumettre."
            messages.error(request, spaced(changed))
            return redirect("studio-edit", slug)
        reviewing.submit(draft, actor=actor_of(request))
        ask(draft, actor_of(request))  # whoever reads it finds it checked
    except NotYoursError as error:
        raise Http404("Ce modèle n’existe pas.") from error
    except (StudioError, ContentError) as error:
        messages.error(request, spaced(error.french))
        return redirect("studio-edit", slug)
    messages.success(request, "Le modèle est soumis à la relecture. Vous serez prévenu de la réponse.")
    return redirect("studio-review", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """What changes and what is missing, for its designers and its reviewers; these answer and publish here. Http404 for anybody
    else."""
    draft = draft_to_read_or_404(request, slug)
    if request.method != "POST":
        return _page(request, draft, AnswerForm())
    form = AnswerForm(request.POST)
    wanted = next((name for name in _ANSWERS if name in request.POST), "")
    if not is_reviewer(request.user) or not wanted:
        raise Http404("Cette personne ne relit pas de modèles.")
    if not form.is_valid():
        return _page(request, draft, form)
    word, read = form.cleaned_data["mot"], request.POST.get("lu", "")[:100]
    try:
        if wanted == "renvoyer":
            reviewing.reject(draft, actor=actor_of(request), comment=word, read=read)
            messages.success(request, "Votre demande est envoyée à celles et ceux qui l’ont dessiné.")
        elif wanted == "approuver":
            reviewing.approve(draft, actor=actor_of(request), comment=word, read=read or _UNREAD)
            messages.success(request, "Le modèle est approuvé, tel que vous l’avez lu.")
            return redirect("studio-review", slug)
        else:
            return _published(request, draft, form, read)
    except StudioError as error:
        return _refused(request, draft, form, error)
    return redirect("studio-reviews")


def _published(request: HttpRequest, draft: DesignDraft, form: AnswerForm, read: str) -> HttpResponse:
    if read != state_id(draft):
        now = state_id(draft)
        raise ConflictError(
            "it changed since it was read", "Ce modèle a changé depuis que vous l’avez lu : relisez-le.", now
        )
    if (at := form.cleaned_data["date"]) is not None:
        publishing.schedule(draft, at, actor=actor_of(request))
        day = date_format(timezone.localtime(at), "j F Y à H:i")
        messages.success(request, f"Le modèle sera publié le {day}.")
        return redirect("studio-review", draft.slug)
    revision = publishing.publish(draft, actor=actor_of(request))
    messages.success(request, spaced(f"« {revision.title} » est publié : version {revision.version}."))
    return redirect("studio-publication", revision.design, revision.number)


def _refused(request: HttpRequest, draft: DesignDraft, form: AnswerForm, error: StudioError) -> HttpResponse:
    messages_of = dict(error.messages)
    if word := messages_of.pop("comment", ""):
        form.add_error("mot", word)
    if date := messages_of.pop("at", ""):
        form.add_error("date", date)
    for sentence in messages_of.values():
        form.add_error(None, sentence)
    if not error.messages:
        form.add_error(None, error.french)
    return _page(request, draft_to_read_or_404(request, draft.slug), form)


def _page(request: HttpRequest, draft: DesignDraft, form: AnswerForm) -> HttpResponse:
    state = draft.state()
    current = latest(draft.slug)
    under_way = draft.current_workflow_state
    old = _drawn_before(current)
    reviews = is_reviewer(request.user)
    scheduled = draft.latest_revision.approved_go_live_at if draft.latest_revision else None
    approval = reviewing.approved_now(draft)
    is_out = current is not None and not draft.has_unpublished_changes
    context: dict[str, Any] = {
        "title": spaced(f"Relecture de « {state.title} »"),
        "section": "workplace",
        "draft": draft,
        "state": state,
        "published": current,
        "under_way": under_way,
        "in_review": draft.workflow_in_progress,
        "scheduled": scheduled,
        "approval": approval,
        "is_out": is_out,
        "is_designer": drafts_of(request.user).filter(pk=draft.pk).exists(),
        # Whoever answers, or publishes, knows at once on whom it falls.
        "brief": in_brief(request, draft)
        if draft.workflow_in_progress or scheduled or (approval and not is_out)
        else {},
        "last": reviewing.last_answer(draft),
        "is_reviewer": reviews,
        "is_author": reviews and approvals.is_author(draft, actor_of(request)),
        "may_withdraw": reviewing.may_withdraw(draft, actor_of(request)),
        "own_work": approvals.OWN_WORK,
        "differences": differences(current.texts if current else {}, old, state.texts, state.content),
        "read": state_id(draft),
        "form": form,
        **_missing(state),
        "trail": trail(),
    }
    return private(render(request, "cms/studio/review.html", context, status=422 if form.is_bound else 200))


def _drawn_before(current: DesignRevision | None) -> dict[str, Any]:
    """Nothing where the code draws that revision no longer."""
    try:
        return current.contents().as_data() if current is not None else {}
    except DesignError:
        return {}


def _missing(state: DesignDraft) -> dict[str, Any]:
    """Of a publication: what is missing, or the version that it would get. What workers have to look at, they are asked for."""
    try:
        _, version = publishing.require_publishable(state)
    except PublicationRefused as refused:
        publishing.have_checked(state, refused)
        return {"missing": list(refused.messages.values()), "version": ""}
    return {"missing": [], "version": version}
