# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""The maisonnette's rolling walls: two Ls on casters, hinged to jambs at the core's rear."""

from __future__ import annotations

from designs.contour import Point
from designs.furniture import Finish, Grain, Joint
from designs.hardware import caster
from designs.joinery import barrel_nut, bolted, finger, through_tenon
from designs.maisonnette_figures import FOOT, GAP, GROOVE, PAD, PLATE, PLAY, SKIRT, Heights
from designs.panel import Corner, Panel
from designs.piece import Piece
from designs.placing import Turn, facing_right, oriented


def walls(piece: Piece, h: Heights, cheek: Panel) -> None:
    """Two Ls of a side and a half-front, with a foot and a bracket in the corner, hinged to jambs."""
    t, c, v = piece.sheet.thickness, piece.sheet.clearance, piece.values
    width, depth, length = v["width"], v["depth"], v["wall_length"]
    tall = h.wall - h.bottom
    turned = {side: v["state"] == "open" or (v["state"] == "half" and v["side"] == side) for side in ("left", "right")}
    left = Turn(0.0, length + GAP / 2, -1 if turned["left"] else 0)
    right = Turn(width, length + GAP / 2, 1 if turned["right"] else 0)

    wall = piece.board(
        "mur", length, tall,
        left.place((0, 0, h.bottom), (0, 1, 0), (1, 0, 0)), right.place((width, 0, h.wall), (0, 1, 0), (-1, 0, 0)),
        radius=(0, 8, 8, 0), grain=Grain.ACROSS, finish=Finish.BOTH,
    )  # fmt: skip
    half = width / 2 - GAP / 2 - t
    fronts = []
    for side, turn in (("left", left), ("right", right)):
        x, hinge = (width / 2 - GAP / 2, "right") if side == "left" else (width - t, "left")
        front = piece.board(
            "façade gauche" if side == "left" else "façade droite", half, tall,
            turn.place((x, 0, h.bottom), (-1, 0, 0), (0, 1, 0)),
            radius=(25, 0, 0, 8) if side == "left" else (0, 25, 8, 0), grain=Grain.ACROSS, finish=Finish.BOTH,
        )  # fmt: skip
        piece.join(finger(front, hinge, wall, "left", count=7, clearance=c))
        free = 52.0 if side == "left" else half - 52.0
        grip = min(1000.0, h.wall - 160) - h.bottom
        front.rounded_slot(free, grip, 130, 36, 90)
        if side == v["side"]:
            front.hole(free - 16 if side == "left" else free + 16, grip - 110, 19.5)
        fronts.append(front)

    span = width / 2 - 4 - t
    swivel = float(v["caster"]) / 2 + 30
    spots = [(65.0, FOOT - 57), (span - swivel, 57.0)]  # casters, in the foot's frame
    for name, z, corners, edges in (
        ("pied", h.plate + t, [Corner(0, 0), Corner(span, 0, 25), Corner(span, FOOT, 60), Corner(0, FOOT)],
         ("front", "tip", "rear", "side")),
        ("équerre", h.wall - SKIRT - 2 * t, [Corner(0, 0), Corner(span, 0, 12), Corner(span, 60, 25), Corner(60, FOOT, 25), Corner(0, FOOT, 12)],
         ("front", "tip", "slope", "rear", "side")),
    ):  # fmt: skip
        plate = piece.panel(
            name, corners, edges,
            left.place((t, t, z), (1, 0, 0), (0, 0, 1)), right.place((width - t, t, z + t), (-1, 0, 0), (0, 0, -1)),
        )  # fmt: skip
        piece.join(
            through_tenon(plate, "side", wall, at=[FOOT - 178, FOOT - 62], width=44, clearance=c),
            barrel_nut(plate, "side", wall, at=[FOOT - 120], clearance=c),
            *(through_tenon(plate, "front", front, at=[50, span - 60], width=44, clearance=c) for front in fronts),
            *(barrel_nut(plate, "front", front, at=[span / 2], clearance=c) for front in fronts),
        )
        if name == "pied":
            foot = plate
    piece.buy("ISO 7380-2 M8 × 60", "Vis à tête bombée M8 × 60", 8, mass_g=28)
    piece.buy("Écrou noix M8, Ø 14 × 16", "Écrou noix (tourillon fileté) M8", 8, mass_g=16)
    on_floor = [turn.point(t + x if turn is left else width - t - x, t + y)
                for turn in (left, right) for x, y in spots]  # fmt: skip
    turns = [left.quarter] * 2 + [right.quarter] * 2
    casters(piece, foot, h, on_floor, turns)

    jamb = piece.board(
        "montant", depth - length - GAP, tall,
        facing_right(PLAY, length + GAP, h.bottom), facing_right(width - PLAY - t, length + GAP, h.bottom),
        radius=(0, 25, 8, 0), grain=Grain.ACROSS, finish=Finish.BOTH,
    )  # fmt: skip
    rear = jamb.edge_length("bottom") - 26
    piece.join(bolted(jamb, cheek, at=[(rear, y) for y in (60.0, tall / 3, 2 * tall / 3, tall - 60)], diameter=6.6))
    piece.buy("ISO 7380-2 M6 × 45", "Vis à tête bombée M6 × 45", 8, mass_g=12)
    piece.buy("ISO 10511 M6", "Écrou frein M6", 8, mass_g=3)
    knuckles = tuple(
        (x, length + GAP / 2, z) for x in (0.0, width) for z in (h.bottom + 0.2 * tall, h.bottom + 0.8 * tall)
    )
    piece.join(Joint("hinge", wall.code, jamb.code, 0.0, knuckles))
    piece.buy(
        "Charnière piano 32 mm",
        "Charnière piano, coupée à la hauteur des murs",
        round(2 * tall / 1000, 2),
        unit="m",
        mass_g=400,
    )
    piece.buy("DIN 7997 3,5 × 16", "Vis à bois à tête fraisée 3,5 × 16", 2 * 2 * int(tall / 60) + 24, mass_g=1)
    piece.buy("Serrure batteuse Ø 19, came de 45 mm", "Serrure à came, deux clés", 1, mass_g=60)
    piece.buy("Verrou à ressort 60 mm", "Verrou à ressort, du mur sans serrure au plafond", 1, mass_g=40)
    if v["felt"]:
        _felt(piece, wall, fronts, tall)


