# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A panel as a designer draws it: an outline with rounded corners, then edges that receive tabs and
notches, and faces that receive openings, holes, pockets and engraved text. One extrusion makes the
solid, and recesses are set into its top face: no boolean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from designs.contour import Contour, Point, Vertex, exact_cos_sin
from designs.errors import GeometryError
from designs.furniture import Finish, Grain, Part
from designs.lettering import outlines, text_width
from designs.prism import prism

if TYPE_CHECKING:
    import cadquery as cq

ENGRAVING_DEPTH = 0.8


class Corner(NamedTuple):
    """A corner of the outline before anything is cut; ``radius`` rounds it."""

    x: float
    y: float
    radius: float = 0.0


class Step(NamedTuple):
    """A vertex of an edge's feature: ``s`` mm along the edge, ``n`` mm outwards, bulge to the next."""

    s: float
    n: float
    bulge: float = 0.0


class Recess(NamedTuple):
    """A pocket from the top face."""

    contour: Contour
    depth: float
    islands: tuple[Contour, ...] = ()


@dataclass
class Panel:
    """A sheet part under construction. Corners run counter-clockwise; edge k goes from corner k to
    the next and is called ``edges[k]``. All figures in mm, in the panel's own frame."""

    code: str
    name: str
    thickness: float
    corners: Sequence[Corner]
    edges: Sequence[str]
    at: tuple[cq.Location, ...]
    grain: Grain = Grain.ALONG
    finish: Finish = Finish.TOP
    openings: list[Contour] = field(default_factory=list)
    recesses: list[Recess] = field(default_factory=list)
    _features: dict[int, list[tuple[Step, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.corners) != len(self.edges):
            raise GeometryError(
                f"{self.code} {self.name!r}: {len(self.corners)} corners, {len(self.edges)} names of edges"
            )

    # Edges

    def edge(self, name: str) -> tuple[Point, Point]:
        """Start and end corner of an edge."""
        k = self._index(name)
        a, b = self.corners[k], self.corners[(k + 1) % len(self.corners)]
        return (a.x, a.y), (b.x, b.y)

    def edge_length(self, name: str) -> float:
        return math.dist(*self.edge(name))

    def on_edge(self, name: str, s: float, n: float = 0.0) -> Point:
        """The point ``s`` mm along an edge and ``n`` mm outside of it."""
        (x0, y0), (x1, y1) = self.edge(name)
        length = math.dist((x0, y0), (x1, y1))
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        return x0 + s * ux + n * uy, y0 + s * uy - n * ux

    def shape_edge(self, name: str, steps: Iterable[Step]) -> None:
        """Replace a stretch of an edge by a line of steps (a tab, a notch). One that is there already is
        not cut again: copies of a part are cut by the same joints in several places of the piece."""
        feature, there = tuple(steps), self._features.setdefault(self._index(name), [])
        if not any(_same(Contour.of(feature), Contour.of(other)) for other in there):
            there.append(feature)

    def tab(self, name: str, centre: float, width: float, length: float, chamfer: float = 1.5) -> None:
        """A tab that stands out of an edge, its tip chamfered so that it finds its slot."""
        a, b, c = centre - width / 2, centre + width / 2, min(chamfer, length / 3)
        self.shape_edge(
            name,
            [
                Step(a, 0),
                Step(a, length - c),
                Step(a + c, length),
                Step(b - c, length),
                Step(b, length - c),
                Step(b, 0),
            ],
        )

    def notch(self, name: str, centre: float, width: float, depth: float, mouth: float = 0.0) -> None:
        """A slot that opens at an edge, its mouth rounded by that radius."""
        a, b = centre - width / 2, centre + width / 2
        if not mouth:
            self.shape_edge(name, [Step(a, 0), Step(a, -depth), Step(b, -depth), Step(b, 0)])
            return
        lip = math.tan(math.pi / 8)
        self.shape_edge(
            name,
            [Step(a - mouth, 0, lip), Step(a, -mouth), Step(a, -depth), Step(b, -depth), Step(b, -mouth, lip),
             Step(b + mouth, 0)],
        )  # fmt: skip

    def u_notch(self, name: str, centre: float, width: float, depth: float, mouth: float = 6.0) -> None:
        """A notch with a half-round bottom and a rounded mouth, for something to stand in."""
        r, a, b = width / 2, centre - width / 2, centre + width / 2
        lip = math.tan(math.pi / 8)
        self.shape_edge(
            name,
            [Step(a - mouth, 0, lip), Step(a, -mouth), Step(a, r - depth, -1.0), Step(b, r - depth), Step(b, -mouth, lip),
             Step(b + mouth, 0)],
        )  # fmt: skip

    def scoop(self, name: str, centre: float, width: float, depth: float) -> None:
        """A shallow hollow in an edge, one arc of that chord and sagitta: room for a hinge's knuckle."""
        self.shape_edge(name, [Step(centre - width / 2, 0, -2 * depth / width), Step(centre + width / 2, 0)])

    # Faces

    def opening(self, contour: Contour) -> None:
        """A through cut of any shape. One that is there already is not cut again: copies of a part
        are cut by the same joints in several places of the piece."""
        if not any(_same(contour, there) for there in self.openings):
            self.openings.append(contour.counter_clockwise())

    def hole(self, x: float, y: float, diameter: float) -> None:
        self.opening(Contour.circle(x, y, diameter / 2))

    def slot(self, x: float, y: float, length: float, width: float, angle_deg: float = 0.0) -> None:
        """A through slot with sharp corners (a joint's), centred, its length turned by ``angle_deg``."""
        self.opening(_rectangle(x, y, length, width, angle_deg))

    def rounded_slot(self, x: float, y: float, length: float, width: float, angle_deg: float = 0.0) -> None:
        """A through slot with half-round ends: a hand hole, an air slot."""
        half, r = length / 2 - width / 2, width / 2
        bar = Contour.of([(-half, -r), (half, -r, 1.0), (half, r), (-half, r, 1.0)])
        self.opening(bar.moved(x, y, angle_deg))

    def window(self, x: float, y: float, width: float, height: float, radius: float) -> None:
        """A through opening with rounded corners, centred."""
        corners = [
            Corner(x + i * width / 2, y + j * height / 2, radius) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        self.opening(Contour(tuple(_rounded(corners))))

    def pocket(self, contour: Contour, depth: float) -> None:
        """A recess from the top face. One that is there already is not cut again; raises GeometryError if it
        is there at another depth."""
        self._recess(Recess(contour.counter_clockwise(), depth))

    def _recess(self, asked: Recess) -> None:
        if asked.depth > self.thickness + 1e-6:
            raise GeometryError(
                f"{self.code} {self.name!r}: a recess of {asked.depth:g} mm is deeper than the sheet of {self.thickness:g} mm"
            )
        for there in self.recesses:
            if not _same(asked.contour, there.contour):
                continue
            if abs(asked.depth - there.depth) > 1e-6 or not _same_islands(asked.islands, there.islands):
                raise GeometryError(
                    f"{self.code} {self.name!r}: two recesses of one outline differ "
                    f"({there.depth:g} and {asked.depth:g} mm deep, {len(there.islands)} and {len(asked.islands)} islands)"
                )
            return
        self.recesses.append(asked)

    def groove(self, x: float, y: float, length: float, width: float, depth: float, angle_deg: float = 0.0) -> None:
        """A closed rectangular pocket with sharp corners (a dado), centred."""
        self.pocket(_rectangle(x, y, length, width, angle_deg), depth)

    def ring(self, x: float, y: float, width: float, height: float, groove: float, depth: float, radius: float) -> None:
        """A groove all round a rectangle, centred: ``width`` × ``height`` outside, ``groove`` mm wide, its
        outer corners rounded by ``radius`` (more than the groove's width)."""
        outer, inner = (
            Contour(
                tuple(
                    _rounded(
                        [
                            Corner(x + i * (width / 2 - inset), y + j * (height / 2 - inset), radius - inset)
                            for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))
                        ]
                    )
                )
            )
            for inset in (0.0, groove)
        )
        self._recess(Recess(outer, depth, (inner,)))

    def engrave(
        self, text: str, x: float, y: float, height: float, stroke: float = 2.5, angle_deg: float = 0.0
    ) -> None:
        """Engrave a line of text into the top face, its middle at (x, y)."""
        half = text_width(text, height) / 2
        for contour, islands in outlines(text, height, stroke) if text.strip() else []:
            self.recesses.append(
                Recess(
                    contour.moved(-half, -height / 2).moved(x, y, angle_deg),
                    ENGRAVING_DEPTH,
                    tuple(i.moved(-half, -height / 2).moved(x, y, angle_deg) for i in islands),
                )
            )

    # The solid

    def outline(self) -> Contour:
        """The finished outline; raises GeometryError if a feature does not fit on its edge."""
        vertices: list[Vertex] = []
        count = len(self.corners)
        for k in range(count):
            name = self.edges[k]
            fillet = _fillet(self.corners[k - 1], self.corners[k], self.corners[(k + 1) % count])
            following = _fillet(self.corners[k], self.corners[(k + 1) % count], self.corners[(k + 2) % count])
            vertices += fillet.vertices
            position, end = fillet.setback, self.edge_length(name) - following.setback
            for steps in sorted(self._features.get(k, [])):
                if steps[0].s < position - 1e-6 or steps[-1].s > end + 1e-6:
                    raise GeometryError(
                        f"{self.code} {self.name!r}: no room on edge {name!r} for what stands at "
                        f"{steps[0].s:.1f}–{steps[-1].s:.1f} mm (free: {position:.1f}–{end:.1f} mm)"
                    )
                position = steps[-1].s
                vertices += [Vertex(*self.on_edge(name, step.s, step.n), step.bulge) for step in steps]
            if end < position - 1e-6:
                raise GeometryError(f"{self.code} {self.name!r}: edge {name!r} is too short for its rounded corners")
        return _without_doubles(vertices)

    @property
    def volume(self) -> float:
        """mm³, exactly that of the solid and without building it, as long as cuts keep apart (``solid`` checks)."""
        through = self.outline().area - sum(o.area for o in self.openings)
        taken = sum((r.contour.area - sum(i.area for i in r.islands)) * r.depth for r in self.recesses)
        return through * self.thickness - taken

    def solid(self) -> cq.Solid:
        """The panel from z = 0 to its thickness; raises GeometryError if it is no simple shape."""
        outline = self.outline()
        self._check(outline)
        return prism(outline, self.openings, self.recesses, self.thickness)

    def part(self) -> Part:
        return Part(self.code, self.name, self.solid(), self.at, self.grain, self.finish)

    def _index(self, name: str) -> int:
        try:
            return list(self.edges).index(name)
        except ValueError:
            raise GeometryError(f"{self.code} {self.name!r} has no edge {name!r}: {', '.join(self.edges)}") from None

    def _check(self, outline: Contour) -> None:
        """Everything inside, nothing overlapping; chords of 0.05 mm are fine for that."""
        from shapely import Polygon, STRtree

        body = Polygon(outline.points(0.05))
        if not body.is_valid or outline.signed_area <= 0:
            raise GeometryError(f"{self.code} {self.name!r}: its outline crosses itself in this size")
        cuts = [Polygon(c.points(0.05)) for c in self.openings]
        # What stands on an island is another cut: the stroke in a nought.
        cuts += [Polygon(r.contour.points(0.05), [i.points(0.05) for i in r.islands]) for r in self.recesses]
        tree = STRtree(cuts)
        for cut in cuts:
            x, y = cut.centroid.x, cut.centroid.y
            if not body.contains_properly(cut):
                raise GeometryError(f"{self.code} {self.name!r}: the cut at {x:.0f}, {y:.0f} mm leaves the part")
            if len(tree.query(cut, predicate="intersects")) > 1:
                raise GeometryError(f"{self.code} {self.name!r}: two cuts meet at {x:.0f}, {y:.0f} mm")


class _Fillet(NamedTuple):
    vertices: list[Vertex]
    setback: float  # mm of each edge that the rounding takes


def _fillet(before: Corner, corner: Corner, after: Corner) -> _Fillet:
    """A corner rounded: tangent points lie radius · tan(turn / 2) from it; bulge = tan(turn / 4)."""
    if not corner.radius:
        return _Fillet([Vertex(corner.x, corner.y)], 0.0)
    back = math.atan2(before.y - corner.y, before.x - corner.x)
    on = math.atan2(after.y - corner.y, after.x - corner.x)
    turn = (on - back - math.pi) % (2 * math.pi)
    if turn > math.pi:
        turn -= 2 * math.pi
    setback = corner.radius * math.tan(abs(turn) / 2)
    return _Fillet(
        [
            Vertex(corner.x + setback * math.cos(back), corner.y + setback * math.sin(back), math.tan(turn / 4)),
            Vertex(corner.x + setback * math.cos(on), corner.y + setback * math.sin(on)),
        ],
        setback,
    )


def _rounded(corners: Sequence[Corner]) -> list[Vertex]:
    count = len(corners)
    return list(
        _without_doubles(
            [v for k in range(count) for v in _fillet(corners[k - 1], corners[k], corners[(k + 1) % count]).vertices]
        ).vertices
    )


def _without_doubles(vertices: list[Vertex]) -> Contour:
    kept = [
        v
        for v, after in zip(vertices, vertices[1:] + vertices[:1], strict=True)
        if math.dist((v.x, v.y), (after.x, after.y)) > 1e-6
    ]
    return Contour(tuple(kept))


def _same(one: Contour, other: Contour, tolerance: float = 1e-4) -> bool:
    """The same corners within the tolerance, wherever each starts."""
    if len(one.vertices) != len(other.vertices):
        return False
    return all(any(abs(u.x - v.x) + abs(u.y - v.y) < tolerance for v in other.vertices) for u in one.vertices)


def _same_islands(one: Sequence[Contour], other: Sequence[Contour]) -> bool:
    return len(one) == len(other) and all(any(_same(i, j) for j in other) for i in one)


def _rectangle(x: float, y: float, length: float, width: float, angle_deg: float) -> Contour:
    cos, sin = exact_cos_sin(angle_deg)
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return Contour.of(
        [
            (x + i * length / 2 * cos - j * width / 2 * sin, y + i * length / 2 * sin + j * width / 2 * cos)
            for i, j in corners
        ]
    )
