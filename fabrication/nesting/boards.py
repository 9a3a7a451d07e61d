# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sheets being filled: items and rooms as rectangles, and one layout as a list of boards.

A board has a frame: along X (0), filled from the left, or along Y (1), filled from below; in the
second one everything is kept with x and y exchanged, so that filling is always from the left.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon, box, union_all
from shapely.affinity import rotate

from fabrication.nesting.covers import UNIT, Box, cover, grown, hull, turned_boxes
from fabrication.nesting.problem import Laid, Problem, Put, Solution
from fabrication.nesting.turned import turns_on
from fabrication.nesting.worth import bounds

Boxes = NDArray[np.int64]

#: Rectangles for one item, for the edge and the kept-out places of one bin; mm² that saving one may waste.
MOST_OF_ITEM, MOST_OF_BIN = 10, 120
WASTE_OF_ITEM, WASTE_OF_BIN = 300.0, 300.0
#: … and this share of the item, if that is less.
WASTE_SHARE = 0.005


@dataclass(frozen=True)
class Shape:
    """An item turned, in one frame: what it takes with half the spacing around it, and its bare outline."""

    turn: float
    grown: Boxes
    bare: Boxes
    hull: Box  # of the bare outline


@dataclass(frozen=True)
class Room:
    """A kind of bin in one frame: bounds for bare outlines, and what of them is not to be touched."""

    hull: Box
    edges: Box  # of the bin itself
    obstacles: Boxes


@dataclass(frozen=True)
class Lying:
    item: int
    shape: Shape
    x: int  # of the item's origin, in the board's frame
    y: int
    fixed: bool = False


@dataclass
class Board:
    """One sheet with what lies on it. ``boxes`` are the grown shapes where they lie, ``refused`` the kinds
    of item for which no place was found since something was last taken away."""

    bin: int
    frame: int
    room: Room
    lying: list[Lying] = field(default_factory=list)
    boxes: Boxes = field(default_factory=lambda: np.empty((0, 4), np.int64))
    area: float = 0.0  # mm² of items
    refused: set[int] = field(default_factory=set)
    far: tuple[int, int] | None = None  # right and upper end of all outlines

    def copy(self) -> Board:
        """Another board with the same on it; lists are never changed in place, so both may share them."""
        other = object.__new__(Board)  # dataclasses.replace takes a third of the search's time
        other.__dict__.update(self.__dict__)
        return other

    def put(self, lying: Lying, area: float) -> None:
        self.lying = [*self.lying, lying]
        self.boxes = np.concatenate((self.boxes, moved(lying.shape.grown, lying.x, lying.y)))
        self.area += area
        self.refused = set(self.refused)
        right, top = lying.x + lying.shape.hull[2], lying.y + lying.shape.hull[3]
        self.far = (max(self.far[0], right), max(self.far[1], top)) if self.far else (right, top)

    def take(self, items: set[int], areas: list[float]) -> None:
        """Take some items away."""
        self.lying = [one for one in self.lying if one.item not in items]
        parts = [moved(one.shape.grown, one.x, one.y) for one in self.lying]
        self.boxes = np.concatenate(parts) if parts else np.empty((0, 4), np.int64)
        self.area = sum(areas[one.item] for one in self.lying)
        self.refused = set()
        ends = [(one.x + one.shape.hull[2], one.y + one.shape.hull[3]) for one in self.lying]
        self.far = (max(x for x, _ in ends), max(y for _, y in ends)) if ends else None

    @property
    def reach(self) -> int:
        """How far the outlines reach along the frame's first axis, from the bin's edge."""
        return (self.far[0] if self.far else self.room.edges[0]) - self.room.edges[0]

    @property
    def height(self) -> int:
        """The same along the second axis."""
        return (self.far[1] if self.far else self.room.edges[1]) - self.room.edges[1]

    @property
    def share(self) -> float:
        """Used share: along the axis where it is less."""
        x0, y0, x1, y1 = self.room.edges
        return min(self.reach / (x1 - x0), self.height / (y1 - y0))


