# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The grammar of layers: side, operation, position of the tool, depth; a colour repeats the operation.

``TOP-CUT-OUTSIDE-17.6MM``, ``TOP-DRILL-5.0MM-17.6MM`` (diameter, then depth), ``TOP-ENGRAVE``,
``SHEET``… Figures have one decimal, or two where one would round them (17.65). What another mill than the main one
cuts has ``-MILL3.0`` after it, that mill's diameter in three figures at most (3.17, 12.7). DXF R12 takes no
dot in a layer's name: ``17_6MM``. A workshop's own table (fabrication/layer_table.py) puts other names
and colours in their place. The whole table is in docs/package.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fablabs.machine import DxfVersion
from fabrication.plan import Face, FlatPart, Operation, Work


@dataclass(frozen=True)
class Colour:
    """One colour, as DXF's index (1…255) and as red, green, blue (0…255). ``exact``: a DXF says the second
    too, since the index may only be near it."""

    aci: int
    rgb: tuple[int, int, int]
    exact: bool = False

    @property
    def hex(self) -> str:
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)


@dataclass(frozen=True)
class Layer:
    """A layer's name, with dots, and its colour. Of a layer that is cut: what, from which face, how deep, how
    wide a hole, with which other mill than the main one (mm; None where the grammar's name has none)."""

    name: str
    colour: Colour
    work: Work | None = None
    face: Face = Face.TOP
    depth: float | None = None
    diameter: float | None = None
    mill: float | None = None

    @property
    def suffix(self) -> str:
        """What a name has at its end, a workshop's own too, where the main mill does not cut it."""
        return f"-MILL{mill_figure(self.mill)}" if self.mill else ""

    def named_for(self, version: DxfVersion) -> str:
        return self.name.replace(".", "_") if version is DxfVersion.R12 else self.name


#: Six pure colours and two greys: programs that map colours to operations know these indices.
COLOURS = {
    Work.CUT_OUTSIDE: Colour(1, (255, 0, 0)),
    Work.CUT_INSIDE: Colour(6, (255, 0, 255)),
    Work.POCKET: Colour(5, (0, 0, 255)),
    Work.DRILL: Colour(3, (0, 160, 0)),
    Work.ENGRAVE: Colour(4, (0, 160, 160)),
}
SHEET = Layer("SHEET", Colour(8, (128, 128, 128)))
LABEL = Layer("LABEL", Colour(2, (150, 120, 0)))
SCALE = Layer("SCALE", Colour(9, (160, 160, 160)))
DONOTCUT = Layer("DONOTCUT", Colour(9, (160, 160, 160)))

#: Inner work comes before the outline frees the part.
CUTTING_ORDER = (Work.ENGRAVE, Work.POCKET, Work.DRILL, Work.CUT_INSIDE, Work.CUT_OUTSIDE)


def figure(value: float) -> str:
    """Millimetres to 0.01, with one decimal at least: 18.0, 17.6, 17.65."""
    text = f"{value:.2f}"
    return text[:-1] if text.endswith("0") else text


def mill_figure(diameter: float) -> str:
    """Three figures at most, so that names stay short: 3.0, 3.17, 12.7."""
    text = f"{diameter:.3g}"
    return text if "." in text else f"{text}.0"


def is_through(part: FlatPart, operation: Operation) -> bool:
    """Does the operation go through the whole part?"""
    return operation.work in (Work.CUT_OUTSIDE, Work.CUT_INSIDE) or operation.depth > part.thickness - 1e-6


def side(part: FlatPart, operation: Operation, mirrored: bool = False) -> Face:
    """The face that lies up when the operation is cut. What goes through is always cut from above."""
    if is_through(part, operation):
        return Face.TOP
    if not mirrored:
        return operation.face
    return Face.BOTTOM if operation.face is Face.TOP else Face.TOP


def layer_of(part: FlatPart, operation: Operation, mirrored: bool = False) -> Layer:
    """The layer of an operation of a part that lies on its bottom face, or ``mirrored``: turned over."""
    face = side(part, operation, mirrored)
    words = [face.value.upper(), operation.work.value.upper()]
    depth = diameter = None
    if operation.work is Work.DRILL:
        left, _, right, _ = operation.contour.bounds
        # As the name says it: holes that differ by the kernel's rounding are of one layer.
        diameter = float(figure(right - left))
        words.append(f"{figure(diameter)}MM")
    if operation.work is not Work.ENGRAVE:
        depth = float(figure(operation.depth))
        words.append(f"{figure(depth)}MM")
    layer = Layer(
        "-".join(words), COLOURS[operation.work], operation.work, face, depth, diameter, operation.mill_diameter
    )
    return replace(layer, name=layer.name + layer.suffix) if layer.suffix else layer


def faces_worked(part: FlatPart) -> set[Face]:
    """The faces that have work which does not go through; empty for a part of through cuts only."""
    return {o.face for o in part.operations if not is_through(part, o)}
