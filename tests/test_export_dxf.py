# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import io
from collections import Counter
from typing import Any

import ezdxf
import pytest
from ezdxf.document import Drawing

from fablabs.machine import DxfVersion
from fabrication.exporters import Job, exporter
from fabrication.exporters.drawing import part_drawing
from fabrication.exporters.dxf import dxf_bytes
from fabrication.layers import figure, layer_of
from fabrication.pipeline import plan_job
from fabrication.plan import Face, Operation, Work
from tests.cutting import Bracket, flat_box, machine_file

QUIET = {"SHEET", "LABEL", "SCALE", "DONOTCUT"}


@pytest.fixture(scope="module")
def router_job() -> Job:
    return plan_job(Bracket(), {}, machine_file(), 2)


@pytest.fixture(scope="module")
def laser_job() -> Job:
    return plan_job(Bracket(through_only=True), {}, machine_file("laser"), 1)


def files(job: Job) -> dict[str, bytes]:
    return dict(exporter("dxf").export(job, {}))


def read(data: bytes) -> Drawing:
    document = ezdxf.read(io.StringIO(data.decode("utf-8")))
    audit = document.audit()
    assert not audit.errors
    assert not audit.fixes
    return document


def cuts(document: Drawing) -> list[Any]:
    return [e for e in document.modelspace() if e.dxf.layer not in QUIET]


def test_there_is_a_file_a_sheet_and_a_file_a_part(router_job: Job) -> None:
    assert sorted(files(router_job)) == [
        "parts/P01-etagere.dxf",
        "parts/P02-joue-cote.dxf",
        "parts/P03-platine.dxf",
        "sheets/sheet-01.dxf",
    ]


@pytest.mark.parametrize("version", list(DxfVersion))
def test_every_file_says_millimetres(version: DxfVersion) -> None:
    job = plan_job(Bracket(), {}, machine_file(dxf_version=version), 1)
    for data in files(job).values():
        document = read(data)
        assert document.dxfversion == {"R2010": "AC1024", "R12": "AC1009"}[version]
        assert document.header["$INSUNITS"] == 4
        assert document.header["$MEASUREMENT"] == 1


def test_cutting_layers_hold_closed_polylines_and_circles_alone(router_job: Job) -> None:
    for data in files(router_job).values():
        for entity in cuts(read(data)):
            assert entity.dxftype() == "CIRCLE" or (entity.dxftype() == "LWPOLYLINE" and entity.closed)


def test_r12_has_old_polylines_and_no_dot_in_a_layers_name() -> None:
    job = plan_job(Bracket(), {}, machine_file(dxf_version="R12"), 1)
    document = read(files(job)["sheets/sheet-01.dxf"])
    kinds = Counter((e.dxftype(), e.dxf.layer) for e in cuts(document))

    assert kinds["POLYLINE", "TOP-CUT-OUTSIDE-17_6MM"] == 4
    assert kinds["CIRCLE", "TOP-DRILL-5_0MM-17_6MM"] == 1
    assert all(e.is_closed for e in cuts(document) if e.dxftype() == "POLYLINE")
    assert not any("." in layer.dxf.name for layer in document.layers)
    assert not document.modelspace().query("LWPOLYLINE")


def test_layers_and_colours_of_a_sheet(router_job: Job) -> None:
    document = read(files(router_job)["sheets/sheet-01.dxf"])
    found = Counter(e.dxf.layer for e in cuts(document))

    # Two pieces: two shelves, four cheeks (turned over: their bottom pocket is cut from above), two plates.
    assert found == {
        "TOP-CUT-OUTSIDE-17.6MM": 8,
        "TOP-CUT-INSIDE-17.6MM": 2,
        "TOP-DRILL-5.0MM-17.6MM": 2,
        "TOP-POCKET-9.0MM": 2,
        "TOP-POCKET-6.0MM": 4,
        "TOP-POCKET-5.0MM": 2,
        "BOTTOM-POCKET-5.0MM": 2,
    }
    colours = {layer.dxf.name: layer.color for layer in document.layers}
    assert colours["TOP-CUT-OUTSIDE-17.6MM"] == 1
    assert colours["TOP-POCKET-9.0MM"] == colours["BOTTOM-POCKET-5.0MM"] == 5


def test_inner_work_is_drawn_before_its_outline(router_job: Job) -> None:
    for path, data in files(router_job).items():
        if path.startswith("parts/"):
            assert "CUT-OUTSIDE" in cuts(read(data))[-1].dxf.layer


def test_a_part_alone_lies_in_its_own_frame_at_one_to_one(router_job: Job) -> None:
    document = read(files(router_job)["parts/P02-joue-cote.dxf"])
    (outline,) = document.modelspace().query('LWPOLYLINE[layer=="TOP-CUT-OUTSIDE-17.6MM"]')
    points = {(round(x, 4), round(y, 4)) for x, y in outline.get_points("xy")}

    assert points == {(0, 0), (180, 0), (180, 60), (60, 160), (0, 160)}
    assert [e.dxf.layer for e in cuts(document)].count("BOTTOM-POCKET-6.0MM") == 1


