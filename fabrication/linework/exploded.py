# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece's bodies where a drawing shows them, and the drawing of all of them: whole, or taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from designs.furniture import Furniture
from designs.placing import matrix
from fabrication.linework.hidden import Placed, joined, seen_edges, seen_engraving
from fabrication.linework.shells import Floats, Shell, fitting_shell, part_shell
from fabrication.linework.views import frame, see, window
from fabrication.plan import FlatPart

#: As fine as a screen or a printed page needs.
_PIXELS = 1400


@dataclass(frozen=True, eq=False)
class Lines:
    """Polylines in millimetres of the piece on the picture plane, its lower left corner at (0, 0): ``edges`` of
    bodies, ``engraved`` on their faces; ``width`` and ``height`` of all."""

    edges: tuple[Floats, ...]
    engraved: tuple[Floats, ...]
    width: float
    height: float


def part_bodies(furniture: Furniture, flat_parts: Sequence[FlatPart]) -> dict[tuple[str, int], tuple[Shell, Floats]]:
    """Shell and place of every copy, by code and copy from 1."""
    flat = {part.code: part for part in flat_parts}
    return {
        (part.code, i): (part_shell(flat[part.code]), matrix(place))
        for part in furniture.parts
        for i, place in enumerate(part.placements, 1)
    }


def fitting_bodies(furniture: Furniture) -> list[tuple[str, Shell, Floats]]:
    """Name, shell and place of every bought thing that pictures show."""
    found = []
    for fitting in furniture.fittings:
        shell = fitting_shell(fitting.solid)
        found += [(fitting.name, shell, matrix(place)) for place in fitting.placements]
    return found


def line_drawing(
    furniture: Furniture, flat_parts: Sequence[FlatPart], explode: float = 0.0, azimuth_deg: float = -36.0
) -> Lines:
    """The piece as lines, hidden ones removed. ``explode`` 0 draws it whole, with what is bought; 1 moves each
    part away from the middle by as much as it is away from it."""
    placed = [Placed(shell, place, np.zeros(3)) for shell, place in part_bodies(furniture, flat_parts).values()]
    if explode:
        placed = apart(placed, explode)
    else:
        placed += [Placed(shell, place, np.zeros(3)) for _, shell, place in fitting_bodies(furniture)]
    axes = frame(azimuth_deg)
    shown = window(placed, axes).grown(2.0)
    scale = _PIXELS / max(shown.width, shown.height)
    picture = see(placed, axes, shown, scale)
    edges = [line / scale for one in placed for line in joined(seen_edges(picture, one))]
    engraved = [line / scale for one in placed for line in joined(seen_engraving(picture, one))]
    return Lines(tuple(edges), tuple(engraved), shown.width, shown.height)


def apart(placed: Sequence[Placed], by: float) -> list[Placed]:
    """Each body moved away from the middle of all by so many times as much as it is away from it."""
    middles = np.array([_middle(one) for one in placed])
    centre = (middles.min(axis=0) + middles.max(axis=0)) / 2
    return [Placed(one.shell, one.matrix, by * (middle - centre)) for one, middle in zip(placed, middles, strict=True)]


def _middle(one: Placed) -> Floats:
    corners = one.world(one.shell.corners)
    middle: Floats = (corners.min(axis=0) + corners.max(axis=0)) / 2
    return middle
