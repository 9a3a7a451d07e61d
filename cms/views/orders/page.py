# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An order's page, for everybody who has to do with it; and the page of the steps that need nothing but a reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cms.views.orders.acting import order_or_404, take_step, typed_words
from cms.views.orders.forms import NoteForm
from cms.views.orders.places import ACTION_PLACES, ONE_WORD, offered
from cms.views.orders.words import PARTY_NAMES, stages, standing
from orders.life import ACTIONS, Action, OvertakenError, Party
from orders.life.parties import parties_of
from orders.models import Order, State
from orders.services.waiting import TURNS, next_action, with_its_facts

#: What the page of a step says before it is taken, and once it is.
_BEFORE = {
    "self_fund": "Vous payez toute la commande. Vous pourrez ensuite choisir un atelier.",
    "withdraw": "La commande est retirée pour tous. Rien n’est effacé, mais elle ne peut plus être reprise.",
    "close": "Tout est livré, facturé et payé. Ce qui reste de la subvention retourne dans l’enveloppe.",
    "release_grant": "Ce qui est encore réservé à cette commande, et que personne ne demande, retourne dans l’enveloppe. "
    "L’acheteur est prévenu.",
    "cancel": "La commande est annulée pour tous. Rien n’est effacé, mais elle ne peut plus être reprise.",
    "void": "La commande est annulée pour tous. Rien n’est effacé, mais elle ne peut plus être reprise.",
}
_DONE = {
    "self_fund": "C’est noté\u00a0: vous continuez à vos frais. Choisissez maintenant un atelier.",
    "withdraw": "La commande est retirée.",
    "close": "La commande est close.",
    "release_grant": "C’est noté\u00a0: la somme est à nouveau dans l’enveloppe.",
    "cancel": "La commande est annulée.",
    "void": "La commande est annulée.",
}


@require_safe
def order_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    order = order_or_404(request, public_id)
    if order.state == State.DRAFT and Party.BUYER in parties_of(request.user, order):  # type: ignore[arg-type]
        return redirect("order-draft", order.public_id)
    return order_response(request, order)


def order_response(
    request: HttpRequest,
    order: Order,
    *,
    status: int = 200,
    overtaken: OvertakenError | None = None,
    typed: Iterable[tuple[str, str]] = (),
) -> HttpResponse:
    """The page; a section takes a form that was sent back by ``kept_form``."""
    from cms.views.orders.sections import sections_of  # which take their steps by this page

    parties = parties_of(request.user, order)  # type: ignore[arg-type]
    known = with_its_facts(order)
    now = standing(known)
    actions = offered(order, parties)
    context: dict[str, Any] = {
        "title": f"Commande {order.reference}" if order.reference else "Brouillon",
        "section": "orders",
        "order": order,
        "parties": parties,
        "standing": now,
        "my_turn": any(next_action(known, party) for party in TURNS if party in parties),
        "turn": PARTY_NAMES[now.turn] if now.turn else "",
        "stages": stages(order),
        "first_actions": [action for action in actions if not action.quiet],
        "quiet_actions": [action for action in actions if action.quiet],
        "sections": sections_of(request, order, parties),
        "overtaken": overtaken.french if overtaken else "",
        "typed": list(typed),
        "trail": trail_of(parties),
    }
    response = render(request, "cms/orders/order.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def trail_of(parties: frozenset[Party]) -> list[dict[str, str]]:
    """Back to where this person's orders are: of several parties, the first."""
    place = next((place for party, place in _LISTS.items() if party in parties), None)
    return [{"url": reverse(place[0]), "title": place[1]}] if place else []


_LISTS = {
    Party.BUYER: ("orders", "Mes commandes"),
    Party.PREFECTURE: ("arbitration", "Arbitrage"),
    Party.MAKER: ("board", "Mon tableau"),
    Party.COORDINATOR: ("arbitration", "Arbitrage"),
}


def overtaken_response(
    request: HttpRequest, order: Order, error: OvertakenError, typed: Iterable[tuple[str, str]] = ()
) -> HttpResponse:
    """The order as it is now, with what happened meanwhile above it, and what was typed, to be copied. A draft that was
    thrown away has no page any more: then these alone."""
    try:
        fresh = order_or_404(request, order.public_id)
    except Http404:
        context = {"title": "Entre-temps", "section": "orders", "overtaken": error.french, "typed": list(typed)}
        return render(request, "cms/orders/overtaken.html", context, status=409)
    return order_response(request, fresh, status=409, overtaken=error, typed=typed)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, public_id: UUID, action: str) -> HttpResponse:
    """A step that needs nothing, or nothing but a reason."""
    order = order_or_404(request, public_id)
    wanted = ACTIONS.get(action)
    if wanted is None or ACTION_PLACES.get(action) != ONE_WORD:
        raise Http404("Cette page n’existe pas.")
    if not wanted.parties & parties_of(request.user, order):  # type: ignore[arg-type]
        raise Http404("Cette commande n’est pas à vous.")
    form = NoteForm(request.POST if request.method == "POST" else None, required=wanted.needs_note)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        answer = take_step(request, order, action, form=form, given={}, note=note, done=_DONE.get(action, ""))
        if answer is not None:
            return answer
    elif State(order.state) not in wanted.sources:
        words = typed_words(form) if request.method == "POST" else []
        happened = OvertakenError("no such step from here", f"«\u00a0{wanted.label}\u00a0» n’est plus possible.")
        return overtaken_response(request, order, happened, words)
    return _step_page(request, order, wanted, form)


def _step_page(request: HttpRequest, order: Order, action: Action, form: forms.Form) -> HttpResponse:
    context = {
        "title": action.label,
        "section": "orders",
        "order": order,
        "action": action,
        "introduction": _BEFORE.get(action.name, ""),
        "form": form,
        "back": reverse("order", args=[order.public_id]),
        "trail": [{"url": reverse("order", args=[order.public_id]), "title": str(order)}],
    }
    return render(request, "cms/orders/step.html", context, status=422 if form.is_bound else 200)
