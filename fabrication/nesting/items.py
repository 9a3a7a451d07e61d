# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Flat parts as nesting sees them: what is cut, as polygons; openings; turns that the grain allows; small or not."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from designs.contour import Contour, Point, Segment, chord_turn
from designs.furniture import Grain
from fablabs.machine import Machine, Process
from fabrication.layers import faces_worked
from fabrication.nesting.problem import Item
from fabrication.plan import Face, FlatPart, Ring, Work

#: Polygons stay this near to arcs (mm), on the side that gives nothing away.
NEAR = 0.05
#: A part that fills its bounds this far, or is so nearly its own half turn, gains nothing by lying the other way round.
FULL, ALIKE = 0.985, 0.01
#: mm²: below 100 cm², what a vacuum of some 0.3 bar holds (300 N, with a friction of 0.25 some 75 N along the table) is
#: less than what a 6 mm cutter pushes with in plywood. Such parts lie better inside, where the seal is tight and
#: the sheet around them is held by its neighbours, than at the edge, where it lifts and swings.
SMALL = 10_000.0

Bounds = tuple[float, float, float, float]


def bounds_as_cut(part: FlatPart, kerf: float) -> Bounds:
    """(x min, y min, x max, y max) of all that is drawn for the part, half a kerf outside of it."""
    boxes = [o.contour.bounds for o in part.operations]
    half = kerf / 2
    return (
        min(b[0] for b in boxes) - half,
        min(b[1] for b in boxes) - half,
        max(b[2] for b in boxes) + half,
        max(b[3] for b in boxes) + half,
    )


def allowed_turns(grain: Grain, along_x: bool | None) -> tuple[int, ...]:
    """Rotations in degrees, of 0 and 90 (180 more changes nothing), that lay a part's grain along the sheet's.

    ``along_x``: the sheet's grain runs along its X, along its Y, or there is none."""
    if grain is Grain.FREE or along_x is None:
        return (0, 90)
    return (0,) if (grain is Grain.ALONG) == along_x else (90,)


@dataclass(frozen=True)
class Blank:
    """A part as it is laid: its shapes in its own frame, mirrored if it has work on its bottom face only."""

    part: FlatPart
    kerf: float
    grainless: bool  # the stock has no grain
    held: bool  # by vacuum, tabs or screws: a router's; a laser's parts lie by themselves

    @property
    def mirrored(self) -> bool:
        return faces_worked(self.part) == {Face.BOTTOM}

    @property
    def two_faces(self) -> bool:
        return len(faces_worked(self.part)) > 1

    @cached_property
    def shape(self) -> Polygon:
        """All that is cut for it, half a kerf outside, without holes; arcs from outside."""
        outline = part_polygon(self.part.outline, grow=True)
        within = outline.buffer(1e-3)
        over = [Polygon(o.contour.points(NEAR)) for o in self.part.of(Work.POCKET, Work.ENGRAVE, Work.DRILL)]
        over = [shape for shape in over if not within.covers(shape)]
        whole = shapely.union_all([outline, *(shape.buffer(0) for shape in over)]) if over else outline
        if whole.geom_type != "Polygon":
            whole = whole.convex_hull
        return Polygon(self._as_laid(_offset(whole, self.kerf / 2)).exterior)

    @cached_property
    def openings(self) -> tuple[Polygon, ...]:
        """What falls out when the inside cuts are made, half a kerf inside of them; arcs from inside."""
        drawn = [part_polygon(o.contour, grow=False) for o in self.part.of(Work.CUT_INSIDE)]
        return tuple(p for hole in drawn for p in polygons(self._as_laid(_offset(hole, -self.kerf / 2))))

    @cached_property
    def turns(self) -> tuple[float, ...]:
        """Counter-clockwise, degrees, on a sheet whose grain runs along its X."""
        quarter = allowed_turns(self.part.grain, None if self.grainless else True)
        if self._same_half_turned():
            return tuple(float(t) for t in quarter)
        return tuple(float(t + half) for half in (0, 180) for t in quarter)

    def size(self, turn: float) -> tuple[float, float]:
        """Width and height of the bounds as cut, turned by a multiple of 90°."""
        x0, y0, x1, y1 = bounds_as_cut(self.part, self.kerf)
        return (x1 - x0, y1 - y0) if turn % 180 == 0 else (y1 - y0, x1 - x0)

    def items(self, kind: int, smallest: Sequence[tuple[float, float]], spacing: float) -> Iterator[Item]:
        """An item a copy. ``smallest``: sizes of all blanks; an opening that takes none of them is left out."""
        holes = tuple(
            ring(hole) for hole in self.openings if any(_goes_in(size, hole.bounds, 2 * spacing) for size in smallest)
        )
        inner = self.held and self.part.outline.area < SMALL
        outline = ring(self.shape)
        for copy in range(1, self.part.quantity + 1):
            yield Item(f"{self.part.code}-{copy}", kind, outline, self.turns, holes, inner)

    def _same_half_turned(self) -> bool:
        shape = self.shape
        x0, y0, x1, y1 = shape.bounds
        if shape.area >= FULL * (x1 - x0) * (y1 - y0):
            return True
        other = shapely.affinity.rotate(shape, 180, origin=((x0 + x1) / 2, (y0 + y1) / 2))
        return bool(shape.symmetric_difference(other).area < ALIKE * shape.area)

    def _as_laid(self, shape: BaseGeometry) -> Any:
        return shapely.affinity.scale(shape, -1, 1, origin=(0, 0)) if self.mirrored else shape


