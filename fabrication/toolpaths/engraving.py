# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Shallow recesses, such as letters: cleared by a mill, or drawn by a V-bit along their edges.

A V-bit is taken as a point under a cone of 90° at most: at a depth its groove is no wider to either side than it is deep.
So its point runs that far inside the edge, and the edge at the wood's face comes out as drawn, or just inside it with a
more pointed bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from designs.contour import Contour
from fabrication.plan import Work
from fabrication.reach import polygon
from fabrication.toolpaths.cut import Cut, Manner
from fabrication.toolpaths.parallel import NoPathError
from fabrication.toolpaths.pockets import pocket_cuts

#: Depths that are tried for a V-bit, as shares of the recess's: narrow strokes take a shallower groove.
_SHARES = (1.0, 0.8, 0.6, 0.45, 0.3, 0.2)
_DRAWN = 0.9


def engraving_cuts(
    contour: Contour, islands: Iterable[Contour], depth: float, manner: Manner, pointed: bool
) -> list[Cut]:
    """Raises NoPathError."""
    islands = tuple(islands)
    if not pointed:
        cuts = pocket_cuts(contour, islands, depth, manner, what="engraving")
    else:
        inset = _depth(contour, islands, depth)
        cuts = pocket_cuts(contour, islands, inset, manner, inset=inset, what="engraving")
    return [replace(c, work=Work.ENGRAVE) for c in cuts]


def _depth(contour: Contour, islands: tuple[Contour, ...], depth: float) -> float:
    """The deepest groove that still follows the whole recess."""
    shape = polygon(contour, islands)
    for share in _SHARES:
        reach = depth * share
        if shape.buffer(-reach).buffer(reach).area >= _DRAWN * shape.area:
            return reach
    raise NoPathError("the engraving's strokes are too thin")
