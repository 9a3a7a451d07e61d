# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Corner relief for a router: a round cutter leaves material in a sharp inside corner, and tabs do not seat.

Derivation. Walk along a boundary with the void on the left. At a corner V the void spans the angle φ (< 180°),
the boundary turns left by θ = 180° − φ. Let ρ be the relief's radius, half of tool + ``RELIEF_ALLOWANCE``.

*Dog-bone*, φ ≥ 90°: centre C on the bisector, |CV| = ρ, so that the circle passes through V. The bisector makes
φ/2 with each edge, hence the circle meets an edge again at 2ρ·cos(φ/2) from V (isosceles triangle C, V, P with
base angle φ/2), and the two triangles' apex angles, 180° − φ each, make the arc's included angle 2θ. At 90° this
is the usual half circle, √2·ρ from the corner.

*Dog-bone*, φ < 90°: the chord between the two meeting points, 2ρ·sin φ, is narrower than the cutter, which could
not get there. The cutter's way along the bisector is opened too: two lines parallel to the bisector at ρ from it
start at ρ/sin(φ/2) from V on each edge and touch the circle, whose remaining arc is a half circle. At 90° both
forms are the same.

*T-bone*: centre on one edge at ρ from V; the half circle beyond that edge runs from V to 2ρ along it. The cutter
comes in square to the edge, which φ ≥ 90° allows; in an acute corner a dog-bone is drawn instead.

