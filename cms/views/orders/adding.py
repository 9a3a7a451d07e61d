# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How an order begins, and how furniture gets into it: from a model's page with its sizes, or from the draft."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from cms.catalogue import picture_of, published, revision_or_404
from cms.parameter_form import ParameterForm
from cms.views.makers.words import error_lines
from cms.views.orders.acting import SEEN, refuse, typed_words
from cms.views.orders.drafting import draft_or_404, walk_context
from cms.views.orders.forms import CampaignForm, LineForm, NewOrderForm
from cms.views.orders.page import overtaken_response
from designs.errors import UnknownDesignError
from designs.models import DesignRevision
from orders.life import NotAllowedError, OvertakenError, RefusedError
from orders.models import Campaign, Order, OrderLine, State
from orders.services.buyers import buying_organisations
from orders.services.draft_lines import add_line, change_line
from orders.services.drafting import move_draft, seen_of, start_draft

#: Drafts that a model may be added to, on the page of a new order.
_DRAFTS_SHOWN = 5
_both = require_http_methods(["GET", "HEAD", "POST"])


@_both
def new_order(request: HttpRequest) -> HttpResponse:
    """``?modele=``, its own sizes and ``quantite`` come from a model's page, ``campagne`` from a campaign's."""
    organisations = buying_organisations(request.user)
    if not organisations:
        context = {"title": "Commander", "section": "orders"}
        return render(request, "cms/orders/new_without.html", context)
    campaigns = _campaigns()
    sizes = _carried(request)
    if request.method != "POST":
        wanted = request.GET.get("campagne", "")
        initial = {"campaign": wanted} if any(campaign.slug == wanted for campaign in campaigns) else {}
        return _new_page(request, NewOrderForm(organisations, campaigns, initial=initial), sizes)
    form = NewOrderForm(organisations, campaigns, request.POST)
    if not form.is_valid():
        return _new_page(request, form, sizes, status=422)
    asked = form.cleaned_data
    try:
        order = start_draft(_actor(request), asked["organisation"], asked["campaign"], asked["cle"])
    except NotAllowedError as error:
        raise Http404(error.french) from error
    except RefusedError as error:
        refuse(form, error)
        return _new_page(request, form, sizes, status=422)
    if sizes is None or order.lines.exists() or order.state != State.DRAFT:
        return redirect("order-draft", order.public_id)
    return _with_first_line(request, order, sizes)


@_both
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A draft into another campaign: its own may have closed meanwhile."""
    order = draft_or_404(request, public_id)
    if request.method != "POST" and order.state != State.DRAFT:
        return redirect("order", order.public_id)
    campaigns = _campaigns()
    chosen = order.campaign.slug if order.campaign in campaigns and order.campaign else ""
    form = CampaignForm(campaigns, request.POST if request.method == "POST" else None, initial={"campaign": chosen})
    if request.method == "POST" and form.is_valid():
        try:
            move_draft(order, _actor(request), form.cleaned_data["campaign"])
        except NotAllowedError as error:
            raise Http404(error.french) from error
        except OvertakenError as error:
            return overtaken_response(request, order, error, typed_words(form))
        except RefusedError as error:
            refuse(form, error)
        else:
            return redirect("order-draft", order.public_id)
    context = walk_context(order, "verifier") | {
        "title": "Changer de campagne",
        "form": form,
        "campaigns": form.campaigns,
        "errors": list(error_lines(form)) if form.is_bound else [],
        "has_lots": order.lines.exclude(lot=None).exists(),
    }
    return render(request, "cms/orders/draft_campaign.html", context, status=422 if form.is_bound else 200)


def _campaigns() -> list[Campaign]:
    """Those that take intentions, then those that will."""
    today = timezone.localdate()
    found = list(Campaign.objects.published().filter(closes_on__gte=today).order_by("opens_on", "pk"))
    return sorted(found, key=lambda campaign: not campaign.is_open(today))


def _carried(request: HttpRequest) -> tuple[DesignRevision, ParameterForm] | None:
    design = request.GET.get("modele", "")
    if design not in {card.identifier for card in published()}:
        return None
    revision = revision_or_404(design)
    return revision, ParameterForm.of_request(revision.drawing(), request.GET)


def _with_first_line(request: HttpRequest, order: Order, sizes: tuple[DesignRevision, ParameterForm]) -> HttpResponse:
    """The sizes that were chosen on the model's page go straight in; where something is wrong, the line's page says it."""
    revision, form = sizes
    count = LineForm({"quantity": request.GET.get("quantite", "1")})
    if form.values is not None and count.is_valid():
        try:
            add_line(order, _actor(request), revision, form.values, count.cleaned_data["quantity"])
            return redirect("order-draft-step", order.public_id, "besoin")
        except RefusedError as error:
            messages.error(request, error.french)
            if error.field == "design":
                return redirect("order-draft-step", order.public_id, "besoin")
    return redirect(_add_url(order, revision.design, request))


def _add_url(order: Order, design: str, request: HttpRequest) -> str:
    given = {name: value for name, value in request.GET.items() if name not in ("modele", "campagne")}
    return reverse("order-line-add", args=[order.public_id, design]) + (f"?{urlencode(given)}" if given else "")


def _new_page(
    request: HttpRequest,
    form: NewOrderForm,
    sizes: tuple[DesignRevision, ParameterForm] | None,
    status: int = 200,
) -> HttpResponse:
    drafts = []
    if sizes is not None:
        rows = Order.objects.bought_by(request.user).filter(state=State.DRAFT, archived_at=None).with_names()
        rows = rows.annotate(line_count=Count("lines")).order_by("-updated_at", "-pk")[:_DRAFTS_SHOWN]
        drafts = [(order, _add_url(order, sizes[0].design, request)) for order in rows]
    context: dict[str, Any] = {
        "title": "Commander",
        "section": "orders",
        "form": form,
        "errors": list(error_lines(form)) if form.is_bound else [],
        "campaigns": form.campaigns,
        "only_organisation": form.fields["organisation"].queryset.count() == 1,  # type: ignore[attr-defined]
        "design": sizes[1].design if sizes else None,
        "picture": picture_of(sizes[0]) if sizes else "",
        "drafts": drafts,
        "trail": [{"url": reverse("orders"), "title": "Mes commandes"}],
    }
    return render(request, "cms/orders/new.html", context, status=status)


@_both
def new_line(request: HttpRequest, public_id: UUID, design: str) -> HttpResponse:
    """The sizes may come in the address, as on the model's page."""
    order = draft_or_404(request, public_id)
    revision = revision_or_404(design)
    if request.method != "POST":
        if order.state != State.DRAFT:
            return redirect("order", order.public_id)
        sizes = ParameterForm.of_request(revision.drawing(), request.GET)
        initial = {"quantity": request.GET.get("quantite", "1")[:20]}
        return _line_page(request, order, revision, sizes, LineForm(initial=initial))
    sizes = ParameterForm.of_request(revision.drawing(), request.POST)
    form = LineForm(request.POST)
    if form.is_valid() and sizes.values is not None:
        answer = _try(
            request,
            order,
            form,
            lambda: add_line(
                order,
                _actor(request),
                revision,
                sizes.values or {},
                form.cleaned_data["quantity"],
                finish=form.cleaned_data["finish"],
                seen=request.POST.get(SEEN, "")[:64],
            ),
            "Le meuble est ajouté.",
        )
        if answer is not None:
            return answer
    return _line_page(request, order, revision, sizes, form, status=422)


