# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Entities are written as text, tag for tag as ezdxf would write them."""

from __future__ import annotations

import io
from itertools import count

import pytest
from ezdxf.entities.circle import Circle
from ezdxf.entities.lwpolyline import LWPolyline
from ezdxf.entities.polyline import Polyline
from ezdxf.lldxf.tagwriter import TagWriter
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.contour import Contour, Vertex
from fablabs.machine import DxfVersion
from fabrication.exporters.drawing import Cut, Drawing, Stroke, sheet_drawing
from fabrication.exporters.dxf_entities import FIRST_HANDLE, MODEL_SPACE, entities
from fabrication.layers import COLOURS, LABEL, SHEET, Layer
from fabrication.pipeline import plan_job
from fabrication.plan import Face, Work
from tests.cutting import Bracket, machine_file

CODES = {DxfVersion.R12: "AC1009", DxfVersion.R2010: "AC1024"}
CUT = Layer("TOP-CUT-INSIDE-17.6MM", COLOURS[Work.CUT_INSIDE])


def by_ezdxf(drawing: Drawing, version: DxfVersion) -> str:
    """The same through ezdxf's objects."""
    handles = (f"{number:X}" for number in count(FIRST_HANDLE))
    stream = io.StringIO()
    writer = TagWriter(stream, dxfversion=CODES[version])

    def polyline(layer: str, points: list[tuple[float, float, float]], closed: bool) -> None:
        points = [(round(x, 7), round(y, 7), round(b, 12)) for x, y, b in points]
        if version is DxfVersion.R2010:
            light = LWPolyline.new(next(handles), MODEL_SPACE, {"layer": layer})
            light.set_points(points, format="xyb")
            light.closed = closed
            light.export_dxf(writer)
            return
        old = Polyline.new(next(handles), MODEL_SPACE, {"layer": layer})
        old.append_formatted_vertices(points, format="xyb", dxfattribs={"layer": layer})
        old.new_seqend()
        for owned in (*old.vertices, old.seqend):
            owned.dxf.handle, owned.dxf.owner = next(handles), old.dxf.handle
        old.close(closed)
        old.export_dxf(writer)

    closed = [(drawing.frame, SHEET.name)] if drawing.frame else []
    for contour, layer in [*closed, *((cut.contour, cut.layer.name) for cut in drawing.cuts)]:
        circle = contour.as_circle()
        if circle:
            x, y, radius = (round(v, 7) for v in circle)
            attributes = {"layer": layer, "center": (x, y), "radius": radius}
            Circle.new(next(handles), MODEL_SPACE, attributes).export_dxf(writer)
        else:
            polyline(layer, [tuple(v) for v in contour.vertices], True)
    for stroke in drawing.strokes:
        polyline(stroke.layer.name, [(x, y, 0.0) for x, y in stroke.points], False)
    return stream.getvalue()


def by_us(drawing: Drawing, version: DxfVersion) -> str:
    return "".join(entities(drawing, {layer: layer.name for layer in drawing.layers()}, version))


@pytest.mark.parametrize("version", list(DxfVersion))
def test_a_sheet_is_written_as_ezdxf_writes_it(version: DxfVersion) -> None:
    job = plan_job(Bracket(), {}, machine_file(), 1)
    drawing = sheet_drawing(job, job.plan.sheets[0])
    kinds = {"CIRCLE", "LWPOLYLINE"} if version is DxfVersion.R2010 else {"CIRCLE", "POLYLINE", "VERTEX", "SEQEND"}
    ours = by_us(drawing, version)

    assert ours == by_ezdxf(drawing, version)
    assert kinds == {
        line for line in ours.splitlines() if line in ("CIRCLE", "LWPOLYLINE", "POLYLINE", "VERTEX", "SEQEND")
    }


coordinates = st.one_of(
    st.floats(-1e4, 1e4), st.sampled_from([0.0, -0.0, 1e-9, -1e-9, 1e-7, 0.1 + 0.2, 12345.678901234])
)
vertices = st.builds(Vertex, coordinates, coordinates, st.one_of(st.just(0.0), st.floats(-1, 1)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(vertices, min_size=3, max_size=6),
    st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=4),
    st.sampled_from(list(DxfVersion)),
)
def test_any_figures_are_written_as_ezdxf_writes_them(
    corners: list[Vertex], points: list[tuple[float, float]], version: DxfVersion
) -> None:
    cuts = tuple(
        Cut(CUT, contour, Work.CUT_INSIDE, Face.TOP)
        for contour in (Contour(tuple(corners)), Contour.circle(corners[0].x, corners[0].y, 2.5))
    )
    drawing = Drawing("", "", (0, 0, 1, 1), cuts, (Stroke(LABEL, tuple(points)),))

    assert by_us(drawing, version) == by_ezdxf(drawing, version)