def moved(boxes: Boxes, x: int, y: int) -> Boxes:
    return boxes + np.array((x, y, x, y), np.int64)


class Stockroom:
    """A problem prepared: the shapes of its items and the rooms of its bins, made once and looked up."""

    def __init__(self, problem: Problem, most: int = MOST_OF_ITEM) -> None:
        self.problem, self._most = problem, most
        self.areas = [_area(item.outline, item.holes) for item in problem.items]
        #: Least side of any item with its spacing (mm): what is narrower is closed at once.
        self._gap = max(0.0, min((_least_side(i.outline) for i in problem.items), default=0.0) + problem.spacing - 1e-3)
        self._alike = _kinds(problem)
        self._base = cache(self._base_boxes)
        self.shapes = cache(self._shapes)
        self.room = cache(self._room)

    def kind(self, item: int) -> int:
        """The same for items that have the same outline, openings and turns."""
        return self._alike[item]

    def fitting(self, item: int, kind: int, frame: int) -> tuple[Shape, ...]:
        """The shapes of an item that go onto a bin of that kind if it is empty and has no obstacles."""
        return self._fitting(self.kind(item), kind, frame)

    def board(self, kind: int, frame: int) -> Board:
        return Board(kind, frame, self.room(kind, frame))

    def locked(self, frame: int = 0) -> list[Board]:
        boards = []
        for laid in self.problem.locked:
            board = self.board(laid.bin, frame)
            for put in laid.puts:
                self._put_down(board, put, fixed=True)
            boards.append(board)
        return boards

    def boards(self, solution: Solution, frame: int = 0) -> list[Board]:
        """A layout as boards: what is locked stays fixed."""
        fixed = {put.item for laid in self.problem.locked for put in laid.puts}
        boards = []
        for laid in solution.sheets:
            board = self.board(laid.bin, frame)
            for put in laid.puts:
                self._put_down(board, put, fixed=put.item in fixed)
            boards.append(board)
        return boards

    def solution(self, boards: list[Board], unplaced: tuple[tuple[int, str], ...] = ()) -> Solution:
        """Boards as a layout: locked ones first, empty ones left out, the least used sheet last."""
        locks = len(self.problem.locked)
        opened = [b for b in boards[locks:] if b.lying]
        opened.sort(key=lambda b: (not self.problem.bins[b.bin].offcut, -round(b.share, 9)))
        where = {put.item: put for laid in self.problem.locked for put in laid.puts}
        return Solution(
            tuple(
                Laid(
                    b.bin,
                    tuple(where[one.item] if one.fixed else _put(one, b.frame) for one in sorted(b.lying, key=_item)),
                )
                for b in (*boards[:locks], *opened)
            ),
            tuple(sorted(unplaced)),
        )

    def left(self, boards: list[Board]) -> Counter[int]:
        """How many bins of each limited kind are still there."""
        used = Counter(board.bin for board in boards)
        return Counter({k: b.count - used[k] for k, b in enumerate(self.problem.bins) if b.count is not None})

    def _put_down(self, board: Board, put: Put, *, fixed: bool) -> None:
        shape = self._shape(self.kind(put.item), put.turn % 360.0, board.frame)
        x, y = put.x * UNIT, put.y * UNIT
        if board.frame:
            x, y = y, x
        lying = Lying(put.item, shape, round(x), round(y), fixed)
        board.put(lying, self.areas[put.item])
        if fixed:  # it may lie anywhere, not only on whole micrometres
            board.boxes[-len(shape.grown) :] += np.array((-1, -1, 1, 1), np.int64)

    def _shapes(self, kind: int, bin_kind: int, frame: int) -> tuple[Shape, ...]:
        turns = turns_on(self.problem, self._first(kind), bin_kind)
        shapes: list[Shape] = []
        for turn in turns:
            shape = self._shape(kind, turn, frame)
            if not any(_same(shape, other) for other in shapes):
                shapes.append(shape)
        return tuple(shapes)

    def _fitting(self, kind: int, bin_kind: int, frame: int) -> tuple[Shape, ...]:
        x0, y0, x1, y1 = self.room(bin_kind, frame).hull
        return tuple(
            s
            for s in self.shapes(kind, bin_kind, frame)
            if s.hull[2] - s.hull[0] <= x1 - x0 and s.hull[3] - s.hull[1] <= y1 - y0
        )

    def _shape(self, kind: int, turn: float, frame: int) -> Shape:
        quarters, rest = divmod(turn, 90.0)
        bare, taken = self._base(kind, rest)
        both = [turned_boxes(boxes, int(quarters)) for boxes in (bare, taken)]
        if frame:
            both = [_exchanged(boxes) for boxes in both]
        return Shape(turn, np.array(both[1], np.int64), np.array(both[0], np.int64), hull(both[0]))

    def _base_boxes(self, kind: int, turn: float) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
        item = self.problem.items[self._first(kind)]
        roomy = [hole for hole in item.holes if _least_side(hole) > self._gap + self.problem.spacing]
        polygon = Polygon(item.outline, roomy)
        if turn:
            polygon = rotate(polygon, turn, origin=(0, 0))
        taken = grown(polygon, self.problem.spacing / 2)
        waste = min(WASTE_OF_ITEM, WASTE_SHARE * polygon.area)
        return cover(polygon, self._most, waste, self._gap), cover(taken, self._most, waste, self._gap)

    def _first(self, kind: int) -> int:
        return self._alike.index(kind)

    def _room(self, kind: int, frame: int) -> Room:
        problem, place = self.problem, self.problem.bins[kind]
        whole = bounds(place)
        edges = (round(whole[0] * UNIT), round(whole[1] * UNIT), round(whole[2] * UNIT), round(whole[3] * UNIT))
        margin = math.ceil(problem.margin * UNIT - 1e-3)
        inner = (edges[0] + margin, edges[1] + margin, edges[2] - margin, edges[3] - margin)
        outside = box(*whole).difference(Polygon(place.outline))
        zones = [grown(g, problem.margin) for g in getattr(outside, "geoms", (outside,)) if g.area > 1e-6]
        zones += [grown(Polygon(zone), problem.spacing) for zone in place.keep_out]
        obstacles = cover(union_all(zones), MOST_OF_BIN, WASTE_OF_BIN) if zones else ()
        if frame:
            edges, inner, obstacles = _exchanged((edges,))[0], _exchanged((inner,))[0], _exchanged(obstacles)
        return Room(inner, edges, np.array(obstacles, np.int64).reshape(-1, 4))


