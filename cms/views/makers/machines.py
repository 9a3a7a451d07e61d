# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A machine's page: filled in field by field, kept as a draft if it must wait, or read from a machine file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.maker_forms.fields import RecordForm
from cms.maker_forms.machine import PLACES, MachineForm, ToolForm, initial_of, settings_of, tools_of
from cms.maker_forms.record import MachineFileForm
from cms.maker_forms.rows import Rows, typed
from cms.views.makers.access import machine_or_404, site_or_404, stock_or_404
from cms.views.makers.answers import after_saving, attempt, refused, saved, seen_by, show
from cms.views.makers.sections import trail_of
from cms.views.makers.words import told
from fablabs.french import Fault
from fablabs.machine import machine_text
from fablabs.models import CuttingMachine, Workshop
from fablabs.services.editing import fingerprint, stored
from fablabs.services.equipment import (
    MachineFileFaultsError,
    ReplacesError,
    add_machine,
    change_machine,
    finish_draft,
    import_file,
    keep_draft,
    machine_faults,
    restore,
    retire,
)
from fablabs.services.refusals import NotAllowedError, RecordError

_MOST_TOOLS = 50
#: The fields of the parts of the page that are folded unless something in them is wrong.
_PROGRAM = ("controller", "zero", "travel_height_mm", "rapid_mm_min", "accel_mm_s2")
_FINE = (
    "spacing_mm", "margin_mm", "corner_relief", "hold_down", "tab_width_mm", "tab_height_mm", "onion_skin_mm", "through_mm",
    "cut_direction", "dxf_version", "keep_out_mm",
)  # fmt: skip
_both = require_http_methods(["GET", "HEAD", "POST"])


@_both
def add(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, site_or_404(request, slug), None)


