# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One stool that is right, and a wrong one for each check of fitness."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from designs.design import Design
from designs.furniture import Furniture, Joint, Step
from designs.hardware import rod
from designs.joinery import barrel_nut, cross_lap, stow, through_tenon
from designs.panel import Corner
from designs.parameters import Kind, Parameter
from designs.piece import Piece
from designs.placing import facing_front, facing_right, lying
from designs.sheet import Sheet
from designs.use import Folded, Knees, Lift, Load, Push, Use

SHEET = Sheet(18.0, 18.0, 0.2)
WIDTH, DEPTH, HEIGHT = 500.0, 360.0, 400.0
LEFT, RIGHT, DOWN, UP = (-1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 0.0, 1.0)

STEPS = (
    Step("Posez une joue", "", (("P01", 1),)),
    Step("Emboîtez la traverse", "", (("P03", 1),), LEFT),
    Step("Fermez de l’autre joue", "", (("P01", 2),), LEFT),
    Step("Posez l’assise", "", (("P02", 1),), DOWN),
)
USE = Use(
    floor=tuple((x, y, 0.0) for x in (60.0, WIDTH - 60) for y in (10.0, DEPTH - 10)),
    loads=(Load("P02", 60.0, WIDTH - 120, DEPTH),),
    pushes=(Push("bord de l’assise", (WIDTH / 2, 0.0, HEIGHT), 5.0),),
)


def drawn() -> Piece:
    """Two cheeks, a seat on them, a rail between them."""
    piece = Piece("tabouret", {}, SHEET)
    t, rise = SHEET.thickness, HEIGHT - SHEET.thickness
    cheek = piece.board("joue", DEPTH, rise, facing_right(50, 0, 0), facing_right(WIDTH - 50 - t, 0, 0), radius=8)
    cheek.corners = [*cheek.corners[:2], *(Corner(x, y) for x, y, _ in cheek.corners[2:])]
    seat = piece.board("assise", WIDTH, DEPTH, lying(0, 0, rise), radius=25)
    rail = piece.board("traverse", WIDTH - 100 - 2 * t, 120, facing_front(50 + t, DEPTH / 2 + t / 2, 150))
    piece.join(
        through_tenon(cheek, "top", seat, at=[80, DEPTH - 80], width=60, clearance=SHEET.clearance),
        barrel_nut(cheek, "top", seat, at=[DEPTH / 2], clearance=SHEET.clearance),
        *(through_tenon(rail, edge, cheek, width=36, clearance=SHEET.clearance) for edge in ("left", "right")),
    )
    piece.steps += STEPS
    piece.use = USE
    return piece


def good() -> Furniture:
    return drawn().furniture()


def clash() -> Furniture:
    """A shelf that runs into the rail."""
    piece = drawn()
    shelf = piece.board("étagère", 300, 200, lying(100, 80, 200), radius=10)
    piece.join(stow(shelf, piece.panels[2], at=[(200, DEPTH / 2, 200)]))
    piece.steps.append(Step("Posez l’étagère", "", ((shelf.code, 1),), DOWN))
    return piece.furniture()


def hardware_through_wood() -> Furniture:
    """A rod for which nobody made a hole."""
    piece = drawn()
    piece.fittings += rod("jonc", 10, 300, [(100, DEPTH / 2, 200)], along="x")
    return piece.furniture()


def loose_joint() -> Furniture:
    """Stated are 0.2 mm of play; the slots were cut for 0.5."""
    piece = drawn()
    piece.joints = [dataclasses.replace(j, clearance=0.5) if j.kind == "through-tenon" else j for j in piece.joints]
    return piece.furniture()


def missing_slot() -> Furniture:
    """A tenon is declared where the tab finds neither slot nor part."""
    piece = drawn()
    piece.joints.append(Joint("through-tenon", "P03", "P02", 0.2, ((WIDTH / 2, DEPTH / 2, 200.0),)))
    return piece.furniture()


def bolt_beside_its_hole() -> Furniture:
    piece = drawn()
    piece.joints = [
        dataclasses.replace(j, contacts=tuple((x, y + 3, z) for x, y, z in j.contacts)) if j.kind == "barrel-nut" else j
        for j in piece.joints
    ]
    return piece.furniture()


def floating() -> Furniture:
    """A board that nothing holds."""
    piece = drawn()
    board = piece.board("planche", 200, 100, lying(150, 20, 30), radius=10)
    piece.steps.append(Step("Posez la planche", "", ((board.code, 1),), (0.0, 1.0, 0.0)))
    return piece.furniture()


def locked_out() -> Furniture:
    """The rail comes last, between two cheeks that are there."""
    piece = drawn()
    first, rail, second, seat = STEPS
    piece.steps = [first, dataclasses.replace(seat, direction=DOWN), dataclasses.replace(second, direction=LEFT), rail]
    return piece.furniture()


def forgotten() -> Furniture:
    piece = drawn()
    piece.steps = piece.steps[:-1]
    return piece.furniture()


