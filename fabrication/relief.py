# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Corner relief for a router: a round cutter leaves material in a sharp inside corner, and tabs do not seat.

``corners`` has the forms and their derivation. Where one form has no room on an edge (a slot's end narrower
than two dog-bones), the corner takes another.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence

from shapely import LinearRing
from shapely import Point as ShapelyPoint

from designs.contour import Contour, Point, Segment
from designs.typography import typeset
from fablabs.machine import Relief, Tool
from fabrication.corners import REACH, Corner, Cut, forms, on_segment, sharp_corners
from fabrication.errors import NotMakeableError
from fabrication.loops import Loop, canonical, reverse
from fabrication.plan import MILLED, RELIEF_ALLOWANCE, FlatPart, Operation, Work
from fabrication.reach import check_reach, polygon
from fabrication.refusal import refuse

#: No straight or round piece shorter than this (mm) is left between two reliefs: it upsets CAM programs.
SHORTEST = 0.05
_NEAR = 1e-6


def place(point: Point) -> str:
    return f"({point[0]:.1f}, {point[1]:.1f})"


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
    raise NotMakeableError(f"{last} (tools: {names})", typeset(f"{last.french} Fraises : {names}."))


def relieve(part: FlatPart, tool_diameter: float, style: Relief) -> FlatPart:
    """The part with every sharp inside corner opened for the tool (mm), by exact arcs.

    Concerns the outline, inside cuts and pockets with their islands; engravings and drilled holes stay, and
    so do corners of a pocket beside an edge where it is open (the tool runs out there). A contour that names its own
    mill gets that one's reliefs.
    Raises NotMakeableError: style ``none`` and a sharp inside corner, an inside arc tighter than the
    tool, no room for a relief.
    """
    operations = [
        relieve_operation(part, operation, operation.mill_diameter or tool_diameter, style)
        if operation.work in MILLED
        else operation
        for operation in part.operations
    ]
    if all(a is b for a, b in zip(operations, part.operations, strict=True)):
        return part
    return dataclasses.replace(part, operations=tuple(operations))


def relieve_operation(part: FlatPart, operation: Operation, tool: float, style: Relief) -> Operation:
    """One contour of a part, nominal as the others are, with its islands. Raises as ``relieve``."""
    is_open = _openings(part, operation)
    inside = operation.work is not Work.CUT_OUTSIDE
    contour, centres = _relieve_contour(part, operation.contour, inside, tool, style, is_open)
    islands = []
    for island in operation.islands:
        relieved, more = _relieve_contour(part, island, False, tool, style, is_open)
        islands.append(relieved)
        centres += more
    if not centres:
        return operation
    result = dataclasses.replace(operation, contour=contour, islands=tuple(islands))
    _refuse_broken(part, operation, result)
    _refuse_breakthrough(part, operation, centres, (tool + RELIEF_ALLOWANCE) / 2)
    return result


def void_on_left(contour: Contour, inside: bool) -> Loop:
    loop = [Segment(s.start, s.end, s.bulge) for s in contour.segments()]
    return loop if inside else reverse(loop)


def _relieve_contour(
    part: FlatPart, contour: Contour, inside: bool, tool: float, style: Relief, is_open: Callable[[Point], bool]
) -> tuple[Contour, list[Point]]:
    """The contour and the centres of the circles that were put to it."""
    loop = void_on_left(contour, inside)
    _refuse_tight_arcs(part, loop, tool)
    corners = [c for c in sharp_corners(loop, tool / 2) if not _beside_opening(c, is_open)]
    if not corners:
        return contour, []
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
    return canonical(_draw(loop, cuts)), [cut.centre for cut in cuts.values()]


def _refuse_broken(part: FlatPart, nominal: Operation, relieved: Operation) -> None:
    for before, after in zip((nominal.contour, *nominal.islands), (relieved.contour, *relieved.islands), strict=True):
        if before is not after and not LinearRing(after.points()).is_simple:
            left, low, right, high = before.bounds
            where = place(((left + right) / 2, (low + high) / 2))
            raise refuse(
                part,
                f"the corner reliefs of the cut at {where} run into each other: use a smaller tool",
                f"les dégagements d’angle de la découpe en {where} se recoupent ; prenez une fraise plus petite.",
            )


