# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a part's code is written: in the widest place that no cut crosses."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import shapely
from shapely.geometry import Polygon

from designs.contour import Contour, Point
from designs.lettering import ALPHABET, strokes, text_width
from fabrication.plan import FlatPart, Work

#: Capitals are between these heights (mm); a part too small for the lowest is written over.
LOWEST, HIGHEST = 3.0, 20.0
#: Chords of this much are near enough for a label.
_CHORD = 0.5


class Spot(NamedTuple):
    """A free circle of a part, in the part's own frame."""

    x: float
    y: float
    radius: float


@lru_cache(maxsize=256)  # a sheet asks for each of its parts again
def label_spot(part: FlatPart) -> Spot:
    """The largest circle inside the part that touches no cut, pocket, hole or engraving."""
    free = Polygon(part.outline.points(_CHORD))
    others = [Polygon(o.contour.points(_CHORD)) for o in part.operations if o.work is not Work.CUT_OUTSIDE]
    if others:
        free = free.difference(shapely.union_all(others))
    if free.is_empty:
        free = Polygon(part.outline.points(_CHORD))
    radius = shapely.maximum_inscribed_circle(free, tolerance=2.0)
    (x, y), (x1, y1) = radius.coords[0], radius.coords[-1]
    return Spot(x, y, ((x - x1) ** 2 + (y - y1) ** 2) ** 0.5)


def readable(text: str) -> str:
    """The text in the stroke alphabet's characters; what it lacks becomes a space."""
    plain = text.upper().replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    return "".join(c if c in ALPHABET else " " for c in plain)


def text_lines(text: str, x: float, y: float, height: float) -> list[tuple[Point, ...]]:
    """Strokes of a line of text whose baseline starts at (x, y)."""
    return [tuple((px + x, py + y) for px, py in line) for line in strokes(readable(text), height)]


def centred_lines(lines: tuple[str, ...], x: float, y: float, radius: float) -> list[tuple[Point, ...]]:
    """Lines of text around (x, y), as high as the circle allows."""
    # A block of n lines of relative width w and height 1.6 n - 0.6 fits if its half diagonal does.
    width = max(text_width(readable(line), 1.0) for line in lines)
    block = 1.6 * len(lines) - 0.6
    height = min(HIGHEST, max(LOWEST, 0.82 * 2 * radius / (width**2 + block**2) ** 0.5))
    drawn: list[tuple[Point, ...]] = []
    for row, line in enumerate(lines):
        base = y + height * (block / 2 - 1 - 1.6 * row)
        drawn += text_lines(line, x - text_width(readable(line), height) / 2, base, height)
    return drawn


def moved_point(x: float, y: float, dx: float, dy: float, rotation_deg: float, mirrored: bool) -> Point:
    """A point of a part on its sheet."""
    vertex = Contour.of([(x, y)]).moved(dx, dy, rotation_deg, mirrored).vertices[0]
    return vertex.x, vertex.y
