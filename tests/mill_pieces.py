# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece with slots that are tighter than the mill for all the rest, and machines that have several mills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designs.contour import Contour
from designs.design import Design
from designs.furniture import Furniture, Grain, Part
from designs.joinery import through_tenon
from designs.parameters import Kind, Parameter
from designs.piece import Piece
from designs.placing import facing_right, lying
from designs.sheet import Sheet
from fablabs.machine import MachineFile, parse_machine


class Rack(Design):
    """A shelf on two cheeks by tenons, with two slots for panes of 6 mm. ``groove``: a recess of 3.5 mm besides; ``fitted``: holes
    of 5 and 12 mm and a figure.
    ``window``: a wide opening with a slit of 5 mm out of it, in which a small part can lie; ``feet`` are such parts. In a
    thin sheet the tenons stand proud, so that a wide mill gets into their corners."""

    identifier = "casier"
    title = "Casier d’essai"
    summary = "Une tablette, ses deux joues et des fentes étroites."
    story = "Pour les essais."
    credit = "dessin original"
    thickness_range = (5.0, 21.6)
    parameters = (
        Parameter("groove", Kind.FLAG, False, "Rainure", "Une rainure étroite.", 0, 1, 1),
        Parameter("fitted", Kind.FLAG, False, "Perçages", "Des trous et un chiffre gravé.", 0, 1, 1),
        Parameter("window", Kind.FLAG, False, "Fenêtre", "Une fenêtre et sa fente.", 0, 1, 1),
        Parameter("feet", Kind.COUNT, 0, "Patins", "Combien.", 0, 4, 1),
    )

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        piece = Piece(self.identifier, values, sheet)
        t, width, depth, rise = sheet.thickness, 420.0, 200.0, 180.0
        cheek = piece.board("joue", depth, rise, facing_right(40, 0, 0), facing_right(width - 40 - t, 0, 0), radius=6)
        shelf = piece.board("tablette", width, depth, lying(0, 0, rise), radius=12)
        proud = 10.0 if t < 12 else 0.0
        tenons = through_tenon(cheek, "top", shelf, at=[60, 140], width=40, clearance=sheet.clearance, proud=proud)
        piece.join(tenons)
        shelf.slot(width / 2, 20, 120, 6.2)
        shelf.slot(width / 2, 180, 120, 6.2)
        cheek.rounded_slot(depth / 2, 60, 90, 26)
        shelf.groove(80, 100, 30, 12, t / 2)
        if values["groove"]:
            shelf.groove(width - 80, 100, 60, 3.5, t / 2, 90)
        if values["fitted"]:
            shelf.hole(20, 100, 5)
            shelf.hole(width - 20, 100, 12)
            shelf.engrave("7", width / 2, 100, 30)
        if values["window"]:
            x, y = 120.0, 45.0
            corners = [(x, y), (x + 180, y), (x + 180, y + 50), (x + 205, y + 50), (x + 205, y + 55), (x + 180, y + 55)]
            shelf.opening(Contour.of([*corners, (x + 180, y + 110), (x, y + 110)]))
        if values["feet"]:
            places = [lying(500, 70 * k, 0) for k in range(values["feet"])]
            piece.board("patin", 60, 40, *places, radius=5)
        return piece.furniture()


def mill(diameter: float, number: int, feed: float, depth: float, known: bool = True) -> str:
    """A table of a machine file; without its feeds if they are not ``known``."""
    feeds = f"feed_mm_min = {feed}\nplunge_mm_min = {feed / 3:.0f}\nspindle_rpm = 18000\npass_depth_mm = {depth}\n"
    name = f"fraise {diameter:g} mm".replace(".", ",")
    own = feeds if known else ""
    return f'[[machine.tools]]\nname = "{name}"\ndiameter_mm = {diameter}\nnumber = {number}\n{own}'


#: A drill and a V-bit, as further tools.
DRILL_AND_BIT = """
[[machine.tools]]
name = "foret 5 mm"
diameter_mm = 5.0
kind = "drill"
number = 21
plunge_mm_min = 600
spindle_rpm = 6000
pass_depth_mm = 9
[[machine.tools]]
name = "fraise en V"
diameter_mm = 12.0
kind = "v-bit"
number = 22
feed_mm_min = 2000
plunge_mm_min = 600
spindle_rpm = 18000
pass_depth_mm = 3
"""

#: Feeds (mm/min) and passes (mm) of mills in plywood, by diameter (mm).
MILLS = {8.0: (4500.0, 8.0), 6.0: (3600.0, 6.0), 4.0: (2400.0, 4.0), 3.0: (1500.0, 3.0)}


class Board(Design):
    """A board worked on both faces: a lap of 6.2 mm that opens at the edge, a groove of 5 mm within a recess, another
    on the underside beside a wide one, an opening of 5 mm through a wide recess."""

    identifier = "planche"
    title = "Planche d’essai"
    summary = "Des poches serrées dans des poches larges."
    story = "Pour les essais."
    credit = "dessin original"
    parameters: tuple[Parameter, ...] = ()

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        import cadquery as cq

        t = sheet.thickness
        body = cq.Workplane("XY").rect(380, 260).extrude(t).edges("|Z").fillet(8)
        for w, h, x, y, depth in (
            (6.2, 120, 50, -100, t / 2), (90, 50, -100, 60, 5), (70, 5, -100, 60, 10), (90, 50, -100, -60, 6),
            (60, 5, -100, -60, t + 1),
        ):  # fmt: skip
            body = body.cut(cq.Workplane("XY").center(x, y).rect(w, h).extrude(t + 5).translate((0, 0, t - depth)))
        for w, h, x, y in ((60, 5, 100, 80), (60, 30, 100, 50)):
            body = body.cut(cq.Workplane("XY").center(x, y).rect(w, h).extrude(6))
        (solid,) = body.val().Solids()
        return Furniture(
            self.identifier, values, sheet, (Part("P01", "planche", solid, (cq.Location((0, 0, 0)),), Grain.FREE),)
        )


def machine(
    *diameters: float, thickness: float = 18.0, unknown: float = 0.0, others: str = "", **keys: Any
) -> MachineFile:
    """A LinuxCNC router with these mills, numbered in this order; of one the feeds are ``unknown``. ``others`` are
    tables of further tools."""
    tools = "".join(mill(d, n, *MILLS[d], known=d != unknown) for n, d in enumerate(diameters, 1)) + others
    settings = {"controller": "linuxcnc", "zero": "sheet-top", "travel_height_mm": 15.0, "accel_mm_s2": 500.0} | keys
    lines = "\n".join(f"{key} = {value!r}" for key, value in settings.items() if value is not None)
    return parse_machine(
        f"""
[machine]
name = "Routeur d’essai"
process = "cnc-router"
bed_mm = [1300, 1300]
max_thickness_mm = 30
spacing_mm = 10
margin_mm = 12
{lines}
{tools}
[stock]
material = "contreplaqué bouleau"
nominal_thickness_mm = {thickness}
measured_thickness_mm = {thickness}
sheet_mm = [800, 500]
grain = "none"
clearance_mm = 0.2
"""
    )
