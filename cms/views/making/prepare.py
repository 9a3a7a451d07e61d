# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files for the machine that will cut, the panel that lies on it and the cutter in its spindle."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cms.templatetags.french import figures
from cms.views.making.access import has_passed, lines_of, made_order, private, taken, trail_of
from cms.views.making.forms import PrepareForm
from cms.views.making.line import sizes_of
from designs.typography import french_number, typeset
from fablabs.models import StockItem, Workshop
from fablabs.services.measuring import measure
from fablabs.services.refusals import RecordError
from orders.models import OrderLine, Piece
from orders.services.pieces import title_of
from orders.services.producing import Reading, reading_of


@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest, public_id: UUID, position: int) -> HttpResponse:
    order = made_order(request, public_id)
    line = order.lines.select_related("revision").filter(position=position, lot=None).first()
    if line is None:
        raise Http404("Cette ligne n’est pas dans la commande.")
    waiting = line.pieces.filter(stage=Piece.Stage.TO_CUT).count()
    workshop = Workshop.objects.with_equipment().get(pk=order.workshop_id)
    machines = [machine for machine in workshop.machines.all() if machine.is_active]
    stock = [(item, _words(item)) for item in workshop.stock.all() if item.is_active]
    form = PrepareForm(
        machines,
        stock,
        waiting,
        request.POST if request.method == "POST" else None,
        initial=_as_last_time(request, line),
    )
    passed = has_passed(request, order, "prepare", form=form)
    if passed is not None:
        return passed
    if form.is_bound and form.is_valid():
        here = reverse("making", args=[order.public_id]) + f"#ligne-{position}"
        answer = taken(
            request, order, "prepare", here, form=form, given=form.given(line),
            done=f"{_reading(form)}Les fichiers se préparent\u00a0: une minute environ. Vous pouvez fermer cette page.",
        )  # fmt: skip
        if answer is not None:
            if answer.status_code == 302 and form.cleaned_data["keep"]:
                _keep(request, form, [item for item, _ in stock])
            return answer
    context = {
        "title": f"Préparer les fichiers\u00a0: {title_of(line)}",
        "section": "board",
        "order": order,
        "line": line,
        "sizes": sizes_of(line),
        "waiting": waiting,
        "form": form,
        "usable": bool(machines and stock),
        "site": reverse("maker-site", args=[workshop.slug]),
        "reading": _reading(form) if form.is_bound else "",
        "errors": lines_of((form, "")),
        "trail": trail_of(order, board=True),
        "back": reverse("making", args=[order.public_id]),
    }
    return private(render(request, "cms/making/prepare.html", context, status=422 if form.is_bound else 200))


def _as_last_time(request: HttpRequest, line: OrderLine) -> dict[str, str]:
    """Machine, panel and cutter of the files that stand; the reading that the address says (``?lecture=17,8``)."""
    found = {"thickness_mm": request.GET.get("lecture", "")[:100].replace("\0", "")}
    last = line.productions.filter(replaced_at=None).first()
    if last is not None:
        found |= {"machine": str(last.machine_id or ""), "stock": str(last.stock_id or "")}
        if last.tool_diameter_mm is not None:
            found["tool_diameter_mm"] = french_number(last.tool_diameter_mm, 3)
    return {name: value for name, value in found.items() if value}


def _words(item: StockItem) -> str:
    settings = item.settings
    sheet = " × ".join(f"{side:g}" for side in settings["sheet_mm"])
    origin = "" if item.origin == StockItem.Origin.NEW else f", {item.get_origin_display()}"
    return typeset(
        figures(
            f"{settings['material']}{origin}, {settings['nominal_thickness_mm']:g} mm "
            f"({settings['measured_thickness_mm']:g} mm dans la fiche), {sheet} mm"
        )
    )


def _reading(form: PrepareForm) -> str:
    """Mean, spread and the reading that counts, of several; "" of one, or of none that can be read."""
    values = getattr(form, "cleaned_data", {}).get("thickness_mm")
    if not values or len(values) < 2:
        return ""
    reading = Reading(tuple(values))
    mean, spread, thickest = (french_number(mm) for mm in (reading.mean, reading.spread, reading.thickest))
    return typeset(f"Moyenne {mean} mm, écart {spread} mm : dessinés pour la plus forte lecture, {thickest} mm. ")


def _keep(request: HttpRequest, form: PrepareForm, stock: list[StockItem]) -> None:
    """Into the panel's record too, so that the next files begin with it. The step is done whatever becomes of this."""
    given = form.cleaned_data
    item = next(row for row in stock if str(row.pk) == given["stock"])
    reading = reading_of(given["thickness_mm"], Decimal(str(item.settings["nominal_thickness_mm"])))
    clearance = given["clearance_mm"]
    try:
        measure(
            item,
            None,
            actor=request.user,  # type: ignore[arg-type]
            thickness_mm=float(reading.thickest),
            clearance_mm=None if clearance is None else float(clearance),
        )
    except RecordError as error:
        with suppress(StopIteration):
            messages.error(request, f"La fiche du panneau n’a pas changé\u00a0: {next(iter(error.messages.values()))}")
