# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a line of a list becomes: a place that is known of, or a maker with its site; or the reason why neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class LineError(ValueError):
    """What is wrong with a line, in French, for the report: it names the column and says what to write."""


@dataclass(frozen=True)
class ContactEntry:
    """A place of a public list (fablabs.models.Contact). Coordinates: WGS84 degrees. ``facts``: as the list says."""

    source: str
    source_id: str
    name: str
    insee: str
    latitude: float | None
    longitude: float | None
    website: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class MachineEntry:
    """A machine with the stock on it, as the tables of a machine file; validated."""

    machine: Mapping[str, Any]
    stock: Mapping[str, Any]
    origin: str


@dataclass(frozen=True)
class SiteEntry:
    """A maker's site of our own template. ``fields`` are the workshop's; machines may be none: a site to complete."""

    siren: str
    maker_name: str
    kind: str
    siret: str
    insee: str
    fields: Mapping[str, Any]
    machines: tuple[MachineEntry, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line of the file, or the first of several that make one site. ``remarks``: what was mended or left out."""

    number: int
    label: str
    entry: ContactEntry | SiteEntry | None
    fault: str = ""
    remarks: tuple[str, ...] = field(default=())
