# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for who draws: remarks on the models in their care."""

from __future__ import annotations

from django.db.models import Count, Min, Q
from django.urls import reverse
from wagtail.models import WorkflowState

from accounts.models import User
from cms.catalogue import titles as titles_of_models
from cms.dashboards.parts import Dashboard, Figure, Task
from cms.dashboards.stopped import stopped
from cms.templatetags.french import number, plural
from designs.models import DesignDraft, Remark
from designs.services import designs_of, remarks_of
from designs.services.roles import drafts_of
from orders.models import Piece


def designer(user: User) -> Dashboard:
    """Nine queries."""
    own = list(designs_of(user).order_by("design").values_list("design", flat=True).distinct())
    titles = titles_of_models()
    waiting = (
        remarks_of(user)
        .filter(status=Remark.Status.OPEN)
        .order_by()
        .values_list("revision__design")
        .annotate(count=Count("pk"), since=Min("created_at"))
        .order_by("since")
    )
    tasks = [
        Task(
            title=f"{titles.get(design, design)}\N{NO-BREAK SPACE}: {plural(count, 'remarque à lire,remarques à lire')}",
            action="Répondre",
            url=f"{reverse('remarks')}?modele={design}",
            detail="Un atelier a découpé ce modèle et dit ce qu’il a constaté.",
            since=since,
            name=titles.get(design, design),
        )
        for design, count, since in waiting
        if design in own
    ]
    tasks += _sent_back(user)
    tasks += stopped(user, {*own, *drafts_of(user).values_list("slug", flat=True)})
    calm = (
        "Rien ne vous attend\N{NO-BREAK SPACE}: aucune remarque n’attend de réponse."
        if own
        else "Commencez un modèle dans le Studio, ou adaptez-en un. La coordination confie les modèles déjà publiés à qui les dessine."
    )
    return Dashboard(
        name="creation",
        title="Vos modèles",
        tasks=tasks,
        calm=calm,
        next_label="Ouvrir le Studio",
        next_url=reverse("studio"),
        figures=_figures(own) if own else [],
        all_url=reverse("remarks") if own else "",
    )


def _sent_back(user: User) -> list[Task]:
    """Models of which a reviewer wants something changed."""
    sent = WorkflowState.objects.filter(
        base_content_type=DesignDraft.get_base_content_type(), status=WorkflowState.STATUS_NEEDS_CHANGES
    )
    since = {int(one.object_id): one.current_task_state for one in sent.select_related("current_task_state")}
    drafts = drafts_of(user).filter(pk__in=since).select_related("latest_revision") if since else []
    return [
        Task(
            title=f"{draft.latest_revision.object_str}\N{NO-BREAK SPACE}: des changements sont demandés",
            action="Voir lesquels",
            url=reverse("studio-review", args=[draft.slug]),
            detail="La relecture vous l’a renvoyé avec un mot.",
            since=since[draft.pk].finished_at if since[draft.pk] else None,
            name=draft.title,
        )
        for draft in drafts
    ]


def _figures(own: list[str]) -> list[Figure]:
    made = Piece.objects.filter(line__design__in=own).aggregate(
        made=Count("pk", filter=~Q(stage__in=[Piece.Stage.TO_CUT, Piece.Stage.CUT, Piece.Stage.REPLACED]))
    )["made"]
    answered = Remark.objects.filter(revision__design__in=own, status=Remark.Status.ANSWERED).count()
    found = [Figure("Modèles", number(len(own))), Figure("Meubles fabriqués d’après eux", number(made))]
    return found + ([Figure("Remarques répondues", number(answered))] if answered else [])
