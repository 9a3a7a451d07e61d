# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A solid becomes a flat part: outline, through cuts, pockets, drilled holes, engravings, told from its faces.

How it is told. Look along the sheet's normal. In a part that is cut from both faces, every line of sight
meets material once: the faces that look up, seen from above, lie side by side and cover the part, and so do
those that look down. So an up face below the top is a recess of the TOP face, a down face above the
bottom one of the BOTTOM face, and the outer boundary of all up faces together is the outline with its
through cuts. If that boundary has more than one outer loop, up faces lie above each other: an undercut.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
from typing import TYPE_CHECKING, Any

from designs.contour import Contour, Segment
from designs.furniture import Part
from fabrication.faces import (
    ANGULAR_TOLERANCE,
    LevelFace,
    Refusal,
    faces_of,
    plane_normal,
    read_level_faces,
)
from fabrication.loops import TOLERANCE, Loop, PinchedError, as_contour, canonical, outer_boundary, reverse, signed_area
from fabrication.plan import DRILL_MAX_DIAMETER, ENGRAVE_MAX_DEPTH, Face, FlatPart, Operation, Work
from fabrication.solids import one_solid

if TYPE_CHECKING:
    from OCP.gp import gp_Trsf
    from OCP.TopoDS import TopoDS_Shape

#: A recess shallower than this (mm) is a fault of the drawing, not something to cut.
SHALLOWEST = 0.05
#: The volume of the recognised operations agrees with the solid's this well, or the part is refused.
VOLUME_TOLERANCE = 1e-6

#: A sheet's normal this near to Z (radians) needs no turning: less than the noise of the kernel's own sums.
_EXACTLY_UPRIGHT = 1e-12

Direction = tuple[float, float, float]

_ORDER = (Work.ENGRAVE, Work.DRILL, Work.POCKET, Work.CUT_INSIDE, Work.CUT_OUTSIDE)


def flatten(shape: Any, code: str = "P01", name: str = "") -> FlatPart:
    """The flat part that a solid is; ``shape`` is a CadQuery shape or OpenCASCADE's own (mm).

    A part whose two big faces are normal to Z (within 1e-5 rad) keeps its X and Y, and TOP is its +Z face. Any other gets
    a frame of its own: the sheet's normal becomes Z with the more deeply worked face on TOP, X runs along
    the longest straight edge of the outline, the outline's lower left corner is the origin.

    A full circle up to ``DRILL_MAX_DIAMETER`` is a DRILL, a blind recess up to ``ENGRAVE_MAX_DEPTH`` an
    ENGRAVE (also a round one), every other blind recess a POCKET. A pocket covers what is cut deeper
    inside it, so that no wall is left between the steps of a stepped pocket.

    Raises NotFlatError, which names the part, the face (counted from 1 in the kernel's order) and the reason.
    """
    return located(shape, code, name)[0]


def located(shape: Any, code: str = "P01", name: str = "") -> tuple[FlatPart, gp_Trsf]:
    """``flatten``, and how the flat part, lying on z = 0, goes to where the solid is. Raises NotFlatError."""
    from OCP.gp import gp_Trsf, gp_Vec
    from OCP.TopLoc import TopLoc_Location

    refuse = Refusal(code, name)
    solid = one_solid(shape, refuse)
    normal = _sheet_normal(solid, refuse)
    tilt = math.hypot(normal[0], normal[1])
    turn = gp_Trsf()
    if tilt > _EXACTLY_UPRIGHT:
        turn = _turn_to_z(normal)
        solid = solid.Moved(TopLoc_Location(turn))
    part = _recognise(solid, code, name, refuse)
    down = gp_Trsf()
    down.SetTranslation(gp_Vec(0, 0, -_lowest(solid)))
    turn.PreMultiply(down)
    if tilt > ANGULAR_TOLERANCE:
        part, own = _in_own_frame(part)
        turn.PreMultiply(own)
    return part, turn.Inverted()


def flatten_part(part: Part) -> FlatPart:
    """A design's part, in the frame that the design gave it, with its quantity, grain and finish."""
    refuse = Refusal(part.code, part.name)
    flat = _recognise(one_solid(part.solid, refuse), part.code, part.name, refuse)
    return dataclasses.replace(flat, quantity=part.quantity, grain=part.grain, finish=part.finish)


