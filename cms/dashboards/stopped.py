# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models that an update of the software has stopped: not published on their date, or published and not cut any more."""

from __future__ import annotations

from collections.abc import Container

from django.urls import reverse

from accounts.models import User
from cms.dashboards.parts import Task
from designs.services.finding import current_revisions
from designs.services.publishing import refused_on_their_date
from designs.services.roles import is_reviewer
from fabrication.judging.services import red_revisions


def stopped(user: User, own: Container[str]) -> list[Task]:
    """Those in this person's care (``own``: their identifiers), all of them for a reviewer. Four queries at most."""
    reviews = is_reviewer(user)
    tasks = [
        Task(
            title=f"{draft.title}\N{NO-BREAK SPACE}: n’est pas paru à sa date",
            action="Voir pourquoi",
            url=reverse("studio-review", args=[draft.slug]),
            detail="Au jour prévu, ses contrôles ou son approbation manquaient.",
            name=draft.title,
        )
        for draft in refused_on_their_date(user)
    ]
    today = current_revisions()
    for revision, check in red_revisions():
        # A later revision has mended the others.
        if today.get(revision.design) == revision and (reviews or revision.design in own):
            tasks.append(
                Task(
                    title=f"{revision.title}\N{NO-BREAK SPACE}: ne passe plus ses contrôles",
                    action="Voir lesquels",
                    url=reverse("studio-publication", args=[revision.design, revision.number]),
                    detail="Depuis une mise à jour du logiciel, plus aucun fichier n’en est fait.",
                    since=check.finished_at,
                    name=revision.title,
                )
            )
    return tasks