def _felt(piece: Piece, wall: Panel, fronts: list[Panel], tall: float) -> None:
    """A groove all round each felt, on the inner faces: above the foot, below the bracket."""
    t = piece.sheet.thickness
    low = 3 * t + 24
    area = length = 0.0
    for panel, count, x0, x1 in (
        (wall, 2, t + 26, panel_width(wall) - 28),
        (fronts[0], 1, 92, panel_width(fronts[0]) - 26),
        (fronts[1], 1, 26, panel_width(fronts[1]) - 92),
    ):
        size = (x1 - x0, tall - 2 * low)
        panel.ring((x0 + x1) / 2, tall / 2, *size, GROOVE[0], GROOVE[1], 25)
        # Cut 12 mm larger all round: it turns down into the groove.
        area += count * (size[0] + 24) * (size[1] + 24) * 1e-6
        length += count * 2 * (size[0] + size[1]) / 1000
    piece.buy(
        "Feutre de laine 4 mm, EN 13501-1 B-s1",
        "Feutre de laine 4 mm, chutes comprises",
        round(1.15 * area, 1),
        unit="m²",
        mass_g=1400,
    )
    piece.buy(
        "Jonc de caoutchouc Ø 6", "Jonc qui serre le feutre dans sa rainure", round(length, 1), unit="m", mass_g=35
    )


def casters(piece: Piece, board: Panel, h: Heights, spots: list[Point], turns: list[int] | None = None) -> None:
    """A plate below the board above each caster; four bolts go through all three."""
    diameter = float(piece.values["caster"])
    places = [
        oriented((x - i * PAD[0] / 2 + j * PAD[1] / 2, y - j * PAD[0] / 2 - i * PAD[1] / 2, h.plate), (i, j, 0), (0, 0, 1))
        for (x, y), quarter in zip(spots, turns or [0] * len(spots), strict=True)
        for i, j in [((1, 0), (0, 1), (-1, 0), (0, -1))[quarter % 4]]
    ]  # fmt: skip
    pad = next((p for p in piece.panels if p.name == "platine"), None)
    if pad is None:
        pad = piece.board("platine", *PAD, radius=12, grain=Grain.FREE, finish=Finish.BOTH)
    pad.at = (*pad.at, *places)
    piece.buy("ISO 7089 M8", "Rondelle plate M8", 8 * len(spots), mass_g=2)
    holes = [(PAD[0] / 2 + i * PLATE[0] / 2, PAD[1] / 2 + j * PLATE[1] / 2) for i in (-1, 1) for j in (-1, 1)]
    piece.join(bolted(pad, board, at=holes))
    piece.buy(
        f"Roulette pivotante à frein Ø {diameter:g}, platine 100 × 80",
        f"Roulette pivotante à frein Ø {diameter:g} mm", len(spots), mass_g=6.5 * diameter,
    )  # fmt: skip
    piece.buy("ISO 4017 M8 × 55", "Vis à tête hexagonale M8 × 55", 4 * len(spots), mass_g=29)
    piece.buy("ISO 10511 M8", "Écrou frein M8", 4 * len(spots), mass_g=6)
    piece.fittings += caster(diameter, h.plate, spots)


def panel_width(panel: Panel) -> float:
    return panel.edge_length("bottom")