def tips_over() -> Furniture:
    """Its feet stand close together."""
    piece = drawn()
    piece.use = dataclasses.replace(USE, floor=tuple((x, y, 0.0) for x in (60.0, 440.0) for y in (150.0, 210.0)))
    return piece.furniture()


def leans_over() -> Furniture:
    """It stands by itself, and falls with somebody on its edge."""
    piece = drawn()
    piece.use = dataclasses.replace(USE, pushes=(Push("bord de l’assise", (WIDTH / 2, 0.0, HEIGHT), 200.0),),
                                    floor=tuple((x, y, 0.0) for x in (60.0, 440.0) for y in (60.0, 300.0)))  # fmt: skip
    return piece.furniture()


def bends() -> Furniture:
    piece = drawn()
    piece.use = dataclasses.replace(USE, loads=(Load("P02", 150.0, 1200.0, 100.0, lasting=True),))
    return piece.furniture()


def no_room_for_knees() -> Furniture:
    piece = drawn()
    piece.use = dataclasses.replace(USE, knees=(Knees((WIDTH / 2, 0.0, 0.0), (0.0, 1.0, 0.0), wheelchair=True),))
    return piece.furniture()


def sharp() -> Furniture:
    """The seat's corners stick out as they were sawn."""
    piece = drawn()
    piece.panels[1].corners = [Corner(x, y) for x, y, _ in piece.panels[1].corners]
    return piece.furniture()


def thin_web() -> Furniture:
    """Two holes with 3 mm of wood between them."""
    piece = drawn()
    for x in (230.0, 263.0):
        piece.panels[1].hole(x, 40, 30)
    return piece.furniture()


def thin_neck() -> Furniture:
    """A cut leaves 5 mm of the seat to hold its end."""
    piece = drawn()
    piece.panels[1].u_notch("bottom", WIDTH / 2, 30, DEPTH - 5)
    return piece.furniture()


def thin_finger() -> Furniture:
    """A strip of 4 mm stands between two notches."""
    piece = drawn()
    for x in (200.0, 226.0):
        piece.panels[1].u_notch("bottom", x, 22, 50, mouth=1.9)
    return piece.furniture()


def narrow_slot() -> Furniture:
    piece = drawn()
    piece.panels[1].rounded_slot(WIDTH / 2, 40, 60, 4)
    return piece.furniture()


def too_big_folded() -> Furniture:
    piece = drawn()
    piece.use = dataclasses.replace(USE, folded=(Folded("dans le coffre", {}, (600.0, 390.0, 380.0), any_side=True),))
    return piece.furniture()


def too_heavy() -> Furniture:
    piece = drawn()
    piece.use = dataclasses.replace(USE, lifts=(Lift("le tabouret lesté", ("P01", "P02"), 30.0),))
    return piece.furniture()


def unknown_use() -> Furniture:
    piece = drawn()
    piece.use = None
    return piece.furniture()


def half_lap(clearance: float = SHEET.clearance) -> Furniture:
    """Two boards that cross, as dividers do."""
    piece = Piece("croix", {}, SHEET)
    one = piece.board("longue", 300, 60, facing_front(0, 9, 0), radius=(0, 0, 6, 6))
    other = piece.board("courte", 200, 60, facing_right(141, -100, 0), radius=(0, 0, 6, 6))
    piece.join(cross_lap(one, "top", other, "bottom", clearance=clearance))
    piece.steps += [Step("Posez la longue", "", (("P01", 1),)), Step("Croisez la courte", "", (("P02", 1),), DOWN)]
    return piece.furniture()


class Wobbly(Design):
    """Falls over below a depth of 200 mm, and has no constraint that says so."""

    identifier, title, summary, story, credit = "wobbly", "Tabouret bancal", "Il tombe.", "Il tombe.", "d’après rien"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("spread", Kind.LENGTH, 300.0, "Écart des pieds", "Du devant au dos.", 60, 330, 10),
        Parameter("text", Kind.TEXT, "", "Texte", "Rien.", max_length=4),
    )

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        half = values["spread"] / 2
        floor = tuple((x, DEPTH / 2 + y, 0.0) for x in (60.0, 440.0) for y in (-half, half))
        return dataclasses.replace(good(), parameters=dict(values), use=dataclasses.replace(USE, floor=floor))


#: Check → wrong pieces that it must find, by name.
BAD: dict[str, tuple[Callable[[], Furniture], ...]] = {
    "clash": (clash, hardware_through_wood),
    "joints": (loose_joint, missing_slot, bolt_beside_its_hole),
    "floating": (floating,),
    "insertion": (locked_out, forgotten),
    "tip-over": (tips_over, leans_over, unknown_use),
    "deflection": (bends,),
    "knees": (no_room_for_knees,),
    "corners": (sharp,),
    "web": (thin_web,),
    "neck": (thin_neck, thin_finger),
    "slot": (narrow_slot,),
    "folded size": (too_big_folded,),
    "hands": (too_heavy,),
}
