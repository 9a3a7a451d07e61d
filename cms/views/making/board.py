# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The maker's board: what waits for an answer, what to make, what to ship, then the rest. Read on a telephone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role
from cms.progress import version_of, watched
from cms.templatetags.french import plural
from cms.views.making.access import private
from fablabs.models import Workshop
from orders.models import TO_CHOOSE, Claim, Order, QuoteRequest, State
from orders.services.pieces import STAGE_WORDS, WORKSHOP_STAGES, title_of

_A_PAGE = 20
_RECEIVED = (State.DELIVERED, State.ACCEPTED)


@dataclass(frozen=True)
class Row:
    """A card: what it is, for whom, what the maker is to do, and by when."""

    url: str
    reference: str
    what: str
    buyer: str
    site: str
    words: str
    by: date | None = None
    late: bool = False
    done: int = 0
    total: int = 0
    #: The other answer, less in sight: its words and its address.
    other: str = ""
    other_url: str = ""


@dataclass(frozen=True)
class Pile:
    name: str
    title: str
    rows: list[Row]
    empty: str


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    sites, chosen = sites_of(request)
    shown = [chosen] if chosen else sites
    found = list(_open_orders(shown))
    requests = list(_requests(shown))
    piles = [_to_answer(requests, found), _to_make(found), _to_ship(found), _on_the_way(found)]
    rest = Paginator(_rest(shown), _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "Mon tableau de fabrication",
        "section": "board",
        "sites": sites if len(sites) > 1 else [],
        "chosen": chosen,
        "piles": piles,
        "version": _version(shown),
        "rest": [_row(order, _words_of_rest(order)) for order in rest],
        "page_of_rest": rest,
    }
    return private(render(request, "cms/making/board.html", context))


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Whether the board would say something else by now."""
    sites, chosen = sites_of(request)
    return watched(_version([chosen] if chosen else sites))


def _version(sites: Iterable[Workshop]) -> str:
    """Of all that moves on the board, in three queries: orders, questions, and the day, which makes things late."""
    keys = [site.pk for site in sites]
    orders = Order.objects.filter(workshop__in=keys).order_by("pk").values_list("pk", "version")
    claims = Claim.objects.filter(order__workshop__in=keys, resolved_at=None).order_by("pk").values_list("pk", "remedy")
    requests = _requests(sites).select_related(None).prefetch_related(None).order_by("pk").values_list("pk", flat=True)
    return version_of([timezone.localdate(), *keys, "orders", *orders, "claims", *claims, "requests", *requests])


def sites_of(request: HttpRequest) -> tuple[list[Workshop], Workshop | None]:
    """This person's workshops, and the one that the address asks for (``atelier``). Raises Http404 for who has none."""
    sites = list(_sites(request))
    if not sites:
        raise Http404("Ce tableau est celui des ateliers.")
    slug = request.GET.get("atelier", "")
    return sites, next((site for site in sites if site.slug == slug), None)


def _sites(request: HttpRequest) -> QuerySet[Workshop]:
    return Workshop.objects.filter(
        maker__organisation__memberships__user=request.user,
        maker__organisation__memberships__role=Role.MAKER,
        maker__organisation__memberships__is_active=True,
        maker__organisation__archived_at=None,
    ).order_by("name", "pk")


def _counted(stage: str) -> Count:
    return Count("lines__pieces", filter=Q(lines__pieces__stage=stage), distinct=True)


def _with_counts(orders: QuerySet[Order]) -> QuerySet[Order]:
    open_claims = Claim.objects.filter(order=OuterRef("pk"), resolved_at=None)
    return orders.annotate(
        to_cut=_counted("to_cut"),
        cut=_counted("cut"),
        assembled=_counted("assembled"),
        finished=_counted("finished"),
        shipped=_counted("shipped"),
        arrived=_counted("delivered"),
        has_claim=Exists(open_claims),
        has_question=Exists(open_claims.filter(remedy="")),
    )


