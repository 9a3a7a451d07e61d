# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lines, layers, units and reliefs that a workshop would stumble over: named with every sum rewritten."""
# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

import math

import ezdxf
import ezdxf.bbox
import pytest

from tests.broken_packages import Breaker, Unpacked, assert_named, on, packages, router, segments, without_arcs  # noqa: F401 - fixtures


def contour_opened(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        on(document.modelspace(), "INSIDE")[0].close(False)
    return ("sheet-01.dxf", "open")


def contour_on_a_layer_of_no_grammar(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-02.dxf") as document:
        on(document.modelspace(), "OUTSIDE")[0].dxf.layer = "0"
    return ("sheet-02.dxf", "'0'", "grammar")


def contour_on_the_layer_of_labels(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        next(e for e in package.drawn(document, "P01", 1) if "INSIDE" in e.dxf.layer).dxf.layer = "LABEL"
    return ("P01-1", "not drawn")


def inside_cut_taken_for_an_outline(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        entities = package.drawn(document, "P01", 1)
        next(e for e in entities[1:] if "INSIDE" in e.dxf.layer).dxf.layer = entities[0].dxf.layer
    return ("P01-1", "not drawn")


def wrong_thickness_in_layers(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        document.layers.add("TOP-CUT-INSIDE-18.0MM")
        for entity in on(document.modelspace(), "INSIDE"):
            entity.dxf.layer = "TOP-CUT-INSIDE-18.0MM"
    return ("sheet-01.dxf", "TOP-CUT-INSIDE-18.0MM", "17.6")


def layer_switched_off(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        document.layers.get("TOP-CUT-INSIDE-17.6MM").off()
    return ("sheet-01.dxf", "TOP-CUT-INSIDE-17.6MM", "off")


def units_changed(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-02.dxf") as document:
        document.header["$INSUNITS"] = 1
    return ("sheet-02.dxf", "$INSUNITS")


def other_dxf_version(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-02.dxf") as document:
        document.dxfversion = "R2000"
    return ("sheet-02.dxf", "R2010")


def relief_removed(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        slot = next(e for e in package.drawn(document, "P01", 1) if "INSIDE" in e.dxf.layer and len(e) > 4)
        sharp = without_arcs(slot)
        assert len(sharp) == 4
        slot.set_points(sharp, format="xyb")
    return ("P01-1", "inside cut", "no relief")


def relief_at_a_wrong_place(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        slot = next(e for e in package.drawn(document, "P01", 1) if "INSIDE" in e.dxf.layer and len(e) > 4)
        points: list[tuple[float, float, float]] = []
        longest = max(segments(slot), key=lambda s: math.dist(s[0][:2], s[1][:2]))
        inwards = 1 if sum(p[0] * q[1] - q[0] * p[1] for p, q in segments(slot)) > 0 else -1
        for p, q in segments(slot):
            points.append(tuple(p))
            if (p, q) == longest:
                x, y, ux, uy = (p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (q[0] - p[0]), (q[1] - p[1])
                size = math.hypot(ux, uy)
                a, b = (x - 3 * ux / size, y - 3 * uy / size), (x + 3 * ux / size, y + 3 * uy / size)
                points += [(*a, 1.0 * inwards), (*b, 0.0)]
        slot.set_points(points, format="xyb")
    return ("P01-1", "cut where it should not be")


def relief_for_a_smaller_tool(package: Unpacked) -> tuple[str, ...]:
    """The contour's reliefs shrink to 4.1 mm, the rest of the package is for 6 mm."""
    with package.dxf("parts/P01-assise.dxf") as document:
        slot = next(e for e in on(document.modelspace(), "INSIDE") if len(e) > 4)
        (x0, y0, _), _, (x1, y1, _), _ = without_arcs(slot)
        reach = math.sqrt(2) * 2.05
        corners = [
            ((x0, y0), (0, 1), (1, 0)),
            ((x1, y0), (-1, 0), (0, 1)),
            ((x1, y1), (0, -1), (-1, 0)),
            ((x0, y1), (1, 0), (0, -1)),
        ]
        points = []
        for (x, y), (ax, ay), (bx, by) in corners:
            points += [(x + ax * reach, y + ay * reach, 1.0), (x + bx * reach, y + by * reach, 0.0)]
        slot.set_points(points, format="xyb")
    return ("P01", "P01-assise.dxf", "no relief")


def spline_for_a_contour(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        outline = on(document.modelspace(), "OUTSIDE")[0]
        points = [(*p, 0) for p in outline.get_points("xy")]
        document.modelspace().add_spline([*points, points[0]], dxfattribs={"layer": outline.dxf.layer})
        document.modelspace().delete_entity(outline)
    return ("sheet-01.dxf", "SPLINE")


def loose_line(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("parts/P01-assise.dxf") as document:
        document.modelspace().add_line((0, 0), (10, 0), dxfattribs={"layer": "TOP-CUT-INSIDE-17.6MM"})
    return ("P01-assise.dxf", "LINE")


def tiny_segment(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        outline = on(document.modelspace(), "OUTSIDE")[0]
        (x0, y0, _), (x1, y1, _) = next((p, q) for p, q in segments(outline) if not p[2])
        size = math.dist((x0, y0), (x1, y1))
        points = list(outline.get_points("xyb"))
        index = next(i for i, p in enumerate(points) if p[:2] == (x0, y0))
        points.insert(index + 1, (x0 + 0.04 * (x1 - x0) / size, y0 + 0.04 * (y1 - y0) / size, 0.0))
        outline.set_points(points, format="xyb")
    return ("sheet-01.dxf", "0.0400 mm")


def contour_drawn_twice(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        document.modelspace().add_entity(on(document.modelspace(), "OUTSIDE")[0].copy())
    return ("sheet-01.dxf", "drawn twice")


def contour_crosses_itself(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("parts/P03-entretoise.dxf") as document:
        outline = on(document.modelspace(), "OUTSIDE")[0]
        outline.set_points([(-100, -30, 0), (100, 30, 0), (100, -30, 0), (-60, 30, 0)], format="xyb")
    return ("P03-entretoise.dxf", "crosses itself")


def contour_in_a_block(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        outline = on(document.modelspace(), "OUTSIDE")[0]
        document.blocks.new("PART").add_entity(outline.copy())
        document.modelspace().add_blockref("PART", (0, 0), dxfattribs={"layer": outline.dxf.layer})
        document.modelspace().delete_entity(outline)
    return ("sheet-01.dxf", "INSERT")


def text_in_a_font(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        document.modelspace().add_text("P01", dxfattribs={"layer": "LABEL"})
    return ("sheet-01.dxf", "TEXT")


def pocket_runs_into_the_next_part(package: Unpacked) -> tuple[str, ...]:
    """The half lap of a leg, open at its edge, is drawn long."""
    sheet, _ = package.placed("P02", 1)
    with package.dxf(sheet["file"]) as document:
        outline, *inside = package.drawn(document, "P02", 1)
        middle = ezdxf.bbox.extents([outline]).center
        lap = next(e for e in inside if "POCKET" in e.dxf.layer)
        centre = ezdxf.bbox.extents([lap]).center
        edge = (centre - middle).normalize(60) + middle
        points = list(lap.get_points("xyb"))
        far = (centre - middle).normalize(400)
        across = abs(far.x) < abs(far.y)
        for number, (x, y, bulge) in enumerate(points):
            if abs((y - edge.y) if across else (x - edge.x)) < 0.01:
                points[number] = (x, y + far.y, bulge) if across else (x + far.x, y, bulge)
        lap.set_points(points, format="xyb")
    return ("P02-1", "reaches into")


BREAKERS: tuple[Breaker, ...] = (
    contour_opened,
    contour_on_a_layer_of_no_grammar,
    contour_on_the_layer_of_labels,
    inside_cut_taken_for_an_outline,
    wrong_thickness_in_layers,
    layer_switched_off,
    units_changed,
    other_dxf_version,
    relief_removed,
    relief_at_a_wrong_place,
    relief_for_a_smaller_tool,
    spline_for_a_contour,
    loose_line,
    tiny_segment,
    contour_drawn_twice,
    contour_crosses_itself,
    contour_in_a_block,
    text_in_a_font,
    pocket_runs_into_the_next_part,
)


@pytest.mark.parametrize("breaker", BREAKERS, ids=lambda b: b.__name__)
def test_a_fault_is_named_with_every_sum_rewritten(breaker: Breaker, router: Unpacked) -> None:
    assert_named(breaker, router)