def _exchanged(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    return tuple((y0, x0, y1, x1) for x0, y0, x1, y1 in boxes)


def _put(one: Lying, frame: int) -> Put:
    x, y = (one.y, one.x) if frame else (one.x, one.y)
    return Put(one.item, x / UNIT, y / UNIT, one.shape.turn)


def _item(one: Lying) -> int:
    return one.item


def _same(a: Shape, b: Shape) -> bool:
    """The same but for where the origin is: a board turned by half may be left as it is."""
    return a.grown.shape == b.grown.shape and bool(
        (
            np.sort(a.grown - a.grown[:, :2].min(axis=0).tolist() * 2, axis=0)
            == np.sort(b.grown - b.grown[:, :2].min(axis=0).tolist() * 2, axis=0)
        ).all()
    )


def _kinds(problem: Problem) -> list[int]:
    known: dict[object, int] = {}
    return [known.setdefault((i.kind, i.outline, i.holes, i.turns), len(known)) for i in problem.items]


def _area(outline: tuple[tuple[float, float], ...], holes: tuple[tuple[tuple[float, float], ...], ...]) -> float:
    return float(Polygon(outline, holes).area)


def _least_side(ring: tuple[tuple[float, float], ...]) -> float:
    """No rectangle narrower than this holds the ring, whichever way it is turned."""
    around = Polygon(ring).minimum_rotated_rectangle
    corners = list(around.exterior.coords) if isinstance(around, Polygon) else []
    return min((math.dist(a, b) for a, b in itertools.pairwise(corners)), default=0.0)
