# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""The maisonnette's rolling walls: two Ls on casters, hinged to jambs at the core's rear."""

from __future__ import annotations

from designs.casters import mounted_casters
from designs.furniture import Finish, Grain
from designs.joinery import barrel_nut, bolted, finger, hinge, hinge_screw, through_tenon
from designs.maisonnette_figures import BLUNT, FOOT, GAP, GROOVE, PLAY, SKIRT, Heights
from designs.panel import Corner, Panel
from designs.piece import Piece
from designs.placing import Turn, facing_right


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
        radius=(BLUNT, 8, 8, BLUNT), grain=Grain.ACROSS, finish=Finish.BOTH,
    )  # fmt: skip
    half = width / 2 - GAP / 2 - t
    fronts = []
    for side, turn in (("left", left), ("right", right)):
        x, corner = (width / 2 - GAP / 2, "right") if side == "left" else (width - t, "left")
        front = piece.board(
            "façade gauche" if side == "left" else "façade droite", half, tall,
            turn.place((x, 0, h.bottom), (-1, 0, 0), (0, 1, 0)),
            radius=(25, 0, 0, 8) if side == "left" else (0, 25, 8, 0), grain=Grain.ACROSS, finish=Finish.BOTH,
        )  # fmt: skip
        piece.join(finger(front, corner, wall, "left", count=7, clearance=c))
        free = 52.0 if side == "left" else half - 52.0
        grip = min(1000.0, h.wall - 160) - h.bottom
        front.rounded_slot(free, grip, 130, 36, 90)
        if side == v["side"]:
            front.hole(free - 16 if side == "left" else free + 16, grip - 110, 19.5)
        fronts.append(front)

    span = width / 2 - 4 - t
    swivel = float(v["caster"]) / 2 + 30
    spots = [(65.0, FOOT - 57), (span - swivel, 57.0)]  # casters, in the foot's frame
    nut = (65 + span - swivel) / 2  # half-way between their bolts
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
            *(
                barrel_nut(plate, "front", front, at=[nut if name == "pied" else span / 2], clearance=c)
                for front in fronts
            ),
        )
        if name == "pied":
            foot = plate
    on_floor = [turn.point(t + x if turn is left else width - t - x, t + y)
                for turn in (left, right) for x, y in spots]  # fmt: skip
    turns = [left.quarter] * 2 + [right.quarter] * 2
    mounted_casters(piece, foot, h.plate, on_floor, turns)

    jamb = piece.board(
        "montant", depth - length - GAP, tall,
        facing_right(PLAY, length + GAP, h.bottom), facing_right(width - PLAY - t, length + GAP, h.bottom),
        radius=(BLUNT, 25, 8, BLUNT), grain=Grain.ACROSS, finish=Finish.BOTH,
    )  # fmt: skip
    rear = jamb.edge_length("bottom") - 26
    piece.join(bolted(jamb, cheek, at=[(rear, y) for y in (60.0, tall / 3, 2 * tall / 3, tall - 60)], size=6))
    knuckles = [(x, length + GAP / 2, z) for x in (0.0, width) for z in (h.bottom + 0.2 * tall, h.bottom + 0.8 * tall)]
    piece.join(hinge(wall, jamb, at=knuckles))
    piece.buy(
        "Charnière piano 32 mm",
        "Charnière piano, coupée à la hauteur des murs",
        round(2 * tall / 1000, 2),
        unit="m",
        mass_g=400,
    )
    piece.buy(*hinge_screw(t), 2 * 2 * int(tall / 60) + 24, mass_g=1)
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


def panel_width(panel: Panel) -> float:
    return panel.edge_length("bottom")
