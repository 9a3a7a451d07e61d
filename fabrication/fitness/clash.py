# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""No two solids run through each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations

from designs.errors import GeometryError
from fabrication.fitness.bodies import Body, Bought, shared
from fabrication.fitness.verdict import Colour, Verdict

#: Two parts may share this much (mm³): a cube of 1 mm, less than a brush of varnish. Faces that touch share nothing.
SHARED_MM3 = 1.0
#: A fitting is a picture of what is bought, its rounds are made of chords; it is given a little more.
FITTING_MM3 = 20.0
#: Enough to say that a piece is wrong; and solids held against each other, far more than any piece has neighbours. A stranger's
#: piece of two thousand copies in one place would take hours.
ENOUGH, MOST_COMPARED = 50, 2000
SOURCE = (
    f"solids as drawn, without reliefs; {SHARED_MM3:g} mm³ of wood in wood, {FITTING_MM3:g} mm³ of hardware in wood"
)


class CrowdedError(GeometryError):
    """More solids lie near each other than are compared."""

    french = "Trop de pièces se touchent ou se chevauchent pour être contrôlées\N{NARROW NO-BREAK SPACE}: vérifiez où elles sont placées."


def clashes(wood: Sequence[Body], fittings: Sequence[Bought] = ()) -> list[tuple[str, str, float]]:
    """Pairs that share more than the tolerance, with the mm³; boxes first, then solids. At most ``ENOUGH`` of them.
    Raises CrowdedError where more than ``MOST_COMPARED`` solids are so near that they must be compared."""
    near = chain(
        ((one.title, one.solid, other, SHARED_MM3) for one, other in combinations(wood, 2) if one.box.meets(other.box)),
        ((thing.name, thing.solid, one, FITTING_MM3) for thing in fittings for one in wood if thing.box.meets(one.box)),
    )
    found: list[tuple[str, str, float]] = []
    for compared, (title, solid, other, most) in enumerate(near):
        if compared == MOST_COMPARED:
            raise CrowdedError(f"more than {MOST_COMPARED} pairs of solids are near each other")
        if (volume := shared(solid, other.solid)) > most:
            found.append((title, other.title, volume))
            if len(found) == ENOUGH:
                break
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