def test_a_router_gets_nominal_geometry_and_a_laser_half_a_kerf_more(router_job: Job, laser_job: Job) -> None:
    def width(job: Job) -> float:
        document = read(files(job)["parts/P01-etagere.dxf"])
        (outline,) = document.modelspace().query('LWPOLYLINE[layer=="TOP-CUT-OUTSIDE-17.6MM"]')
        xs = [x for x, _ in outline.get_points("xy")]
        return max(xs) - min(xs)

    assert width(router_job) == pytest.approx(400, abs=1e-6)
    assert width(laser_job) == pytest.approx(400.3, abs=1e-6)


def test_the_file_says_which_geometry_it_has(router_job: Job, laser_job: Job) -> None:
    router, laser = (files(job)["sheets/sheet-01.dxf"].decode() for job in (router_job, laser_job))

    assert router.startswith("999\nTreteau: equerre r1, sheet 1 of 1, mm\n999\nnominal geometry")
    assert "compensated for a kerf of 0.3 mm" in laser.split("SECTION")[0]
    assert ("Treteau geometry", "geometry compensated for a kerf of 0.3 mm: cut on the line") in read(
        laser.encode()
    ).header.custom_vars.properties


def test_sheet_scale_bar_and_notes_are_beside_what_is_cut(router_job: Job) -> None:
    space = read(files(router_job)["sheets/sheet-01.dxf"]).modelspace()
    (sheet,) = space.query('LWPOLYLINE[layer=="SHEET"]')
    bar = [list(e.get_points("xy")) for e in space.query('LWPOLYLINE[layer=="SCALE"]')]

    assert sorted(sheet.get_points("xy")) == [(0, 0), (0, 600), (1000, 0), (1000, 600)]
    assert [(0, 610), (100, 610)] in [[tuple(map(round, p)) for p in line] for line in bar]
    assert all(y > 600 for line in bar for _, y in line)
    assert all(y > 600 for e in space.query('LWPOLYLINE[layer=="DONOTCUT"]') for _, y in e.get_points("xy"))


def test_codes_are_strokes_inside_their_part_that_no_cut_crosses(router_job: Job) -> None:
    from shapely.geometry import LineString, Polygon

    labels = 0
    for path, data in files(router_job).items():
        if not path.startswith("parts/"):
            continue
        space = read(data).modelspace()
        part = next(p for p in router_job.cut_parts if p.code == path[6:9])
        outline = Polygon(part.outline.points(0.05))
        rings = [LineString([*o.contour.points(0.05), o.contour.points(0.05)[0]]) for o in part.operations]
        for stroke in space.query('LWPOLYLINE[layer=="LABEL"]'):
            labels += 1
            line = LineString(list(stroke.get_points("xy")))
            assert outline.contains(line)
            assert not any(line.intersects(ring) for ring in rings)
    assert labels > 6


def test_no_text_needs_a_font_and_nothing_is_in_a_block(router_job: Job) -> None:
    for data in files(router_job).values():
        kinds = {e.dxftype() for e in read(data).modelspace()}
        assert kinds <= {"LWPOLYLINE", "CIRCLE"}


def test_depths_have_one_decimal_or_two_where_one_would_round() -> None:
    assert [figure(v) for v in (18.0, 17.6, 17.65, 8.999999, 5)] == ["18.0", "17.6", "17.65", "9.0", "5.0"]


def test_what_goes_through_is_cut_from_above_also_in_a_part_turned_over() -> None:
    part = flat_box("P01", 100, 100)
    through = part.operations[0]
    blind = Operation(Work.POCKET, Face.BOTTOM, 5.0, through.contour)

    assert layer_of(part, through, mirrored=True).name == "TOP-CUT-OUTSIDE-18.0MM"
    assert layer_of(part, blind, mirrored=True).name == "TOP-POCKET-5.0MM"
    assert layer_of(part, blind, mirrored=False).name == "BOTTOM-POCKET-5.0MM"


def test_a_part_with_two_faces_says_so(router_job: Job) -> None:
    plate = next(p for p in router_job.cut_parts if p.code == "P03")
    shelf = next(p for p in router_job.cut_parts if p.code == "P01")
    lines = [
        len({s.points[0][1] for s in part_drawing(router_job, p).strokes if s.layer.name == "DONOTCUT"})
        for p in (plate, shelf)
    ]
    notes = [
        max(y for s in part_drawing(router_job, p).strokes for _, y in s.points) - p.outline.bounds[3]
        for p in (plate, shelf)
    ]

    assert notes[0] > notes[1] + 10  # one line of text more
    assert lines[0] > lines[1]


def test_the_same_drawing_gives_the_same_bytes_twice(router_job: Job) -> None:
    drawing = part_drawing(router_job, router_job.cut_parts[0])
    for version in DxfVersion:
        assert dxf_bytes(drawing, version) == dxf_bytes(drawing, version)
