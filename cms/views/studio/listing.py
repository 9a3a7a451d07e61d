# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own studio: models one works at, those in one's care, and what waits for a reviewer."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from wagtail.models import WorkflowState

from cms.views.studio.access import actor_of, private, trail
from designs.errors import DesignError
from designs.models import DesignDraft, DesignRevision
from designs.services.approvals import approvals_of
from designs.services.drafting import take_up
from designs.services.finding import latest_of
from designs.services.reviewing import waiting_for_review
from designs.services.roles import bureaus_of, designs_of, drafts_of, is_reviewer
from designs.studio_errors import NotYoursError
from designs.typography import spaced

_MOST = 200
#: Half a megabyte a model, of which a list shows nothing.
_LARGE = ("content", "latest_revision__content")


@dataclass(frozen=True)
class Row:
    """``badge`` is a DSFR badge's kind; ``published`` the last revision, if there is one."""

    draft: DesignDraft
    title: str
    state: str
    badge: str
    published: DesignRevision | None


@require_safe
def studio(request: HttpRequest) -> HttpResponse:
    """Anybody with an account: who designs for nobody reads how to begin."""
    drafts = drafts_of(request.user).select_related("organisation", "latest_revision").defer(*_LARGE)
    rows = rows_of(list(drafts[:_MOST]))
    begun = {row.draft.slug for row in rows}
    cared = set(designs_of(request.user).values_list("design", flat=True)) - begun
    context = {
        "title": "Studio",
        "section": "workplace",
        "rows": rows,
        "cared": sorted(latest_of(cared).values(), key=lambda one: one.title),
        "has_bureau": bureaus_of(request.user).exists(),
        "is_reviewer": is_reviewer(request.user),
        "waiting": waiting_for_review(actor_of(request)).count() if is_reviewer(request.user) else 0,
        "trail": [{"url": reverse("workplace"), "title": "Mon espace"}],
    }
    return private(render(request, "cms/studio/list.html", context))


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for this reviewer, the longest waiting first. Http404 for anybody else."""
    reviewer_or_404(request)
    rows = rows_of(list(waiting_for_review(actor_of(request)).defer(*_LARGE)[:_MOST]))
    context = {
        "title": "Modèles à relire",
        "section": "workplace",
        "rows": rows,
        "trail": trail(),
    }
    return private(render(request, "cms/studio/reviews.html", context))


@require_POST
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """The draft of a published model in one's care: the one that there is, or a new one."""
    try:
        draft = take_up(slug, actor=actor_of(request))
    except NotYoursError as error:
        raise Http404("Ce modèle n’existe pas.") from error
    except DesignError as error:  # of a revision in code that the code draws no longer, too
        messages.error(request, spaced(getattr(error, "french", "") or "Ce modèle ne se reprend pas pour l’instant."))
        return redirect("studio")
    return redirect("studio-edit", draft.slug)


def reviewer_or_404(request: HttpRequest) -> None:
    if not is_reviewer(request.user):
        raise Http404("Cette page n’existe pas.")


def rows_of(drafts: list[DesignDraft]) -> list[Row]:
    """With the standing of each; two queries for all of them, and those of ``approvals_of``."""
    published = latest_of(draft.slug for draft in drafts)
    kind = DesignDraft.get_base_content_type()
    states: dict[str, WorkflowState] = {}
    found = WorkflowState.objects.filter(base_content_type=kind, object_id__in=[str(draft.pk) for draft in drafts])
    for one in found.order_by("created_at", "pk"):
        states[one.object_id] = one
    approved = approvals_of([(one, one.latest_revision) for one in drafts if one.latest_revision_id])
    rows = []
    for draft in drafts:
        revision = published.get(draft.slug)
        state, badge = _standing(draft, states.get(str(draft.pk)), revision, draft.pk in approved)
        title = draft.latest_revision.object_str if draft.latest_revision else draft.title
        rows.append(Row(draft, title, state, badge, revision))
    return rows


def _standing(
    draft: DesignDraft, under_way: WorkflowState | None, revision: DesignRevision | None, is_approved: bool
) -> tuple[str, str]:
    latest = draft.latest_revision
    if latest is not None and latest.approved_go_live_at is not None:
        return "attend sa date", "info"
    if under_way is not None and under_way.status == WorkflowState.STATUS_IN_PROGRESS:
        return "en relecture", "info"
    if under_way is not None and under_way.status == WorkflowState.STATUS_NEEDS_CHANGES:
        return "des changements sont demandés", "warning"
    if draft.has_unpublished_changes and is_approved:
        return "approuvé", "success"
    if revision is not None and not draft.has_unpublished_changes:
        return "publié", "success"
    return "brouillon", ""
