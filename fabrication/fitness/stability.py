# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mass, centre of gravity, and how far the piece tilts before it falls, loaded at its worst edge."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from shapely import MultiPoint, Point, Polygon

from designs.furniture import Furniture
from designs.use import Push, Use
from fabrication.fitness.bodies import Body
from fabrication.fitness.verdict import Colour, Verdict

#: Degrees that an empty piece is tilted by, and a loaded one if its use says nothing else.
TILT = 10.0
SOURCE = (
    "guided by IEC 62368-1 (equipment that stands on the floor), whose tests are a tilt of 10°, or up to 100 N down at the "
    "worst place: here the tilt empty and with 50 N at the worst edge, the 100 N on a level floor, and what a design adds"
)


def weighed(furniture: Furniture, wood: Sequence[Body]) -> tuple[float, np.ndarray]:
    """kg and centre of what counts in tipping over: sheet parts, and the weights that the use names.

    Other hardware is left out: most of it sits low and in the middle, where it would only help.
    """
    density = furniture.sheet.density_kg_m3 * 1e-9
    masses = [(body.shape.volume * density, body.centre) for body in wood]
    if furniture.use:
        masses += [(weight.kg, np.array(weight.at)) for weight in furniture.use.weights]
    total = sum(kg for kg, _ in masses)
    return total, np.asarray(np.sum([kg * at for kg, at in masses], axis=0) / total)


def tip_angle(use: Use, kg: float, centre: np.ndarray, push: Push | None = None) -> float:
    """Degrees of tilt, in the worst direction, at which the piece falls; negative if it does not stand at all."""
    x, y, z = centre if push is None else (kg * centre + push.kg * np.array(push.at)) / (kg + push.kg)
    base = MultiPoint([point[:2] for point in use.floor]).convex_hull
    if use.swivel:
        base = base.buffer(-use.swivel, join_style="mitre")
    if not isinstance(base, Polygon) or base.is_empty:
        return -90.0
    within = Point(x, y).distance(base.exterior) * (1 if base.contains(Point(x, y)) else -1)
    return math.degrees(math.atan2(within, z))


def check(furniture: Furniture, wood: Sequence[Body]) -> list[Verdict]:
    kg, centre = weighed(furniture, wood)
    density, hardware = furniture.sheet.density_kg_m3 * 1e-9, furniture.hardware
    whole = sum(body.shape.volume * density for body in wood) + sum(h.mass_g * h.quantity for h in hardware) / 1000
    where = " × ".join(f"{c:.0f}" for c in centre)
    detail = f"wood and the bought things named in the use stand about ({where}) mm; with all hardware {whole:.1f} kg"
    found = [
        Verdict(
            "mass",
            round(whole, 1),
            None,
            "kg",
            "volume of the solids × density, hardware as listed",
            Colour.GREEN,
            detail,
        )
    ]
    use = furniture.use
    if use is None:
        lost = "the design does not say what it stands on"
        return [*found, Verdict("tip-over", None, TILT, "°", SOURCE, Colour.RED, lost)]
    found.append(_verdict(tip_angle(use, kg, centre), TILT, "empty"))
    for push in use.pushes:
        said = f"{push.kg:g} kg at ‘{push.name}’" + ("" if push.tilt else ", level floor")
        found.append(_verdict(tip_angle(use, kg, centre, push), push.tilt, said))
    return found


def _verdict(angle: float, limit: float, said: str) -> Verdict:
    up = angle >= limit and angle > 0
    said = f"{said}: falls at {angle:.1f}°" if angle > 0 else f"{said}: falls on a level floor"
    return Verdict("tip-over", round(angle, 1), limit, "°", SOURCE, Colour.GREEN if up else Colour.RED, said)
