# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""No two solids run through each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from fabrication.fitness.bodies import Body, Bought, shared
from fabrication.fitness.verdict import Colour, Verdict

#: Two parts may share this much (mm³): a cube of 1 mm, less than a brush of varnish. Faces that touch share nothing.
SHARED_MM3 = 1.0
#: A fitting is a picture of what is bought, its rounds are made of chords; it is given a little more.
FITTING_MM3 = 20.0
SOURCE = (
    f"solids as drawn, without reliefs; {SHARED_MM3:g} mm³ of wood in wood, {FITTING_MM3:g} mm³ of hardware in wood"
)


def clashes(wood: Sequence[Body], fittings: Sequence[Bought] = ()) -> list[tuple[str, str, float]]:
    """Pairs that share more than the tolerance, with the mm³; boxes first, then solids."""
    found = []
    for one, other in combinations(wood, 2):
        if one.box.meets(other.box) and (volume := shared(one.solid, other.solid)) > SHARED_MM3:
            found.append((one.title, other.title, volume))
    for thing in fittings:
        for one in wood:
            if thing.box.meets(one.box) and (volume := shared(thing.solid, one.solid)) > FITTING_MM3:
                found.append((thing.name, one.title, volume))
    return found


def check(wood: Sequence[Body], fittings: Sequence[Bought]) -> Verdict:
    found = clashes(wood, fittings)
    if not found:
        detail = f"{len(wood)} parts and {len(fittings)} fittings: none runs through another"
        return Verdict("clash", 0, SHARED_MM3, "mm³", SOURCE, Colour.GREEN, detail)
    worst = max(found, key=lambda pair: pair[2])
    said = "; ".join(f"{a} and {b} share {volume:.0f} mm³" for a, b, volume in found[:5])
    more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
    return Verdict("clash", round(worst[2], 1), SHARED_MM3, "mm³", SOURCE, Colour.RED, said + more)
