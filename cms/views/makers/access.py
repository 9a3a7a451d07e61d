# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose record a page is about. What is not yours is not there."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from fablabs.models import CuttingMachine, Evidence, Maker, StockItem, Workshop

#: No row has a larger key; SQLite takes none.
_LARGEST_KEY = 2**63 - 1


def _get(rows: QuerySet[Any], words: str, **lookup: Any) -> Any:
    if any(isinstance(value, int) and value > _LARGEST_KEY for value in lookup.values()):
        raise Http404(words)
    found: Model | None = rows.filter(**lookup).first()
    if found is None:
        raise Http404(words)
    return found


def maker_or_404(request: HttpRequest, pk: int) -> Maker:
    rows = Maker.objects.editable_by(request.user).select_related("organisation")
    maker: Maker = _get(rows, "Cette fiche n’existe pas.", pk=pk)
    return maker


def site_or_404(request: HttpRequest, slug: str) -> Workshop:
    workshop: Workshop = _get(
        Workshop.objects.editable_by(request.user).with_equipment(), "Cet atelier n’existe pas.", slug=slug
    )
    return workshop


def machine_or_404(request: HttpRequest, slug: str, pk: int) -> CuttingMachine:
    rows = CuttingMachine.objects.select_related("workshop__maker__organisation")
    machine: CuttingMachine = _get(rows, "Cette machine n’existe pas.", pk=pk, workshop=site_or_404(request, slug))
    return machine


def stock_or_404(request: HttpRequest, slug: str, pk: int) -> StockItem:
    rows = StockItem.objects.select_related("workshop__maker__organisation")
    item: StockItem = _get(rows, "Ce panneau n’existe pas.", pk=pk, workshop=site_or_404(request, slug))
    return item


def evidence_or_404(maker: Maker, pk: int) -> Evidence:
    row: Evidence = _get(
        Evidence.objects.select_related("maker__organisation"), "Ce fait n’existe pas.", pk=pk, maker=maker
    )
    return row
