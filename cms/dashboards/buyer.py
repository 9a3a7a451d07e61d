# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for who buys."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.urls import reverse

from accounts.models import User
from cms.dashboards.orders import waiting
from cms.dashboards.parts import Dashboard, Figure
from cms.templatetags.french import number
from fabrication.quoting.words import euros
from orders.life import Party
from orders.models import ENDED, Order, Piece, State, SubsidyPayment
from orders.money import cents


def buyer(user: User) -> Dashboard:
    rows = Order.objects.bought_by(user)
    found = waiting(rows, Party.BUYER)
    first = not found.count and not found.elsewhere
    return Dashboard(
        name="acheteur",
        title="Vos commandes",
        tasks=found.tasks,
        calm="Rien ne vous attend. Vous n’avez pas encore commandé\N{NO-BREAK SPACE}: voyez si votre commune y a droit, c’est rapide."
        if first
        else "Rien ne vous attend\N{NO-BREAK SPACE}: c’est aux autres d’avancer. Vous serez prévenu.",
        next_label="Suis-je éligible\N{NARROW NO-BREAK SPACE}?" if first else "Nouvelle commande",
        next_url=reverse("eligibility") if first else reverse("order-new"),
        others=found.others,
        figures=_figures(user),
        more=found.count - len(found.tasks),
        others_more=found.elsewhere - len(found.others),
        all_url=reverse("orders"),
    )


def _figures(user: User) -> list[Figure]:
    """Three queries; nothing for who has not ordered yet."""
    rows = Order.objects.bought_by(user)
    sums = rows.aggregate(
        open=Count("pk", filter=~Q(state__in=[*ENDED, State.DRAFT])),
        granted=Sum("granted_eur", filter=~Q(state__in=[State.WITHDRAWN, State.CANCELLED])),
    )
    received = Piece.objects.filter(line__order__in=rows, stage=Piece.Stage.DELIVERED).count()
    paid = SubsidyPayment.objects.filter(order__in=rows).aggregate(sum=Sum("paid_eur"))["sum"]
    found = [Figure("Commandes en cours", number(sums["open"]))] if sums["open"] else []
    found += [Figure("Meubles reçus", number(received))] if received else []
    found += [Figure("Subvention accordée", euros(cents(Decimal(sums["granted"]))))] if sums["granted"] else []
    found += [Figure("Subvention versée", euros(cents(Decimal(paid))))] if paid else []
    return found
