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

#: A tool this much thinner than a hole, or this much wider (diameter, mm), is of its size.
UNDER, OVER = 0.05, 0.01


def gets_in(tool_diameter: float, diameter: float) -> bool:
    """Is a tool no wider than a hole (mm)? Measured cutters have hundredths: what computing adds is rounded off."""
    return round(tool_diameter - diameter, 3) <= OVER


def is_of_size(tool_diameter: float, diameter: float) -> bool:
    """Does a plunge make the hole?"""
    return gets_in(tool_diameter, diameter) and round(diameter - tool_diameter, 3) <= UNDER


def hole_cuts(contour: Contour, depth: float, through: bool, manner: Manner) -> list[Cut]:
    """A round hole (``depth`` in mm from the sheet's top) by a drill or a mill of its size, else by a thinner mill.

    Raises NoPathError."""
    left, low, right, high = contour.bounds
    diameter = right - left
    if is_of_size(manner.tool.diameter_mm, diameter):
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