Where one form has no room on an edge (a slot's end narrower than two dog-bones), the corner takes another.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from designs.contour import Contour, Point, Segment
from fabrication.errors import NotMakeableError
from fabrication.loops import Loop, canonical, reverse
from fabrication.machine import Relief, Tool
from fabrication.plan import RELIEF_ALLOWANCE, FlatPart, Operation, Work
from fabrication.reach import check_reach

#: A corner or arc that the cutter reaches within this (mm) needs no relief.
REACH = 0.01
#: No straight or round piece shorter than this (mm) is left between two reliefs: it upsets CAM programs.
SHORTEST = 0.05
_NEAR = 1e-6

_RELIEVED = (Work.CUT_OUTSIDE, Work.CUT_INSIDE, Work.POCKET)


@dataclass(frozen=True)
class Corner:
    """A sharp inside corner: ``index`` of the segment that ends there, unit vectors along both edges
    away from it (``back`` along the one that arrives, ``ahead`` along the one that leaves)."""

    index: int
    at: Point
    back: Point
    ahead: Point
    angle: float  # φ, radians, of the void


@dataclass(frozen=True)
class Cut:
    """A relief of one corner: how much of the arriving and of the leaving segment it takes (mm), and what it
    puts there; ``centre`` of its circle."""

    before: float
    after: float
    pieces: tuple[Segment, ...]
    centre: Point


def place(point: Point) -> str:
    return f"({point[0]:.1f}, {point[1]:.1f})"


def refuse(part: FlatPart, english: str, french: str) -> NotMakeableError:
    return NotMakeableError(f"{part.code}: {english}", f"{part.code} « {part.name} » : {french}")


def choose_tool(parts: Iterable[FlatPart], tools: Iterable[Tool], style: Relief = Relief.DOGBONE) -> Tool:
    """The largest tool that makes all of the parts with their corner reliefs, so that none is changed.

    Raises NotMakeableError: what the smallest tool does not pass (part, place, width), and the tools there are.
    """
    wanted = list(parts)
    ranked = sorted(tools, key=lambda t: (-t.diameter_mm, t.name))
    last: NotMakeableError | None = None
    for tool in ranked:
        try:
            for part in wanted:
                check_reach(relieve(part, tool.diameter_mm, style), tool.diameter_mm)
        except NotMakeableError as error:
            last = error
        else:
            return tool
    names = ", ".join(f"{t.diameter_mm:g} mm" for t in ranked) or "none"
    if last is None:
        raise NotMakeableError("the machine has no tool", "La machine n’a pas d’outil.")
    raise NotMakeableError(f"{last} (tools: {names})", f"{last.french} Fraises : {names}.")


def relieve(part: FlatPart, tool_diameter: float, style: Relief) -> FlatPart:
    """The part with every sharp inside corner opened for the tool (mm), by exact arcs.

    Concerns the outline, inside cuts and pockets with their islands; engravings and drilled holes stay, and
    so do corners of a pocket beside an edge where it is open (the tool runs out there).
    Raises NotMakeableError: style ``none`` and a sharp inside corner, an inside arc tighter than the
    tool, no room for a relief.
    """
    operations = [
        _relieve_operation(part, operation, tool_diameter, style) if operation.work in _RELIEVED else operation
        for operation in part.operations
    ]
    if all(a is b for a, b in zip(operations, part.operations, strict=True)):
        return part
    return dataclasses.replace(part, operations=tuple(operations))


def _relieve_operation(part: FlatPart, operation: Operation, tool: float, style: Relief) -> Operation:
    is_open = _openings(part, operation)
    inside = operation.work is not Work.CUT_OUTSIDE
    contour = _relieve_contour(part, operation.contour, inside, tool, style, is_open)
    islands = tuple(_relieve_contour(part, i, False, tool, style, is_open) for i in operation.islands)
    if contour is operation.contour and all(a is b for a, b in zip(islands, operation.islands, strict=True)):
        return operation
    return dataclasses.replace(operation, contour=contour, islands=islands)


def void_on_left(contour: Contour, inside: bool) -> Loop:
    loop = [Segment(s.start, s.end, s.bulge) for s in contour.segments()]
    return loop if inside else reverse(loop)


def _relieve_contour(
    part: FlatPart, contour: Contour, inside: bool, tool: float, style: Relief, is_open: Callable[[Point], bool]
) -> Contour:
    loop = void_on_left(contour, inside)
    _refuse_tight_arcs(part, loop, tool)
    corners = [c for c in sharp_corners(loop, tool / 2) if not _beside_opening(c, is_open)]
    if not corners:
        return contour
    if style is Relief.NONE:
        where = place(corners[0].at)
        raise refuse(
            part,
            f"the inside corner at {where} is sharp, and this machine draws no corner relief: "
            "set corner_relief to dogbone or tbone",
            f"l’angle intérieur en {where} est vif et cette machine ne dégage pas les angles.",
        )
    radius = (tool + RELIEF_ALLOWANCE) / 2
    cuts = _choose(part, loop, corners, radius, style)
    return canonical(_draw(loop, cuts))


def _refuse_tight_arcs(part: FlatPart, loop: Loop, tool: float) -> None:
    for segment in loop:
        if segment.bulge <= 0 or segment.radius >= tool / 2 - _NEAR:
            continue
        half = min(segment.angle / 2, math.pi / 2 - 1e-3)
        if (tool / 2 - segment.radius) * (1 / math.cos(half) - 1) > REACH:
            where = place(segment.middle)
            raise refuse(
                part,
                f"the inside arc at {where} has a radius of {segment.radius:.2f} mm, "
                f"tighter than the {tool:g} mm tool's {tool / 2:g} mm",
                f"l’arc intérieur en {where} a un rayon de {segment.radius:.2f} mm, "
                f"plus serré que celui de la fraise de {tool:g} mm.",
            )


def direction(segment: Segment, at_end: bool) -> Point:
    """Unit tangent in the direction of travel."""
    (x0, y0), (x1, y1) = segment.start, segment.end
    turn = segment.angle / 2 if segment.bulge else 0.0
    heading = math.atan2(y1 - y0, x1 - x0) + (turn if at_end else -turn)
    if not turn:
        return (x1 - x0) / segment.chord, (y1 - y0) / segment.chord
    return math.cos(heading), math.sin(heading)


def sharp_corners(loop: Loop, tool_radius: float) -> Iterator[Corner]:
    """Corners of a loop with its void on the left that a cutter of this radius can't reach."""
    for index, segment in enumerate(loop):
        following = loop[(index + 1) % len(loop)]
        arrive, leave = direction(segment, True), direction(following, False)
        cross = arrive[0] * leave[1] - arrive[1] * leave[0]
        dot = arrive[0] * leave[0] + arrive[1] * leave[1]
        turn = math.atan2(cross, dot)
        if turn <= 0:
            continue
        angle = math.pi - turn
        if tool_radius * (1 / max(math.sin(angle / 2), 1e-9) - 1) > REACH:
            yield Corner(index, segment.end, (-arrive[0], -arrive[1]), leave, angle)


def _openings(part: FlatPart, operation: Operation) -> Callable[[Point], bool]:
    """Tells whether a point of a pocket's contour lies on an edge where there is no wall: on the outline, a
    through cut, or a deeper pocket of the same face."""
    if operation.work is not Work.POCKET:
        return lambda point: False
    others = [
        list(o.contour.segments())
        for o in part.operations
        if o.work in (Work.CUT_OUTSIDE, Work.CUT_INSIDE)
        or (o.work is Work.POCKET and o.face is operation.face and o.depth > operation.depth + _NEAR)
    ]
    return lambda point: any(on_segment(point, segment) for segments in others for segment in segments)


def on_segment(point: Point, segment: Segment, tolerance: float = 1e-5) -> bool:
    (x, y), (x0, y0), (x1, y1) = point, segment.start, segment.end
    if not segment.bulge:
        ux, uy = x1 - x0, y1 - y0
        square = ux * ux + uy * uy
        t = ((x - x0) * ux + (y - y0) * uy) / square
        slack = tolerance / math.sqrt(square)
        return -slack <= t <= 1 + slack and abs((x - x0) * uy - (y - y0) * ux) <= tolerance * math.sqrt(square)
    cx, cy = segment.centre
    if abs(math.hypot(x - cx, y - cy) - segment.radius) > tolerance:
        return False
    turn = math.atan2(y - cy, x - cx) - math.atan2(y0 - cy, x0 - cx)
    turn = (turn if segment.bulge > 0 else -turn) % (2 * math.pi)
    slack = tolerance / segment.radius
    return turn <= abs(segment.angle) + slack or turn >= 2 * math.pi - slack


def _beside_opening(corner: Corner, is_open: Callable[[Point], bool]) -> bool:
    (x, y), step = corner.at, 0.02
    return any(is_open((x + step * d[0], y + step * d[1])) for d in (corner.back, corner.ahead))


def _choose(part: FlatPart, loop: Loop, corners: Sequence[Corner], radius: float, style: Relief) -> dict[int, Cut]:
    """One relief a corner, keyed by the arriving segment. Both corners of an edge that is too short for
    their reliefs take their next form, so that a slot's end stays symmetric."""
    options = {c.index: _options(loop, c, radius, style) for c in corners}
    by_index = {c.index: c for c in corners}
    chosen = dict.fromkeys(options, 0)
    count = len(loop)
    while True:
        for index, cuts in options.items():
            if chosen[index] >= len(cuts):
                where = place(by_index[index].at)
                raise refuse(
                    part,
                    f"no room for a corner relief of {2 * radius:g} mm at {where}: the edges beside it are too short; "
                    "use a smaller tool",
                    f"pas de place pour dégager l’angle en {where} avec un diamètre de {2 * radius:g} mm ; "
                    "prenez une fraise plus petite.",
                )
        crowded: set[int] = set()
        for edge, segment in enumerate(loop):
            starts, ends = (edge - 1) % count, edge
            taken_first = options[starts][chosen[starts]].after if starts in options else 0.0
            taken_last = options[ends][chosen[ends]].before if ends in options else 0.0
            left = segment.length - taken_first - taken_last
            if (taken_first or taken_last) and left < SHORTEST and abs(left) > _NEAR:
                crowded |= {i for i, taken in ((starts, taken_first), (ends, taken_last)) if taken}
        if not crowded:
            return {index: options[index][n] for index, n in chosen.items()}
        for index in crowded:
            chosen[index] += 1


def _options(loop: Loop, corner: Corner, radius: float, style: Relief) -> list[Cut]:
    arriving, leaving = loop[corner.index], loop[(corner.index + 1) % len(loop)]
    dogbone = _dogbone(arriving, leaving, corner, radius)
    tbones: list[Cut] = []
    if corner.angle >= math.pi / 2 - 1e-6:
        forms = [(leaving.length, False), (arriving.length, True)]
        if arriving.length > leaving.length + _NEAR:
            forms.reverse()
        for _, back in forms:
            if not (arriving if back else leaving).bulge:
                tbones.append(_tbone(corner, radius, back))
    dogbones = [dogbone] if dogbone else []
    return dogbones + tbones if style is Relief.DOGBONE else tbones + dogbones


def _dogbone(arriving: Segment, leaving: Segment, corner: Corner, radius: float) -> Cut | None:
    (x, y), half = corner.at, corner.angle / 2
    # The bisector from the two unit vectors; a needle's tip has none worth drawing.
    bx, by = corner.back[0] + corner.ahead[0], corner.back[1] + corner.ahead[1]
    if math.hypot(bx, by) < 1e-9 or half < math.radians(5):
        return None
    ux, uy = bx / math.hypot(bx, by), by / math.hypot(bx, by)
    centre = (x + radius * ux, y + radius * uy)
    if half < math.pi / 4 - 1e-9:
        return _acute(arriving, leaving, corner, radius, (ux, uy), centre)
    meets: list[tuple[Point, float]] = []
    for segment, along in ((arriving, corner.back), (leaving, corner.ahead)):
        meet = _second_meeting(segment, corner.at, along, centre)
        if meet is None:
            return None
        meets.append(meet)
    (p, before), (q, after) = meets
    start = math.atan2(p[1] - centre[1], p[0] - centre[0])
    end = math.atan2(q[1] - centre[1], q[0] - centre[0])
    angle = (end - start) % (2 * math.pi)
    return Cut(before, after, (Segment(p, q, math.tan(angle / 4)),), centre)


def _second_meeting(segment: Segment, at: Point, along: Point, centre: Point) -> tuple[Point, float] | None:
    """Where the circle about ``centre`` through the corner meets the segment again, and how far along it."""
    dx, dy = at[0] - centre[0], at[1] - centre[1]
    if not segment.bulge:
        distance = -2 * (dx * along[0] + dy * along[1])
        return (at[0] + distance * along[0], at[1] + distance * along[1]), distance
    # Two circles are mirror images of themselves in the line of their centres.
    ox, oy = segment.centre
    ax, ay = ox - centre[0], oy - centre[1]
    square = ax * ax + ay * ay
    if square < _NEAR:
        return None
    k = 2 * (dx * ax + dy * ay) / square
    point = (centre[0] + k * ax - dx, centre[1] + k * ay - dy)
    turn = math.atan2(point[1] - oy, point[0] - ox) - math.atan2(at[1] - oy, at[0] - ox)
    # Away from the corner: with the arc if it starts there, against it if it ends there.
    forwards = math.dist(at, segment.start) < math.dist(at, segment.end)
    turn = (turn if (segment.bulge > 0) == forwards else -turn) % (2 * math.pi)
    return (point, turn * segment.radius) if turn < abs(segment.angle) else None


def _acute(arriving: Segment, leaving: Segment, corner: Corner, radius: float, u: Point, centre: Point) -> Cut | None:
    if arriving.bulge or leaving.bulge:
        return None
    reach = radius / math.sin(corner.angle / 2)
    (x, y), (bx, by), (ax, ay) = corner.at, corner.back, corner.ahead
    p, q = (x + reach * bx, y + reach * by), (x + reach * ax, y + reach * ay)
    # The void is on the left: seen along the bisector out of the corner, the arriving edge lies on the left.
    side_p = (centre[0] - radius * u[1], centre[1] + radius * u[0])
    side_q = (centre[0] + radius * u[1], centre[1] - radius * u[0])
    return Cut(reach, reach, (Segment(p, side_p, 0.0), Segment(side_p, side_q, 1.0), Segment(side_q, q, 0.0)), centre)


def _tbone(corner: Corner, radius: float, back: bool) -> Cut:
    (x, y), (dx, dy) = corner.at, corner.back if back else corner.ahead
    far, centre = (x + 2 * radius * dx, y + 2 * radius * dy), (x + radius * dx, y + radius * dy)
    if back:
        return Cut(2 * radius, 0.0, (Segment(far, corner.at, 1.0),), centre)
    return Cut(0.0, 2 * radius, (Segment(corner.at, far, 1.0),), centre)


def _draw(loop: Loop, cuts: dict[int, Cut]) -> Loop:
    result: Loop = []
    for index, segment in enumerate(loop):
        before, cut = cuts.get((index - 1) % len(loop)), cuts.get(index)
        start = before.pieces[-1].end if before else segment.start
        end = cut.pieces[0].start if cut else segment.end
        used = (before.after if before else 0.0) + (cut.before if cut else 0.0)
        if segment.length - used > _NEAR:
            share = 1 - used / segment.length
            bulge = math.tan(segment.angle * share / 4) if segment.bulge else 0.0
            result.append(Segment(start, end, bulge))
        if cut:
            result.extend(cut.pieces)
    return result
