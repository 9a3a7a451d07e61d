# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Holes: drilled in pecks, or bored by a mill on a helix."""

from __future__ import annotations

import math

from designs.contour import Contour
from fabrication.plan import Work
from fabrication.toolpaths.contours import opening_rounds
from fabrication.toolpaths.cut import Cut, Manner
from fabrication.toolpaths.pockets import pocket_cuts
from fabrication.toolpaths.track import Track

#: A tool this much wider or thinner than a hole (diameter, mm) is of its size.
SAME = 0.05


def hole_cuts(contour: Contour, depth: float, through: bool, manner: Manner) -> list[Cut]:
    """A round hole (``depth`` in mm from the sheet's top) by a drill or a mill of its size, else by a thinner mill.

    Raises NoPathError."""
    left, low, right, high = contour.bounds
    diameter = right - left
    if abs(diameter - manner.tool.diameter_mm) <= SAME:
        x, y = (left + right) / 2, (low + high) / 2
        return [_plunged(x, y, diameter, manner.bottom if through else -depth, manner)]
    cuts = [r.cut() for r in opening_rounds(contour, manner)] if through else pocket_cuts(contour, (), depth, manner)
    return [Cut(c.tool, Work.DRILL, c.moves, c.start, c.end, c.area, f"hole {diameter:.4g} mm") for c in cuts]


def _plunged(x: float, y: float, diameter: float, bottom: float, manner: Manner) -> Cut:
    """In equal pecks of a pass's depth at most; out of the hole between them, so that the flutes clear."""
    track = Track((x, y), manner.travel)
    count = max(1, math.ceil(-bottom / manner.pass_depth - 1e-9))
    track.approach()
    for number in range(1, count + 1):
        track.plunge(bottom * number / count)
        if number < count:
            track.leave_hole()
    track.leave()
    area = math.pi / 4 * diameter**2
    return Cut(manner.tool, Work.DRILL, tuple(track.moves), (x, y), (x, y), area, f"hole {diameter:.4g} mm")
