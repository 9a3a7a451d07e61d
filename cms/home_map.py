# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The small map of the home page: where a point of the world stands in it. The outlines (cms/templates/cms/_france.html) are made by
scripts/home_map.py with the very same frames, so dots and coast can't disagree."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

#: The drawing's size, in its own units.
WIDTH, HEIGHT = 880, 860


@dataclass(frozen=True)
class Frame:
    """A window on the world: degrees (WGS84) to units of the drawing, a plain plate whose middle parallel is true. At one place of
    a country as small as this, nobody sees the difference to a real projection."""

    name: str
    west: float
    south: float
    east: float
    north: float
    left: float
    top: float
    width: float
    departments: tuple[str, ...] = ()  # none: all that no other frame has

    @property
    def _scale(self) -> float:
        return self.width / ((self.east - self.west) * self._narrowing)

    @property
    def _narrowing(self) -> float:
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def height(self) -> float:
        return (self.north - self.south) * self._scale

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def place(self, longitude: float, latitude: float) -> tuple[int, int]:
        x = self.left + (longitude - self.west) * self._narrowing * self._scale
        y = self.top + (self.north - latitude) * self._scale
        return round(x), round(y)


FRAMES = (
    Frame("Métropole", -5.2, 41.3, 9.65, 51.15, 0, 0, 880),
    Frame("Guadeloupe", -61.85, 15.8, -60.95, 16.55, 8, 380, 88, ("971",)),
    Frame("Martinique", -61.28, 14.35, -60.75, 14.92, 16, 476, 72, ("972",)),
    Frame("Guyane", -54.65, 2.05, -51.55, 5.8, 8, 568, 88, ("973",)),
    Frame("La Réunion", 55.18, -21.42, 55.86, -20.84, 16, 692, 72, ("974",)),
    Frame("Mayotte", 45.0, -13.03, 45.32, -12.62, 24, 776, 56, ("976",)),
)


def dots(places: Iterable[tuple[float | None, float | None]]) -> list[tuple[int, int]]:
    """(longitude, latitude) → (x, y) in the drawing, each spot once; what is not known or lies elsewhere has none."""
    found: dict[tuple[int, int], None] = {}
    for longitude, latitude in places:
        if longitude is None or latitude is None:
            continue
        frame = next((one for one in FRAMES if one.holds(longitude, latitude)), None)
        if frame is not None:
            found[frame.place(longitude, latitude)] = None
    return list(found)