def _named(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.select_related("organisation", "workshop").prefetch_related("lines__revision", "lines__lot")


def _open_orders(sites: Iterable[Workshop]) -> QuerySet[Order]:
    """All that is in the workshop's hands, the oldest commitment first."""
    states = [State.MAKER_CHOSEN, State.COMMITTED, State.IN_PRODUCTION, State.SHIPPED, *_RECEIVED]
    found = _named(Order.objects.filter(workshop__in=[site.pk for site in sites], state__in=states))
    found = _with_counts(found).exclude(Q(state__in=_RECEIVED, has_claim=False))
    return found.order_by(F("wanted_by").asc(nulls_last=True), "committed_at", "pk")


def _rest(sites: Iterable[Workshop]) -> QuerySet[Order]:
    states = [*_RECEIVED, State.CLOSED]
    found = _named(Order.objects.filter(workshop__in=[site.pk for site in sites], state__in=states))
    return found.order_by("-delivered_at", "-pk")


def _requests(sites: Iterable[Workshop]) -> QuerySet[QuoteRequest]:
    return (
        QuoteRequest.objects.filter(
            workshop__in=[site.pk for site in sites],
            answered_at=None,
            declined_at=None,
            withdrawn_at=None,
            order__state__in=TO_CHOOSE,  # once another is chosen, the question waits for nobody
        )
        .select_related("order__organisation", "workshop")
        .prefetch_related("order__lines__revision", "order__lines__lot")
        .order_by("answer_by", "pk")
    )


def _to_answer(requests: Iterable[QuoteRequest], orders: Iterable[Any]) -> Pile:
    today = timezone.localdate()
    rows = [
        Row(
            reverse("order", args=[asked.order.public_id]) + "#choosing",
            asked.order.reference,
            what_of(asked.order),
            asked.order.organisation.name,
            asked.workshop.name,
            "On vous demande un devis.",
            asked.answer_by,
            asked.answer_by < today,
            other="Décliner",
            other_url=reverse("request-decline", args=[asked.order.public_id, asked.pk]),
        )
        for asked in requests
    ]
    for order in orders:
        if order.state == State.MAKER_CHOSEN:
            rows.append(_row(order, "Vous êtes choisi. Le bon d’engagement signé va suivre.", refusable=True))
        elif order.has_question:
            rows.append(_row(order, "Un défaut est signalé : répondez.", "making"))
    return Pile("a-repondre", "À répondre", rows, "Personne n’attend de réponse.")


def _to_make(orders: Iterable[Any]) -> Pile:
    rows = []
    for order in orders:
        left = order.to_cut + order.cut + order.assembled
        if order.state == State.COMMITTED:
            rows.append(
                _row(order, "Bon d’engagement signé : vous pouvez commencer.", "making", wanted=True, refusable=True)
            )
        elif left and order.state in _RECEIVED:
            rows.append(_row(order, f"{plural(left, 'exemplaire,exemplaires')} à refaire.", "making"))
        elif left:
            rows.append(_row(order, _progress(order), "making", wanted=True, counted=True))
    return Pile("a-fabriquer", "À fabriquer", rows, "Rien à fabriquer.")


def _to_ship(orders: Iterable[Any]) -> Pile:
    rows = [
        _row(
            order, f"{plural(order.finished, 'exemplaire fini,exemplaires finis')} à expédier.", "making-ship",
            wanted=order.state == State.IN_PRODUCTION,
        )
        for order in orders
        if order.finished and order.state in (State.IN_PRODUCTION, *_RECEIVED)
    ]  # fmt: skip
    return Pile("a-expedier", "À expédier", rows, "Rien à expédier.")


def _on_the_way(orders: Iterable[Any]) -> Pile:
    rows = [
        _row(order, f"{plural(order.shipped, 'exemplaire,exemplaires')} en route.", "making")
        for order in orders
        if order.shipped
    ]
    return Pile("en-route", "En route", rows, "Rien en route.")


def _progress(order: Any) -> str:
    counts = [(stage, getattr(order, stage)) for stage in WORKSHOP_STAGES]
    words = [plural(count, ",".join(STAGE_WORDS[stage])) for stage, count in counts if count]
    if gone := order.shipped + order.arrived:
        words.append(plural(gone, "parti,partis"))
    return ", ".join(words) + "."


def _words_of_rest(order: Order) -> str:
    return {State.DELIVERED: "Livrée, à réceptionner par l’acheteur.", State.ACCEPTED: "Réceptionnée."}.get(
        State(order.state), "Close."
    )


def _row(
    order: Any, words: str, page: str = "order", *, wanted: bool = False, counted: bool = False, refusable: bool = False
) -> Row:
    by = order.wanted_by if wanted else None
    total = (
        order.to_cut + order.cut + order.assembled + order.finished + order.shipped + order.arrived if counted else 0
    )
    return Row(
        reverse(page, args=[order.public_id]),
        order.reference,
        what_of(order),
        order.organisation.name,
        order.workshop.name,
        words,
        by,
        by is not None and by < timezone.localdate(),
        total - order.to_cut - order.cut - order.assembled if counted else 0,
        total,
        "Refuser" if refusable else "",
        reverse("order-maker-refuse", args=[order.public_id]) if refusable else "",
    )


def what_of(order: Order) -> str:
    """ "3 × Chariot-établi, 1 × Maisonnette"."""
    return ", ".join(f"{line.quantity} × {title_of(line)}" for line in order.lines.all() if line.is_furniture)
