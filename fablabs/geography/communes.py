# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The communes of the Code officiel géographique 2026, read once, when the first one is asked for."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from fablabs.geography.errors import UnknownCommuneError
from fablabs.geography.territory import department_of


@dataclass(frozen=True, slots=True)
class Commune:
    """``department`` and ``region`` are codes, ``epci`` the SIREN of its intercommunality ("" without one).

    ``latitude`` and ``longitude`` are of the middle of its area, WGS84 degrees; ``name`` as INSEE writes it.
    """

    insee: str
    name: str
    department: str
    region: str
    epci: str
    postcodes: tuple[str, ...]
    population: int
    latitude: float
    longitude: float

    @property
    def label(self) -> str:
        """As people read it: "Nîmes (Gard)"; "Paris" alone, since its département has its name."""
        department = department_name(self.department)
        words = self.name if self.name == department else f"{self.name} ({department})"
        return words.replace("'", "’")

    def __str__(self) -> str:
        return self.label


def commune(insee: str) -> Commune:
    """The commune with this code; a former code, or an arrondissement's of Paris, Lyon or Marseille, gives the commune
    that it is part of today. Raises UnknownCommuneError."""
    code = str(insee).strip().upper()
    table = by_code()
    found = table.get(code) or table.get(former_codes().get(code, ("", ""))[1])
    if found is None:
        raise UnknownCommuneError(insee)
    return found


def all_communes() -> tuple[Commune, ...]:
    """Every current commune, by its code."""
    return tuple(by_code().values())


@cache
def by_code() -> dict[str, Commune]:
    region_of_department = {code: region for code, _, region in rows("departments")}
    found = {}
    for code, name, epci, postcodes, population, latitude, longitude in rows("communes"):
        department = department_of(code)
        found[code] = Commune(
            code,
            name,
            department,
            region_of_department[department],
            epci,
            tuple(postcodes.split()),
            int(population),
            float(latitude),
            float(longitude),
        )
    return found


@cache
def former_codes() -> dict[str, tuple[str, str]]:
    """Code that is no commune's any more → (its name, the current commune's code)."""
    return {code: (name, insee) for code, name, insee in rows("former")}


@cache
def departments() -> dict[str, str]:
    """Code → name, overseas collectivities included; in the order of the codes."""
    return {code: name for code, name, _ in rows("departments")}


@cache
def regions() -> dict[str, str]:
    return {row[0]: row[1] for row in rows("regions")}


@cache
def _regions_of_departments() -> dict[str, str]:
    return {code: region for code, _, region in rows("departments")}


@cache
def _epci() -> dict[str, str]:
    return {row[0]: row[1] for row in rows("epci")}


def department_name(code: str) -> str:
    """Raises KeyError for a code that is no département's."""
    return departments()[code]


def region_name(code: str) -> str:
    """Raises KeyError for a code that is no région's."""
    return regions()[code]


def region_of(department: str) -> str:
    """The code of a département's région. Raises KeyError."""
    return _regions_of_departments()[department]


def epci_name(siren: str) -> str:
    """ "CA Nîmes Métropole". Raises KeyError."""
    return _epci()[siren]


def rows(name: str) -> Iterator[list[str]]:
    """The lines of a file of ``data`` without the first, which names the columns."""
    packed = resources.files("fablabs.geography").joinpath("data", f"{name}.csv.gz").read_bytes()
    table = csv.reader(io.StringIO(gzip.decompress(packed).decode()))
    next(table)
    return table
