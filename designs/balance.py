# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far a piece tilts before it falls, from a list of weights: for constraints, which know no solids (mm, kg, degrees).

``fabrication/fitness/stability.py`` measures the same on the solids, with other code.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from designs.errors import SheetError
from designs.furniture import Vector
from designs.sheet import Sheet
from designs.use import Push

#: A constraint's list of weights is rough: it asks for this much more (degrees) than the check on the solids.
MARGIN = 0.3
#: Of an empty piece.
TILT = 10.0


class Mass(NamedTuple):
    kg: float
    x: float
    y: float
    z: float


def tips_at(floor: Iterable[Vector], masses: Iterable[Mass], swivel: float = 0.0) -> float:
    """Degrees of tilt in the worst direction; negative if it does not stand. ``swivel`` as in ``Use``."""
    weights = list(masses)
    total = sum(m.kg for m in weights)
    x, y, z = (sum(m.kg * m[k] for m in weights) / total for k in (1, 2, 3))
    hull = _hull(sorted({(p[0], p[1]) for p in floor}))
    nearest = min(
        ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / math.dist((ax, ay), (bx, by))
        for (ax, ay), (bx, by) in zip(hull, hull[1:] + hull[:1], strict=True)
    )
    return math.degrees(math.atan2(nearest - swivel, z))


def stays_up(floor: Sequence[Vector], masses: Sequence[Mass], pushes: Iterable[Push], swivel: float = 0.0) -> bool:
    """Empty on a slope of 10°, and under each of the loads on its own slope, with ``MARGIN`` to spare."""
    if tips_at(floor, masses, swivel) < TILT + MARGIN:
        return False
    return all(tips_at(floor, [*masses, Mass(push.kg, *push.at)], swivel) >= push.tilt + MARGIN for push in pushes)


def _hull(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Counter-clockwise, from sorted points (Andrew's monotone chain)."""

    def half(ordered: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for p in ordered:
            while len(kept) > 1 and (kept[-1][0] - kept[-2][0]) * (p[1] - kept[-2][1]) <= (
                kept[-1][1] - kept[-2][1]
            ) * (p[0] - kept[-2][0]):
                kept.pop()
            kept.append(p)
        return kept[:-1]

    return half(points) + half(points[::-1])


def too_light(sheet: Sheet, english: tuple[str, str], french: tuple[str, str]) -> SheetError:
    """The error to raise where a piece would tip over in this sheet; each language: what happens, what to do."""
    wood = f"{sheet.material} of {sheet.thickness:g} mm"
    bois = f"{sheet.material} de {sheet.thickness:g} mm"
    return SheetError(
        f"in {wood} {': '.join(english)}",
        f"En {bois}, {' : '.join(french)}.",
    )
