# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far each loaded board bends."""

from __future__ import annotations

from designs.furniture import Furniture
from designs.sheet import Sheet
from designs.use import Load, Support
from fabrication.fitness.verdict import Colour, Verdict

GRAVITY = 9.81  # N/kg
#: Creep of plywood indoors: a load that stays bends it 1 + k_def times as far.
K_DEF = 0.8
SOURCE = (
    "Euler–Bernoulli beam of the sheet's own thickness; modulus from designs/sheet.py (a supplier's declared figure "
    "replaces it); lasting loads × 1.8 (EN 1995-1-1: k_def 0.8 for plywood in service class 1); span/200 for a shelf, "
    "span/300 for a worktop: common practice"
)
#: Deflection is load · span³ / (this · E · I).
_STIFFNESS = {
    (Support.BOTH_ENDS, True): 384 / 5,
    (Support.BOTH_ENDS, False): 48.0,
    (Support.ONE_END, True): 8.0,
    (Support.ONE_END, False): 3.0,
}


def deflection(load: Load, sheet: Sheet) -> float:
    """mm, at the middle of a board held at both ends, at the free end of a cantilever."""
    inertia = load.width * sheet.thickness**3 / 12
    bends = load.kg * GRAVITY * load.span**3 / (_STIFFNESS[load.support, load.spread] * sheet.stiffness_n_mm2 * inertia)
    return bends * (1 + K_DEF) if load.lasting else bends


def check(furniture: Furniture) -> list[Verdict]:
    found = []
    for load in furniture.use.loads if furniture.use else ():
        bends, limit = deflection(load, furniture.sheet), load.span / load.limit
        name = furniture.part(load.part).name
        how = "spread" if load.spread else "at the worst place"
        detail = (
            f"{load.part} ‘{name}’: {load.kg:g} kg {how}{', for months' if load.lasting else ''}, over {load.span:.0f} mm "
            f"({load.support}), {load.width:.0f} mm wide, {furniture.sheet.stiffness_n_mm2:g} N/mm²: "
            f"{bends:.1f} mm, span/{load.limit:g} is {limit:.1f} mm"
        )
        colour = Colour.GREEN if bends <= limit else Colour.RED
        found.append(Verdict("deflection", round(bends, 2), round(limit, 2), "mm", SOURCE, colour, detail))
    return found
