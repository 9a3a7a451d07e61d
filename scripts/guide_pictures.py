# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures of the designer's guide (docs/concevoir.md): its table as it grows, and what a board may have cut into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import cadquery as cq
import numpy as np
from PIL import Image

from designs.contour import Contour
from designs.furniture import Furniture
from designs.joinery import screwed
from designs.piece import Piece
from designs.placing import facing_front, lying
from designs.sheet import Sheet
from designs.templates import template
from fabrication.pictures.render import View, render
from fabrication.pictures.scene import box_of, furniture_things, placed, studio

#: Where the guide's script turns from boards to joints.
JOINTS_BEGIN = "    # Les assemblages"
#: Wall and floor.
_ROOM = ((150, 158, 146), (190, 192, 182))


def table(source: str | None = None, **given: Any) -> Furniture:
    """The guide's table, of its whole script or of the first part of it."""
    folder = template("table")
    values: Mapping[str, Any] = {p.name: p.default for p in folder.content.parsed.parameters} | given
    names: dict[str, Any] = {}
    exec(compile(source or folder.content.sources["table.py"], "table.py", "exec"), names)
    piece: Piece = names["draw"](values, Sheet())
    return piece.furniture()


def boards() -> Furniture:
    """Before anything joins them."""
    source = template("table").content.sources["table.py"]
    return table(source.partition(JOINTS_BEGIN)[0] + "    return piece\n")


def pulled_apart() -> Furniture:
    """Each part pulled back along the way that it came."""
    whole = table()
    ways = {"plateau": (0, 0, 190), "traverse": (0, 0, 0)}
    middle = whole.parameters["width"] / 2

    def moved(name: str, place: cq.Location) -> cq.Location:
        x, _, _ = place.toTuple()[0]
        side = -1 if x < middle else 1
        way = ways.get(name) or ((side * 150, 0, 0) if name == "pied" else (side * 150, side * 120, 0))
        return cq.Location(cq.Vector(*way)) * place

    parts = tuple(replace(p, placements=tuple(moved(p.name, at) for at in p.placements)) for p in whole.parts)
    return replace(whole, parts=parts)


def cuts() -> Furniture:
    """One board with everything that Panel cuts, as the guide names it."""
    piece = Piece("cuts", {}, Sheet())
    board = piece.board("planche", 560, 300, facing_front(0, 0, 0), radius=20)
    board.hole(60, 235, 40)
    board.rounded_slot(180, 235, 120, 34)
    board.window(320, 225, 90, 70, 14)
    board.u_notch("top", 135, 34, 60)
    board.notch("right", 90, 18.2, 70)
    board.scoop("bottom", 280, 200, 30)
    board.groove(195, 160, 130, 18.2, 6)
    board.pocket(Contour.circle(70, 155, 24), 8)
    board.ring(320, 130, 100, 70, 8, 6, 14)
    board.tab("left", 150, 60, 40)
    board.engrave("TABLE", 160, 80, 34, stroke=3)
    return piece.furniture()


def screws() -> Furniture:
    """A shelf that is screwed to a board from outside."""
    piece = Piece("joint", {}, Sheet())
    board = piece.board("board", 260, 140, facing_front(-30, 0, 0), radius=12)
    shelf = piece.board("shelf", 200, 150, lying(0, 0, 60), radius=(0, 0, 12, 12))
    piece.join(screwed(shelf, "bottom", board, at=[50, 150]))
    shelf.at = (lying(0, 45, 60),)
    return piece.furniture()


#: Name → (what, from where, width and height in pixels).
GUIDE_PICTURES: dict[str, tuple[Callable[[], Furniture], View, tuple[int, int]]] = {
    "guide-table": (table, View(32, 20, 0.07), (960, 640)),
    "guide-table-boards": (boards, View(32, 20, 0.07), (720, 480)),
    "guide-table-apart": (pulled_apart, View(32, 20, 0.06), (720, 540)),
    "guide-table-low": (lambda: table(width=860.0, depth=640.0, height=400.0, seat=False, cable=False), View(32, 20, 0.1), (720, 480)),
    "guide-cuts": (cuts, View(14, 12, 0.06), (720, 420)),
    "joint-screwed": (screws, View(32, 24, 0.09), (480, 360)),
}  # fmt: skip


def draw_guide(name: str) -> Image.Image:
    make, view, (width, height) = GUIDE_PICTURES[name]
    things = furniture_things(make())
    box = box_of(things)
    middle, seen = box.mean(0), np.concatenate([thing.triangles.reshape(-1, 3) for thing in things])
    room = [thing.moved(placed(middle[0], middle[1], box[0][2])) for thing in studio(*_ROOM, 1500.0, view.azimuth)]
    return render([*things, *room], seen, view, width, height, rounds=2)
