# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The joints of the family, each as a small piece of its own, pulled apart so that one sees what goes where."""

from __future__ import annotations

from collections.abc import Callable

import cadquery as cq
import numpy as np
from PIL import Image

from designs.furniture import Furniture
from designs.joinery import barrel_nut, bolted, cross_lap, dado, finger, through_tenon, wedged_tenon
from designs.panel import Panel
from designs.piece import Piece
from designs.placing import facing_front, facing_right, lying
from designs.sheet import Sheet
from fabrication.pictures.render import View, render
from fabrication.pictures.scene import furniture_things, placed, studio

T, C = 18.0, 0.2
APART = 45.0  # how far a joint's parts are pulled from each other in its picture


def _wall_on_base(join: Callable[[Piece, Panel, Panel], None]) -> Furniture:
    """A board over the base that it goes into."""
    piece = Piece("joint", {}, Sheet(T, T, C))
    base = piece.board("base", 260, 140, lying(-30, -70, -T), radius=12)
    wall = piece.board("wall", 200, 110, facing_front(0, T / 2, 0), radius=(0, 0, 12, 12))
    join(piece, wall, base)
    for panel in piece.panels[1:]:
        panel.at = tuple(_above(place) for place in panel.at)
    return piece.furniture()


def _above(place: cq.Location) -> cq.Location:
    return cq.Location(cq.Vector(0, 0, APART)) * place


def _wedged() -> Furniture:
    """Seen from the side that the tenon comes out of."""
    piece = Piece("joint", {}, Sheet(T, T, C))
    rail = piece.board("rail", 200, 110, facing_front(0, T / 2, 0), radius=(12, 12, 0, 0))
    top = piece.board("top", 260, 140, lying(-30, -70, 110), radius=12)
    piece.join(*wedged_tenon(rail, "top", top, piece.wedge(), width=60, at=[100], clearance=C))
    return piece.furniture()


def _finger() -> Furniture:
    piece = Piece("joint", {}, Sheet(T, T, C))
    front = piece.board("front", 160 - T, 120, facing_front(T, T, 0))
    side = piece.board("side", 160, 120, facing_right(0, 0, 0))
    piece.join(finger(front, "left", side, "left", count=3, clearance=C))
    front.at = (facing_front(T + APART, T, 0),)
    return piece.furniture()


def _cross_lap() -> Furniture:
    piece = Piece("joint", {}, Sheet(T, T, C))
    long = piece.board("long", 260, 90, facing_front(-130, T / 2, 0), radius=(6, 6, 6, 6))
    short = piece.board("short", 200, 90, facing_right(-T / 2, -100, 0), radius=(6, 6, 6, 6))
    piece.join(cross_lap(long, "top", short, "bottom", clearance=C))
    short.at = (facing_right(-T / 2, -100, 70),)
    return piece.furniture()


def _bolted() -> Furniture:
    piece = Piece("joint", {}, Sheet(T, T, C))
    base = piece.board("base", 220, 140, lying(0, 0, 0), radius=12)
    pad = piece.board("pad", 110, 90, lying(55, 25, T), radius=12)
    piece.join(bolted(pad, base, at=[(15, 15), (95, 15), (95, 75), (15, 75)]))
    pad.at = (lying(55, 25, T + APART),)
    return piece.furniture()


JOINT_PICTURES: dict[str, Callable[[], Furniture]] = {
    "joint-through-tenon": lambda: _wall_on_base(
        lambda p, wall, base: p.join(through_tenon(wall, "bottom", base, count=2, width=44, clearance=C))
    ),
    "joint-wedged-tenon": _wedged,
    "joint-dado": lambda: _wall_on_base(
        lambda p, wall, base: p.join(dado(wall, "bottom", base, depth=6, shoulder=20, clearance=C))
    ),
    "joint-barrel-nut": lambda: _wall_on_base(
        lambda p, wall, base: p.join(barrel_nut(wall, "bottom", base, at=[60, 140], clearance=C))
    ),
    "joint-finger": _finger,
    "joint-cross-lap": _cross_lap,
    "joint-bolted": _bolted,
}


def draw(name: str) -> Image.Image:
    """The picture of one joint, 480 × 360 pixels."""
    things = furniture_things(JOINT_PICTURES[name]())
    seen = np.concatenate([thing.triangles.reshape(-1, 3) for thing in things])
    low = float(seen[:, 2].min())
    room = [thing.moved(placed(z=low - 20)) for thing in studio((214, 217, 214), (226, 226, 222), 1500.0, 32)]
    return render([*things, *room], seen, View(32, 24, 0.09), 480, 360, fine=3, rounds=4)
