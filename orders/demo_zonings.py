# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The zonings of a few dozen communes, to try the site with: marked as the demonstration's, and of no weight once an
official list of the same kind is imported. Every other commune is unknown to them."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from orders.eligibility import classes, districts, spaces
from orders.eligibility.lines import Entry, Line, OfficialList
from orders.eligibility.zoning import Kind, Status
from orders.models import ZoningList
from orders.services.zonings import import_list

DATA = Path(__file__).parent / "demo_zonings.toml"


@transaction.atomic
def load_zonings() -> list[ZoningList]:
    """Import the three lists; twice changes nothing. Nothing outside of demo settings."""
    if not settings.TRETEAU_DEMO:
        return []
    for official in demo_lists():
        import_list(official, is_demo=True, replace_all=True)
    return list(ZoningList.objects.filter(is_demo=True))


def demo_lists() -> list[OfficialList]:
    """As if three files had been read; none of them claims to name every commune."""
    communes = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return [
        _list(Kind.FRR, "2025-07-10", "DGCL, quelques communes", classes.FRR_FROM, communes, _class_of),
        _list(Kind.QPV, "2024", "ANCT, quelques communes", districts.NEW_FROM, communes, _districts_of),
        _list(Kind.FRANCE_SERVICES, "2024-08", "ANCT, quelques espaces", spaces.LABELS_FROM, communes, _spaces_of),
    ]


def _list(kind: Kind, vintage: str, source: str, valid_from: date, communes: dict[str, Any], of: Any) -> OfficialList:
    lines = tuple(
        Line(number, insee, entries)
        for number, (insee, facts) in enumerate(communes.items(), start=1)
        if (entries := tuple(of(insee, facts)))
    )
    return OfficialList(kind, vintage, source, valid_from, None, False, lines)


def _class_of(insee: str, facts: dict[str, Any]) -> list[Entry]:
    return [
        Entry(insee, one.status, one.label, valid_from=one.valid_from, valid_to=one.valid_to)
        for one in classes.frr_classes(facts["frr"])
    ]


def _districts_of(insee: str, facts: dict[str, Any]) -> list[Entry]:
    """A commune without one is said to have none."""
    begins = districts.NEW_FROM_OVERSEAS if insee.startswith("97") else None
    named = [text.split(" ", 1) for text in facts["qpv"]]
    found = [Entry(insee, Status.FULL, label, code, valid_from=begins) for code, label in named]
    return found or [Entry(insee, Status.NONE, "", valid_from=begins)]


def _spaces_of(insee: str, facts: dict[str, Any]) -> list[Entry]:
    named = [text.split(" ", 1) for text in facts.get("spaces", ())]
    return [Entry(insee, Status.FULL, label, code) for code, label in named]
