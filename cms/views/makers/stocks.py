# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What lies on the shelves: panels, their offcuts, and what the calliper and the coupon say of them."""

from __future__ import annotations

import zipfile
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cms.maker_forms.rows import Rows, typed
from cms.maker_forms.stock import (
    PLACES,
    MeasureForm,
    OffcutForm,
    SheetForm,
    StockForm,
    initial_of,
    offcut_of,
    settings_of,
    sheets_of,
)
from cms.packages import PackageReader
from cms.templatetags.french import figures
from cms.views.makers.access import site_or_404, stock_or_404
from cms.views.makers.answers import after_saving, attempt, refused, saved, seen_by, show
from cms.views.makers.machines import put_to_use
from cms.views.makers.outlines import Outline, outline_of
from cms.views.makers.sections import trail_of
from fablabs.models import CuttingMachine, StockItem, Workshop
from fablabs.services.editing import fingerprint, stored
from fablabs.services.equipment import add_stock, change_stock, stock_faults
from fablabs.services.measuring import coupon_clearances, measure
from fablabs.services.refusals import RecordError
from fabrication import artefacts
from fabrication.models import Job

_MOST_SHEETS, _MOST_PACKAGES = 20, 10
_both = require_http_methods(["GET", "HEAD", "POST"])


@_both
def add(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, site_or_404(request, slug), None)


@_both
def stock(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    item = stock_or_404(request, slug, pk)
    return _page(request, item.workshop, item)


def _page(request: HttpRequest, workshop: Workshop, item: StockItem | None) -> HttpResponse:
    settings: dict[str, Any] = item.settings if item else {}
    seen = fingerprint(stored(item, ("settings", "origin"))) if item else ""
    status, others = 200, []
    if request.method != "POST":
        form = StockForm(initial=initial_of(settings, item.origin) if item else None)
        sheets = Rows(SheetForm, "format", most=_MOST_SHEETS, initial=sheets_of(settings))
    else:
        seen = seen_by(request)
        form = StockForm(request.POST)
        sheets = Rows(SheetForm, "format", most=_MOST_SHEETS, data=request.POST)
        if sheets.asked(request.POST):
            form, sheets = StockForm(initial=typed(StockForm, request.POST)), sheets.rearranged(request.POST)
        else:
            status = 422
            # Both are judged, so that every wrong field is told at once.
            if [form.is_valid(), sheets.is_valid()] == [True, True]:
                found, origin = settings_of(form, sheets.filled, settings), form.cleaned_data["origin"]
                status, others, now = attempt(
                    form,
                    lambda: _save(request, workshop, item, form, found, origin),
                    {"settings": found, "origin": origin},
                )
                if not status:
                    return saved(request, after_saving(request, workshop))
                seen = now or seen
    context = {
        "title": figures(str(item)) if item else "Un panneau en stock",
        "workshop": workshop,
        "item": item,
        "form": form,
        "sheets": sheets,
        "trail": trail_of(workshop.maker, workshop),
        "back": reverse("maker-site", args=[workshop.slug]),
    }
    rows = [(row, f"Autre taille {place}") for place, row in enumerate(sheets.forms, 1)]
    return show(request, "cms/makers/stock.html", context, (form, ""), *rows, status=status, seen=seen, others=others)


def _save(
    request: HttpRequest,
    workshop: Workshop,
    item: StockItem | None,
    form: StockForm,
    settings: dict[str, Any],
    origin: str,
) -> None:
    if found := stock_faults(settings):
        form.refuse_faults(found, PLACES)
        raise RecordError("not a valid stock", {})
    if item is None:
        add_stock(workshop, settings, origin, actor=request.user)  # type: ignore[arg-type]
    else:
        change_stock(item, settings, origin, actor=request.user, seen=seen_by(request))  # type: ignore[arg-type]


@require_POST
def use(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Used up, or there again."""
    item = stock_or_404(request, slug, pk)
    return put_to_use(request, item, reverse("maker-site", args=[slug]), f"Le panneau « {figures(str(item))} »")


@_both
def offcuts(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The list, and one form: for a new offcut, or for the one that the address names (?chute=2)."""
    item = stock_or_404(request, slug, pk)
    rows: list[dict[str, Any]] = list(item.settings.get("offcuts") or ())
    place = _place(request.POST.get("chute") or request.GET.get("chute"), len(rows))
    seen = fingerprint(stored(item, ("settings", "origin")))
    here = reverse("maker-offcuts", args=[slug, pk])
    form, status, others = OffcutForm(initial=rows[place] if place is not None else None), 200, []
    if request.method == "POST":
        seen, status = seen_by(request), 422
        if "retirer" in request.POST:
            return _without(request, item, rows, here)
        form = OffcutForm(request.POST)
        if form.is_valid():
            new = offcut_of(form)
            at = len(rows) if place is None else place
            status, others, now = _keep(request, item, form, [*rows[:at], new, *rows[at + 1 :]], at)
            seen = now or seen
        if not status:
            return saved(request, here)
    context = {
        "title": "Les chutes",
        "workshop": item.workshop,
        "item": item,
        "rows": _shown(rows),
        "place": place,
        "form": form,
        "here": here,
        "trail": trail_of(item.workshop.maker, item.workshop),
        "back": reverse("maker-stock", args=[slug, pk]),
    }
    return show(request, "cms/makers/offcuts.html", context, (form, ""), status=status, seen=seen, others=others)


def _shown(rows: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any], Outline]]:
    return [(index, row, outline_of(row)) for index, row in enumerate(rows)]


