# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for a préfecture: two hundred intentions are one line, which leads to the list where they are decided."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Min, Sum
from django.urls import reverse

from accounts.models import User
from cms.dashboards.orders import Waiting, waiting
from cms.dashboards.parts import Dashboard, Figure, Task
from cms.templatetags.french import number, plural
from fabrication.quoting.words import euros
from orders.life import Party
from orders.models import PUBLIC, TO_ARBITRATE, Envelope, Order, prefecture_departments
from orders.models.order import OrderQuerySet
from orders.money import cents

#: Steps of one decision.
_DECISION = ("review", "fund")


def prefecture(user: User) -> Dashboard:
    rows = Order.objects.filter(state__in=PUBLIC, department__in=prefecture_departments(user))
    found = waiting(rows, Party.PREFECTURE, apart=_DECISION)
    to_decide = sum(found.counts[name] for name in _DECISION)
    tasks = [*_decisions(rows, found, to_decide), *found.tasks]
    return Dashboard(
        name="prefecture",
        title="Votre préfecture",
        tasks=tasks,
        calm="Rien ne vous attend\N{NO-BREAK SPACE}: toutes les intentions sont décidées, toutes les conventions et demandes traitées.",
        next_label="Voir les intentions",
        next_url=reverse("arbitration"),
        others=found.others,
        figures=_figures(user, to_decide),
        more=found.count - to_decide - len(found.tasks),
        others_more=found.elsewhere - len(found.others),
        all_url=reverse("arbitration"),
    )


def _decisions(rows: OrderQuerySet, found: Waiting, count: int) -> list[Task]:
    if not count:
        return []
    by = rows.filter(state__in=TO_ARBITRATE, campaign__decides_on__isnull=False).aggregate(
        day=Min("campaign__decides_on")
    )["day"]
    since = min(found.oldest[name] for name in _DECISION if name in found.oldest)
    return [
        Task(
            title=plural(count, "intention à décider,intentions à décider"),
            action="Arbitrer",
            url=reverse("arbitration"),
            detail="La plus ancienne attend" if count > 1 else "Elle attend",
            since=since,
            by=by,
        )
    ]


def _figures(user: User, to_decide: int) -> list[Figure]:
    """Of all campaigns' envelopes of its départements: one query."""
    own = Envelope.objects.filter(department__in=prefecture_departments(user))
    sums = own.aggregate(amount=Sum("amount_eur"), reserved=Sum("reserved_eur"))
    found = [Figure("À décider", number(to_decide))]
    if sums["amount"]:
        # SQLite adds decimals up as floats.
        amount, reserved = cents(Decimal(sums["amount"])), cents(Decimal(sums["reserved"]))
        found += [Figure("Engagé", euros(reserved)), Figure("Reste à engager", euros(amount - reserved))]
    return found
