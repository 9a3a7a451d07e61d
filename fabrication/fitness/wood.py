# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Is enough wood left, and does the tool get everywhere? Webs, necks and slots of the flat parts, reliefs drawn."""

from __future__ import annotations

from collections.abc import Sequence

from shapely import LinearRing, LineString, Polygon, STRtree, prepare
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from fablabs.machine import Relief, Tool
from fabrication.errors import NotMakeableError
from fabrication.fitness.verdict import Colour, Verdict
from fabrication.mills import choose_mills
from fabrication.plan import FlatPart, Operation, Work, mills_named
from fabrication.relief import relieve

#: Of wood between two cuts, or a cut and the edge; between two sides of a part (mm). Never less than the tool.
WEB, NECK = 8.0, 8.0
#: Wider necks are not searched for.
_WIDE = 60.0
_CHORD = 0.05
SOURCE = (
    "practice of plywood workshops: 8 mm of wood between cuts, reliefs included, and no less than the tool's diameter"
)


def check(flats: Sequence[FlatPart], tools: Sequence[Tool], style: Relief) -> list[Verdict]:
    """``flats`` are nominal; no tools: a laser. Three verdicts, or the one that says why a tool does not pass."""
    diameter = 0.0
    found = []
    if tools:
        try:
            tool, flats = choose_mills(flats, tools, style)
        except NotMakeableError as error:
            named = min(tool.diameter_mm for tool in tools)
            source = "fabrication/reach.py: the void opened by the tool's radius"
            return [Verdict("slot", None, named, "mm", source, Colour.RED, str(error))]
        diameter = tool.diameter_mm
        found.append(_slot(flats, [diameter, *mills_named(flats)]))
        flats = [relieve(flat, diameter, style) for flat in flats]
    web, where = narrowest_web(flats)
    found.append(_verdict("web", web, max(WEB, diameter), f"narrowest web: {where}"))
    neck, where = narrowest_neck(flats, max(NECK, diameter))
    found.append(_verdict("neck", neck, max(NECK, diameter), f"narrowest neck: {where}"))
    return found


def _verdict(check: str, figure: float, limit: float, detail: str) -> Verdict:
    colour = Colour.GREEN if figure >= limit - 1e-6 else Colour.RED
    return Verdict(check, round(figure, 2), limit, "mm", SOURCE, colour, detail)


def _slot(flats: Sequence[FlatPart], mills: Sequence[float]) -> Verdict:
    width, where = min(
        ((_width(o), f"{flat.code} ‘{flat.name}’ at {_place(o)}") for flat in flats for o in flat.of(Work.CUT_INSIDE)),
        default=(_WIDE, "no cut inside any part"),
    )
    named = " and ".join(f"{mill:g} mm" for mill in mills)
    passes = "tools of {} pass" if len(mills) > 1 else "tool of {} passes"
    detail = f"the {passes.format(named)} everywhere; narrowest opening: {where}"
    source = "fabrication/reach.py: the void opened by the tool's radius"
    return Verdict("slot", round(width, 2), min(mills), "mm", source, Colour.GREEN, detail)


def _width(operation: Operation) -> float:
    """Short side of the smallest rectangle around a cut."""
    corners = list(Polygon(operation.contour.points(_CHORD)).minimum_rotated_rectangle.exterior.coords)
    return float(min(LineString(corners[:2]).length, LineString(corners[1:3]).length))


def _place(operation: Operation) -> str:
    left, low, right, high = operation.contour.bounds
    return f"{(left + right) / 2:.0f}, {(low + high) / 2:.0f}"


def narrowest_web(flats: Sequence[FlatPart]) -> tuple[float, str]:
    """Least distance between two cuts of a part, or of a cut from its outline (mm), and where; engravings don't count."""
    best, where = _WIDE, "none under 60 mm"
    for flat in flats:
        operations = [o for o in flat.operations if o.work not in (Work.ENGRAVE, Work.CUT_OUTSIDE)]
        if not operations:
            continue
        border = LinearRing(flat.outline.points(_CHORD))
        cuts = [Polygon(o.contour.points(_CHORD)) for o in operations]
        prepare(border)
        for operation, cut in zip(operations, cuts, strict=True):
            if (width := cut.distance(border)) < best:
                best, where = width, f"{flat.code} ‘{flat.name}’, from {_place(operation)} to the edge"
        tree = STRtree(cuts)
        for i, j in zip(*tree.query(cuts, predicate="dwithin", distance=best), strict=True):
            if i < j and not _nested(cuts[i], cuts[j]) and (width := cuts[i].distance(cuts[j])) < best:
                best, where = (
                    width,
                    f"{flat.code} ‘{flat.name}’, from {_place(operations[i])} to {_place(operations[j])}",
                )
    return best, where


def _nested(one: Polygon, other: Polygon) -> bool:
    """A cut on a pocket's island, or a pocket in a pocket: what is between them is measured from their walls."""
    return bool(one.contains(other) or other.contains(one))


def narrowest_neck(flats: Sequence[FlatPart], limit: float) -> tuple[float, str]:
    """The narrowest bridge of wood that holds a piece of a part to the rest, or the thinnest finger (mm), and where.

    A part is shrunk from all sides: where it falls apart, a bridge was as wide as twice the shrinking. Fingers do
    not fall off, they vanish: they are looked for at the limit.
    """
    best, where = _WIDE, "none under 60 mm"
    for flat in flats:
        through = [Polygon(o.contour.points(_CHORD)) for o in flat.of(Work.CUT_INSIDE, Work.DRILL)
                   if o.depth >= flat.thickness - 1e-6]  # fmt: skip
        outline = Polygon(flat.outline.points(_CHORD))
        wood = outline.difference(unary_union(through)) if through else outline
        for narrow in (_falls_apart, _has_finger):
            asked = best if narrow is _falls_apart else min(best, limit)
            if not narrow(wood, asked):
                continue
            low, high = 0.0, asked
            while high - low > 0.05:
                middle = (low + high) / 2
                low, high = (low, middle) if narrow(wood, middle) else (middle, high)
            best, where = high, f"{flat.code} ‘{flat.name}’"
    return best, where


def _falls_apart(wood: BaseGeometry, width: float) -> bool:
    left = wood.buffer(-width / 2, quad_segs=4)
    return sum(1 for piece in getattr(left, "geoms", [left]) if piece.area > 1) > 1


def _has_finger(wood: BaseGeometry, width: float) -> bool:
    """Whether something thinner than ``width`` and longer stands out: rounded corners leave a thirtieth of that area."""
    opened = wood.buffer(-width / 2 + 0.01, quad_segs=8).buffer(width / 2, quad_segs=8)
    left = wood.difference(opened)
    return any(piece.area > width * width for piece in getattr(left, "geoms", [left]))