@_both
def machine(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    row = machine_or_404(request, slug, pk)
    return _page(request, row.workshop, row)


def _page(request: HttpRequest, workshop: Workshop, row: CuttingMachine | None) -> HttpResponse:
    settings: dict[str, Any] = row.settings if row else {}
    seen = fingerprint(stored(row, ("name", "settings"))) if row else ""
    status, others = 200, []
    if request.method != "POST":
        form = MachineForm(initial=initial_of(settings))
        tools = Rows(ToolForm, "outil", most=_MOST_TOOLS, initial=tools_of(settings), spare=0 if row else 1)
    else:
        seen = seen_by(request)
        form = MachineForm(request.POST)
        tools = Rows(ToolForm, "outil", most=_MOST_TOOLS, data=request.POST)
        if tools.asked(request.POST):
            form, tools = MachineForm(initial=typed(MachineForm, request.POST)), tools.rearranged(request.POST)
        else:
            status = 422
            # Both are judged, so that every wrong field is told at once.
            if [form.is_valid(), tools.is_valid()] == [True, True]:
                found = settings_of(form, tools.filled)
                status, others, now = attempt(
                    form,
                    lambda: _save(request, workshop, row, form, tools, found),
                    {"name": found["name"][:120], "settings": found},
                )
                if not status:
                    return saved(request, after_saving(request, workshop))
                seen = now or seen
    context = {
        "title": row.name if row else "Une machine",
        "workshop": workshop,
        "machine": row,
        "form": form,
        "tools": tools,
        "is_draft": row is not None and not row.is_active and bool(machine_faults(row.settings)),
        "wrong_program": any(name in form.errors for name in _PROGRAM),
        "wrong_fine": any(name in form.errors for name in _FINE),
        "wrong_layers": any(name in ("preset", "letters") or name.startswith("layer_") for name in form.errors),
        "can_wait": row is None or not row.is_active,
        "trail": trail_of(workshop.maker, workshop),
        "back": reverse("maker-site", args=[workshop.slug]),
    }
    rows = [(tool, f"Outil {place}") for place, tool in enumerate(tools.forms, 1)]
    return show(request, "cms/makers/machine.html", context, (form, ""), *rows, status=status, seen=seen, others=others)


class _FaultsError(RecordError):
    """The fields are right one by one, the machine is not; its form knows."""


def _save(
    request: HttpRequest,
    workshop: Workshop,
    row: CuttingMachine | None,
    form: MachineForm,
    tools: Rows,
    settings: dict[str, Any],
) -> None:
    actor, seen = request.user, seen_by(request)
    if "brouillon" in request.POST:
        keep_draft(workshop, row, settings, actor=actor, seen=seen)  # type: ignore[arg-type]
        return
    if found := machine_faults(settings):
        _tell(form, tools.filled, found)
        raise _FaultsError("not a whole machine", {})
    if row is None:
        add_machine(workshop, settings, actor=actor)  # type: ignore[arg-type]
    elif machine_faults(row.settings):
        finish_draft(row, settings, actor=actor, seen=seen)  # type: ignore[arg-type]
    else:
        change_machine(row, settings, actor=actor, seen=seen)  # type: ignore[arg-type]


def _tell(form: MachineForm, tools: list[RecordForm], found: tuple[Fault, ...]) -> None:
    rest = []
    for fault in found:
        steps = fault.key.split(".")
        if steps[:2] == ["machine", "tools"] and len(steps) == 4 and int(steps[2]) < len(tools):
            tools[int(steps[2])].refuse_faults([fault], {fault.key: steps[3]})
        else:
            rest.append(fault)
    form.refuse_faults(rest, PLACES)


@require_POST
def use(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Out of use, or back."""
    row = machine_or_404(request, slug, pk)
    return put_to_use(request, row, reverse("maker-site", args=[slug]), f"La machine « {row.name} »")


def put_to_use(request: HttpRequest, row: Any, back: str, subject: str) -> HttpResponse:
    """The same for a machine and for a stock."""
    try:
        if request.POST.get("action") == "retirer":
            retire(row, actor=request.user)  # type: ignore[arg-type]
            return saved(request, back, f"{subject} est hors service. Sa fiche est gardée.")
        restore(row, actor=request.user)  # type: ignore[arg-type]
    except RecordError as error:
        return refused(request, back, error.french)
    except ValidationError:
        return refused(request, back, f"{subject} attend que sa fiche soit complète.")
    except NotAllowedError as error:
        raise Http404("Cette fiche n’existe pas.") from error
    return saved(request, back, f"{subject} est en service.")


@_both
def import_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A machine file fills a machine and a stock."""
    workshop = site_or_404(request, slug)
    status, found = 200, ()
    asked: list[ReplacesError] = []
    form = MachineFileForm(request.POST, request.FILES) if request.method == "POST" else MachineFileForm()
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                status, _, _ = attempt(form, lambda: _import(request, workshop, form, asked))
                if not status:
                    return saved(
                        request, after_saving(request, workshop), "La machine et son panneau sont enregistrés."
                    )
            except MachineFileFaultsError as error:
                found = error.faults
                form.add_error(None, "Ce fichier n’est pas encore juste : rien n’a été enregistré.")
    if asked:
        # A page can't choose a file again: its text is there, to be sent with the agreement or changed.
        status, form = 409, MachineFileForm({**request.POST.dict(), "texte": form.text})
    context = {
        "title": "Importer un fichier machine",
        "workshop": workshop,
        "form": form,
        "faults": found,
        "asked": [(one.subject, told(one.values)) for one in asked[0].replaced] if asked else [],
        "agreement": asked[0].agreement if asked else "",
        "trail": trail_of(workshop.maker, workshop),
        "back": reverse("maker-site", args=[slug]),
    }
    return show(request, "cms/makers/import.html", context, (form, ""), status=status)


def _import(request: HttpRequest, workshop: Workshop, form: MachineFileForm, asked: list[ReplacesError]) -> None:
    agreement, origin = request.POST.get("remplacer", "")[:64], form.cleaned_data["origin"]
    try:
        import_file(workshop, form.text, origin, actor=request.user, agreement=agreement)  # type: ignore[arg-type]
    except ReplacesError as error:
        asked.append(error)
        raise


@require_safe
def machine_file(request: HttpRequest, slug: str, pk: int, stock_pk: int) -> HttpResponse:
    """The machine file of one machine with one stock (docs/machines.md), for the shell and for safe keeping."""
    row, item = machine_or_404(request, slug, pk), stock_or_404(request, slug, stock_pk)
    file = row.file_with(item)
    if file is None:
        raise Http404("Cette machine ne va pas avec ce panneau.")
    name = f"{slugify(row.name) or 'machine'}-{slugify(str(item)) or 'panneau'}.toml"
    answer = HttpResponse(machine_text(file), content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
