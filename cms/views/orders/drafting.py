# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The walk from a first click to an intention: what, why, where, check. Each step is saved as it is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from cms.catalogue import published
from cms.roads import site_roads
from cms.views.makers.words import error_lines
from cms.views.orders.acting import SEEN, order_or_404, take_step, typed_words
from cms.views.orders.forms import LinesForm, OrderForm, WhereForm, WhyForm, only_valid
from cms.views.orders.lines import line_rows
from cms.views.orders.page import overtaken_response
from orders.life import NotAllowedError, OvertakenError, Party
from orders.life.parties import parties_of
from orders.models import EquipmentLot, Order, State
from orders.services.buyers import buyer_of, facts_of, territory_words
from orders.services.draft_lines import remove_line, set_quantities
from orders.services.drafting import WHERE, WHY, archive_draft, missing, save_draft, seen_of
from orders.services.eligibility import judge_on
from orders.services.estimating import estimate_order, keep

#: Address → title. The titles are short: they stand in a row.
STEPS = {
    "besoin": "Ce qu’il vous faut",
    "raisons": "Pour qui, et pourquoi",
    "lieu": "Où et quand",
    "verifier": "Vérifier et déposer",
}
_NAMES = list(STEPS)
_TEXTS: dict[str, tuple[type[OrderForm], Sequence[str]]] = {"raisons": (WhyForm, WHY), "lieu": (WhereForm, WHERE)}
#: What the last page's form carries of the draft that it showed.
_READ = "lu"
_CHANGED = "Quelqu’un de votre organisation a modifié ce brouillon entre-temps\u00a0: relisez-le, puis déposez-le."
_both = require_http_methods(["GET", "HEAD", "POST"])


def draft_or_404(request: HttpRequest, public_id: UUID) -> Order:
    """Of a buyer whom this person orders for, even if it is no draft any more: the services say what happened."""
    order = order_or_404(request, public_id)
    if Party.BUYER not in parties_of(request.user, order):  # type: ignore[arg-type]
        raise Http404("Ce brouillon n’est pas à vous.")
    return order


