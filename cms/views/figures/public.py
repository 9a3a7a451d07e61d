# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What anybody may know of all orders."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from cms.views.figures.charts import HEIGHT, WIDTH, columns
from cms.views.figures.territories import asked_scope, choices, name_of
from designs.models import DesignRevision
from fabrication.quoting.words import figure
from orders.disclosure import LEAST
from orders.services.figures import EARLIER, MONTHS, STAGES, Amount, Figures, Scope, figures_of


@login_not_required
@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """All of France, or a région or a département (``?territoire=``)."""
    scope = asked_scope(request)
    found = figures_of(scope)
    months = _months(found)
    context: dict[str, Any] = {
        "title": "Statistiques" if not scope.kind else f"Statistiques{CHAR_DASH}{name_of(scope)}",
        "section": "figures",
        "scope": scope,
        "place": name_of(scope),
        "parent": _parent(scope),
        "choices": choices(),
        "found": found,
        "facts": _facts(found),
        "territories": _territories(found),
        "territory_word": "région" if not scope.kind else "département",
        "stage_rows": [(STAGES[name][0], said(count)) for name, count in found.stages.items()],
        "stages": [label for label, _ in STAGES.values()],
        "models": _models(found),
        "months": months,
        "month_columns": columns([(row["short"], row["count"]) for row in months if row["short"]]),
        "width": WIDTH,
        "height": HEIGHT,
        "baseline": HEIGHT - 24,
        "least": LEAST,
        "window": MONTHS,
        "is_demo": settings.TRETEAU_DEMO and found.has_demo,
    }
    return render(request, "cms/figures/figures.html", context)


CHAR_DASH = "\N{NO-BREAK SPACE}: "


def said(value: Amount | None) -> str:
    """A number as the page shows it; "" where it is hidden (the template says so)."""
    return "" if value is None else figure(value, 0)


def _parent(scope: Scope) -> tuple[str, str] | None:
    """Where one looks wider from here: address and name."""
    if not scope.kind:
        return None
    wider = Scope() if scope.kind == "region" else Scope("region", scope.region)
    return f"{reverse('figures')}{'?territoire=' + wider.key if wider.key else ''}", name_of(
        wider
    ) if wider.kind else "la France entière"


def _facts(found: Figures) -> list[tuple[str, str]]:
    if found.total is None:
        return []
    return [
        ("Commandes déposées", said(found.total)),
        ("Meubles commandés", said(found.pieces)),
        ("Meubles fabriqués", said(found.made)),
        ("Meubles livrés", said(found.delivered)),
        ("Subventions accordées", "" if found.granted_eur is None else euros_whole(found.granted_eur)),
        ("Fabricants choisis", said(found.makers)),
        ("Communes équipées ou à équiper", said(found.communes)),
    ]


def euros_whole(amount: Amount) -> str:
    """Cents say nothing in a sum of thousands."""
    return f"{figure(amount, 0)}\N{NO-BREAK SPACE}€"


def _territories(found: Figures) -> list[dict[str, Any]]:
    kind = "region" if not found.scope.kind else "departement"
    rows = []
    for code, known in found.territories.items():
        scope = Scope(kind, code)
        # Not even a nought of a territory that has no page of its own.
        values = known if known["total"] is not None else dict.fromkeys(known)
        rows.append(
            {
                "name": name_of(scope),
                "url": f"{reverse('figures')}?territoire={scope.key}" if values["total"] is not None else "",
                "total": said(values["total"]),
                "cells": [said(values[name]) for name in STAGES],
                "pieces": said(values["pieces"]),
                "granted": "" if values["granted"] is None else euros_whole(values["granted"]),
            }
        )
    return sorted(rows, key=lambda row: folded(str(row["name"])))


def folded(name: str) -> str:
    """For sorting: Île-de-France stands among the I."""
    return "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign)).lower()


def _models(found: Figures) -> list[tuple[str, str]]:
    titles = dict(DesignRevision.objects.order_by("number").values_list("design", "texts__title"))
    return [(titles.get(design) or design, said(count)) for design, count in found.models.items()]


def _months(found: Figures) -> list[dict[str, Any]]:
    """Oldest first; a month without an order is there too, from the first that has one."""
    rows: list[dict[str, Any]] = []
    if EARLIER in found.months:
        count = found.months[EARLIER]
        rows.append({"label": "Avant", "short": "", "count": count, "said": said(count)})
    known = sorted(name for name in found.months if name != EARLIER)
    if not known:
        return rows
    year, month = (int(part) for part in known[0].split("-"))
    while (name := f"{year}-{month:02}") <= known[-1]:
        day = date(year, month, 1)
        count = found.months.get(name, 0)
        rows.append(
            {
                "label": date_format(day, "F Y").capitalize(),
                "short": date_format(day, "m/y"),
                "count": None if count is None else int(count),
                "said": said(count),
            }
        )
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return rows