def _place(text: str | None, count: int) -> int | None:
    if text and text.isascii() and text.isdigit() and len(text) < 4 and int(text) < count:
        return int(text)
    return None


def _with(item: StockItem, rows: list[dict[str, Any]]) -> dict[str, Any]:
    settings = {key: value for key, value in item.settings.items() if key != "offcuts"}
    return {**settings, "offcuts": rows} if rows else settings


def _keep(
    request: HttpRequest, item: StockItem, form: OffcutForm, rows: list[dict[str, Any]], at: int
) -> tuple[int, list[Any], str]:
    settings = _with(item, rows)
    if found := stock_faults(settings):
        names = ("name", "outline_mm", "price_eur", "keep_out_mm")
        form.refuse_faults(found, {f"stock.offcuts.{at}.{name}": name for name in names} | {"stock.offcuts": "name"})
        return 422, [], ""
    return attempt(
        form,
        lambda: change_stock(item, settings, item.origin, actor=request.user, seen=seen_by(request)),  # type: ignore[arg-type]
        {"settings": settings, "origin": item.origin},
    )


def _without(request: HttpRequest, item: StockItem, rows: list[dict[str, Any]], here: str) -> HttpResponse:
    """Take the offcut away whose button was pressed."""
    gone = _place(request.POST["retirer"], len(rows))
    kept = [row for index, row in enumerate(rows) if index != gone]
    try:
        change_stock(item, _with(item, kept), item.origin, actor=request.user, seen=seen_by(request))  # type: ignore[arg-type]
    except RecordError as error:
        return refused(request, here, error.french)
    return saved(request, here, "La chute est retirée.")


@_both
def measured(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A new reading of the calliper, the coupon's answer, a laser's kerf: used for every file from then on."""
    item = stock_or_404(request, slug, pk)
    workshop = site_or_404(request, slug)
    machines = [machine for machine in workshop.machines.all() if machine.is_active]
    packages = _packages(workshop)
    standing = {"settings": item.settings}
    seen, status, others = fingerprint(standing), 200, []
    choices = [(machine.pk, machine.name) for machine in machines], [(str(j.public_id), _named(j)) for j in packages]
    form = MeasureForm(*choices, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status, seen = 422, seen_by(request)
        if form.is_valid():
            status, others, now = attempt(
                form, lambda: _measure(request, item, machines, packages, form, seen), standing
            )
            if not status:
                address = reverse("maker-site", args=[slug])
                return saved(request, address, "C’est noté : les prochains fichiers en tiennent compte.")
            seen = now or seen
    context = {
        "title": "Nouvelle mesure",
        "workshop": workshop,
        "item": item,
        "form": form,
        "numbers": [(machine.name, coupon_clearances(item, machine)) for machine in machines],
        "trail": trail_of(workshop.maker, workshop),
        "back": reverse("maker-site", args=[slug]),
    }
    return show(request, "cms/makers/measure.html", context, (form, ""), status=status, seen=seen, others=others)


def _measure(
    request: HttpRequest,
    item: StockItem,
    machines: list[CuttingMachine],
    packages: list[Job],
    form: MeasureForm,
    seen: str,
) -> None:
    given = form.cleaned_data
    machine = next((row for row in machines if row.pk == given["machine"]), None)
    package = next((job for job in packages if str(job.public_id) == given["package"]), None)
    measure(
        item,
        machine,
        actor=request.user,  # type: ignore[arg-type]
        thickness_mm=_float(given["thickness_mm"]),
        clearance_mm=_float(given["clearance_mm"]),
        number=None if given["number"] is None else int(given["number"]),
        cut=_cut(package, machine) if package and given["number"] is not None else None,
        kerf_mm=_float(given["kerf_mm"]),
        seen=seen,
    )


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _packages(workshop: Workshop) -> list[Job]:
    """The latest files made for this site, whose coupon may have been cut."""
    done = Job.objects.filter(workshop=workshop, kind=Job.Kind.PACKAGE, state=Job.State.DONE)
    return list(done.select_related("package", "revision").order_by("-finished_at")[:_MOST_PACKAGES])


def _named(job: Job) -> str:
    """Which files: several of a model on one day are nothing unusual."""
    title = job.revision.texts.get("title", job.revision.design)
    many = f" ({job.quantity}\u00a0exemplaires)" if job.quantity > 1 else ""
    when = f", fichiers du {timezone.localtime(job.finished_at):%d/%m/%Y à %H:%M}" if job.finished_at else ""
    return f"{title}{many}{when}"


def _cut(job: Job, machine: CuttingMachine | None) -> tuple[float, ...]:
    """What the numbers of a package's coupon mean (mm). Raises RecordError for files without one, or of another machine."""
    try:
        assert job.package
        manifest = PackageReader(artefacts.file_of(job.package)).manifest
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise RecordError("the package is gone", {"package": "Ces fichiers n’existent plus."}) from error
    coupon = manifest.get("coupon")
    if not coupon:
        raise RecordError("this piece has no coupon", {"package": "Ces fichiers n’ont pas d’éprouvette."})
    name = str(manifest.get("machine", {}).get("name", ""))
    if machine is not None and name != machine.machine.name:
        raise RecordError(
            f"made for the machine {name!r}", {"package": f"Ces fichiers ont été faits pour la machine « {name} »."}
        )
    return tuple(float(value) for value in coupon["clearances_mm"])
