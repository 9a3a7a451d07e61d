# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The verification's own readers of contours, layers, DXF, SVG and PDF, against other ways to know the same."""

from __future__ import annotations

import io
import math
from pathlib import Path

import ezdxf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designs.contour import Contour
from fabrication.verification.dxf import UnreadableError, read_dxf
from fabrication.verification.layers import parse_layer
from fabrication.verification.pdf import on_sheet, read_pdf
from fabrication.verification.rings import Ring
from fabrication.verification.svg import read_svg

bulges = st.one_of(st.just(0.0), st.floats(-1.5, 1.5).filter(lambda b: abs(b) > 1e-3))
rings = st.lists(
    st.tuples(st.integers(-500, 500), st.integers(-500, 500), bulges),
    min_size=2,
    max_size=12,
    unique_by=lambda v: v[:2],
)


@given(rings)
def test_area_and_length_agree_with_another_way_of_counting(vertices: list[tuple[float, float, float]]) -> None:
    ring, contour = Ring(tuple(vertices)), Contour.of(vertices)

    assert ring.signed_area == pytest.approx(contour.signed_area, rel=1e-9, abs=1e-6)
    assert ring.length == pytest.approx(contour.length, rel=1e-9)


@given(rings)
def test_a_ring_is_followed_within_two_micrometres(vertices: list[tuple[float, float, float]]) -> None:
    ring = Ring(tuple(vertices))
    left, low, right, high = Contour.of(vertices).bounds

    for found, exact in zip(ring.bounds, (left, low, right, high), strict=True):
        assert abs(found - exact) <= 0.0021


@given(rings, st.integers(0, 11), st.booleans(), st.sampled_from([0, 90, 180, 270, 33.3]), st.booleans())
def test_a_ring_is_itself_after_a_placement_is_undone(
    vertices: list[tuple[float, float, float]], start: int, backwards: bool, turn: float, mirrored: bool
) -> None:
    contour = Contour.of(vertices)
    placed = contour.moved(120, -45, turn, mirrored)
    points = list(placed.reversed().vertices if backwards else placed.vertices)
    start %= len(points)

    back = Ring((*points[start:], *points[:start])).moved_back(120, -45, turn, mirrored)

    if abs(contour.signed_area) > 1:
        assert back.same(Ring(tuple(vertices)))


def test_a_ring_shifted_by_a_hundredth_is_not_the_same() -> None:
    square = Ring(((0, 0, 0), (10, 0, 0), (10, 10, 0), (0, 10, 0)))
    assert not square.same(Ring(((0.01, 0, 0), (10.01, 0, 0), (10.01, 10, 0), (0.01, 10, 0))))


def test_a_circle_is_told_from_a_polygon_with_many_sides() -> None:
    assert Ring.circle(3, 4, 5).full_circle == pytest.approx((3, 4, 5), abs=1e-6)
    many = [(5 * math.cos(i * math.tau / 12), 5 * math.sin(i * math.tau / 12), 0.0) for i in range(12)]
    assert Ring(tuple(many)).full_circle is None
    stadium = Ring(((0, 0, 0), (10, 0, 1), (10, 8, 0), (0, 8, 1)))
    assert stadium.full_circle is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("TOP-CUT-OUTSIDE-17.6MM", ("TOP", "OUTSIDE", 17.6, None)),
        ("BOTTOM-POCKET-9.0MM", ("BOTTOM", "POCKET", 9.0, None)),
        ("TOP-DRILL-5.0MM-17.65MM", ("TOP", "DRILL", 17.65, 5.0)),
        ("TOP-ENGRAVE", ("TOP", "ENGRAVE", None, None)),
    ],
)
def test_the_grammar_of_layers_is_read(name: str, found: tuple[object, ...]) -> None:
    layer = parse_layer(name)
    assert layer is not None
    assert (layer.side, layer.kind, layer.depth, layer.diameter) == found


@pytest.mark.parametrize(
    "name",
    ["0", "", "CUT", "TOP-CUT-17.6MM", "TOP-CUT-OUTSIDE", "SIDE-POCKET-9.0MM", "TOP-DRILL-5.0MM", "top-engrave",
     "TOP-CUT-OUTSIDE-17_6MM", "TOP-CUT-OUTSIDE-17.6MM ", "TOP-CUT-OUTSIDE--17.6MM"],
)  # fmt: skip
def test_other_names_are_no_layers_of_the_grammar(name: str) -> None:
    assert parse_layer(name) is None


def test_r12_has_underscores_and_no_dots() -> None:
    layer = parse_layer("TOP-DRILL-5_0MM-17_6MM", dots=False)
    assert layer is not None
    assert (layer.diameter, layer.depth) == (5.0, 17.6)
    assert parse_layer("TOP-DRILL-5.0MM-17.6MM", dots=False) is None


def dxf(document: ezdxf.document.Drawing) -> bytes:
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().encode()


