# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A laser's beam has a width: contours are moved by half of it, so that the part comes out in its size."""

from __future__ import annotations

import dataclasses
import math

from designs.contour import Contour, Point, Segment
from fabrication.corners import direction
from fabrication.errors import NotMakeableError
from fabrication.loops import Loop, canonical
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.refusal import refuse

_NEAR = 1e-9
#: Neighbours whose moved ends are nearer than this (mm) are tangent: their crossing is ill-conditioned.
_TANGENT = 1e-5


def for_laser(part: FlatPart) -> FlatPart:
    """The part as a laser cuts it: drilled through holes become inside cuts.

    Raises NotMakeableError for pockets, blind holes and engravings from below: a laser cuts only through,
    and marks only the face that looks up.
    """
    operations: list[Operation] = []
    for operation in part.operations:
        x, y = _middle(operation.contour)
        where = f"({x:.1f}, {y:.1f})"
        blind = operation.depth < part.thickness - 1e-6
        if operation.work is Work.POCKET:
            raise refuse(
                part,
                f"the pocket at {where}, {operation.depth:g} mm deep, can't be made by a laser, "
                "which cuts only through: choose options without pockets, or a router",
                f"la poche en {where}, profonde de {operation.depth:g} mm, ne se fait pas au laser, qui ne coupe que "
                "de part en part. Choisissez des options sans poche, ou une fraiseuse.",
            )
        if operation.work is Work.DRILL and blind:
            raise refuse(
                part,
                f"the blind hole at {where}, {operation.depth:g} mm deep, can't be made by a laser, "
                "which cuts only through",
                f"le trou borgne en {where}, profond de {operation.depth:g} mm, ne se fait pas au laser, "
                "qui ne coupe que de part en part.",
            )
        if operation.work is Work.ENGRAVE and operation.face is Face.BOTTOM:
            raise refuse(
                part,
                f"the engraving at {where} is on the bottom face, and a laser cuts and marks only from above",
                f"la gravure en {where} est sur la face de dessous ; un laser ne marque que la face de dessus.",
            )
        if operation.work is Work.DRILL:
            operation = dataclasses.replace(operation, work=Work.CUT_INSIDE)
        operations.append(operation)
    return dataclasses.replace(part, operations=tuple(operations))


def _middle(contour: Contour) -> Point:
    left, low, right, high = contour.bounds
    return (left + right) / 2, (low + high) / 2


def compensate(part: FlatPart, kerf: float) -> FlatPart:
    """The part's contours as the beam's middle runs: outline grown, inside cuts shrunk by half the kerf (mm).

    Lines stay lines and arcs arcs; sharp corners stay sharp (mitred); tangent neighbours stay tangent.
    Engravings stay. Raises NotMakeableError where a slot is narrower than the kerf or an arc vanishes.
    """
    if not kerf:
        return part
    operations = []
    for operation in part.operations:
        if operation.work in (Work.CUT_OUTSIDE, Work.CUT_INSIDE):
            grow = kerf / 2 if operation.work is Work.CUT_OUTSIDE else -kerf / 2
            operation = dataclasses.replace(operation, contour=_offset(part, operation.contour, grow, kerf))
        operations.append(operation)
    return dataclasses.replace(part, operations=tuple(operations))


def _offset(part: FlatPart, contour: Contour, grow: float, kerf: float) -> Contour:
    """A counter-clockwise contour moved outwards by ``grow`` (inwards if negative)."""
    segments = list(contour.segments())
    moved = [_parallel(s, grow) for s in segments]
    gone = next((s for s, m in zip(segments, moved, strict=True) if m is None), None)
    kept = [m for m in moved if m is not None]
    if gone is None:
        corners = [_corner(kept[i - 1], kept[i], segments[i].start) for i in range(len(kept))]
        loop: Loop = []
        for index, segment in enumerate(kept):
            start, end = corners[index], corners[(index + 1) % len(kept)]
            piece = _between(segment, start, end) if start and end else None
            if piece is None:
                gone = segments[index]
                break
            loop.append(piece)
    if gone is not None:
        raise _vanished(part, segments, gone, grow, kerf)
    result = canonical(loop)
    _check(part, contour, result, grow, kerf)
    return result


def _vanished(part: FlatPart, segments: Loop, gone: Segment, grow: float, kerf: float) -> NotMakeableError:
    index = segments.index(gone)
    before, after = segments[index - 1], segments[(index + 1) % len(segments)]
    (x, y), length = gone.middle, f"{gone.length:.3g}"
    # Between two corners of the void that turn away from each other's side lies a slot as wide as the edge.
    turns = [math.copysign(1, -grow) * _turn(a, b) for a, b in ((before, gone), (gone, after))]
    if not gone.bulge and min(turns) > 0.5:
        return refuse(
            part,
            f"the slot at ({x:.1f}, {y:.1f}) is {length} mm wide, narrower than the kerf of {kerf:g} mm",
            f"l’entaille en ({x:.1f}, {y:.1f}) est large de {length} mm, moins que le trait de coupe de {kerf:g} mm.",
        )
    what = f"arc of radius {gone.radius:.3g} mm" if gone.bulge else f"edge of {length} mm"
    return refuse(
        part,
        f"the {what} at ({x:.1f}, {y:.1f}) vanishes in the kerf of {kerf:g} mm",
        f"le détail en ({x:.1f}, {y:.1f}) disparaît dans le trait de coupe de {kerf:g} mm.",
    )


