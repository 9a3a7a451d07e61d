# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import io
import math
from xml.etree import ElementTree

import pytest
import svgelements

from designs.contour import Contour
from fabrication.exporters import Job, exporter
from fabrication.exporters.drawing import sheet_drawing
from fabrication.exporters.svg import part_svg, path_data
from fabrication.pipeline import plan_job
from tests.cutting import Bracket, machine_file

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def job() -> Job:
    return plan_job(Bracket(), {}, machine_file(), 1)


@pytest.fixture(scope="module")
def sheet(job: Job) -> bytes:
    return dict(exporter("svg").export(job, {}))["sheets/sheet-01.svg"]


def test_one_unit_is_a_millimetre(sheet: bytes) -> None:
    root = ElementTree.fromstring(sheet)
    left, top, width, height = (float(v) for v in root.get("viewBox", "").split())

    assert root.get("width") == f"{width:g}mm"
    assert root.get("height") == f"{height:g}mm"
    assert (left, top + height) == (0, 600)  # the sheet's lower left corner


def test_groups_are_named_as_layers_and_coloured_by_operation(sheet: bytes) -> None:
    groups = {g.get("id"): g.get("stroke") for g in ElementTree.fromstring(sheet).iter(f"{SVG}g") if g.get("id")}

    assert groups["TOP-CUT-OUTSIDE-17.6MM"] == "#ff0000"
    assert groups["TOP-POCKET-9.0MM"] == groups["BOTTOM-POCKET-5.0MM"] == "#0000ff"
    assert {"SHEET", "LABEL", "SCALE", "DONOTCUT"} < groups.keys()


def test_another_reader_finds_every_contour_where_the_drawing_has_it(job: Job, sheet: bytes) -> None:
    drawing = sheet_drawing(job, job.plan.sheets[0])
    # 96 pixels an inch is how the reader takes millimetres; its paths come back in pixels.
    pixel = 25.4 / 96
    top = float(ElementTree.fromstring(sheet).get("viewBox", "").split()[1])
    found = []
    for path in svgelements.SVG.parse(io.BytesIO(sheet), reify=True).elements():
        if isinstance(path, svgelements.Path) and path.values.get("stroke") not in ("#808080", "#a0a0a0", "#967800"):
            x0, y0, x1, y1 = (v * pixel for v in path.bbox())
            found.append((x0, 600 - (y1 + top), x1, 600 - (y0 + top)))
    wanted = [c.contour.bounds for c in drawing.cuts]

    assert len(found) == len(wanted) > 8
    for a, b in zip(sorted(found), sorted(wanted), strict=True):
        assert a == pytest.approx(b, abs=5e-3)


def test_arcs_turn_the_way_the_contour_turns() -> None:
    """A part with round corners and a larger arc, against the reader's own arc geometry."""
    bulge = math.tan(math.pi / 8)
    contour = Contour.of([(10, 0), (50, 0, bulge), (60, 10), (60, 40, -bulge), (50, 50), (10, 50, 2.0), (10, 0)][:-1])
    path = svgelements.Path(path_data(contour, 100))
    points = contour.points(0.001)

    for x, y in points[:: max(1, len(points) // 40)]:
        gap = min(
            abs(complex(*path_segment.point(t)) - complex(x, 100 - y))
            for path_segment in path
            if not isinstance(path_segment, svgelements.Move)
            for t in (i / 400 for i in range(401))
        )
        assert gap < 0.3


def test_a_parts_small_drawing_is_one_that_a_page_can_hold(job: Job) -> None:
    text = part_svg(job.flat_parts[0])
    root = ElementTree.fromstring(text)

    assert root.get("viewBox") == "-4 -4 408 208"
    assert len(root.findall(f"{SVG}path")) == 2  # through; blind
    assert "id=" not in text  # several stand in one page


def test_the_same_job_gives_the_same_bytes(job: Job, sheet: bytes) -> None:
    assert dict(exporter("svg").export(job, {}))["sheets/sheet-01.svg"] == sheet
