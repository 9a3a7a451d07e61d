# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for who draws: remarks on the models in their care."""

from __future__ import annotations

from django.db.models import Count, Min, Q
from django.urls import reverse

from accounts.models import User
from cms.catalogue import titles as titles_of_models
from cms.dashboards.parts import Dashboard, Figure, Task
from cms.templatetags.french import number, plural
from designs.models import Remark
from designs.services import designs_of, remarks_of
from orders.models import Piece


def designer(user: User) -> Dashboard:
    """Four queries."""
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
    calm = (
        "Rien ne vous attend\N{NO-BREAK SPACE}: aucune remarque n’attend de réponse."
        if own
        else "Aucun modèle ne vous est encore confié. La coordination confie un modèle à qui le dessine\N{NO-BREAK SPACE}: écrivez-lui."
    )
    return Dashboard(
        name="creation",
        title="Vos modèles",
        tasks=tasks,
        calm=calm,
        next_label="Relire les remarques" if own else "Voir les modèles",
        next_url=reverse("remarks") if own else reverse("models"),
        figures=_figures(own) if own else [],
        all_url=reverse("remarks") if own else "",
    )


def _figures(own: list[str]) -> list[Figure]:
    made = Piece.objects.filter(line__design__in=own).aggregate(
        made=Count("pk", filter=~Q(stage__in=[Piece.Stage.TO_CUT, Piece.Stage.CUT, Piece.Stage.REPLACED]))
    )["made"]
    answered = Remark.objects.filter(revision__design__in=own, status=Remark.Status.ANSWERED).count()
    found = [Figure("Modèles", number(len(own))), Figure("Meubles fabriqués d’après eux", number(made))]
    return found + ([Figure("Remarques répondues", number(answered))] if answered else [])
