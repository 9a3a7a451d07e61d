# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose choice a page is about, and what all of its pages look at."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cms.roads import site_roads
from cms.views.orders.acting import order_or_404
from designs.errors import DesignError
from fablabs.geography import UnknownCommuneError
from fablabs.models import Workshop
from orders.life import Party
from orders.life.parties import parties_of
from orders.models import TO_CHOOSE, WITH_MAKER, Order
from orders.services.answers import Answer, answers_of, left_places
from orders.services.ranking import WholeRanking, rank_whole


@dataclass(frozen=True)
class Choosing:
    """``whole`` None: there is no ranking, ``why_none`` (French) says why."""

    order: Order
    answers: tuple[Answer, ...]
    whole: WholeRanking | None
    why_none: str

    @property
    def places(self) -> int:
        return left_places(self.answers)

    @property
    def by_slug(self) -> dict[str, Answer]:
        return {answer.request.workshop.slug: answer for answer in self.answers}


def bought_order(request: HttpRequest, public_id: UUID) -> Order:
    """Of somebody who buys for it. Raises Http404 else."""
    order = order_or_404(request, public_id)
    if Party.BUYER not in parties_of(request.user, order):  # type: ignore[arg-type]
        raise Http404("Cette commande n’est pas à vous.")
    return order


def not_now(request: HttpRequest, order: Order) -> HttpResponse | None:
    """None while a workshop may be chosen; else the order's page, with why not."""
    if order.state in TO_CHOOSE and order.lines.filter(lot=None).exists():
        return None
    if order.state in TO_CHOOSE:
        words = "Cette commande ne contient pas de meuble\u00a0: aucun atelier n’est à choisir."
    elif order.state in WITH_MAKER:
        words = "L’atelier est déjà choisi."
    else:
        words = "L’atelier se choisit une fois la convention signée, ou si vous payez tout vous-mêmes."
    messages.info(request, words)
    return redirect(reverse("order", args=[order.public_id]) + "#choosing")


def choosing_of(order: Order) -> Choosing:
    today = timezone.localdate()
    whole, why = None, ""
    try:
        whole = rank_whole(order, today=today, roads=site_roads())
    except UnknownCommuneError as error:
        why = f"Le lieu de livraison n’est pas connu\u00a0: {error.french}"
    except (DesignError, ValueError):
        why = "Un modèle de cette commande n’est plus dessiné dans sa révision\u00a0: écrivez à la coordination."
    return Choosing(order, tuple(answers_of(order, today)), whole, why)


def workshop_or_404(slug: str) -> Workshop:
    """One that may be asked. Raises Http404."""
    found = Workshop.objects.open_to_orders().select_related("maker__organisation").filter(slug=slug).first()
    if found is None:
        raise Http404("Cet atelier ne prend pas de commande en ce moment.")
    return found


def trail_of(order: Order, *, choice: bool = True) -> list[dict[str, str]]:
    found = [
        {"url": reverse("orders"), "title": "Mes commandes"},
        {"url": reverse("order", args=[order.public_id]), "title": str(order)},
    ]
    if choice:
        found.append({"url": reverse("order-choice", args=[order.public_id]), "title": "Le choix de l’atelier"})
    return found


def private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
