# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for who reads models over, named in the group of reviewers: the coordination has it among its own."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from cms.dashboards.counting import counted
from cms.dashboards.parts import Dashboard
from designs.services.reviewing import waiting_for_review


def reviewer(user: User) -> Dashboard:
    """One query."""
    task = counted(
        waiting_for_review(user), "workflow_states__created_at", "modèle à relire,modèles à relire", "Relire",
        reverse("studio-reviews"), "Il paraît quand une personne qui ne l’a pas dessiné l’approuve.",
    )  # fmt: skip
    return Dashboard(
        name="relecture",
        title="Les modèles à relire",
        tasks=[task] if task else [],
        calm="Rien ne vous attend\N{NO-BREAK SPACE}: aucun modèle n’est à relire.",
        next_label="Ouvrir le Studio",
        next_url=reverse("studio"),
    )
