# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""What porte buys instead of cutting: rods, cloth, tubes, wheels, as pictures show them and as the list names them."""

from __future__ import annotations

import math

from designs.hardware import arc_about_y, banner, rod, wheel
from designs.piece import Piece
from designs.placing import Vector
from designs.porte_sizes import AIR, HEMS, STEP, TUBE, TUBES, Sizes


def rods_and_cloth(piece: Piece, s: Sizes, diameter: float) -> None:
    """The two rods in their tubes, bent or in their well, and the cloth between them."""
    values, spring = piece.values, s.spring
    feet = (s.under - TUBE, s.leaf_under - TUBE)
    run, sections = s.run, s.sections
    tubes = [(s.rods[0], y, feet[0]) for y in s.rod_y]
    if values["state"] == "folded":
        # The rods stand in their well, as many as there are, in two rows.
        spots = [(s.right - 75 + (i % 7 - 3) * 12, s.face + s.well + (i // 7 - 0.5) * 13) for i in range(2 * sections)]
        piece.fittings += rod("jonc", diameter, run / sections, [(x, y, s.base + s.t) for x, y in spots])
        tubes += [(s.outer + AIR + 2 * s.t + 7, y, s.rest - STEP + feet[1]) for y in s.rod_y]
    else:
        for x, z in zip(s.rods, feet, strict=True):
            piece.fittings += rod("jonc", diameter, spring - z, [(x, y, z) for y in s.rod_y])
        centre = (s.centre, s.middle, spring)
        piece.fittings += arc_about_y("jonc", centre, s.radius, 0, 180, list(s.rod_y), diameter)
        span = s.rod_y[1] - s.rod_y[0]
        angle = math.degrees(math.acos((s.apart + s.t) / s.radius)) - 2
        for start in (0, 180 - angle):
            piece.fittings += arc_about_y("toile", centre, s.radius, start, angle, [s.middle], 1.5, span - 2 * diameter)
        for x, z in zip(s.rods, (values["height"] + 40, s.leaf_top + 150), strict=True):
            if spring > z:
                piece.fittings += banner(span - 2 * diameter, spring - z, (x, s.middle, z))
        tubes += [(s.rods[1], y, feet[1]) for y in s.rod_y]
    piece.fittings += rod("fourreau", 14, TUBE, tubes)
    mass = math.pi / 4 * diameter**2 * 1.95e-3 * 1000  # glass and polyester, 1.95 g/cm³
    piece.buy(f"Jonc fibre de verre Ø {values['rod']}", f"Jonc de fibre de verre Ø {values['rod']} mm, en {2 * sections} sections de {run / sections:.0f} mm", round(2 * run / 1000, 2), unit="m", mass_g=mass)  # fmt: skip
    piece.buy(f"Manchon inox Ø {values['rod']}, 80 mm", "Manchon de raccord", 2 * (sections - 1), mass_g=12)
    piece.buy(f"EN 754-7 tube {TUBES[values['rod']]}", "Fourreau d’aluminium, 150 mm", 4, mass_g=20)
    piece.buy("DIN 3016-1 D1 Ø 12", "Collier caoutchouté pour fourreau", 8, mass_g=8)
    length = 16 if s.t >= 17 else 12  # they do not come out of the leaf's top
    piece.buy(f"DIN 7996 4 × {length}", f"Vis à bois à tête ronde 4 × {length}", 8, mass_g=1.5)
    cloth = (run / 1000) * (s.rod_y[1] - s.rod_y[0] + HEMS) / 1000
    piece.buy("Toile polyester 220 g/m², classée M1", f"Toile de l’arche, deux pans ourlés de {_cloth(piece, s)}", round(cloth, 2), unit="m²", mass_g=220)  # fmt: skip


def _cloth(piece: Piece, s: Sizes) -> str:
    """Finished sizes of the two pieces of cloth, from the spreaders down on either side, as wide as the rods are apart."""
    angle = math.acos((s.apart + s.t) / s.radius) - math.radians(2)
    ends = (piece.values["height"] + 40, s.leaf_top + 150)
    left, right = (s.radius * angle + max(0.0, s.spring - z) for z in ends)
    return f"{left:.0f} et {right:.0f} × {s.rod_y[1] - s.rod_y[0] + float(piece.values['rod']):.0f} mm"


def wheels(piece: Piece, s: Sizes) -> None:
    """Two wheels between the sides, on an axle through both."""
    spots: list[Vector] = [(x, s.axle, s.wheel) for x in (s.left + 8, s.right - 48)]
    piece.fittings += wheel(2 * s.wheel, 40, spots)
    length = s.inner + 2 * s.t + 8
    piece.fittings += rod("essieu", 12, length, [(s.overhang - 4, s.axle, s.wheel)], along="x")
    piece.buy(f"Roue caoutchouc Ø {2 * s.wheel:.0f} × 40, alésage 12", f"Roue à bandage caoutchouc Ø {2 * s.wheel:.0f}", 2, mass_g=4.2 * s.wheel)  # fmt: skip
    piece.buy("ISO 683 barre Ø 12", "Essieu d’acier Ø 12", round(length / 1000, 2), unit="m", mass_g=888)
    piece.buy("DIN 705 Ø 12", "Bague d’arrêt Ø 12, de part et d’autre de chaque roue", 4, mass_g=22)
