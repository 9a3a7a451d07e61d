# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""STEP and GLB of the whole piece, and the lists."""

from __future__ import annotations

import csv
import io
import json
import struct
from dataclasses import replace
from pathlib import Path

import cadquery as cq
import numpy as np
import pytest
import trimesh

from designs.contour import Contour
from designs.furniture import Fitting
from fabrication import exporters
from fabrication.exporters import Job, exporter
from fabrication.exporters.glb import furniture_glb, part_mesh
from fabrication.exporters.step import furniture_step
from fabrication.pipeline import plan_job
from fabrication.plan import Face, Operation, Work
from tests.cutting import Bracket, flat_box, machine_file


@pytest.fixture(scope="module")
def job() -> Job:
    return plan_job(Bracket(), {"plates": 3}, machine_file(), 2)


@pytest.fixture(scope="module")
def step(job: Job) -> bytes:
    return furniture_step(job.furniture, 1)


@pytest.fixture(scope="module")
def glb(job: Job) -> bytes:
    return furniture_glb(job.furniture, job.flat_parts)


def test_formats_are_found_by_identifier() -> None:
    known = exporters.identifiers()
    assert set(known) == {"dxf", "svg", "coupon", "gcode", "step", "glb", "cutlist", "pdf", "notice", "okh"}
    assert known.index("dxf") < known.index("pdf") < known.index("okh"), "later files name earlier ones"
    with pytest.raises(LookupError, match="known formats: dxf"):
        exporter("dwg")


def test_step_has_a_product_a_part_and_an_occurrence_a_copy(step: bytes) -> None:
    text = step.decode()

    assert [f"PRODUCT('P0{i}','P0{i}'" in text for i in (1, 2, 3)] == [True] * 3
    assert text.count("NEXT_ASSEMBLY_USAGE_OCCURRENCE") == 6
    assert "NEXT_ASSEMBLY_USAGE_OCCURRENCE('4','P03-1'" in text
    assert ".MILLI.,.METRE." in text


def test_step_read_back_has_the_volume_and_the_size_of_the_piece(job: Job, step: bytes, tmp_path: Path) -> None:
    (tmp_path / "piece.step").write_bytes(step)
    found = cq.importers.importStep(str(tmp_path / "piece.step"))
    wanted = cq.Compound.makeCompound([p.solid.moved(at) for p in job.furniture.parts for at in p.placements])
    a, b = found.combine().val().BoundingBox(), wanted.BoundingBox()

    assert sum(s.Volume() for s in found.solids().vals()) == pytest.approx(
        sum(p.solid.Volume() * p.quantity for p in job.furniture.parts), rel=1e-9
    )
    assert (a.xmin, a.ymin, a.zmin, a.xmax, a.ymax, a.zmax) == pytest.approx(
        (b.xmin, b.ymin, b.zmin, b.xmax, b.ymax, b.zmax), abs=1e-4
    )


def test_step_has_no_date_and_no_memory_of_earlier_files(job: Job, step: bytes) -> None:
    assert furniture_step(job.furniture, 1) == step
    assert b"1970-01-01T00:00:00" in step
    assert b"2026" not in step.split(b"ENDSEC")[0]


def test_every_mesh_of_the_glb_is_watertight_and_has_its_solid_s_volume(job: Job, glb: bytes) -> None:
    scene = trimesh.load_scene(io.BytesIO(glb), file_type="glb")

    assert sorted(scene.geometry) == ["P01", "P02", "P03"]
    for part in job.furniture.parts:
        mesh = scene.geometry[part.code]
        assert mesh.is_watertight
        assert mesh.is_winding_consistent
        assert mesh.volume * 1e9 == pytest.approx(part.solid.Volume(), rel=2e-4)


def test_the_glb_is_in_metres_with_y_up_and_a_node_a_copy(job: Job, glb: bytes) -> None:
    scene = trimesh.load_scene(io.BytesIO(glb), file_type="glb")
    box = cq.Compound.makeCompound(
        [p.solid.moved(at) for p in job.furniture.parts for at in p.placements]
    ).BoundingBox()

    assert sorted(scene.graph.nodes_geometry) == ["P01", "P02", "P02-2", "P03", "P03-2", "P03-3"]
    low, high = scene.bounds * 1000
    assert low == pytest.approx((box.xmin, box.zmin, -box.ymax), abs=0.05)
    assert high == pytest.approx((box.xmax, box.zmax, -box.ymin), abs=0.05)