@_both
def first_step(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where something is missing first; the last step where nothing is."""
    order = draft_or_404(request, public_id)
    if order.state != State.DRAFT:
        return redirect("order", order.public_id)
    lacks = missing(order)
    return redirect("order-draft-step", order.public_id, lacks[0].step if lacks else "verifier")


@_both
def step_page(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404("Cette étape n’existe pas.")
    order = draft_or_404(request, public_id)
    if request.method != "POST" and order.state != State.DRAFT:
        return redirect("order", order.public_id)
    if step == "besoin":
        return _what(request, order)
    if step == "verifier":
        return (
            redirect("order-draft-step", order.public_id, step) if request.method == "POST" else check(request, order)
        )
    return _texts(request, order, step)


def _texts(request: HttpRequest, order: Order, step: str) -> HttpResponse:
    """Why, and where: what is right is saved, what is not is shown again with its message."""
    make, names = _TEXTS[step]
    if request.method != "POST":
        return _show(request, order, step, make(initial=make.initial_of(order)), seen_of(order, names))
    form = make(request.POST)
    form.is_valid()
    try:
        saved = save_draft(order, _actor(request), only_valid(form), request.POST.get(SEEN, "")[:64], of=names)
    except NotAllowedError as error:
        raise Http404(error.french) from error
    except OvertakenError as error:
        return _overtaken(request, order, step, form, error, names)
    for name, french in saved.refused.items():
        form.add_error(name if name in form.fields else None, french)
    if form.errors:
        return _show(request, saved.order, step, form, seen_of(saved.order, names), status=422)
    return _onwards(request, order, step)


def _what(request: HttpRequest, order: Order) -> HttpResponse:
    """Lines and lots. Every button of the page saves first: what was typed beside another line is not lost."""
    lots = EquipmentLot.objects.filter(campaign=order.campaign_id) if order.campaign_id else EquipmentLot.objects.none()
    lines = list(order.lines.select_related("revision", "lot"))
    if request.method != "POST":
        return _show(request, order, "besoin", LinesForm(lines, lots), seen_of(order))
    form = LinesForm(lines, lots, request.POST)
    form.is_valid()
    gone = _number(request.POST.get("retirer", ""))
    try:
        if gone is not None:
            remove_line(order, _actor(request), gone)
            kept = {pk: quantity for pk, quantity in form.quantities().items() if pk != gone}
            saved = set_quantities(order, _actor(request), kept, form.lot_quantities())
            messages.success(request, "La ligne est retirée.")
            form.errors.pop(f"line-{gone}", None)
        else:
            seen = request.POST.get(SEEN, "")[:64]
            saved = set_quantities(order, _actor(request), form.quantities(), form.lot_quantities(), seen)
    except NotAllowedError as error:
        raise Http404(error.french) from error
    except OvertakenError as error:
        return _overtaken(request, order, "besoin", form, error, None)
    for name, french in saved.refused.items():
        form.add_error(name, french)
    if form.errors:
        return _show(request, saved.order, "besoin", form, seen_of(saved.order), status=422)
    if gone is not None:
        return redirect("order-draft-step", order.public_id, "besoin")
    if (design := request.POST.get("ajouter", "")) in {card.identifier for card in published()}:
        return redirect("order-line-add", order.public_id, design)
    changed = _number(request.POST.get("modifier", ""))
    if changed is not None and order.lines.filter(pk=changed, lot=None).exists():
        return redirect("order-line", order.public_id, changed)
    return _onwards(request, order, "besoin")


def _onwards(request: HttpRequest, order: Order, step: str) -> HttpResponse:
    if "suite" in request.POST:
        return redirect("order-draft-step", order.public_id, _NAMES[_NAMES.index(step) + 1])
    messages.success(request, "Le brouillon est enregistré.")
    return redirect("order-draft-step", order.public_id, step)


def _overtaken(
    request: HttpRequest, order: Order, step: str, form: forms.Form, error: OvertakenError, names: Sequence[str] | None
) -> HttpResponse:
    """A draft that is still one: the step again as it was typed, with what stands there now. Else the page says what
    happened to it."""
    fresh = Order.objects.with_names().filter(pk=order.pk, state=State.DRAFT, archived_at=None).first()
    if fresh is None:
        return overtaken_response(request, order, error, typed_words(form))
    form.add_error(None, error.french)
    return _show(request, fresh, step, form, seen_of(fresh, names), status=409, others=_others(fresh, form))


def _others(fresh: Order, form: forms.Form) -> list[tuple[str, str]]:
    """What stands in the draft now where something else was typed: label and text."""
    if isinstance(form, OrderForm):
        now = type(form)(initial=type(form).initial_of(fresh))
        pairs = [(form[name], now[name]) for name in form.fields]
        return [
            (str(ours.label), str(_plain(theirs) or "rien")) for ours, theirs in pairs if _plain(ours) != _plain(theirs)
        ]
    return [(row.title, str(row.line.quantity)) for row in line_rows(fresh.lines.select_related("revision", "lot"))]


def _plain(field: forms.BoundField) -> str:
    value = field.value()
    return str(getattr(value, "text", value) or "")


def _show(
    request: HttpRequest,
    order: Order,
    step: str,
    form: forms.Form,
    seen: str,
    *,
    status: int = 200,
    others: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    context = walk_context(order, step) | {
        "form": form,
        "seen_name": SEEN,
        "seen": seen,
        "errors": list(error_lines(form)) if form.is_bound else [],
        "others_now": others,
    }
    if isinstance(form, OrderForm) and order.campaign_id is None:
        form.say_nobody_decides()
    if isinstance(form, LinesForm):
        context |= _lines_context(order, form)
    response = render(request, f"cms/orders/draft_{step}.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _lines_context(order: Order, form: LinesForm) -> dict[str, Any]:
    offered = {row.design for row in order.campaign.designs.all()} if order.campaign else None
    return {
        "rows": [(row, form[f"line-{row.line.pk}"]) for row in line_rows(form.own)],
        "lot_rows": [(lot, form[f"lot-{lot.pk}"]) for lot in form.lots],
        "models": [card for card in published() if offered is None or card.identifier in offered],
    }


def walk_context(order: Order, step: str) -> dict[str, Any]:
    """What every page of the walk shows around its form."""
    place = _NAMES.index(step)
    return {
        "title": f"{STEPS[step]} – nouvelle intention",
        "section": "orders",
        "order": order,
        "step": step,
        "step_title": STEPS[step],
        "step_number": place + 1,
        "step_count": len(_NAMES),
        "next_title": STEPS[_NAMES[place + 1]] if place + 1 < len(_NAMES) else "",
        "back_url": reverse("order-draft-step", args=[order.public_id, _NAMES[place - 1]]) if place else "",
        "steps": [
            (name, words, reverse("order-draft-step", args=[order.public_id, name])) for name, words in STEPS.items()
        ],
        "trail": [{"url": reverse("orders"), "title": "Mes commandes"}],
    }


def check(request: HttpRequest, order: Order, *, refusal: str = "", status: int = 200) -> HttpResponse:
    """Everything on one page, with what it may cost and whether it may be submitted, as of today."""
    today = timezone.localdate()
    found = estimate_order(order, roads=site_roads(), today=today)
    keep(order, found)
    buyer = buyer_of(order.organisation)
    lacks = missing(order)
    judgement = judge_on(facts_of(buyer), today)
    campaign = order.campaign
    context = walk_context(order, "verifier") | {
        "rows": line_rows(order.lines.select_related("revision", "lot")),
        "found": found,
        "line_estimates": {one.line.pk: one for one in found.lines},
        "judgement": judgement,
        "territory": territory_words(buyer),
        "lacks": [(lack, STEPS[lack.step]) for lack in lacks],
        "campaign_is_open": campaign is not None and campaign.is_open(today),
        "campaign_is_to_come": campaign is not None and today < campaign.opens_on,
        "campaign_covers": campaign is None or campaign.covers(order.department),
        "may_submit": not lacks
        and campaign is not None
        and campaign.is_open(today)
        and campaign.covers(order.department)
        and judgement.verdict != "no",
        "may_self_fund": not lacks,
        "refusal": refusal,
        "read_name": _READ,
        "read": _as_read(order),
    }
    response = render(request, "cms/orders/draft_verifier.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _as_read(order: Order) -> str:
    """Fingerprint of all that the last page shows: nobody submits what a colleague has changed since."""
    return f"{seen_of(order, (*WHY, *WHERE))}-{seen_of(order)}-{order.campaign_id}"


@require_POST
def submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The last button: to the préfecture, or at one's own expense."""
    order = draft_or_404(request, public_id)
    action = request.POST.get("action", "")
    if action not in ("submit", "submit_self_funded"):
        raise Http404("Cette action n’existe pas.")
    if order.state == State.DRAFT:
        if _READ in request.POST and request.POST[_READ] != _as_read(order):
            return check(request, order, refusal=_CHANGED, status=409)
        keep(order, estimate_order(order, roads=site_roads()))
    form = forms.Form(request.POST)
    form.is_valid()
    done = (
        "Votre intention est déposée. Vous recevrez un message à chaque étape."
        if action == "submit"
        else "Votre commande est enregistrée, à vos frais. Choisissez maintenant un atelier."
    )
    answer = take_step(request, order, action, form=form, given={}, done=done)
    if answer is not None:
        return answer
    return check(request, order, refusal=str(form.non_field_errors()[0]), status=422)


@_both
def archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    order = draft_or_404(request, public_id)
    if order.state != State.DRAFT:
        return redirect("order", order.public_id)
    if request.method == "POST":
        try:
            archive_draft(order, _actor(request))
        except NotAllowedError as error:
            raise Http404(error.french) from error
        except OvertakenError as error:
            messages.error(request, error.french)
            return redirect("orders")
        messages.success(request, "Le brouillon est supprimé.")
        return redirect("orders")
    context = walk_context(order, "verifier") | {
        "title": "Supprimer ce brouillon",
        "rows": line_rows(order.lines.select_related("revision", "lot")),
    }
    return render(request, "cms/orders/draft_archive.html", context)


def _actor(request: HttpRequest) -> User:
    return cast(User, request.user)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
