# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A flat part becomes a solid again: what ``fabrication.flatten`` took apart, and exactly that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from designs.prism import prism
from fabrication.loops import TOLERANCE
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.scripted.errors import Fault, ScriptGeometryError
from fabrication.scripted.flat_data import CHORD, polygon

if TYPE_CHECKING:
    import cadquery as cq

#: A cutter stands out of its face by so much (mm), so that no face of it lies in the part's.
_PROUD = 1.0
#: Corners of all cuts in one piece that need a boolean: the kernel's time grows faster than they do.
MAX_BOOLEAN_CORNERS = 2000
#: Pockets in one another.
MAX_STEPS = 6
#: Of the volume: the same as ``fabrication.flatten`` holds itself to.
_VOLUME_TOLERANCE = 1e-6


def rebuilt(part: FlatPart, room: list[int], volume: float | None = None) -> cq.Solid:
    """From z = 0 to the thickness (mm). ``volume`` (mm³) is that of the solid that was taken apart, where it is known; ``room``
    is how many corners may still be cut with booleans in this piece (``MAX_BOOLEAN_CORNERS`` to begin with).

    Raises ScriptGeometryError if the cuts make no single solid, or one of another volume.
    """
    through = [cut for cut in part.operations if cut.work is not Work.CUT_OUTSIDE and _is_through(part, cut)]
    blind = [cut for cut in part.operations if cut.work is not Work.CUT_OUTSIDE and not _is_through(part, cut)]
    if _apart(part, through, blind):
        recesses = [(cut.contour, cut.depth, cut.islands) for cut in blind]
        return prism(part.outline, [cut.contour for cut in through], recesses, part.thickness)
    room[0] -= sum(len(contour.vertices) for cut in (*through, *blind) for contour in (cut.contour, *cut.islands))
    if room[0] < 0:
        _refuse(
            part,
            "too many cuts that meet or lie in both faces",
            "trop d’usinages se recoupent ou sont faits dans les deux faces",
        )
    _require_steps(part, [*through, *blind])
    solid = _cut(part, through, blind)
    if volume is not None and abs(solid.Volume() - volume) > _VOLUME_TOLERANCE * abs(volume):
        _refuse(part, f"its cuts leave {solid.Volume():.6g} mm³ of {volume:.6g} mm³")
    return solid


def _is_through(part: FlatPart, cut: Operation) -> bool:
    return cut.depth >= part.thickness - TOLERANCE


def _apart(part: FlatPart, through: Sequence[Operation], blind: Sequence[Operation]) -> bool:
    """Whether all recesses are of the top face, and no cut meets another or the outline: then no boolean is needed."""
    from shapely import Polygon, STRtree

    if any(cut.face is not Face.TOP for cut in blind):
        return False
    body = polygon(part.outline)
    cuts = [polygon(cut.contour) for cut in through]
    cuts += [Polygon(cut.contour.points(CHORD), [island.points(CHORD) for island in cut.islands]) for cut in blind]
    tree = STRtree(cuts)
    return all(
        cut.is_valid and body.contains_properly(cut) and len(tree.query(cut, predicate="intersects")) == 1
        for cut in cuts
    )


def _require_steps(part: FlatPart, cuts: Sequence[Operation]) -> None:
    """Cuts of a solid lie in each other or beside each other. Others are nobody's drawing, and take the kernel minutes."""
    from shapely import STRtree

    shapes = [polygon(cut.contour) for cut in cuts]
    tree = STRtree(shapes)
    for index, (cut, shape) in enumerate(zip(cuts, shapes, strict=True)):
        around = 0
        for other in tree.query(shape, predicate="intersects"):
            its = cuts[other]
            if other == index:
                continue
            common = shape.intersection(shapes[other]).area
            slack = CHORD * (shape.length + shapes[other].length) / 2
            if common <= slack:
                continue
            opposed = its.face is not cut.face and not _is_through(part, its) and not _is_through(part, cut)
            if opposed and cut.depth + its.depth < part.thickness - TOLERANCE:
                continue
            if opposed or common < min(shape.area, shapes[other].area) - slack:
                _refuse(part, "cuts overlap", "deux usinages se recoupent")
            around += shapes[other].area >= shape.area
            if around > MAX_STEPS:
                _refuse(part, "too many cuts in each other", "trop d’usinages sont les uns dans les autres")


def _cut(part: FlatPart, through: Sequence[Operation], blind: Sequence[Operation]) -> cq.Solid:
    """By booleans: slow, and right for pockets that lie in each other, open at the edge, or in both faces."""
    import cadquery as cq

    body = prism(part.outline, [], [], part.thickness)
    cutters = []
    for cut in (*through, *blind):
        height = (part.thickness if _is_through(part, cut) else cut.depth) + _PROUD
        cutter = prism(cut.contour, cut.islands, [], height + (_PROUD if _is_through(part, cut) else 0.0))
        base = part.thickness - cut.depth if cut.face is Face.TOP and not _is_through(part, cut) else -_PROUD
        cutters.append(cutter.moved(cq.Location(cq.Vector(0, 0, base))))
    try:
        found = body.cut(*cutters).clean().Solids()
    except Exception as error:  # the kernel's own, of every kind
        _refuse(part, f"its cuts can't be made: {error}")
    if len(found) != 1:
        _refuse(part, f"its cuts leave {len(found)} pieces")
    return found[0]


def _refuse(
    part: FlatPart, english: str, french: str = "ses usinages ne redonnent pas une pièce d’un seul tenant"
) -> NoReturn:
    raise ScriptGeometryError(
        [
            Fault(
                "geometry",
                f"{part.code} « {part.name} » : {french}.",
                f"{part.code} {part.name!r}: {english}",
                part=part.code,
            )
        ]
    )
