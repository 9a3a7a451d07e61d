# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far the nearest workshop is from each of many communes: cells of a grid looked at outwards, without numpy, since the
web process works it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import cos, radians

from fablabs.geography.communes import Commune, commune
from fablabs.geography.distance import great_circle_km
from fablabs.geography.errors import UnknownCommuneError
from fablabs.geography.territory import territory
from orders.arbitration.criteria import FAR_KM

#: Degrees of a cell's side.
_CELL = 0.25
_KM_A_DEGREE = 110.5  # a little less than any degree of latitude


class Nearest:
    """Of workshops at these communes (INSEE codes; one that nobody knows is left out). Answers are kept."""

    def __init__(self, places: Iterable[str]) -> None:
        self._cells: dict[tuple[str, int, int], list[Commune]] = defaultdict(list)
        for insee in set(places):
            if (place := _known(insee)) is not None:
                self._cells[self._cell(place)].append(place)
        self._found: dict[str, float | None] = {}

    def km(self, insee: str) -> float | None:
        """As the crow flies; None beyond FAR_KM, across the sea, or from a commune that nobody knows."""
        if insee not in self._found:
            place = _known(insee)
            self._found[insee] = self._search(place) if place is not None else None
        return self._found[insee]

    def _search(self, place: Commune) -> float | None:
        land, north, east = self._cell(place)
        # A cell is narrower from east to west: a ring that is whole in that direction is whole in the other.
        narrow_km = _CELL * _KM_A_DEGREE * max(0.2, cos(radians(min(89.0, abs(place.latitude) + 1.5))))
        best = FAR_KM
        found = False
        ring = 0
        while (ring - 1) * narrow_km <= best:
            for cell in _ring(north, east, ring):
                for other in self._cells.get((land, *cell), ()):
                    km = great_circle_km(place.latitude, place.longitude, other.latitude, other.longitude)
                    if km <= best:
                        best, found = km, True
            ring += 1
        return best if found else None

    @staticmethod
    def _cell(place: Commune) -> tuple[str, int, int]:
        return territory(place.insee), int(place.latitude // _CELL), int(place.longitude // _CELL)


def _ring(north: int, east: int, ring: int) -> Iterable[tuple[int, int]]:
    if ring == 0:
        yield north, east
        return
    for step in range(-ring, ring + 1):
        yield north - ring, east + step
        yield north + ring, east + step
    for step in range(-ring + 1, ring):
        yield north + step, east - ring
        yield north + step, east + ring


def _known(insee: str) -> Commune | None:
    try:
        return commune(insee)
    except UnknownCommuneError:
        return None
