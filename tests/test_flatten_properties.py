# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Random panels: what was drawn comes back, in any orientation, and through a STEP file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cadquery as cq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabrication.flatten import flatten
from fabrication.plan import Face, FlatPart, Work

SLOW = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

#: Features stand in cells of this size (mm), so that they never touch.
CELL = 60.0


@dataclass(frozen=True)
class Panel:
    """What was drawn: a solid and the figures that it must give back."""

    solid: cq.Solid
    thickness: float
    outline_area: float
    outline_length: float
    #: (work, face, depth, area, perimeter, islands' area) of everything but the outline, rounded and sorted
    features: list[tuple[str, str, float, float, float, float]]


def feature(work: Work, face: Face, depth: float, area: float, length: float, islands: float = 0.0) -> tuple:
    return (str(work), str(face), round(depth, 6), round(area, 4), round(length, 4), round(islands, 4))


def figures(part: FlatPart) -> list[tuple]:
    return sorted(
        feature(o.work, o.face, o.depth, o.contour.area, o.contour.length, sum(i.area for i in o.islands))
        for o in part.operations
        if o.work is not Work.CUT_OUTSIDE
    )


def sizes(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(round(low * 10), round(high * 10)).map(lambda n: n / 10)


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    columns, rows = draw(st.integers(2, 3)), 2
    length, width, thickness = columns * CELL + 40, rows * CELL + 40, draw(sizes(12, 21))
    outline, area, perimeter = _outline(draw, length, width)
    cutters: list[cq.Shape] = []
    features = []
    for column in range(columns):
        for row in range(rows):
            x, y = 20 + CELL * (column + 0.5), 20 + CELL * (row + 0.5)
            kind = draw(st.sampled_from(["none", "slot", "circle", "rounded", "pocket", "ring", "blind", "stepped"]))
            face = draw(st.sampled_from(list(Face)))
            depth = draw(sizes(0.5, thickness - 3))
            cutter, found = _feature(kind, x, y, thickness, face, depth, draw(sizes(4, 26)), draw(sizes(4, 26)))
            if cutter is not None:
                cutters += cutter.vals()
            features += found
    solid = outline.extrude(thickness).val()
    solid = solid.cut(*cutters).Solids()[0] if cutters else solid
    return Panel(solid, thickness, area, perimeter, sorted(features))


def _outline(draw: st.DrawFn, length: float, width: float) -> tuple[cq.Workplane, float, float]:
    """A rectangle with notches below, tabs above and a rounded corner on the right."""
    area, perimeter = length * width, 2 * (length + width)
    work = cq.Workplane("XY").moveTo(0, 0)
    for start in [30.0, 90.0][: draw(st.integers(0, 2))]:
        wide, deep = draw(sizes(5, 25)), draw(sizes(3, 15))
        for point in [(start, 0), (start, deep), (start + wide, deep), (start + wide, 0)]:
            work = work.lineTo(*point)
        area, perimeter = area - wide * deep, perimeter + 2 * deep
    work = work.lineTo(length, 0)
    radius = draw(sizes(2, 18))
    middle = radius * (1 - math.sqrt(0.5))
    work = work.lineTo(length, width - radius).threePointArc(
        (length - middle, width - middle), (length - radius, width)
    )
    area, perimeter = area - radius**2 * (1 - math.pi / 4), perimeter - radius * (2 - math.pi / 2)
    for start in [100.0, 40.0][: draw(st.integers(0, 2))]:
        wide, high = draw(sizes(5, 25)), draw(sizes(3, 15))
        for point in [(start + wide, width), (start + wide, width + high), (start, width + high), (start, width)]:
            work = work.lineTo(*point)
        area, perimeter = area + wide * high, perimeter + 2 * high
    return work.lineTo(0, width).close(), area, perimeter


def _feature(
    kind: str, x: float, y: float, thickness: float, face: Face, depth: float, a: float, b: float
) -> tuple[cq.Workplane | None, list]:
    at = cq.Workplane("XY").center(x, y)
    low = thickness - depth if face is Face.TOP else 0.0
    recess = Work.ENGRAVE if depth <= 1.0 else Work.POCKET
    if kind == "slot":
        return at.rect(2 * a, b).extrude(thickness), [
            feature(Work.CUT_INSIDE, Face.TOP, thickness, 2 * a * b, 4 * a + 2 * b)
        ]
    if kind == "circle":
        work = Work.DRILL if a <= 16 else Work.CUT_INSIDE
        return at.circle(a / 2).extrude(thickness), [
            feature(work, Face.TOP, thickness, math.pi * a * a / 4, math.pi * a)
        ]
    if kind == "rounded":
        return at.slot2D(a + 20, a).extrude(thickness), [
            feature(Work.CUT_INSIDE, Face.TOP, thickness, 20 * a + math.pi * a * a / 4, 40 + math.pi * a)
        ]
    if kind == "pocket":
        cutter = at.rect(2 * a, 2 * b).extrude(depth).translate((0, 0, low))
        return cutter, [feature(recess, face, depth, 4 * a * b, 4 * a + 4 * b)]
    if kind == "ring":
        cutter = at.rect(2 * a, 2 * b).circle(1.5).extrude(depth).translate((0, 0, low))
        return cutter, [feature(recess, face, depth, 4 * a * b, 4 * a + 4 * b, math.pi * 2.25)]
    if kind == "blind":
        work = Work.ENGRAVE if depth <= 1.0 else Work.DRILL if a <= 16 else Work.POCKET
        cutter = at.circle(a / 2).extrude(depth).translate((0, 0, low))
        return cutter, [feature(work, face, depth, math.pi * a * a / 4, math.pi * a)]
    if kind == "stepped":
        cutter = at.rect(2 * a, 2 * b).extrude(depth).translate((0, 0, low)).union(at.circle(1.5).extrude(thickness))
        return cutter, [
            feature(recess, face, depth, 4 * a * b, 4 * a + 4 * b),
            feature(Work.DRILL, Face.TOP, thickness, math.pi * 2.25, math.pi * 3),
        ]
    return None, []


@SLOW
@given(panels())
def test_what_was_drawn_comes_back(panel: Panel) -> None:
    part = flatten(panel.solid)
    assert part.thickness == pytest.approx(panel.thickness, abs=1e-6)
    assert part.outline.area == pytest.approx(panel.outline_area, abs=1e-6, rel=1e-9)
    assert part.outline.length == pytest.approx(panel.outline_length, abs=1e-6, rel=1e-9)
    assert figures(part) == panel.features


@SLOW
@given(
    panels(),
    st.tuples(*[st.integers(-9, 9)] * 3).filter(any),
    st.floats(0, 360),
    st.tuples(*[st.floats(-2000, 2000)] * 3),
)
def test_any_orientation_gives_the_same_part_up_to_a_rigid_motion(
    panel: Panel, axis: tuple, angle: float, shift: tuple
) -> None:
    part = flatten(panel.solid)
    turned = flatten(panel.solid.rotate((0, 0, 0), axis, angle).translate(shift))
    assert turned.thickness == pytest.approx(part.thickness, abs=1e-6)
    assert turned.outline.area == pytest.approx(part.outline.area, rel=1e-8)
    assert turned.outline.length == pytest.approx(part.outline.length, rel=1e-8)
    normal = cq.Face.makePlane(1, 1).rotate((0, 0, 0), axis, angle).normalAt()
    if abs(normal.z) < 1 - 1e-9:  # a frame of its own
        left, low, _, _ = turned.outline.bounds
        assert (left, low) == pytest.approx((0, 0), abs=1e-6)
        lengths = [s for s in turned.outline.segments() if not s.bulge]
        longest = max(s.chord for s in lengths)
        assert any(s.chord > longest - 1e-5 and abs(s.end[1] - s.start[1]) < 1e-5 for s in lengths)
    _same_features(part, turned)


def _same_features(part: FlatPart, turned: FlatPart) -> None:
    """Equal figures, with the faces either kept or all exchanged, and equal distances between features."""

    def told(p: FlatPart, swap: bool) -> list[tuple]:
        def face(o) -> str:
            if o.depth >= p.thickness - 1e-6:
                return "through"
            return str(Face.BOTTOM if (o.face is Face.TOP) == swap else Face.TOP)

        return sorted(
            (str(o.work), face(o), round(o.depth, 4), round(o.contour.area, 2), len(o.islands)) for o in p.operations
        )

    assert told(turned, False) in (told(part, False), told(part, True))
    assert _distances(turned) == pytest.approx(_distances(part), abs=1e-4)


def _distances(part: FlatPart) -> list[float]:
    middles = []
    for o in part.operations:
        corners = o.contour.vertices
        middles.append((sum(v.x for v in corners) / len(corners), sum(v.y for v in corners) / len(corners)))
    # Contours that are cut by a symmetric number of vertices have their mean in the middle in every frame,
    # except circles, whose two vertices always lie across X: their mean is the centre too.
    return sorted(math.dist(p, q) for i, p in enumerate(middles) for q in middles[i + 1 :])


@settings(SLOW, max_examples=8)
@given(panels())
def test_a_step_file_keeps_the_part(tmp_path_factory: pytest.TempPathFactory, panel: Panel) -> None:
    path: Path = tmp_path_factory.mktemp("step") / "panel.step"
    cq.exporters.export(cq.Workplane(panel.solid), str(path))
    again = flatten(cq.importers.importStep(str(path)).val())
    assert figures(again) == panel.features
    assert again.outline.area == pytest.approx(panel.outline_area, rel=1e-9)