def _sheet_normal(solid: TopoDS_Shape, refuse: Refusal) -> Direction:
    """The unit vector that has the most plane face area across it, upwards; near Z if it ties."""
    from OCP.BRepAdaptor import BRepAdaptor_Surface
    from OCP.BRepGProp import BRepGProp
    from OCP.GProp import GProp_GProps

    # Of each direction: the first normal that was met, the sum of all weighted by area, the area.
    found: list[tuple[Direction, Direction, float]] = [((0.0, 0.0, 1.0), (0.0, 0.0, 0.0), 0.0)]
    for face in faces_of(solid):
        normal = plane_normal(BRepAdaptor_Surface(face, False), face)
        if normal is None:
            continue
        properties = GProp_GProps()
        BRepGProp.SurfaceProperties_s(face, properties)
        (x, y, z), weight = (normal.X(), normal.Y(), normal.Z()), abs(properties.Mass())
        for index, ((a, b, c), (p, q, r), area) in enumerate(found):
            if math.hypot(y * c - z * b, z * a - x * c, x * b - y * a) <= ANGULAR_TOLERANCE:
                w = weight if x * a + y * b + z * c > 0 else -weight
                found[index] = ((a, b, c), (p + w * x, q + w * y, r + w * z), area + weight)
                break
        else:
            found.append(((x, y, z), (weight * x, weight * y, weight * z), weight))
    best = max(area for _, _, area in found)
    if best <= 0:
        refuse("it has no plane face", "elle n’a pas de face plane")
    x, y, z = next(total for _, total, area in found if area >= best * (1 - 1e-9))
    length = math.copysign(math.hypot(x, y, z), z or y or x)
    return x / length, y / length, z / length


def _turn_to_z(normal: Direction) -> gp_Trsf:
    """The smallest turn that brings ``normal`` to Z, so that a plate that lies almost flat keeps X and Y."""
    from OCP.gp import gp_Quaternion, gp_Trsf, gp_Vec

    turn = gp_Trsf()
    turn.SetRotation(gp_Quaternion(gp_Vec(*normal), gp_Vec(0, 0, 1)))
    return turn


def _lowest(solid: TopoDS_Shape) -> float:
    """Z of its lowest corner: a flat part's lower face has corners."""
    from OCP.BRep import BRep_Tool
    from OCP.TopAbs import TopAbs_ShapeEnum
    from OCP.TopExp import TopExp_Explorer
    from OCP.TopoDS import TopoDS

    explorer, lowest = TopExp_Explorer(solid, TopAbs_ShapeEnum.TopAbs_VERTEX), math.inf
    while explorer.More():
        lowest = min(lowest, BRep_Tool.Pnt_s(TopoDS.Vertex_s(explorer.Current())).Z())
        explorer.Next()
    return lowest


def _recognise(solid: TopoDS_Shape, code: str, name: str, refuse: Refusal) -> FlatPart:
    """The flat part of a solid that lies across Z, in its own X and Y."""
    faces = read_level_faces(solid, refuse)
    # Every other face stands upright, so level faces alone make up the volume (divergence theorem).
    volume = sum(f.level * f.measured * (1 if f.up else -1) for f in faces)
    if volume < 0:  # inside out: every face looks the other way
        faces = [dataclasses.replace(f, up=not f.up) for f in faces]
    up, down = [f for f in faces if f.up], [f for f in faces if not f.up]
    if not up or not down:
        refuse("it has no two parallel faces", "elle n’a pas deux faces parallèles")
    top, bottom = max(f.level for f in up), min(f.level for f in down)
    thickness = round(top - bottom, 9)
    outline, through = _boundary(up, down, refuse)
    operations = [Operation(Work.CUT_OUTSIDE, Face.TOP, thickness, canonical(outline))]
    for loop in through:
        contour = canonical(loop)
        work = Work.DRILL if _drillable(contour) else Work.CUT_INSIDE
        operations.append(Operation(work, Face.TOP, thickness, contour))
    for face in faces:
        depth = round(top - face.level if face.up else face.level - bottom, 9)
        if depth <= TOLERANCE:
            continue
        if depth < SHALLOWEST:
            refuse.face(
                face.number,
                f"lies {depth:.2g} mm below its neighbours: too little to be cut, too much to be flat",
                f"est à {depth:.2g} mm sous ses voisines : trop peu pour un usinage, trop pour être plate",
            )
        operations.append(_recess(face, depth))
    removed = sum(f.area * (top - f.level if f.up else f.level - bottom) for f in faces)
    voids = sum(abs(signed_area(loop)) for loop in through)
    rebuilt = (abs(signed_area(outline)) - voids) * thickness - removed
    if abs(rebuilt - abs(volume)) > VOLUME_TOLERANCE * abs(volume):
        volume = _volume(solid)
    if abs(rebuilt - abs(volume)) > VOLUME_TOLERANCE * abs(volume):
        refuse(
            f"the recognised cuts leave {rebuilt:.6g} mm³, the solid has {abs(volume):.6g} mm³",
            "les usinages reconnus ne redonnent pas le volume du solide",
        )
    operations.sort(key=_rank)
    return FlatPart(code, name, thickness, tuple(operations))


def _volume(solid: TopoDS_Shape) -> float:
    """Signed, mm³, by adaptive integration: slow, and right for B-spline edges too, where the quick areas are not."""
    from OCP.BRepGProp import BRepGProp
    from OCP.GProp import GProp_GProps

    properties = GProp_GProps()
    BRepGProp.VolumeProperties_s(solid, properties, 1e-8)
    return float(properties.Mass())


