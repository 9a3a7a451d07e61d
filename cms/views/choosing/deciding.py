# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The choice itself, and what undoes it: the buyer changes its mind, the workshop refuses."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cms.roads import site_roads
from cms.views.choosing.access import Choosing, bought_order, choosing_of, not_now, private, trail_of
from cms.views.choosing.comparison import compare
from cms.views.choosing.forms import JustificationForm
from cms.views.choosing.words import told
from cms.views.makers.words import error_lines
from cms.views.orders.acting import form_key_of, order_or_404, refuse, seen_of, take_step, typed_words
from cms.views.orders.forms import NoteForm
from cms.views.orders.page import overtaken_response
from fabrication.matching.record import DUTY
from orders.life import ACTIONS, NotAllowedError, OvertakenError, Party, RefusedError
from orders.life.parties import parties_of
from orders.life.steps.choice import threshold_on
from orders.models import TO_CHOOSE, Order, State
from orders.services.answers import Answer, said_no
from orders.services.choosing import choose as choose_workshop
from orders.services.justifying import points_to_answer

_both = require_http_methods(["GET", "HEAD", "POST"])


@_both
def choose(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """One answer, the points that its justification should answer, and the words."""
    order = bought_order(request, public_id)
    form = JustificationForm(request.POST if request.method == "POST" else None)
    passed = not_now(request, order)
    if passed is not None and not form.is_bound:
        return passed
    if form.is_bound and form.is_valid():
        answer = _chosen(request, order, pk, form)
        if answer is not None:
            return answer
    if order.state not in TO_CHOOSE:
        return overtaken_response(request, order, _too_late(), typed_words(form))
    return _choose_page(request, choosing_of(order), pk, form)


def _chosen(request: HttpRequest, order: Order, pk: int, form: JustificationForm) -> HttpResponse | None:
    """Done; or None: refused, or something came meanwhile, and the form says what."""
    asked = order.quote_requests.filter(pk=pk).first()
    if asked is None:
        raise Http404("Cette demande n’existe pas.")
    try:
        done = choose_workshop(
            order,
            asked,
            actor=request.user,  # type: ignore[arg-type]
            justification=form.cleaned_data["justification"],
            roads=site_roads(),
            seen=seen_of(request),
            form_key=form_key_of(request),
        )
    except NotAllowedError as error:
        raise Http404("Cette commande n’est pas à vous.") from error
    except OvertakenError as error:
        fresh = order_or_404(request, order.public_id)
        if fresh.state not in TO_CHOOSE:
            return overtaken_response(request, fresh, error, typed_words(form))
        # An answer came while the words were written: they stay, and are sent again with the new answer seen.
        form.add_error(None, f"{error.french} Relisez la comparaison, puis confirmez votre choix.")
        order.version = fresh.version
        return _choose_page(request, choosing_of(fresh), pk, form, status=409)
    except RefusedError as error:
        refuse(form, error)
        return None
    assert done.workshop is not None
    messages.success(request, f"{done.workshop.name} est choisi, et prévenu. Il reste à signer le bon d’engagement.")
    return redirect(reverse("order", args=[order.public_id]) + "#choosing")


def _too_late() -> OvertakenError:
    return OvertakenError("no maker is to be chosen now", "L’atelier n’est plus à choisir.")


def _choose_page(
    request: HttpRequest, found: Choosing, pk: int, form: JustificationForm, status: int | None = None
) -> HttpResponse:
    chosen = next((answer for answer in found.answers if answer.request.pk == pk), None)
    if chosen is None:
        raise Http404("Cette demande n’existe pas.")
    order = found.order
    if not chosen.may_be_chosen and not form.is_bound:
        messages.info(request, f"{chosen.request.workshop.name} ne peut pas être choisi. {told(chosen).words}")
        return redirect("order-choice", order.public_id)
    threshold = threshold_on(timezone.localdate())
    context = {
        "title": f"Choisir {chosen.request.workshop.name}",
        "section": "orders",
        "order": order,
        "chosen": chosen,
        "told": told(chosen),
        "comparison": compare(order, [chosen], found.whole),
        "others": [told(answer) for answer in _others(found, chosen)],
        "points": points_to_answer(chosen, found.answers, found.whole, said_no(order)),
        "threshold": threshold,
        "reaches": threshold is not None and chosen.net_eur is not None and chosen.net_eur >= threshold.amount_eur,
        "duty": DUTY,
        "form": form,
        "errors": list(error_lines(form)) if form.is_bound else [],
        "trail": trail_of(order),
    }
    code = status or (422 if form.is_bound else 200)
    return private(render(request, "cms/choosing/choose.html", context, status=code))


def _others(found: Choosing, chosen: Answer) -> list[Answer]:
    return [answer for answer in found.answers if answer.request.pk != chosen.request.pk]


_INTRODUCTIONS = {
    "change_maker": "L’atelier choisi est prévenu et ne fait plus cette commande. Vos autres devis comptent encore, "
    "tant qu’ils sont valables.",
    "maker_refuse": "La commande retourne au choix de l’acheteur, qui est prévenu avec votre raison. Elle quitte votre tableau.",
}


@_both
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _undo(request, bought_order(request, public_id), "change_maker")


@_both
def refuse_order(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """By the chosen workshop, or by the coordination for it."""
    order = order_or_404(request, public_id)
    if not ACTIONS["maker_refuse"].parties & parties_of(request.user, order):  # type: ignore[arg-type]
        raise Http404("Cette commande n’est pas à vous.")
    return _undo(request, order, "maker_refuse")


def _undo(request: HttpRequest, order: Order, name: str) -> HttpResponse:
    action = ACTIONS[name]
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        as_maker = Party.MAKER in parties_of(request.user, order)  # type: ignore[arg-type]
        done = "C’est noté\u00a0: la commande retourne au choix de l’atelier."
        note = form.cleaned_data["note"]
        answer = take_step(request, order, name, form=form, given={}, note=note, done=done, anchor="choosing")
        if answer is not None:
            # Whoever refused it does not see it any more.
            return redirect("board") if answer.status_code == 302 and name == "maker_refuse" and as_maker else answer
    elif State(order.state) not in action.sources:
        happened = OvertakenError("no such step from here", f"«\u00a0{action.label}\u00a0» n’est plus possible.")
        return overtaken_response(request, order, happened, typed_words(form) if form.is_bound else [])
    url = reverse("order", args=[order.public_id])
    context = {
        "title": action.label,
        "section": "orders",
        "order": order,
        "action": action,
        "introduction": _INTRODUCTIONS[name],
        "form": form,
        "back": url,
        "trail": [{"url": url, "title": str(order)}],
    }
    return private(render(request, "cms/orders/step.html", context, status=422 if form.is_bound else 200))