def _turn(a: Segment, b: Segment) -> float:
    """Sine of the angle by which ``b`` turns left from ``a`` at their corner."""
    (ux, uy), (vx, vy) = direction(a, True), direction(b, False)
    return ux * vy - uy * vx


def _check(part: FlatPart, nominal: Contour, result: Contour, grow: float, kerf: float) -> None:
    """A slot narrower than the kerf turns inside out, a narrow neck crosses itself."""
    from shapely import LinearRing

    if result.signed_area > 0 and LinearRing(result.points(0.001)).is_simple:
        return
    x, y = _middle(nominal)
    what = "slot" if grow < 0 else "outline"
    raise refuse(
        part,
        f"the {what} at ({x:.1f}, {y:.1f}) is narrower than the kerf of {kerf:g} mm",
        f"la découpe en ({x:.1f}, {y:.1f}) est plus étroite que le trait de coupe de {kerf:g} mm.",
    )


def _parallel(segment: Segment, grow: float) -> Segment | None:
    """The parallel to the right of travel at ``grow``; None if an arc shrinks to nothing."""
    (x0, y0), (x1, y1) = segment.start, segment.end
    if not segment.bulge:
        nx, ny = (y1 - y0) / segment.chord * grow, (x0 - x1) / segment.chord * grow
        return Segment((x0 + nx, y0 + ny), (x1 + nx, y1 + ny), 0.0)
    cx, cy = segment.centre
    radius = segment.radius
    scale = (radius + (grow if segment.bulge > 0 else -grow)) / radius
    if scale <= 1e-9:
        return None
    return Segment(
        (cx + (x0 - cx) * scale, cy + (y0 - cy) * scale),
        (cx + (x1 - cx) * scale, cy + (y1 - cy) * scale),
        segment.bulge,
    )


def _corner(a: Segment, b: Segment, near: Point) -> Point | None:
    """Where two moved neighbours meet: their common point if they stay tangent, else their crossing
    nearest to the corner."""
    if math.dist(a.end, b.start) < _TANGENT:
        return (a.end[0] + b.start[0]) / 2, (a.end[1] + b.start[1]) / 2
    if not a.bulge and not b.bulge:
        ux, uy = a.end[0] - a.start[0], a.end[1] - a.start[1]
        vx, vy = b.end[0] - b.start[0], b.end[1] - b.start[1]
        cross = ux * vy - uy * vx
        if abs(cross) < 1e-12 * a.chord * b.chord:
            return None
        t = ((b.start[0] - a.start[0]) * vy - (b.start[1] - a.start[1]) * vx) / cross
        return a.start[0] + t * ux, a.start[1] + t * uy
    points = _line_circle(a, b) if not a.bulge else _line_circle(b, a) if not b.bulge else _circle_circle(a, b)
    return min(points, key=lambda p: math.dist(p, near), default=None)


def _line_circle(line: Segment, arc: Segment) -> list[Point]:
    (x0, y0), (cx, cy) = line.start, arc.centre
    ux, uy = (line.end[0] - x0) / line.chord, (line.end[1] - y0) / line.chord
    along = (cx - x0) * ux + (cy - y0) * uy
    aside = (cx - x0) * uy - (cy - y0) * ux
    square = arc.radius**2 - aside**2
    if square < -1e-7 * arc.radius:
        return []
    root = math.sqrt(max(0.0, square))
    return [(x0 + t * ux, y0 + t * uy) for t in (along - root, along + root)]


def _circle_circle(a: Segment, b: Segment) -> list[Point]:
    (x0, y0), (x1, y1) = a.centre, b.centre
    distance = math.dist((x0, y0), (x1, y1))
    if distance < _NEAR:
        return []
    along = (distance**2 + a.radius**2 - b.radius**2) / (2 * distance)
    square = a.radius**2 - along**2
    if square < -1e-7 * a.radius:
        return []
    root = math.sqrt(max(0.0, square))
    ux, uy = (x1 - x0) / distance, (y1 - y0) / distance
    return [(x0 + along * ux - k * uy, y0 + along * uy + k * ux) for k in (root, -root)]


def _between(segment: Segment, start: Point, end: Point) -> Segment | None:
    """The part of a moved segment's line or circle between two corners, in the same sense; None if the
    corners have passed each other."""
    if not segment.bulge:
        ux, uy = segment.end[0] - segment.start[0], segment.end[1] - segment.start[1]
        ahead = (end[0] - start[0]) * ux + (end[1] - start[1]) * uy
        return Segment(start, end, 0.0) if ahead > 0 else None
    cx, cy = segment.centre

    def turn(p: Point, q: Point) -> float:
        angle = math.atan2(q[1] - cy, q[0] - cx) - math.atan2(p[1] - cy, p[0] - cx)
        return (angle + math.pi) % (2 * math.pi) - math.pi

    angle = segment.angle - turn(segment.start, start) + turn(segment.end, end)
    if angle * segment.bulge <= 0 or abs(angle) >= 2 * math.pi:
        return None
    return Segment(start, end, math.tan(angle / 4))
