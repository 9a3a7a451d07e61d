# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A workshop's own layers: presets, names, colours; refused where one name would mean two things."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import ezdxf
import pytest
from ezdxf.colors import aci2rgb
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabs.errors import MachineFileError
from fablabs.machine import parse_machine
from fabrication.errors import NotMakeableError
from fabrication.exporters import Job, exporter
from fabrication.exporters.drawing import sheet_drawing
from fabrication.exporters.dxf import dxf_bytes
from fabrication.exporters.svg import sheet_svg
from fabrication.layer_table import nearest_index
from fabrication.nested import within_openings
from fabrication.packaging import manifest
from fabrication.pipeline import make_package, plan_job
from fabrication.plan import Placement
from fabrication.verification import verify_archive
from tests.broken_packages import LASER, ROUTER, FlatStool, Stool, Unpacked
from tests.cutting import Bracket, machine_file

OWN = {
    "preset": "six-colours",
    "cut_outside": {"name": "DEHORS"},
    "cut_inside": {"name": "DEDANS", "colour": [10, 20, 30]},
    "pocket": {"name": "POCHE-{side}-{depth}"},
    "drill": {"name": "PERCER-{side}-{depth}"},
    "sheet": {"name": "PANNEAU"},
}


def with_layers(text: str, layers: dict[str, Any]) -> str:
    def toml(value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + "}"
        return json.dumps(value)

    table = "\n".join(f"{key} = {toml(value)}" for key, value in layers.items())
    return text.replace("[stock]", f"[machine.layers]\n{table}\n[stock]")


def job_with(layers: dict[str, Any], process: str = "cnc-router", **machine: Any) -> Job:
    return plan_job(Bracket(process == "laser"), {}, machine_file(process, layers=layers, **machine), 1)


def sheet_dxf(job: Job) -> Any:
    data = dict(exporter("dxf").export(job, {}))["sheets/sheet-01.dxf"]
    return ezdxf.read(io.StringIO(data.decode()))


def strokes_of_svg(job: Job) -> dict[str, str]:
    svg = dict(exporter("svg").export(job, {}))["sheets/sheet-01.svg"]
    return {str(g.get("id")): str(g.get("stroke")) for g in ElementTree.fromstring(svg).iter() if g.get("id")}


def test_red_cuts_in_the_preset_of_three_colours() -> None:
    job = job_with({"preset": "rgb"}, "laser")
    document, strokes = sheet_dxf(job), strokes_of_svg(job)
    for name in ("TOP-CUT-OUTSIDE-17.6MM", "TOP-CUT-INSIDE-17.6MM"):
        assert document.layers.get(name).rgb == (255, 0, 0)
        assert document.layers.get(name).dxf.color == 1
        assert strokes[name] == "#ff0000"


def test_six_colours_work_from_the_inside_out_in_the_order_that_programs_list_them() -> None:
    listed = ["#ff0000", "#00ff00", "#0000ff", "#00ffff", "#ffff00", "#ff00ff"]
    strokes = strokes_of_svg(job_with({"preset": "six-colours"}))
    order = [listed.index(colour) for name, colour in strokes.items() if name.startswith(("TOP-", "BOTTOM-"))]
    assert order == sorted(order)
    assert strokes["TOP-CUT-INSIDE-17.6MM"] == "#ffff00"
    assert strokes["TOP-CUT-OUTSIDE-17.6MM"] == "#ff00ff"


def test_a_colour_stands_in_full_in_r2010_and_as_the_nearest_index_in_r12() -> None:
    style = {"cut_outside": {"colour": [250, 120, 10]}}
    modern = sheet_dxf(job_with(style)).layers.get("TOP-CUT-OUTSIDE-17.6MM")
    old = sheet_dxf(job_with(style, dxf_version="R12")).layers.get("TOP-CUT-OUTSIDE-17_6MM")
    assert modern.rgb == (250, 120, 10)
    assert not old.dxf.hasattr("true_color")
    assert modern.dxf.color == old.dxf.color
    assert sum(abs(a - b) for a, b in zip(aci2rgb(old.dxf.color), (250, 120, 10), strict=True)) < 30


@given(st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=50, deadline=None)
def test_no_index_of_dxf_is_nearer_to_a_colour_than_the_chosen_one(rgb: tuple[int, int, int]) -> None:
    def distance(index: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(aci2rgb(index), rgb, strict=True))

    if any(rgb):
        assert distance(nearest_index(rgb)) == min(distance(index) for index in range(1, 256))


def test_without_a_table_colours_are_indices_alone() -> None:
    layers = sheet_dxf(job_with({})).layers
    assert layers.get("TOP-CUT-OUTSIDE-17.6MM").dxf.color == 1
    assert not any(layer.dxf.hasattr("true_color") for layer in layers)


@pytest.fixture(scope="module")
def own_archives(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Packages with the workshop's own table, by DXF version; each is made once."""
    made: dict[str, Path] = {}

    def make(version: str) -> Path:
        if version not in made:
            text = with_layers(ROUTER.format(relief="dogbone", version=version), OWN)
            made[version] = make_package(Stool(), {}, parse_machine(text), folder=tmp_path_factory.mktemp(version)).path
        return made[version]

    return make


@pytest.mark.parametrize("version", ["R2010", "R12"])
def test_a_package_with_names_of_the_workshop_s_own_is_verified(
    version: str, own_archives: Callable[[str], Path], tmp_path: Path
) -> None:
    unpacked = Unpacked(own_archives(version), tmp_path / "unpacked")

    assert all(check["ok"] for check in unpacked.manifest["checks"])
    rows = {row["name"]: row for row in unpacked.manifest["layers"]}
    assert rows["DEDANS"] == {
        "name": "DEDANS",
        "operation": "cut-inside",
        "face": "top",
        "depth_mm": 17.6,
        "diameter_mm": None,
        "colour": "#0a141e",
    }
    assert {"DEHORS", "POCHE-TOP-9.0", "POCHE-BOTTOM-8.8", "PERCER-TOP-17.6"} < rows.keys()
    assert rows["PERCER-TOP-17.6"]["diameter_mm"] is None, "holes of 6 and 8 mm share the name"
    names = {layer.dxf.name for path in unpacked.folder.rglob("*.dxf") for layer in ezdxf.readfile(path).layers}
    underscored = {name.replace(".", "_") if version == "R12" else name for name in rows}
    assert underscored | {"PANNEAU", "LABEL"} <= names
    assert not any(name.startswith("TOP-CUT") or name == "SHEET" for name in names)


def _claims_another_depth(package: Unpacked) -> tuple[str, ...]:
    next(r for r in package.manifest["layers"] if r["name"] == "POCHE-TOP-9.0")["depth_mm"] = 8.5
    return "layer 'POCHE-TOP-9.0' should be 'POCHE-TOP-8.5'", ""


def _claims_another_operation(package: Unpacked) -> tuple[str, ...]:
    rows = {r["name"]: r for r in package.manifest["layers"]}
    rows["DEHORS"]["operation"], rows["DEDANS"]["operation"] = "cut-inside", "cut-outside"
    return "layer 'DEHORS' should be 'DEDANS'", ""


def _leaves_a_layer_out(package: Unpacked) -> tuple[str, ...]:
    package.manifest["layers"] = [r for r in package.manifest["layers"] if r["name"] != "POCHE-TOP-9.0"]
    return "POCHE-TOP-9.0", "not of the grammar"


def _lists_a_layer_too_many(package: Unpacked) -> tuple[str, ...]:
    row = next(r for r in package.manifest["layers"] if r["name"] == "POCHE-TOP-9.0")
    package.manifest["layers"].append(row | {"name": "POCHE-TOP-3.0", "depth_mm": 3.0})
    return "'POCHE-TOP-3.0' is listed, but nothing is drawn on it", ""


def _colours_a_layer(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        document.layers.get("DEDANS").rgb = (11, 20, 30)
    return "'DEDANS' has the true colour #0b141e, #0a141e expected", "sheet-01.dxf"


def _takes_the_colour_away(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("parts/P01-assise.dxf") as document:
        document.layers.get("DEDANS").dxf.discard("true_color")
    return "'DEDANS' has the true colour None", "P01-assise.dxf"


def _colours_the_svg(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    path.write_text(path.read_text().replace("#0a141e", "#ff0000"))
    return "stroke #ff0000 on DEDANS, #0a141e expected", "sheet-01.svg"


@pytest.mark.parametrize(
    "breaker",
    [
        _claims_another_depth,
        _claims_another_operation,
        _leaves_a_layer_out,
        _lists_a_layer_too_many,
        _colours_a_layer,
        _takes_the_colour_away,
        _colours_the_svg,
    ],
    ids=lambda breaker: breaker.__name__.strip("_"),
)
def test_what_belies_the_table_is_found(
    breaker: Callable[[Unpacked], tuple[str, str]], own_archives: Callable[[str], Path], tmp_path: Path
) -> None:
    package = Unpacked(own_archives("R2010"), tmp_path / "unpacked")
    words = breaker(package)
    report = verify_archive(package.sealed())
    assert any(all(word in fault for word in words) for fault in report.faults), report.faults


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ({"pocket": {"name": "POCHE-{side}"}}, ("'POCHE-TOP'", "mm deep", "{depth}")),
        ({"pocket": {"name": "POCHE-{depth}"}}, ("both faces", "{side}")),
        ({"pocket": {"name": "TOP-CUT-OUTSIDE-{depth}MM"}, "cut_outside": {"name": "TOP-CUT-OUTSIDE-9.0MM"}},
         ("two names",)),
        ({"drill": {"name": "PERCAGE-DE-DIAMETRE-EXACT-{diameter}-MM"}}, ("31",)),
    ],
)  # fmt: skip
def test_a_name_that_would_mean_two_things_is_refused_with_the_remedy(
    layers: dict[str, Any], words: tuple[str, ...]
) -> None:
    with pytest.raises(NotMakeableError) as caught:
        job_with(layers)
    assert all(word in str(caught.value) for word in words), caught.value
    assert "calque" in caught.value.french


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('cut_outside = {name = "X"}\ncut_inside = {name = "x"}', "both named"),
        ('cut_outside = {name = "SHEET"}', "cut_outside and sheet are both named 'SHEET'"),
        ('label = {name = "L-{depth}"}', "never cut"),
        ('pocket = {name = "Découpe"}', "a layer's name has"),
        ('pocket = {name = "P{width}"}', "a layer's name has"),
        ('pocket = {name = "0"}', "DXF's own"),
        ("pocket = {colour = [0, 0, 256]}", "less than or equal to 255"),
        ("pocket = {color = [0, 0, 25]}", "unknown key machine.layers.pocket.color"),
        ('preset = "laser"', "machine.layers.preset"),
    ],
)  # fmt: skip
def test_a_table_that_nobody_could_read_is_refused_by_its_key(line: str, words: str) -> None:
    with pytest.raises(MachineFileError) as caught:
        parse_machine(LASER.replace("[stock]", f"[machine.layers]\n{line}\n[stock]"))
    assert "machine.layers" in str(caught.value)
    assert words in str(caught.value)


# Lasers


@pytest.mark.parametrize(
    ("letters", "preset", "name", "colour"),
    [
        ("engrave", "treteau", "TOP-ENGRAVE", "#00a0a0"),
        ("engrave", "rgb", "TOP-ENGRAVE", "#000000"),
        ("score", "rgb", "TOP-SCORE", "#0000ff"),
        ("score", "treteau", "TOP-SCORE", "#0000ff"),
    ],
)
def test_a_laser_engraves_letters_or_scores_them(
    letters: str, preset: str, name: str, colour: str, tmp_path: Path
) -> None:
    text = with_layers(LASER, {"letters": letters, "preset": preset})
    package = make_package(FlatStool(), {}, parse_machine(text), folder=tmp_path)
    row = next(r for r in package.manifest["layers"] if r["operation"] == letters)
    assert (row["name"], row["colour"]) == (name, colour)
    assert all(check["ok"] for check in package.manifest["checks"])


def test_a_router_never_scores() -> None:
    job = plan_job(Stool(), {}, parse_machine(with_layers(ROUTER.format(relief="dogbone", version="R2010"), {"letters": "score"})), 1)  # fmt: skip
    assert "TOP-ENGRAVE" in {row["name"] for row in manifest(job, {}, ())["layers"]}


# The order of cutting


def ring(entity: Any) -> Any:
    from shapely import Polygon

    if entity.dxftype() == "CIRCLE":
        return Polygon([(p.x, p.y) for p in entity.flattening(0.1)])
    return Polygon([(p.x, p.y) for p in ezdxf.path.make_path(entity).flattening(0.1)])


@pytest.mark.parametrize("process", ["cnc-router", "laser"])
def test_what_lies_inside_another_contour_is_cut_before_it(process: str) -> None:
    # A platine of 110 × 90 lies in a window of the shelf: nests may do so, and a window that is cut first lets it fall.
    job = plan_job(_Framed(), {}, machine_file(process), 1)
    (sheet,) = job.plan.sheets
    frame = next(p for p in sheet.placements if p.part == "P01")
    inner = next(p for p in sheet.placements if p.part == "P02")
    placed = dataclasses.replace(inner, x=frame.x + 150, y=frame.y + 100, rotation_deg=0)
    sheet = dataclasses.replace(sheet, placements=(dataclasses.replace(frame, rotation_deg=0), placed))
    drawing = sheet_drawing(job, sheet)
    assert within_openings(sheet, job.plan.parts) == ("P02-1",)
    document = ezdxf.read(io.StringIO(dxf_bytes(drawing, job.machine_file.machine.dxf_version).decode()))
    cuts = [e for e in document.modelspace() if "CUT" in e.dxf.layer and e.dxf.layer != "DONOTCUT"]
    assert [e.dxf.layer.split("-")[2] for e in cuts] == ["INSIDE", "OUTSIDE", "INSIDE", "OUTSIDE"]
    rings = [ring(e) for e in cuts]
    for earlier, first in enumerate(rings):
        assert not any(first.contains(later) for later in rings[earlier + 1 :])


def test_a_part_beside_another_is_not_said_to_lie_in_it() -> None:
    job = plan_job(_Framed(), {}, machine_file(), 1)
    frame = next(p for p in job.plan.sheets[0].placements if p.part == "P01")
    beside = Placement("P02", 1, frame.x + 600, frame.y, 0)
    sheet = dataclasses.replace(job.plan.sheets[0], placements=(dataclasses.replace(frame, rotation_deg=0), beside))
    assert within_openings(sheet, job.plan.parts) == ()
    inside = dataclasses.replace(beside, x=frame.x + 150, y=frame.y + 100)
    notes = [
        len({s.points[0][1] for s in sheet_drawing(job, one).strokes if s.layer.name == "DONOTCUT"})
        for one in (sheet, dataclasses.replace(sheet, placements=(sheet.placements[0], inside)))
    ]
    assert notes[1] > notes[0]


class _Framed(Bracket):
    """A frame and a ring that fits into it."""

    def draw(self, values: Any, sheet: Any) -> Any:
        from designs.piece import Piece

        piece = Piece("cadre", {}, sheet)
        frame = piece.board("cadre", 500, 400, *_at(0))
        frame.window(250, 200, 400, 300, 10)
        piece.board("rond", 200, 200, *_at(100)).hole(100, 100, 60)
        return piece.furniture()


def _at(z: float) -> tuple[Any]:
    from designs.placing import lying

    return (lying(0, 0, z),)


def test_an_svg_and_a_dxf_draw_inner_work_before_outlines() -> None:
    job = job_with({}, "laser")
    order = [e.dxf.layer for e in sheet_dxf(job).modelspace() if e.dxf.layer.startswith("TOP-")]
    by_part = "".join("I" if "INSIDE" in layer else "O" for layer in order)
    assert re.fullmatch(r"(I*O)+", by_part)
    assert "I" in by_part
    groups = [g for g in strokes_of_svg(job) if g.startswith("TOP-")]
    assert groups == ["TOP-CUT-INSIDE-17.6MM", "TOP-CUT-OUTSIDE-17.6MM"]


def test_the_scale_bar_is_a_hundred_millimetres_in_every_format() -> None:
    job = job_with({"scale": {"name": "ECHELLE", "colour": [0, 200, 0]}}, "laser")
    for path, data in exporter("dxf").export(job, {}):
        bars = ezdxf.read(io.StringIO(data.decode())).modelspace().query('LWPOLYLINE[layer=="ECHELLE"]')
        first, last = next(iter(bars)).get_points("xy")
        assert last[0] - first[0] == pytest.approx(100.0, abs=1e-6), path
        assert first[1] == last[1]
    svg = sheet_svg(sheet_drawing(job, job.plan.sheets[0]))
    group = re.search(r'<g id="ECHELLE" stroke="#00c800">\n<path d="M([\d.-]+) ([\d.-]+) L([\d.-]+) ([\d.-]+)"/>', svg)
    assert group is not None
    assert float(group[3]) - float(group[1]) == 100.0
    assert group[2] == group[4]
