# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""For coordinators: workshops that wait for their validation, what is missing, and the decision."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cms.maker_forms.site import ReasonForm
from cms.tables import Column, ListFilters, Table, choice_filter, words_filter
from cms.views.coordination import coordinators_only
from cms.views.makers.access import site_or_404
from cms.views.makers.answers import attempt, refused, saved, show
from cms.views.makers.equipment import equipment_of
from cms.views.makers.words import offers_of
from fablabs.models import Maker, Workshop
from fablabs.services.missing import missing
from fablabs.services.refusals import RecordError
from fablabs.services.validating import hold, refuse, resume, validate

_PER_PAGE = 50
_LISTS = {
    "": ("À valider", [Workshop.State.DRAFT]),
    "ouverts": ("Ouverts", [Workshop.State.OPEN]),
    "en-pause": ("En pause", [Workshop.State.PAUSED]),
    "fermes": ("Fermés", [Workshop.State.CLOSED]),
}


class _Filters(ListFilters):
    recherche = words_filter("Atelier, fabricant ou commune", "name", "maker__organisation__name", "commune")
    sorte = choice_filter("Sorte", {value: (str(label), Q(maker__kind=value)) for value, label in Maker.Kind.choices})


_COLUMNS = (
    Column("atelier", "Atelier", (Lower("name"),), lambda row: row.name, words="atelier"),
    Column(
        "fabricant", "Fabricant", (Lower("maker__organisation__name"),), lambda row: str(row.maker), words="fabricant"
    ),
    Column("sorte", "Sorte", ("maker__kind",), lambda row: row.maker.get_kind_display(), words="sorte", is_shown=False),
    Column("commune", "Commune", (Lower("commune"),), lambda row: row.commune, words="commune"),
    Column("etat", "État", (), lambda row: row.get_state_display(), words="état", is_shown=False),
    Column(
        "demandee", "Validation demandée", ("asked_at", Lower("name")), lambda row: row.asked_at, words="demandée le"
    ),
    Column(
        "manque",
        "Ce qui manque",
        (),
        lambda row: ", ".join(lack.french for lack in missing(row)),
        words="ce qui manque",
    ),
)


@require_safe
def waiting(request: HttpRequest) -> HttpResponseBase:
    """Those that asked first, the longest wait first; then records that are still being filled, unless the address sorts otherwise."""
    coordinators_only(request)
    key = request.GET.get("etat", "")
    title, states = _LISTS.get(key, _LISTS[""])
    found = Workshop.objects.filter(state__in=states).with_equipment()
    if Workshop.State.DRAFT in states:
        found = found.filter(maker__archived_at=None)
    table = Table(request, _COLUMNS, found, usual="demandee", name="ateliers", filters=_Filters, a_page=_PER_PAGE)
    if (file := table.file()) is not None:
        return file
    page = table.page
    rows: list[dict[str, Any]] = [{"workshop": workshop, "missing": missing(workshop)} for workshop in page]
    context = {
        "title": "Les ateliers",
        "heading": title,
        "rows": rows,
        "table": table,
        "lists": [(name, words, name == key) for name, (words, _) in _LISTS.items()],
        "without_site": _without_site() if key not in _LISTS or not key else [],
        "gone": Maker.objects.filter(archived_at__isnull=False).select_related("organisation")[:_PER_PAGE]
        if key == "fermes"
        else [],
        "waiting": Workshop.objects.filter(asked_at__isnull=False, maker__archived_at=None).count(),
    }
    return render(request, "cms/makers/waiting.html", context)


def _without_site() -> list[Maker]:
    """Registered, and no workshop yet: they may need a hand."""
    return list(Maker.objects.filter(workshops=None, archived_at=None).select_related("organisation")[:_PER_PAGE])


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, slug: str) -> HttpResponse:
    """Open it, say why not, pause it, lift the pause."""
    coordinators_only(request)
    workshop = site_or_404(request, slug)
    form, status = ReasonForm(), 200
    address = reverse("makers-to-validate")
    if request.method == "POST":
        action, actor = request.POST.get("action", ""), request.user
        try:
            if action == "valider":
                validate(workshop, actor=actor)  # type: ignore[arg-type]
                return saved(request, address, f"{workshop.name} est ouvert aux commandes.")
            if action == "reprendre":
                resume(workshop, actor=actor)  # type: ignore[arg-type]
                return saved(request, address, f"La suspension de {workshop.name} est levée.")
        except RecordError as error:
            return refused(request, request.path, error.french)
        if action not in ("refuser", "suspendre"):
            return refused(request, request.path, "Cette action n’existe pas.")
        form, status = ReasonForm(request.POST), 422
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            act = refuse if action == "refuser" else hold
            status, _, _ = attempt(form, lambda: act(workshop, reason, actor=actor))  # type: ignore[arg-type]
            if not status:
                words = "L’atelier lira votre raison." if action == "refuser" else f"{workshop.name} est suspendu."
                return saved(request, address, words)
    context = {
        "title": workshop.name,
        "workshop": workshop,
        "maker": workshop.maker,
        "missing": missing(workshop),
        "form": form,
        "trail": [{"url": address, "title": "Les ateliers"}],
        "equipment": equipment_of(workshop),
        "offers": offers_of(workshop.maker),
    }
    return show(request, "cms/makers/decision.html", context, (form, ""), status=status)
