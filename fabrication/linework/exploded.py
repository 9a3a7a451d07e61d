# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece's bodies where a drawing shows them: as it stands, or taken apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designs.furniture import Furniture
from designs.placing import matrix
from fabrication.linework.hidden import Placed
from fabrication.linework.shells import Floats, Shell, fitting_shell, part_shell
from fabrication.plan import FlatPart


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


def apart(placed: Sequence[Placed], by: float) -> list[Placed]:
    """Each body moved away from the middle of all by so many times as much as it is away from it."""
    middles = np.array([_middle(one) for one in placed])
    centre = (middles.min(axis=0) + middles.max(axis=0)) / 2
    return [Placed(one.shell, one.matrix, by * (middle - centre)) for one, middle in zip(placed, middles, strict=True)]


def _middle(one: Placed) -> Floats:
    corners = one.world(one.shell.corners)
    middle: Floats = (corners.min(axis=0) + corners.max(axis=0)) / 2
    return middle