def _refuse_breakthrough(part: FlatPart, operation: Operation, centres: list[Point], radius: float) -> None:
    """A relief must not open the wood between its own cut and another through cut or the outline."""
    own = None
    for other in part.of(Work.CUT_OUTSIDE, Work.CUT_INSIDE):
        if other is operation:
            continue
        left, low, right, high = other.contour.bounds
        for x, y in centres:
            if not (left - radius < x < right + radius and low - radius < y < high + radius):
                continue
            if (
                other.work is Work.CUT_OUTSIDE
                and min(x - left, right - x, y - low, high - y) > radius
                and (len(other.contour.vertices) == 4 and not any(v.bulge for v in other.contour.vertices))
            ):
                continue  # well inside a rectangle
            if distance((x, y), other.contour) > radius - _NEAR:
                continue
            own = own or polygon(operation.contour, operation.islands)
            # What the relief adds to its own void; the rest of the circle was void before.
            added = ShapelyPoint(x, y).buffer(radius).difference(own.buffer(1e-3))
            region = polygon(other.contour)
            free = added.within(region.buffer(1e-3)) if other.work is Work.CUT_OUTSIDE else not added.intersects(region)
            if not free:
                whole = other.work is Work.CUT_OUTSIDE
                what, quoi = ("the outline", "le contour voisin") if whole else ("a cut", "une découpe voisine")
                raise refuse(
                    part,
                    f"the corner relief at {place((x, y))} would break through to {what} beside it: "
                    "leave more wood there or use a smaller tool",
                    f"le dégagement d’angle en {place((x, y))} déboucherait dans {quoi} ; "
                    "laissez plus de bois ou prenez une fraise plus petite.",
                )


def distance(point: Point, contour: Contour) -> float:
    """From a point to the nearest segment of a contour (mm)."""
    x, y = point
    best = math.inf
    for segment in contour.segments():
        (x0, y0), (x1, y1) = segment.start, segment.end
        if segment.bulge:
            cx, cy = segment.centre
            far = math.hypot(x - cx, y - cy)
            foot = (
                (cx + (x - cx) / far * segment.radius, cy + (y - cy) / far * segment.radius) if far else segment.start
            )
            if on_segment(foot, segment):
                best = min(best, abs(far - segment.radius))
                continue
            best = min(best, math.dist(point, segment.start), math.dist(point, segment.end))
            continue
        ux, uy = x1 - x0, y1 - y0
        t = min(1.0, max(0.0, ((x - x0) * ux + (y - y0) * uy) / (ux * ux + uy * uy)))
        best = min(best, math.hypot(x - x0 - t * ux, y - y0 - t * uy))
    return best


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


def _beside_opening(corner: Corner, is_open: Callable[[Point], bool]) -> bool:
    (x, y), step = corner.at, 0.02
    return any(is_open((x + step * d[0], y + step * d[1])) for d in (corner.back, corner.ahead))


def _choose(part: FlatPart, loop: Loop, corners: Sequence[Corner], radius: float, style: Relief) -> dict[int, Cut]:
    """One relief a corner, keyed by the arriving segment. Both corners of an edge that is too short for
    their reliefs take their next form, so that a slot's end stays symmetric."""
    by_index = {c.index: c for c in corners}
    _refuse_narrow_ends(part, loop, by_index, 2 * radius - RELIEF_ALLOWANCE)
    options = {c.index: forms(loop, c, radius, style is Relief.TBONE) for c in corners}
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


def _refuse_narrow_ends(part: FlatPart, loop: Loop, corners: dict[int, Corner], tool: float) -> None:
    """A straight end between two corners that do not open is as wide as the cut there."""
    square = math.pi / 2 + 1e-3
    for index, segment in enumerate(loop):
        first, last = corners.get((index - 1) % len(loop)), corners.get(index)
        if segment.bulge or segment.chord >= tool - _NEAR or not first or not last:
            continue
        if first.angle <= square and last.angle <= square:
            (x, y), shown = segment.middle, f"{segment.chord:.2f}".rstrip("0").rstrip(".")
            raise refuse(
                part,
                f"the slot at {x:.1f}, {y:.1f} is {shown} mm wide, narrower than the {tool:g} mm tool",
                f"l’entaille en ({x:.1f}, {y:.1f}) est large de {shown} mm, moins que la fraise de {tool:g} mm.",
            )


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
