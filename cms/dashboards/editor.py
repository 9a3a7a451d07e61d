# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for who writes or reads again the site's pages."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, TaskState

from accounts.models import User, is_coordinator
from cms.dashboards.counting import counted
from cms.dashboards.parts import Dashboard, Elsewhere, Figure, waited
from cms.dashboards.stopped import stopped
from cms.models import ContactMessage, Letter
from cms.templatetags.french import number
from designs.services.roles import is_reviewer


def editor(user: User) -> Dashboard:
    """For who has the administration of the pages."""
    to_review = TaskState.objects.reviewable_by(user)
    tasks = [
        counted(
            to_review, "started_at", "page à relire,pages à relire", "Relire", reverse("wagtailadmin_home"),
            "Une personne qui écrit sur le site attend votre accord.",
        )
    ]  # fmt: skip
    if is_reviewer(user) and not is_coordinator(user):  # these have it among their own
        tasks += stopped(user, ())
    if user.has_perm("cms.change_contactmessage"):
        new = ContactMessage.objects.filter(state=ContactMessage.State.NEW, is_suspect=False)
        tasks.append(
            counted(
                new, "created_at", "message de contact à traiter,messages de contact à traiter", "Lire",
                reverse("messages_recus:index"), "Écrits par le formulaire de contact.",
            )
        )  # fmt: skip
    if user.has_perm("cms.view_registration"):
        # Who registered waits for the letter until the meeting is over; a message of the contact form is in its list anyway.
        lost = Letter.objects.filter(state=Letter.State.FAILED, registration__meeting__ends_at__gt=timezone.now())
        tasks.append(
            counted(
                lost, "created_at", "courriel à un inscrit n’est pas parti,courriels à des inscrits ne sont pas partis",
                "Voir les inscriptions", reverse("inscriptions:index"),
                "Le serveur de courrier les a refusés\N{NO-BREAK SPACE}: l’adresse est sans doute fausse.",
            )
        )  # fmt: skip
    return Dashboard(
        name="pages",
        title="Les pages du site",
        tasks=[task for task in tasks if task is not None],
        calm="Rien ne vous attend\N{NO-BREAK SPACE}: aucune page à relire.",
        next_label="Écrire les pages du site",
        next_url=reverse("wagtailadmin_home"),
        others=_sent(user),
        figures=[Figure("Pages publiées", number(Page.objects.live().filter(depth__gte=2).count()))],
        all_url=reverse("wagtailadmin_home"),
    )


def _sent(user: User) -> list[Elsewhere]:
    """What this person has sent, and somebody else reads now; three at most."""
    states = (
        TaskState.objects.filter(
            status=TaskState.STATUS_IN_PROGRESS, workflow_state__requested_by=user, workflow_state__status="in_progress"
        )
        .select_related("revision")
        .order_by("started_at")[:3]
    )
    return [
        Elsewhere(
            state.revision.object_str if state.revision else "Une page",
            reverse("wagtailadmin_home"),
            f"En attente d’une relecture {waited(state.started_at)}",
        )
        for state in states
    ]