def test_copies_share_one_mesh_and_viewers_get_no_normals(glb: bytes) -> None:
    (length,) = struct.unpack("<I", glb[12:16])
    tree = json.loads(glb[20 : 20 + length])

    assert len(tree["meshes"]) == 3
    assert all("NORMAL" not in p["attributes"] for m in tree["meshes"] for p in m["primitives"])
    assert tree["materials"][0]["name"] == "plywood"


def test_fittings_are_for_the_view_alone(job: Job, glb: bytes) -> None:
    caster = Fitting(
        "roulette", cq.Workplane().cylinder(20, 50).val(), (cq.Location((0, 0, -50)), cq.Location((9, 9, 9)))
    )
    furniture = replace(job.furniture, fittings=(caster,))

    assert furniture_glb(furniture, job.flat_parts) == glb
    seen = trimesh.load_scene(io.BytesIO(furniture_glb(furniture, job.flat_parts, fittings=True)), file_type="glb")
    assert {"F01", "F01-2"} < set(seen.graph.nodes_geometry)


def test_islands_stay_and_both_faces_are_hollowed() -> None:
    ring = Operation(
        Work.POCKET, Face.TOP, 9.0, Contour.rectangle(10, 10, 40, 40), (Contour.rectangle(20, 20, 20, 20),)
    )
    below = Operation(Work.POCKET, Face.BOTTOM, 5.0, Contour.rectangle(60, 10, 20, 20))
    hole = Operation(Work.DRILL, Face.TOP, 18.0, Contour.circle(90, 90, 4))
    part = flat_box("P01", 100, 100)
    mesh = part_mesh(replace(part, operations=(*part.operations, ring, below, hole)))

    expected = 100 * 100 * 18 - (40 * 40 - 20 * 20) * 9 - 20 * 20 * 5 - np.pi * 16 * 18
    assert mesh.is_watertight
    assert mesh.volume * 1e9 == pytest.approx(expected, rel=1e-4)
    assert sorted({round(z, 4) for z in mesh.vertices[:, 2]}) == [0, 0.005, 0.009, 0.018]


def test_arcs_are_smooth_to_the_eye() -> None:
    part = flat_box("P01", 100, 100)
    hole = Operation(Work.CUT_INSIDE, Face.TOP, 18.0, Contour.circle(50, 50, 30))
    mesh = part_mesh(replace(part, operations=(*part.operations, hole)))
    on_circle = mesh.vertices[(np.hypot(mesh.vertices[:, 0] - 0.05, mesh.vertices[:, 1] - 0.05) - 0.03).round(6) == 0]

    assert len(on_circle) / 2 >= 72  # a step of 5° at most


def rows(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")  # or a French spreadsheet takes it for Windows-1252
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def test_the_cut_list_counts_all_pieces_in_french_figures(job: Job) -> None:
    files = dict(exporter("cutlist").export(job, {}))
    table = rows(files["cut-list.csv"])

    assert table[0][:3] == ["Repère", "Pièce", "Quantité"]
    assert table[2] == [
        "P02", "joue (côté)", "4", "160", "180", "17,6", "en long", "dessus", "contreplaqué bouleau",
        "parts/P02-joue-cote.dxf",
    ]  # fmt: skip


def test_the_hardware_list_counts_sheets_too_and_runs_no_formula(job: Job) -> None:
    table = rows(dict(exporter("cutlist").export(job, {}))["hardware.csv"])

    assert table[1][:4] == ["1000 × 600 × 18 mm", "Panneau, contreplaqué bouleau", str(len(job.plan.sheets)), "panneau"]
    assert table[2][:4] == ["ISO 7050 ST3,5 × 16", "Vis à bois", "12", "pièce"]
    assert table[3][0] == "'=1+1"