@_both
def change(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """Other sizes for a line. It is drawn by today's revision: an older one is gone with its drawing."""
    order = draft_or_404(request, public_id)
    if request.method != "POST" and order.state != State.DRAFT:
        return redirect("order", order.public_id)
    line = order.lines.filter(pk=pk, lot=None).select_related("revision").first() if pk < 2**63 else None
    if line is None:
        raise Http404("Cette ligne n’existe pas.")
    revision = revision_or_404(line.design)
    if request.method != "POST":
        initial = {"quantity": line.quantity, "finish": line.finish}
        return _line_page(request, order, revision, _sizes_of(line, revision), LineForm(initial=initial), line=line)
    sizes = ParameterForm.of_request(revision.drawing(), request.POST)
    form = LineForm(request.POST, initial={"finish": line.finish})
    if form.is_valid() and sizes.values is not None:
        answer = _try(
            request,
            order,
            form,
            lambda: change_line(
                order,
                _actor(request),
                pk,
                revision,
                sizes.values or {},
                form.cleaned_data["quantity"],
                finish=form.cleaned_data["finish"],
            ),
            "Le meuble est modifié.",
        )
        if answer is not None:
            return answer
    return _line_page(request, order, revision, sizes, form, line=line, status=422)


def _sizes_of(line: OrderLine, revision: DesignRevision) -> ParameterForm:
    drawing = revision.drawing()
    known = {parameter.name for parameter in drawing.parameters}
    return ParameterForm(drawing, {name: value for name, value in line.parameters.items() if name in known})


def _try(request: HttpRequest, order: Order, form: LineForm, act: Any, done: str) -> HttpResponse | None:
    try:
        act()
    except NotAllowedError as error:
        raise Http404(error.french) from error
    except OvertakenError as error:
        return overtaken_response(request, order, error, typed_words(form))
    except RefusedError as error:
        refuse(form, error)
        return None
    except UnknownDesignError as error:
        raise Http404("Ce modèle n’est plus publié.") from error
    messages.success(request, done)
    return redirect("order-draft-step", order.public_id, "besoin")


def _line_page(
    request: HttpRequest,
    order: Order,
    revision: DesignRevision,
    sizes: ParameterForm,
    form: LineForm,
    *,
    line: OrderLine | None = None,
    status: int = 200,
) -> HttpResponse:
    query = sizes.query()
    model = reverse("configure", args=[revision.design]) + (f"?{urlencode(query)}" if query else "")
    context = walk_context(order, "besoin") | {
        "title": sizes.design.title,
        "design": sizes.design,
        "picture": picture_of(revision),
        "sizes": sizes,
        "changed_sizes": bool(query),
        "form": form,
        "errors": list(error_lines(form)) if form.is_bound else [],
        "line": line,
        "model_url": f"{model}#taille",
        "seen_name": SEEN,
        "seen": seen_of(order),
        "cancel": reverse("order-draft-step", args=[order.public_id, "besoin"]),
    }
    response = render(request, "cms/orders/draft_line.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _actor(request: HttpRequest) -> User:
    return cast(User, request.user)
