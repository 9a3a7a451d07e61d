# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""DXF files of flat parts become a model's parts: sizes, units, contours; what can't be cut is refused with its place."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from designs.typography import french_number
from fablabs.machine import read_machine
from fabrication.exporters import exporter
from fabrication.pipeline import plan_job
from fabrication.scripted import collected, dxf_loops
from fabrication.scripted.alike import move_between
from fabrication.scripted.flat_data import parts_read
from fabrication.scripted.inside import dxf
from tests.drawn_elsewhere import dxf_of, read, rectangle, why

MACHINES = Path(__file__).parents[1] / "examples" / "machines"


def test_our_own_drawings_come_back_as_the_parts_that_they_show():
    job = plan_job("porte", {}, read_machine(MACHINES / "router-2500.toml"), 1)
    drawn_parts = {part.code: part for part in job.cut_parts}
    pieces = 0
    for path, content in exporter("dxf").export(job, {}):
        answer = read(dxf, content)
        assert answer["ok"], (path, answer)
        if path.startswith("parts/"):
            (part,) = parts_read(answer["parts"])
            assert move_between(part, drawn_parts[Path(path).name[:3]]) is not None, path
        else:
            pieces += sum(part["quantity"] for part in answer["parts"])
    assert pieces == sum(part.quantity for part in job.cut_parts)


def test_contours_in_contours_are_holes_and_copies_are_counted(tmp_path):
    def draw(space: Any) -> None:
        rectangle(space, 0, 0, 500, 300)
        space.add_circle((100, 100), 20)
        rectangle(space, 700, 0, 300, 500)
        space.add_circle((800, 100), 20)
        rectangle(space, 1200, 0, 400, 400)
        space.add_circle((1400, 200), 150)
        space.add_circle((1400, 200), 80)  # a part in a part's hole

    answer = read(dxf, dxf_of(draw), thickness=15)
    found = [(part["quantity"], len(part["cuts"]), part["thickness"]) for part in answer["parts"]]
    assert found == [(2, 1, 15.0), (1, 1, 15.0), (1, 0, 15.0)]


@pytest.mark.parametrize("version", ["R12", "R2000", "R2018"])
def test_loose_lines_and_arcs_are_joined(version):
    def draw(space: Any) -> None:
        space.add_line((0, 0), (100, 0))
        space.add_line((100, 50), (100, 0))  # the other way round
        space.add_arc((50, 50), 50, 0, 180)
        space.add_line((0, 50.02), (0, 0))  # not quite there

    (part,) = read(dxf, dxf_of(draw, version=version), thickness=18)["parts"]
    area = parts_read([part])[0].outline.area
    assert area == pytest.approx(100 * 50 + math.pi * 50**2 / 2, abs=3)


@pytest.mark.parametrize(
    ("unit", "width", "named"), [(1, 508, "pouces"), (4, 20, ""), (5, 200, "centimètres"), (6, 20_000, "mètres")]
)
def test_a_file_s_own_unit_is_what_its_figures_are_scaled_by_and_named_where_they_change(unit, width, named):
    def draw(space: Any) -> None:
        rectangle(space, 0, 0, 20, 10)
        space.add_lwpolyline([(8, 5, 1), (12, 5, 1)], format="xyb", close=True)  # a circle of 4

    answer = read(dxf, dxf_of(draw, unit), thickness=18)
    (part,) = parts_read(answer["parts"])
    scale = width / 20
    assert part.outline.bounds == pytest.approx((0, 0, 20 * scale, 10 * scale))
    assert part.thickness == 18 and part.operations[0].contour.as_circle() == pytest.approx(
        (10 * scale, 5 * scale, 2 * scale)
    )
    if not named:
        assert answer["notes"] == []
    else:
        (note,) = answer["notes"]
        assert f"lu en {named}" in note and french_number(width) in note and french_number(width / 2) in note


def without_unit(version: str, *, header: bool = True) -> bytes:
    def draw(space: Any) -> None:
        space.add_polyline2d([(0, 0), (20, 0), (20, 10), (0, 10)], close=True)

    data = dxf_of(draw, version=version)
    if header:
        return re.sub(rb"  9\r?\n\$INSUNITS\r?\n *70\r?\n *\d+\r?\n", b"", data)
    return data[data.index(b"  0\nSECTION\n  2\nENTITIES") :]


@pytest.mark.parametrize(
    "data",
    [
        dxf_of(lambda space: rectangle(space, 0, 0, 20, 10), 0),
        without_unit("R2010"),
        without_unit("R12"),
        without_unit("R12", header=False),
    ],
)
def test_a_file_that_says_no_unit_is_in_millimetres_which_is_told_with_a_size(data):
    answer = read(dxf, data, thickness=18)
    assert parts_read(answer["parts"])[0].outline.bounds == pytest.approx((0, 0, 20, 10))
    (note,) = answer["notes"]
    assert "ne dit pas son unité" in note and "millimètres" in note and "20 × 10 mm" in note


