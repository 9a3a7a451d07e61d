# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bell: what a person was told, and how often they want it by e-mail."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import MailPace, Notice, User
from accounts.services.notices import address_of, mark_read, pace_of, person_of, set_pace
from orders.models import Order

_A_PAGE = 30
_UNREAD = "non-lus"
_KINDS = dict(Notice.Kind.choices)


class PaceForm(forms.Form):
    rythme = forms.ChoiceField(
        label="Quand voulez-vous recevoir ces messages\N{NARROW NO-BREAK SPACE}?",
        choices=MailPace.Pace.choices,
        error_messages={"required": "Choisissez l’un des quatre rythmes.", "invalid_choice": "Choisissez l’un des quatre rythmes."},
    )  # fmt: skip


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Unread ones first, then by date; all of the filter is in the address."""
    asked = {"sujet": request.GET.get("sujet", ""), "etat": request.GET.get("etat", "")}
    own = Notice.objects.of(request.user)
    found = own
    if asked["sujet"]:
        found = found.filter(kind=asked["sujet"]) if asked["sujet"] in _KINDS else found.none()
    if asked["etat"]:
        found = found.unread() if asked["etat"] == _UNREAD else found.none()
    first = Case(When(read_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = found.annotate(is_read=first).order_by("is_read", "-created_at", "-pk")
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page", "")[:9])
    counts = own.aggregate(all=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))
    context: dict[str, Any] = {
        "title": "Mes avis",
        "section": "notices",
        "rows": _rows(request, list(page)),
        "page": page,
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "kinds": list(Notice.Kind.choices),
        "counts": counts,
        "here": urlencode({name: value for name, value in asked.items() if value}),
        "trail": _trail(),
    }
    return _private(render(request, "cms/accounts/notices.html", context))


def _rows(request: HttpRequest, shown: list[Notice]) -> list[tuple[Notice, bool]]:
    """With whether its page may still be opened: an order that went to another workshop can't, and leads nowhere."""
    orders = {notice.place_args[0] for notice in shown if notice.kind in _OF_ORDERS and notice.place_args}
    open_ones = Order.objects.visible_to(request.user).filter(public_id__in=orders)
    seen = {str(public_id) for public_id in open_ones.values_list("public_id", flat=True)} if orders else set()
    return [
        (notice, bool(address_of(notice)) and (notice.place not in _ORDER_PLACES or notice.place_args[0] in seen))
        for notice in shown
    ]


#: Pages whose first argument is an order.
_ORDER_PLACES = frozenset({"order", "making"})
_OF_ORDERS = frozenset({Notice.Kind.ORDER, Notice.Kind.QUOTE, Notice.Kind.WORKSHOP})


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one: a link leads on to what it is about, a button stays on the list. Another person's is not there."""
    notice = Notice.objects.of(request.user).filter(pk=pk).first()
    if notice is None:
        raise Http404("Cet avis n’existe pas.")
    if request.method != "HEAD":
        mark_read(cast(User, request.user), pk)
    if request.method == "POST":
        return _back(request)
    return redirect(address_of(notice) or reverse("notices"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    count = mark_read(cast(User, request.user))
    if count:
        messages.success(request, "Tous vos avis sont lus.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """The list as it was narrowed: nothing of it is taken for an address."""
    kept = {name: request.POST.get(name, "")[:20] for name in ("sujet", "etat") if request.POST.get(name)}
    return HttpResponseRedirect(reverse("notices") + (f"?{urlencode(kept)}" if kept else ""))


@require_http_methods(["GET", "HEAD", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = PaceForm(request.POST if request.method == "POST" else None, initial={"rythme": pace_of(user)})
    if form.is_bound and form.is_valid():
        set_pace(user, MailPace.Pace(form.cleaned_data["rythme"]))
        messages.success(request, "Votre choix est enregistré.")
        return redirect("notice-settings")
    context = {
        "title": "Messages électroniques",
        "section": "notices",
        "form": form,
        "chosen": form["rythme"].value(),
        "trail": [*_trail(), {"url": reverse("notices"), "title": "Mes avis"}],
    }
    return _private(render(request, "cms/accounts/notice_settings.html", context, status=422 if form.is_bound else 200))


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """From a letter, without signing in: a mail reader posts here by itself (RFC 8058), and has no page of ours before. Only the
    letter's reader has the token, and all that it opens is this. A GET changes nothing: programmes follow links."""
    person = person_of(token)
    if person is None:
        raise Http404("Ce lien n’est plus valable.")
    if request.method == "POST":
        set_pace(person, MailPace.Pace.NEVER)
    context = {
        "title": "Ne plus recevoir ces messages",
        "done": pace_of(person) is MailPace.Pace.NEVER,
        "token": token,
    }
    response = _private(render(request, "cms/accounts/notice_stop.html", context))
    response["Referrer-Policy"] = "no-referrer"
    return response


def _trail() -> list[dict[str, str]]:
    return [{"url": reverse("workplace"), "title": "Mon espace"}]


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
