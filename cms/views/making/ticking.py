# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet is cut: one tap at the machine, told again when the network is back; and whether the page would say something else."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from cms.progress import version_of, watched
from cms.templatetags.french import plural
from cms.views.making.access import made_order, package_of
from designs.typography import SPACE
from orders.life.errors import NotAllowedError, RefusedError
from orders.models import Order, Production, SheetCut
from orders.services.cutting import tick_sheet

#: An instant as a browser writes it is shorter.
_LONGEST_INSTANT = 40


@require_POST
def tick(request: HttpRequest, public_id: UUID, production: str, sheet: str) -> HttpResponse:
    """``coupe`` 1 or 0, ``touche`` when the finger touched it (ISO). The script gets JSON (409 with "refused" for files that were
    replaced), a form its page again."""
    order = made_order(request, public_id)
    row = Production.objects.select_related("job__package").filter(pk=int(production), line__order=order).first()
    package = package_of(row.job) if row is not None else None
    if row is None or package is None:
        raise Http404("Ces fichiers ne sont pas de cette commande.")
    most = len(package.manifest["sheets"])
    try:
        cut = tick_sheet(
            order, row.pk, int(sheet), actor=cast(User, request.user), most=most,
            is_cut=request.POST.get("coupe") != "0", tapped_at=_tapped_at(request),
        )  # fmt: skip
    except NotAllowedError as error:
        raise Http404("Cette commande n’est pas à vous.") from error
    except RefusedError as error:
        if error.field == "sheet":
            raise Http404(error.french) from error
        if _wants_json(request):
            return JsonResponse({"refused": error.french}, status=409, json_dumps_params={"ensure_ascii": False})
        messages.error(request, error.french)
        return redirect("making", public_id)
    if _wants_json(request):
        count = row.sheets_cut.count()
        answer = {
            "cut": cut is not None,
            "words": words_of(cut),
            "count": count,
            "sentence": sentence_of(count, most),
            "version": version(order),
        }
        return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    return redirect(reverse("making", args=[public_id]) + f"#panneau-{row.pk}-{sheet}")


@require_safe
def state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whether the page at the bench would say something else by now."""
    return watched(version(made_order(request, public_id)))


def version(order: Order) -> str:
    """Of all that several hands and the workers change on the page. Three queries."""
    productions = Production.objects.filter(line__order=order).order_by("pk")
    cuts = SheetCut.objects.filter(production__line__order=order, production__replaced_at=None).order_by("pk")
    moves = Order.objects.filter(pk=order.pk).values_list("version", "state")
    parts: list[Any] = [*moves, *productions.values_list("pk", "replaced_at", "job__state")]
    return version_of([*parts, *cuts.values_list("production", "sheet")])


def words_of(cut: SheetCut | None) -> str:
    """ "par Camille D., à 14:05"; "" of a sheet that is not cut."""
    if cut is None:
        return ""
    at = timezone.localtime(cut.cut_at)
    day = "" if at.date() == timezone.localdate() else f"le {date_format(at, 'j F')} "
    who = f"par {cut.cut_by.short_name}, " if cut.cut_by else ""
    return f"{who}{day}à {at:%H:%M}"


def sentence_of(count: int, most: int) -> str:
    """ "3 panneaux sur 5 coupés"."""
    if count == 0:
        return f"Aucun panneau coupé sur {most}"
    if count == most:
        return f"Tous les panneaux sont coupés ({most})"
    return f"{plural(count, 'panneau,panneaux')} sur {most} {'coupés' if count > 1 else 'coupé'}".replace(" ", SPACE, 1)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _tapped_at(request: HttpRequest) -> datetime | None:
    try:
        at = parse_datetime(request.POST.get("touche", "")[:_LONGEST_INSTANT])
    except ValueError:
        return None
    return at if at is not None and timezone.is_aware(at) else None