@pytest.mark.parametrize("unit", [2, 3, 13, 14, -1, 99])
def test_a_unit_that_nobody_cuts_in_is_refused_with_what_to_do(unit):
    said = why(read(dxf, dxf_of(lambda space: rectangle(space, 0, 0, 10, 20), unit), thickness=18))[0]
    assert "unité" in said and "enregistrez-le en millimètres" in said


def test_a_mirrored_entity_is_read_as_programs_show_it():
    def draw(space: Any) -> None:
        space.add_lwpolyline(
            [(0, 0), (100, 0), (100, 50, 0, 0, 1), (0, 50)],
            format="xyseb",
            close=True,
            dxfattribs={"extrusion": (0, 0, -1)},
        )

    (part,) = parts_read(read(dxf, dxf_of(draw), thickness=18)["parts"])
    assert part.outline.area == pytest.approx(100 * 50 + math.pi * 50**2 / 2)


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda s: s.add_spline([(0, 0), (1, 2), (3, 4), (5, 0)]), "splines"),
        (lambda s: s.add_ellipse((0, 0), (3, 0)), "ellipses"),
        (lambda s: (s.doc.blocks.new("a"), s.add_blockref("a", (0, 0))), "blocs"),
        (lambda s: (s.add_line((0, 0), (100, 0)), s.add_line((100, 0), (100, 50))), "n’est pas fermé en x = 0 mm, y = 0 mm"),
        (lambda s: (s.add_line((0, 0), (100, 0)), s.add_line((100, 0), (100, 50)), s.add_line((100, 0), (0, 0))), "3 lignes se rejoignent"),
        (lambda s: (rectangle(s, 0, 0, 100, 200), rectangle(s, 50, 50, 100, 100)), "se croisent"),
        (lambda s: s.add_lwpolyline([(0, 0), (100, 100), (100, 0), (0, 100)], close=True), "se croise"),
        (lambda s: rectangle(s, 0, 0, 100, 3), "moins de 5 mm"),
        (lambda s: s.add_text("rien"), "aucun contour fermé"),
        (lambda s: rectangle(s, 0, 0, 1e300, 10), "plus d’un kilomètre"),
        (lambda s: [s.add_circle((0, 0), n) for n in range(1, 62)], "plus de 60 éléments"),
        (lambda s: [s.add_circle((30 * n, 0), 10) for n in range(41)], "40 au plus"),
    ],
)  # fmt: skip
def test_what_can_not_be_cut_is_refused_with_its_reason(draw, says, monkeypatch):
    monkeypatch.setattr(dxf_loops, "MAX_ENTITIES", 60)
    monkeypatch.setattr(collected, "MAX_COPIES", 40)
    assert says in " ".join(why(read(dxf, dxf_of(draw), thickness=18)))


@pytest.mark.parametrize("thickness", [None, 0, -1, 1e9, "18", True, float("nan")])
def test_the_thickness_is_asked_for_where_layers_do_not_say_it(thickness):
    data = dxf_of(lambda space: rectangle(space, 0, 0, 100, 200))
    answer = json.loads(dxf(json.dumps({"name": "a.dxf", "thickness": thickness}).encode() + b"\n" + data))
    assert "épaisseur" in why(answer)[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"AC1032\0\0", b"\0" * 5000, b"  0\nSECTION\n  2\nENTITIES\n", b"999\n" * 10_000, b"\xff" * 500],
)
def test_what_is_no_dxf_is_refused(data):
    assert why(read(dxf, data, thickness=18))


def test_layers_of_our_grammar_say_faces_and_depths():
    def draw(space: Any) -> None:
        rectangle(space, 10, 10, 400, 300, layer="TOP-CUT-OUTSIDE-17.6MM")
        rectangle(space, 50, 50, 100, 80, layer="BOTTOM-POCKET-6.0MM")
        rectangle(space, 70, 70, 30, 30, layer="BOTTOM-POCKET-6.0MM")  # an island
        space.add_circle((300, 200), 2.5, dxfattribs={"layer": "TOP-DRILL-5.0MM-17.6MM"})
        rectangle(space, 0, 0, 2500, 1250, layer="SHEET")
        rectangle(space, 200, 60, 20, 20, layer="construction")

    answer = read(dxf, dxf_of(draw))
    (part,) = answer["parts"]
    assert part["thickness"] == 17.6 and "construction" in " ".join(answer["notes"])
    pocket = next(cut for cut in part["cuts"] if cut["depth"] == 6)
    assert pocket["face"] == "bottom" and len(pocket["islands"]) == 1 and len(part["cuts"]) == 2