@pytest.mark.parametrize("version", ["R12", "R2010"])
def test_contours_are_read_as_another_program_wrote_them(version: str) -> None:
    document = ezdxf.new(version)
    document.layers.add("A")
    space = document.modelspace()
    vertices = [(0, 0, 0), (100, 0, 0.5), (100, 50, 0), (0, 50, -0.25)]
    if version == "R12":
        space.add_polyline2d(vertices, format="xyb", close=True, dxfattribs={"layer": "A"})
    else:
        space.add_lwpolyline(vertices, format="xyb", close=True, dxfattribs={"layer": "A"})
    space.add_circle((7, 8), 2.5, dxfattribs={"layer": "A"})
    space.add_line((0, 0), (1, 1), dxfattribs={"layer": "A"})

    drawing = read_dxf(dxf(document))

    assert drawing.version == version
    assert drawing.contours[0].ring.vertices == tuple(vertices)
    assert drawing.contours[1].ring.full_circle == pytest.approx((7, 8, 2.5))
    assert drawing.others == [("A", "LINE")]
    assert drawing.faults == []


def test_what_a_cam_program_would_not_see_as_drawn_is_a_fault() -> None:
    document = ezdxf.new("R2010")
    document.layers.add("HIDDEN").freeze()
    space, paper = document.modelspace(), document.paperspace()
    space.add_circle((0, 0), 1, dxfattribs={"layer": "HIDDEN"})
    space.add_circle((0, 0), 2, dxfattribs={"extrusion": (0, 0, -1)})
    space.add_circle((0, 0), 3, dxfattribs={"invisible": 1})
    space.add_circle((0, 0), 4, dxfattribs={"layer": "UNLISTED"})
    paper.add_circle((0, 0), 5)

    faults = " ".join(read_dxf(dxf(document)).faults)

    for word in ("'HIDDEN' is switched off or frozen", "turned plane", "invisible", "'UNLISTED'", "paper space"):
        assert word in faults


@pytest.mark.parametrize("data", [b"", b"0\nSECTION\n", b"hello\nworld\n", b"AutoCAD Binary DXF\r\n\x1a\x00"])
def test_what_is_no_dxf_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_dxf(data)


def svg(body: str, size: str = 'width="200mm" height="100mm" viewBox="0 0 200 100"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><g id="L" fill="none">{body}</g></svg>'.encode()


def test_svg_paths_are_read_with_y_up() -> None:
    (ring,) = read_svg(svg('<path d="M10 20L60 20H60V40A10 10 0 0 1 40 40L10,40Z"/>'), 100).contours["L"]

    assert [v[:2] for v in ring.vertices] == [(10, 80), (60, 80), (60, 80), (60, 60), (40, 60), (10, 60)]
    # A half circle of radius 10 that runs down in the picture: outside of the plate.
    assert ring.vertices[3][2] == pytest.approx(-1)
    assert abs(ring.signed_area) == pytest.approx(50 * 20 + math.pi * 50, rel=1e-6)


def test_a_large_svg_arc_is_the_long_way_round() -> None:
    (ring,) = read_svg(svg('<path d="M50 50A10 10 0 1 0 60 60Z"/>'), 100).contours["L"]
    assert abs(ring.signed_area) == pytest.approx(100 * (0.75 * math.pi + 0.5), rel=1e-6)


def test_an_open_svg_path_is_no_contour() -> None:
    picture = read_svg(svg('<path d="M10 20L60 20L60 40"/>'), 100)
    assert (picture.contours, picture.open_lines) == ({}, {"L": 1})


@pytest.mark.parametrize(
    "data",
    [
        svg("", 'width="200mm" height="100mm" viewBox="0 0 201 100"'),
        svg("", 'width="200px" height="100px" viewBox="0 0 200 100"'),
        svg("", 'width="200mm" height="100mm"'),
        svg('<g transform="scale(2)"><path d="M0 0L1 0L1 1Z"/></g>'),
        svg('<use href="#x"/>'),
        svg('<image href="x.png"/>'),
        svg('<path d="M0 0C1 1 2 2 3 3Z"/>'),
        svg('<path d="M0 0L1 x"/>'),
        svg('<path d="L1 1"/>'),
        svg('<path d="M0 0A1 2 0 0 0 5 5Z"/>'),
        b"<html/>",
        b"<svg",
    ],
)
def test_an_svg_that_is_not_plainly_one_to_one_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_svg(data, 100)


def test_a_pdf_is_read_at_its_printed_scale(tmp_path: Path) -> None:
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(400 * mm, 300 * mm))
    canvas.drawString(10, 10, "Échelle 1:5")
    canvas.translate(20 * mm, 30 * mm)
    for name, (x, y, w, h) in {"SHEET": (0, 0, 200, 100), "L": (10, 20, 30, 40)}.items():
        canvas._code.append(f"/{name} BMC")
        canvas.rect(x * mm, y * mm, w * mm, h * mm)
        canvas._code.append("EMC")
    canvas.rotate(90)
    canvas._code.append("/ROUND BMC")
    canvas.circle(50 * mm, -60 * mm, 8 * mm)
    canvas._code.append("EMC")
    canvas.save()

    (page,) = read_pdf(tmp_path / "a.pdf")
    layers, faults = on_sheet(page, 1000, 500)

    assert page.scale == 5
    assert faults == []
    assert layers["L"][0].bounds == pytest.approx((50, 100, 200, 300), abs=1e-3)
    # Turned by a quarter: (50, -60) stands at (60, 50) on paper, 1:5.
    assert layers["ROUND"][0].middle == pytest.approx((300, 250), abs=0.05)
    assert layers["ROUND"][0].signed_area == pytest.approx(math.pi * 40**2, rel=1e-3)
    assert on_sheet(page, 1001, 500)[1]
