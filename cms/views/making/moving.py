# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What leaves (the maker) and what arrives (the buyer, or the maker who brought it); the acceptance."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cms.views.making.access import has_passed, lines_of, made_order, order_of, pieces_of, private, taken, trail_of
from cms.views.making.forms import AcceptForm, ReceiveForm, ShipForm
from cms.views.orders.acting import take_step
from orders.life import Party
from orders.models import Delivery, Order, State
from orders.services.delivering import whereabouts

_both = require_http_methods(["GET", "HEAD", "POST"])
_AFTER = (State.DELIVERED, State.ACCEPTED)


@_both
def ship(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Some finished pieces, or all that is left."""
    order = made_order(request, public_id)
    there = whereabouts(pieces_of(order))
    form = ShipForm(there.ready, request.POST if request.method == "POST" else None)
    passed = has_passed(request, order, "ship", "ship_remake", form=form)
    if passed is not None:
        return passed
    if form.is_bound and form.is_valid():
        keys = form.keys()
        whole = set(keys) == {piece.pk for piece in there.at_workshop}
        action = "ship_remake" if order.state in _AFTER else "ship" if whole else "ship_part"
        names = ("carrier", "expected_on")
        answer = taken(
            request, order, action, reverse("making", args=[order.public_id]), form=form,
            given={"pieces": keys, **{name: form.cleaned_data[name] for name in names}},
            done="C’est noté, l’acheteur est prévenu.",
        )  # fmt: skip
        if answer is not None:
            return answer
    context = {
        "title": "Expédier",
        "section": "board",
        "button": "Noter l’expédition",
        "there": there,
        "waiting": [piece for piece in there.at_workshop if piece not in there.ready],
        "back": reverse("making", args=[order.public_id]),
        "trail": trail_of(order, board=True),
    }
    return _page(request, "cms/making/ship.html", order, form, context)


@_both
def receive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What has arrived of what is on its way; what is missing stays on the page."""
    order, parties = order_of(request, public_id, Party.BUYER, Party.MAKER)
    there = whereabouts(pieces_of(order))
    form = ReceiveForm(there.on_the_way, request.POST if request.method == "POST" else None)
    passed = has_passed(request, order, "receive_part", "deliver", "receive_remake", form=form)
    if passed is not None:
        return passed
    if form.is_bound and form.is_valid():
        keys = form.keys()
        whole = order.state == State.SHIPPED and set(keys) == {piece.pk for piece in there.missing}
        action = "receive_remake" if order.state in _AFTER else "deliver" if whole else "receive_part"
        reserves = form.cleaned_data["reserves"]
        done = "La commande est livrée en entier." if action == "deliver" else "L’arrivée est notée."
        answer = take_step(
            request, order, action, form=form, given={"pieces": keys, "reserves": reserves}, note=reserves, done=done,
            anchor="deliveries",
        )  # fmt: skip
        if answer is not None:
            return answer
    on_the_way = Delivery.objects.filter(order=order, received_at=None).select_related("note__pdf")
    context = {
        "title": "Noter une arrivée",
        "section": "orders",
        "button": "Noter l’arrivée",
        "there": there,
        "on_the_way": list(on_the_way),
        "back": reverse("order", args=[order.public_id]),
        "trail": trail_of(order),
        "by_maker": Party.BUYER not in parties,
    }
    return _page(request, "cms/making/receive.html", order, form, context)


@_both
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All is there: with reserves or without. The coordination may say so in the place of a buyer who does not, with its reason."""
    order, parties = order_of(request, public_id, Party.BUYER, Party.COORDINATOR)
    for_buyer = Party.BUYER not in parties
    form = AcceptForm(request.POST if request.method == "POST" else None, for_buyer=for_buyer)
    passed = has_passed(request, order, "accept", form=form)
    if passed is not None:
        return passed
    if form.is_bound and form.is_valid():
        words = form.cleaned_data["reserves"]
        reserves = "" if for_buyer else words
        answer = take_step(
            request, order, "accept", form=form, given={"reserves": reserves}, note=words, fields={"note": "reserves"},
            done="La commande est réceptionnée." if not reserves else "La commande est réceptionnée avec vos réserves.",
            anchor="deliveries",
        )  # fmt: skip
        if answer is not None:
            return answer
    context = {
        "title": "Réceptionner la commande",
        "section": "orders",
        "button": "Réceptionner",
        "pieces": pieces_of(order),
        "for_buyer": for_buyer,
        "claims": list(order.claims.filter(resolved_at=None).select_related("piece")),
        "back": reverse("order", args=[order.public_id]),
        "trail": trail_of(order),
    }
    return _page(request, "cms/making/accept.html", order, form, context)


def _page(request: HttpRequest, template: str, order: Order, form: forms.Form, context: dict[str, Any]) -> HttpResponse:
    context |= {"order": order, "form": form, "errors": lines_of((form, ""))}
    return private(render(request, template, context, status=422 if form.is_bound else 200))
