# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for the coordination: records, prices, messages, orders that stand still."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from wagtail.models import WorkflowState

from accounts.models import User
from cms.dashboards.counting import counted
from cms.dashboards.parts import Dashboard, Figure, Task
from cms.dashboards.stopped import stopped
from cms.templatetags.french import number, plural
from designs.models import Care, DesignDraft, Remark
from fablabs.models import ImportRun, Workshop
from fabrication.models import Quote
from orders.models import ENDED, Claim, Event, Order, OutboxMessage, State
from orders.services.workload import PATIENCE_DAYS, late_in

#: Days after which a delivery that nobody accepts is asked about.
_SILENT_DAYS = PATIENCE_DAYS[State.DELIVERED]
#: Days that a maker has to say something about a defect before the coordination looks.
_CLAIM_DAYS = 7


def coordinator(user: User) -> Dashboard:
    now = timezone.now()
    tasks = [
        counted(
            Workshop.objects.filter(asked_at__isnull=False, maker__archived_at=None), "asked_at",
            "atelier à valider,ateliers à valider", "Ouvrir la liste", reverse("makers-to-validate"),
            "Un atelier reçoit des commandes après validation.",
        ),
        _silent(now),
        counted(
            Claim.objects.filter(resolved_at=None, remedy="", opened_at__lt=now - timedelta(days=_CLAIM_DAYS)), "opened_at",
            "réclamation sans réponse,réclamations sans réponse", "Voir les réclamations", reverse("dashboard"),
            f"L’atelier n’a rien dit depuis plus de {_CLAIM_DAYS} jours.",
        ),
        counted(
            Quote.objects.to_watch(), "flagged_at", "prix à examiner,prix à examiner", "Examiner", reverse("quotes-flagged"),
            "Loin de ce que demandent les autres ateliers pour la même chose.",
        ),
        counted(
            ImportRun.objects.filter(state=ImportRun.State.PREVIEWED), "created_at",
            "import à confirmer,imports à confirmer", "Reprendre", reverse("imports"),
            "Relu, mais ni confirmé ni abandonné.",
        ),
        counted(
            Remark.objects.filter(status=Remark.Status.OPEN).exclude(revision__design__in=Care.objects.values("design")),
            "created_at", "remarque sans bureau de création,remarques sans bureau de création", "Répondre ou confier",
            reverse("remarks"), "Sur un modèle qui n’est confié à personne.",
        ),
        counted(
            WorkflowState.objects.filter(
                base_content_type=DesignDraft.get_base_content_type(), status=WorkflowState.STATUS_IN_PROGRESS
            ),
            "created_at", "modèle à relire,modèles à relire", "Relire", reverse("studio-reviews"),
            "Il paraît quand une personne qui ne l’a pas dessiné l’approuve.",
        ),
        counted(
            OutboxMessage.objects.filter(state=OutboxMessage.State.FAILED), "created_at",
            "message n’a pas pu partir,messages n’ont pas pu partir", "Voir pourquoi", reverse("outbox"),
            "Le serveur de courrier les a refusés.",
        ),
        _stuck(now),
        *stopped(user, ()),
    ]  # fmt: skip
    return Dashboard(
        name="coordination",
        title="La coordination",
        tasks=[task for task in tasks if task is not None],
        calm="Rien ne vous attend\N{NO-BREAK SPACE}: ateliers, prix, messages et commandes sont à jour.",
        next_label="Tableau de bord",
        next_url=reverse("dashboard"),
        figures=_figures(),
        all_url=reverse("dashboard"),
    )


def _silent(now: datetime) -> Task | None:
    """Delivered, and nobody accepts: the grant is held, the maker waits for its money."""
    since = now - timedelta(days=_SILENT_DAYS)
    rows = Order.objects.filter(state=State.DELIVERED, delivered_at__lt=since).order_by("delivered_at", "pk")
    keys = list(rows.values_list("public_id", "delivered_at")[:100])
    if not keys:
        return None
    public_id, day = keys[0]
    count = len(keys)
    return Task(
        plural(count, "livraison jamais réceptionnée,livraisons jamais réceptionnées"),
        "Voir la plus ancienne" if count > 1 else "Voir la commande",
        reverse("order", args=[public_id]),
        f"L’acheteur ne s’est pas prononcé en {_SILENT_DAYS} jours. Écrivez-lui, ou réceptionnez à sa place, avec la raison.",
        day,
        name="livraisons",
    )


def _stuck(now: datetime) -> Task | None:
    rows = Event.objects.filter(late_in(now), sequence=F("order__version")).exclude(order__state=State.DELIVERED)
    words = "commande n’avance plus,commandes n’avancent plus"
    return counted(
        rows,
        "at",
        words,
        "Voir lesquelles",
        reverse("dashboard"),
        "Depuis plus longtemps que d’habitude dans leur état.",
    )


def _figures() -> list[Figure]:
    """Two queries."""
    orders = Order.objects.aggregate(
        open=Count("pk", filter=~Q(state__in=[*ENDED, State.DRAFT])), closed=Count("pk", filter=Q(state=State.CLOSED))
    )
    workshops = Workshop.objects.filter(state=Workshop.State.OPEN, maker__archived_at=None).count()
    return [
        Figure("Commandes en cours", number(orders["open"])),
        Figure("Commandes closes", number(orders["closed"])),
        Figure("Ateliers ouverts", number(workshops)),
    ]
