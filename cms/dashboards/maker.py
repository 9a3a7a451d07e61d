# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for a workshop: questions, orders, its own record."""

from __future__ import annotations

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from accounts.models import Organisation, Role, User
from cms.dashboards.orders import MOST, waiting, what
from cms.dashboards.parts import Dashboard, Figure, Task
from cms.templatetags.french import number, plural
from designs.typography import SPACE
from fablabs.models import Workshop
from fabrication.models import Quote
from orders.life import Party
from orders.models import TO_CHOOSE, Order, OrderLine, Piece, QuoteRequest, RequestedQuote
from orders.services.revision_news import to_decide

_AT_WORK = (Piece.Stage.TO_CUT, Piece.Stage.CUT, Piece.Stage.ASSEMBLED)


def maker(user: User) -> Dashboard:
    found = waiting(Order.objects.made_by(user), Party.MAKER)
    sites = list(_own(user).order_by("name", "pk"))
    asked, asked_count = _asked(user)
    tasks = [*asked, *_revisions(user), *found.tasks, *_quotes(user), *_records(sites)]
    return Dashboard(
        name="atelier",
        title="Votre atelier",
        tasks=tasks,
        calm="Rien ne vous attend\N{NO-BREAK SPACE}: ni devis à rendre, ni meuble à fabriquer."
        if sites
        else "Votre atelier n’est pas encore décrit\N{NO-BREAK SPACE}: c’est par là que tout commence.",
        next_label="Tenir ma fiche à jour" if sites else "Décrire mon atelier",
        next_url=reverse("makers-own"),
        others=found.others,
        figures=_figures(user),
        more=found.count - len(found.tasks) + asked_count - len(asked),
        others_more=found.elsewhere - len(found.others),
        all_url=reverse("board") if sites else "",
    )


def _own(user: User) -> QuerySet[Workshop]:
    organisations = Organisation.objects.filter(
        memberships__user=user, memberships__role=Role.MAKER, memberships__is_active=True, archived_at=None
    )
    return Workshop.objects.filter(maker__organisation__in=organisations)


def _asked(user: User) -> tuple[list[Task], int]:
    """Quotes that buyers wait for, the nearest last day first."""
    quotes = RequestedQuote.objects.filter(request=OuterRef("pk"))
    gone = quotes.filter(quote__state__in=[Quote.State.REFUSED, Quote.State.WITHDRAWN])
    rows = QuoteRequest.objects.filter(
        Exists(quotes.exclude(quote__state=Quote.State.ISSUED)),
        ~Exists(gone),
        workshop__in=_own(user).values("pk"),
        answered_at=None,
        declined_at=None,
        withdrawn_at=None,
        order__state__in=[str(state) for state in TO_CHOOSE],
    )
    lines = OrderLine.objects.select_related("revision", "lot").order_by("position")
    count = rows.count()
    shown = rows.select_related("order__organisation", "workshop").prefetch_related(Prefetch("order__lines", lines))
    return [
        Task(
            title=what(asked.order),
            action="Répondre",
            url=reverse("order", args=[asked.order.public_id]) + "#choosing",
            detail=f"Un devis vous est demandé par {asked.order.organisation.name}.",
            since=asked.asked_at,
            by=asked.answer_by,
            name=asked.order.reference,
        )
        for asked in shown.order_by("answer_by", "pk")[:MOST]
    ], count


def _revisions(user: User) -> list[Task]:
    """Published since the order, and nothing is cut: stands before the order itself, since it is chosen before the first sheet."""
    return [
        Task(
            f"{revision.title}{SPACE}: la révision {revision.number} est parue",
            "Choisir",
            reverse("making-revision", args=[line.order.public_id, line.position]),
            f"{line.order}, {line.order.organisation.name}. Rien n’est découpé{SPACE}: gardez la révision prévue, ou changez.",
            revision.published_at,
            name=f"{line.order}, ligne {line.position}",
        )
        for line, revision in to_decide(Order.objects.made_by(user), MOST)
    ]


def _quotes(user: User) -> list[Task]:
    """Estimates without an order, to be read again and issued."""
    found = (
        Quote.objects.made_by(user)
        .filter(state__in=[Quote.State.COMPUTED, Quote.State.CORRECTED], hidden_at=None, order_requests=None)
        .aggregate(count=Count("pk"), since=Min("asked_at"))
    )
    if not found["count"]:
        return []
    return [
        Task(
            title=plural(found["count"], "devis à relire et à émettre,devis à relire et à émettre"),
            action="Voir les devis",
            url=reverse("quotes"),
            detail="Une estimation est faite d’après votre fiche\N{NO-BREAK SPACE}: à vous de la corriger.",
            since=found["since"],
        )
    ]


def _records(sites: list[Workshop]) -> list[Task]:
    """Records that nobody can order from yet, and that wait for their maker."""
    return [
        Task(
            title=f"La fiche de {site.name} n’est pas terminée",
            action="Compléter la fiche",
            url=reverse("maker-site", args=[site.slug]),
            detail=f"La coordination a répondu{SPACE}: {site.state_reason}" if site.state_reason else "Il reste des choses à dire avant de demander sa validation.",
        )
        for site in sites
        if site.state == Workshop.State.DRAFT and site.asked_at is None
    ]  # fmt: skip


def _figures(user: User) -> list[Figure]:
    """One query."""
    pieces = Piece.objects.filter(workshop__in=_own(user).values("pk")).exclude(stage=Piece.Stage.REPLACED)
    sums = pieces.aggregate(
        work=Count("pk", filter=Q(stage__in=_AT_WORK)), made=Count("pk", filter=~Q(stage__in=_AT_WORK))
    )
    found = [Figure("Meubles à fabriquer", number(sums["work"]))] if sums["work"] else []
    return found + ([Figure("Meubles fabriqués", number(sums["made"]))] if sums["made"] else [])