def _boundary(up: list[LevelFace], down: list[LevelFace], refuse: Refusal) -> tuple[Loop, list[Loop]]:
    """The outline and the through cuts."""
    side = min(up, down, key=len)
    if len(side) == 1:  # one face covers the part: nothing can lie above or under it twice
        return side[0].outer, [h.loop for h in side[0].holes]
    loops = [f.outer for f in side] + [reverse(h.loop) for f in side for h in f.holes]
    boundary: list[Loop] = []
    with contextlib.suppress(PinchedError):
        boundary = outer_boundary(loops)
    outer = [loop for loop in boundary if signed_area(loop) > 0]
    if len(outer) != 1:
        hidden = _hidden(side)
        if hidden is None:
            refuse(
                "some of its walls touch in a line only",
                "certaines de ses parois ne se touchent que par une ligne",
            )
        refuse.face(
            hidden,
            "lies under other material: an undercut or a closed cavity",
            "est cachée sous la matière : contre-dépouille ou cavité fermée",
        )
    return outer[0], [loop for loop in boundary if signed_area(loop) < 0]


def _hidden(side: list[LevelFace]) -> int | None:
    """The number of a face that another face of the same side covers, if there is one."""
    from shapely import Polygon

    # The lowest up face, or the highest down face, is the covered one.
    ordered = sorted(side, key=lambda f: f.level if f.up else -f.level)
    shapes = [Polygon(as_contour(f.outer).points(), [as_contour(h.loop).points() for h in f.holes]) for f in ordered]
    for index, (face, shape) in enumerate(zip(ordered, shapes, strict=True)):
        if any(shape.intersection(other).area > 1e-3 for other in shapes[index + 1 :]):
            return face.number
    return None


def _drillable(contour: Contour) -> bool:
    circle = contour.as_circle()
    return circle is not None and 2 * circle[2] <= DRILL_MAX_DIAMETER + TOLERANCE


def _recess(face: LevelFace, depth: float) -> Operation:
    contour = canonical(face.outer)
    islands = tuple(canonical(h.loop) for h in face.holes if not h.deeper)
    if depth <= ENGRAVE_MAX_DEPTH + TOLERANCE:
        work = Work.ENGRAVE
    elif _drillable(contour) and not islands:
        work = Work.DRILL
    else:
        work = Work.POCKET
    return Operation(work, Face.TOP if face.up else Face.BOTTOM, depth, contour, _sorted(islands))


def _sorted(contours: tuple[Contour, ...]) -> tuple[Contour, ...]:
    return tuple(sorted(contours, key=lambda c: c.vertices[0]))


def _rank(operation: Operation) -> tuple[Any, ...]:
    first = operation.contour.vertices[0]
    face = 0 if operation.face is Face.TOP else 1
    return _ORDER.index(operation.work), face, operation.depth, round(first.x, 6), round(first.y, 6)


def _in_own_frame(part: FlatPart) -> tuple[FlatPart, gp_Trsf]:
    """Turn a part whose X and Y mean nothing into the frame that ``flatten`` promises; and that turn."""
    from OCP.gp import gp_Ax1, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec

    blind = {
        face: sum(o.contour.area * o.depth for o in part.operations if o.face is face and o.depth < part.thickness)
        for face in Face
    }
    over = blind[Face.BOTTOM] > blind[Face.TOP] * (1 + 1e-9)
    part = _moved(part, 0.0, 0.0, 0.0, over)
    straight = [s for s in part.outline.segments() if not s.bulge]
    turn = 0.0
    if straight:
        longest = max(s.chord for s in straight)
        edge = next(s for s in straight if s.chord > longest - TOLERANCE)
        turn = -math.degrees(math.atan2(edge.end[1] - edge.start[1], edge.end[0] - edge.start[0]))
    part = _moved(part, 0.0, 0.0, turn, False)
    left, low, _, _ = part.outline.bounds
    whole, step = gp_Trsf(), gp_Trsf()
    if over:  # half a turn about Y brings the lower face up
        whole.SetRotation(gp_Ax1(gp_Pnt(0, 0, part.thickness / 2), gp_Dir(0, 1, 0)), math.pi)
    step.SetRotation(gp_Ax1(gp_Pnt(0, 0, 0), gp_Dir(0, 0, 1)), math.radians(turn))
    whole.PreMultiply(step)
    step = gp_Trsf()
    step.SetTranslation(gp_Vec(-left, -low, 0))
    whole.PreMultiply(step)
    return _moved(part, -left, -low, 0.0, False), whole


def _moved(part: FlatPart, dx: float, dy: float, rotation_deg: float, over: bool) -> FlatPart:
    def move(contour: Contour) -> Contour:
        moved = contour.moved(dx, dy, rotation_deg, over)
        return canonical(Segment(s.start, s.end, s.bulge) for s in moved.segments())

    turned = {Face.TOP: Face.BOTTOM, Face.BOTTOM: Face.TOP} if over else {f: f for f in Face}
    operations = [
        dataclasses.replace(
            o,
            face=o.face if o.depth >= part.thickness - TOLERANCE else turned[o.face],
            contour=move(o.contour),
            islands=_sorted(tuple(move(i) for i in o.islands)),
        )
        for o in part.operations
    ]
    return dataclasses.replace(part, operations=tuple(sorted(operations, key=_rank)))