def blanks(parts: Sequence[FlatPart], machine: Machine, grainless: bool) -> tuple[Blank, ...]:
    held = machine.process is not Process.LASER
    return tuple(Blank(part, machine.kerf_mm, grainless, held) for part in parts)


def part_polygon(contour: Contour, *, grow: bool) -> Polygon:
    """A contour as a polygon that holds all of it (``grow``), or lies within it; its bounds are exact."""
    shape = Polygon(list(_corners(contour.counter_clockwise(), grow)))
    if shape.is_valid:
        return shape
    # Tangents of two arcs that nearly touch may cross by a hair.
    return max(polygons(shapely.make_valid(shape)), key=lambda p: p.area)


def ring(shape: Polygon) -> Ring:
    """Corners of its exterior, counter-clockwise, in nanometres: what is finer is noise."""
    corners = list(shapely.geometry.polygon.orient(shape).exterior.coords)[:-1]
    return tuple((round(x, 6), round(y, 6)) for x, y in corners)


def polygons(shape: BaseGeometry) -> list[Polygon]:
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    return [p for member in getattr(shape, "geoms", ()) for p in polygons(member)]


def _corners(contour: Contour, grow: bool) -> Iterator[Point]:
    for segment in contour.segments():
        yield segment.start
        if segment.bulge:
            # On a counter-clockwise contour an arc of positive bulge is convex.
            yield from _tangents(segment) if (segment.bulge > 0) == grow else _chords(segment)


def _tangents(arc: Segment) -> Iterator[Point]:
    """Corners of a polygon round an arc that touches it at its ends and at every quarter of the circle."""
    (cx, cy), radius = arc.centre, arc.radius
    for start, end in _pieces(arc, 2 * math.acos(radius / (radius + NEAR))):
        middle, reach = (start + end) / 2, radius / math.cos((end - start) / 2)
        yield cx + reach * math.cos(middle), cy + reach * math.sin(middle)


def _chords(arc: Segment) -> Iterator[Point]:
    (cx, cy), radius = arc.centre, arc.radius
    for start, _ in list(_pieces(arc, chord_turn(radius, NEAR)))[1:]:
        yield cx + radius * math.cos(start), cy + radius * math.sin(start)


def _pieces(arc: Segment, widest: float) -> Iterator[tuple[float, float]]:
    """An arc's angles (radians) from start to end, cut at the circle's quarters and no piece wider than asked."""
    cx, cy = arc.centre
    begin = math.atan2(arc.start[1] - cy, arc.start[0] - cx)
    end = begin + arc.angle
    low, high = min(begin, end), max(begin, end)
    quarter = math.pi / 2
    inner = [k * quarter for k in range(math.ceil(low / quarter - 1e-9), math.floor(high / quarter + 1e-9) + 1)]
    knots = [low, *(a for a in inner if low + 1e-6 < a < high - 1e-6), high]
    cuts = [low]
    for a, b in itertools.pairwise(knots):
        count = max(1, math.ceil((b - a) / widest - 1e-9))
        cuts += [a + (b - a) * i / count for i in range(1, count + 1)]
    if end < begin:
        cuts.reverse()
    yield from itertools.pairwise(cuts)


def _offset(shape: BaseGeometry, distance: float) -> Any:
    return shape.buffer(distance, join_style="mitre") if distance else shape


def _goes_in(size: tuple[float, float], bounds: Bounds, less: float) -> bool:
    width, height = bounds[2] - bounds[0] - less, bounds[3] - bounds[1] - less
    return min(size) <= min(width, height) and max(size) <= max(width, height)
