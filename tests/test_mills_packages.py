# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Packages for several mills: what their files say of them, what the verification finds, what the machine does."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezdxf
import pypdf
import pytest
from jsonschema import Draft202012Validator

from fablabs.machine import MachineFile
from fabrication.choices import Choices
from fabrication.layout_file import layout_of_archive, read_layout
from fabrication.pipeline import make_package, plan_job
from fabrication.verification import verify_archive
from fabrication.verification.gcode import read_gcode
from tests.broken_packages import Unpacked, assert_named
from tests.mill_pieces import DRILL_AND_BIT, Board, Rack, machine
from tests.rs274 import interpret, needs_rs274
from tests.test_rs274 import assert_same_moves, assert_same_wood

SCHEMA = json.loads((Path(__file__).parents[1] / "docs/manifest.schema.json").read_text(encoding="utf-8"))
GROOVED = {"groove": True}
INSIDE, TIGHT = "TOP-CUT-INSIDE-18.0MM", "TOP-CUT-INSIDE-18.0MM-MILL3.0"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The grooved rack for 8, 4 and 3 mm: 8 and 3 are used."""
    return make_package(Rack(), GROOVED, machine(8.0, 4.0, 3.0), folder=tmp_path_factory.mktemp("mills")).path


@pytest.fixture
def package(archive: Path, tmp_path: Path) -> Unpacked:
    return Unpacked(archive, tmp_path / "unpacked")


def pages_of(path: Path) -> list[str]:
    """The words of each page, with plain spaces."""
    texts = (page.extract_text() for page in pypdf.PdfReader(path).pages)
    return [" ".join(text.replace("\N{NO-BREAK SPACE}", " ").split()) for text in texts]


def seconds(file: MachineFile, **given: Any) -> float:
    return sum(program.seconds for program in plan_job(Rack(), given, file, 1).programs)


def test_the_package_passes_and_says_of_each_tool_what_it_is_for(archive: Path, package: Unpacked) -> None:
    report = verify_archive(archive)
    said = package.manifest

    assert report.faults == ()
    assert any("tool 8 mm and 3 mm" in check.detail for check in report.checks)
    Draft202012Validator(SCHEMA).validate(said)
    assert said["tool"] == {"name": "fraise 8 mm", "diameter_mm": 8.0}
    assert [(t["name"], t["operations"]) for t in said["tools"]] == [
        ("fraise 8 mm", ["cut-outside", "cut-inside", "pocket"]),
        ("fraise 3 mm", ["cut-inside", "pocket"]),
    ]
    assert said["tools"][1]["parts"] == ["P02"]
    assert {row["name"]: row.get("mill_mm") for row in said["layers"] if "MILL" in row["name"]} == {
        TIGHT: 3.0,
        "TOP-POCKET-9.0MM-MILL3.0": 3.0,
    }
    assert said["coupon"] is not None


def test_one_mill_that_makes_all_leaves_every_word_of_others_out(tmp_path: Path) -> None:
    package = make_package(Rack(), {}, machine(6.0, 3.0), folder=tmp_path)

    assert package.manifest["tool"]["diameter_mm"] == 6.0
    assert "tools" not in package.manifest
    assert "MILL" not in json.dumps(package.manifest)
    text = Unpacked(package.path, tmp_path / "unpacked").folder.joinpath("cut-list.csv").read_text(encoding="utf-8-sig")
    assert "Fraises" not in text


def test_drawings_lists_and_pages_tell_a_maker_with_an_own_program_which_mill_where(package: Unpacked) -> None:
    for path in ("sheets/sheet-01.dxf", "parts/P02-tablette.dxf"):
        text = (package.folder / path).read_text(encoding="utf-8")
        assert "reliefs for a cutter of 8 mm (on layers with MILL: 3 mm)" in text
        space = ezdxf.readfile(package.folder / path).modelspace()
        tight = [e for e in space if e.dxf.layer == TIGHT]
        assert len(tight) == 2
        assert len([e for e in space if e.dxf.layer == INSIDE]) >= 4
    assert "MILL" not in (package.folder / "parts/P01-joue.dxf").read_text(encoding="utf-8")
    assert f'<g id="{TIGHT}"' in (package.folder / "sheets/sheet-01.svg").read_text(encoding="utf-8")

    rows = list(
        csv.DictReader(io.StringIO((package.folder / "cut-list.csv").read_text(encoding="utf-8-sig")), delimiter=";")
    )
    assert [row["Fraises (mm)"] for row in rows] == ["8", "8 et 3"]

    sheet, lists = pages_of(package.folder / "sheets.pdf")[:2]
    assert TIGHT in sheet
    assert sheet.count("Ø 3") == 5  # three contours, two rows of the table of layers
    assert "Fraises (mm)" in lists
    assert "8 et 3" in lists


def test_the_file_takes_the_thin_mill_first_and_each_tool_s_length_anew(package: Unpacked) -> None:
    lines = (package.folder / "sheets/sheet-01.nc").read_text().splitlines()

    assert [line for line in lines if re.fullmatch(r"T\d+ M6|G43 H\d+", line)] == ["T3 M6", "G43 H3", "T1 M6", "G43 H1"]
    assert lines.index("(P02-1 contour)") > lines.index("T1 M6") > lines.index("(P02-1 ouverture)")
    assert [line for line in lines[:12] if re.match(r"\(T\d", line)] == [
        "(T3: fraise 3 mm, D 3 mm, fraise)",
        "(T1: fraise 8 mm, D 8 mm, fraise)",
    ]


@needs_rs274
def test_linuxcnc_s_interpreter_makes_the_same_of_the_files(tmp_path: Path) -> None:
    given = {"groove": True, "window": True, "feet": 2}
    made = make_package(Rack(), given, machine(8.0, 3.0), folder=tmp_path)
    target = Unpacked(made.path, tmp_path / "unpacked").folder / "sheets/sheet-01.nc"

    ours = read_gcode(target.read_bytes(), "linuxcnc", {1, 2})
    theirs = interpret(target, {1: 8.0, 2: 3.0}, tmp_path)

    assert ours.faults == []
    assert_same_moves(ours.motions, theirs)
    assert_same_wood(ours.motions, theirs, {1: 4.0, 2: 1.5}, [-18.29, -8.99])
    assert {move.tool for move in theirs if not move.rapid} == {1, 2}


def test_two_mills_take_a_third_of_the_thin_one_s_time() -> None:
    both, thin = (seconds(machine(*mills), **GROOVED) for mills in ((8.0, 3.0), (3.0,)))
    assert both < thin / 3


@pytest.mark.parametrize("controller", ["grbl", "mach3", "shopbot"])
def test_every_dialect_changes_to_the_second_mill_and_is_proven(controller: str, tmp_path: Path) -> None:
    made = make_package(Rack(), {}, machine(8.0, 3.0, controller=controller), folder=tmp_path)
    (path,) = (sheet["gcode"] for sheet in made.manifest["sheets"])
    text = (Unpacked(made.path, tmp_path / "unpacked").folder / path).read_text()

    assert text.count("changement d'outil") == 1
    assert {"grbl": "M0", "mach3": "T1 M6", "shopbot": "&Tool = 1"}[controller] in text
    assert ("refaire le zero" in text.replace("\n", " ")) == (controller != "mach3")
    assert verify_archive(made.path).ok


@pytest.mark.parametrize("hold", ["tabs", "onion-skin"])
def test_an_opening_with_parts_in_it_waits_until_they_are_free(hold: str, tmp_path: Path) -> None:
    made = make_package(Rack(), {"window": True, "feet": 2}, machine(8.0, 3.0, hold_down=hold), folder=tmp_path)
    lines = (Unpacked(made.path, tmp_path / "unpacked").folder / "sheets/sheet-01.nc").read_text().splitlines()

    assert [line for line in lines if re.fullmatch(r"T\d+ M6", line)] == ["T2 M6", "T1 M6", "T2 M6", "T1 M6"]
    freed = max(lines.index(f"(P03-{copy} contour)") for copy in (1, 2))
    window = max(n for n, line in enumerate(lines) if line == "(P02-1 ouverture)" and lines[:n].count("T2 M6") == 2)
    assert freed < window < lines.index("(P02-1 contour)")
    assert len([line for line in lines if line.startswith("(T2:")]) == 3  # once in the head
    assert verify_archive(made.path).ok


@pytest.mark.parametrize("relief", ["dogbone", "tbone"])
def test_recesses_within_recesses_on_both_faces_keep_each_their_own_mill(relief: str, tmp_path: Path) -> None:
    made = make_package(Board(), {}, machine(8.0, 3.0, corner_relief=relief), folder=tmp_path)

    thin = {row["name"] for row in made.manifest["layers"] if "mill_mm" in row}
    assert thin == {
        "TOP-POCKET-9.0MM-MILL3.0", "TOP-POCKET-10.0MM-MILL3.0", "BOTTOM-POCKET-6.0MM-MILL3.0",
        "TOP-CUT-INSIDE-18.0MM-MILL3.0",
    }  # fmt: skip
    assert {row["name"] for row in made.manifest["layers"]} > {"TOP-POCKET-5.0MM", "BOTTOM-POCKET-6.0MM"}
    assert verify_archive(made.path).faults == ()


def test_drills_and_v_bits_stand_among_the_tools_with_what_they_are_for(tmp_path: Path) -> None:
    made = make_package(Rack(), {"fitted": True}, machine(8.0, 3.0, others=DRILL_AND_BIT), folder=tmp_path)

    assert {tool["name"]: (tool["kind"], tool["operations"]) for tool in made.manifest["tools"]} == {
        "fraise 8 mm": ("end-mill", ["cut-outside", "cut-inside", "pocket", "drill"]),
        "fraise 3 mm": ("end-mill", ["cut-inside"]),
        "foret 5 mm": ("drill", ["drill"]),
        "fraise en V": ("v-bit", ["engrave"]),
    }
    Draft202012Validator(SCHEMA).validate(made.manifest)
    assert verify_archive(made.path).ok


def test_what_is_unknown_of_the_second_mill_makes_no_file_and_is_said(tmp_path: Path) -> None:
    made = make_package(Rack(), {}, machine(8.0, 3.0, unknown=3.0), folder=tmp_path)

    assert made.manifest["sheets"][0]["gcode"] is None
    assert "no machine file: machine.tools 'fraise 3 mm': feed_mm_min is not said" in made.manifest["unprogrammed"]
    assert [tool["name"] for tool in made.manifest["tools"]] == ["fraise 8 mm", "fraise 3 mm"]
    (page, *_) = pages_of(Unpacked(made.path, tmp_path / "unpacked").folder / "sheets.pdf")
    assert "Calques MILL" in page
    assert verify_archive(made.path).ok


def test_one_part_again_and_a_layout_given_keep_the_choice(archive: Path, package: Unpacked, tmp_path: Path) -> None:
    whole = {part["code"]: part for part in package.manifest["parts"]}
    for code, several in (("P01", False), ("P02", True)):
        again = make_package(
            Rack(), GROOVED, machine(8.0, 4.0, 3.0), choices=Choices(only=(code,)), folder=tmp_path / code
        )
        assert again.manifest["tool"] == package.manifest["tool"]
        assert again.manifest["parts"][0]["area_mm2"] == whole[code]["area_mm2"]
        assert ("tools" in again.manifest) == several
        assert verify_archive(again.path).ok
    layout = read_layout(layout_of_archive(archive))
    laid = make_package(
        Rack(), GROOVED, machine(8.0, 4.0, 3.0), choices=Choices(layout=layout), folder=tmp_path / "laid"
    )
    sums = {file["path"]: file["sha256"] for file in package.manifest["files"]}
    assert {f["path"]: f["sha256"] for f in laid.manifest["files"]}["parts/P02-tablette.dxf"] == sums[
        "parts/P02-tablette.dxf"
    ]


def test_the_coupon_s_slots_have_the_mill_of_the_joint_that_they_try(tmp_path: Path) -> None:
    made = make_package(Rack(), {}, machine(8.0, 3.0, thickness=6.0), folder=tmp_path)
    coupon = ezdxf.readfile(Unpacked(made.path, tmp_path / "unpacked").folder / "coupon.dxf").modelspace()

    inside = {entity.dxf.layer for entity in coupon if "INSIDE" in entity.dxf.layer}
    assert inside == {"TOP-CUT-INSIDE-6.0MM-MILL3.0"}
    assert made.manifest["tools"][1]["parts"] == ["C01", "C02", "P02"]
    assert verify_archive(made.path).ok


def test_a_workshop_s_own_layer_name_gets_the_mill_at_its_end(tmp_path: Path) -> None:
    own = {"layers": {"cut_inside": {"name": "DEDANS-{depth}"}}, "dxf_version": "R12"}
    file = machine(8.0, 3.0)
    file = MachineFile.model_validate({"machine": file.machine.model_dump() | own, "stock": file.stock.model_dump()})
    made = make_package(Rack(), {}, file, folder=tmp_path)

    assert {row["name"] for row in made.manifest["layers"]} >= {"DEDANS-18.0", "DEDANS-18.0-MILL3.0"}
    space = ezdxf.readfile(Unpacked(made.path, tmp_path / "unpacked").folder / "sheets/sheet-01.dxf").modelspace()
    assert {e.dxf.layer for e in space if e.dxf.layer.startswith("DEDANS")} == {"DEDANS-18_0", "DEDANS-18_0-MILL3_0"}
    assert verify_archive(made.path).ok


# What must be found


def _relieved_for_the_thin_mill(package: Unpacked) -> tuple[str, ...]:
    """A slot for 8 mm gets the thin mill's drawing: the layer's 8 mm cutter does not reach its corners."""
    with package.dxf("parts/P02-tablette.dxf") as document:
        entity = next(e for e in document.modelspace() if e.dxf.layer == TIGHT)
        entity.dxf.layer = INSIDE
    return "P02 (parts", "8 mm"


def _relieved_for_the_wide_mill(package: Unpacked) -> tuple[str, ...]:
    """A slot with the 8 mm mill's reliefs is said to be cut with 3 mm."""
    with package.dxf("parts/P02-tablette.dxf") as document:
        entity = next(e for e in document.modelspace() if e.dxf.layer == INSIDE)
        entity.dxf.layer = TIGHT
    return "P02 (parts", "is cut where it should not be"


def _a_pocket_for_the_wide_mill(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("parts/P02-tablette.dxf") as document:
        entity = next(e for e in document.modelspace() if e.dxf.layer == "TOP-POCKET-9.0MM")
        entity.dxf.layer = "TOP-POCKET-9.0MM-MILL3.0"
    return "P02 (parts", "recess 9.00 mm deep is cut where it should not be"


def _on_the_sheet_only(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        entity = next(e for e in document.modelspace() if e.dxf.layer == TIGHT)
        entity.dxf.layer = INSIDE
    return "P02-1 (sheets", "8 mm"


def _another_mill_in_the_list(package: Unpacked) -> tuple[str, ...]:
    for row in package.manifest["layers"]:
        if row["name"] == TIGHT:
            row["mill_mm"] = 4.0
    return TIGHT, "4 mm"


def _another_mill_everywhere_in_the_manifest(package: Unpacked) -> tuple[str, ...]:
    for row in package.manifest["layers"]:
        if "mill_mm" in row:
            row["mill_mm"] = 4.0
    package.manifest["tools"][1] |= {"name": "fraise 4 mm", "diameter_mm": 4.0}
    return TIGHT, "MILL4.0"


def _the_tools_swapped(package: Unpacked) -> tuple[str, ...]:
    package.manifest["tool"] = {"name": "fraise 3 mm", "diameter_mm": 3.0}
    return TIGHT, "not thinner than the tool of 3 mm"


def _a_tool_that_the_machine_has_not(package: Unpacked) -> tuple[str, ...]:
    package.manifest["tools"][1]["diameter_mm"] = 3.5
    return ("no 3.5 mm end-mill",)


def _a_tool_for_what_it_does_not_do(package: Unpacked) -> tuple[str, ...]:
    package.manifest["tools"][1]["operations"] = ["cut-inside", "pocket", "cut-outside"]
    return ("3 mm is for cut-inside, cut-outside, pocket",)


def _a_part_too_few(package: Unpacked) -> tuple[str, ...]:
    package.manifest["tools"][0]["parts"].remove("P01")
    return ("8 mm cuts P01 too",)


def _a_part_too_many(package: Unpacked) -> tuple[str, ...]:
    package.manifest["tools"][1]["parts"].append("P01")
    return ("nothing to cut of P01",)


def _a_tool_that_never_moves(package: Unpacked) -> tuple[str, ...]:
    used = {"name": "fraise 4 mm", "diameter_mm": 4.0, "kind": "end-mill", "operations": ["drill"], "parts": ["P02"]}
    package.manifest["tools"].append(used)
    return ("no machine file moves 'fraise 4 mm'",)


def _mills_missing_in_the_cut_list(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "cut-list.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("8 et 3", "8"), encoding="utf-8-sig")
    return "P02", "Fraises", "8 and 3 expected"


def _the_wide_mill_in_the_thin_one_s_place(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.nc"
    path.write_text(path.read_text().replace("T3 M6\nG43 H3", "T1 M6\nG43 H1"))
    return "sheet-01.nc", "P02-1 is cut into"


def _the_thin_mill_in_the_wide_one_s_place(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.nc"
    path.write_text(path.read_text().replace("T1 M6\nG43 H1", "T3 M6\nG43 H3"))
    return "sheet-01.nc", "P01-1 is not cut free"


def _a_mill_between_the_two(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.nc"
    path.write_text(path.read_text().replace("T3 M6\nG43 H3", "T2 M6\nG43 H2"))
    return ("machine files move 'fraise 4 mm'",)


@pytest.mark.parametrize(
    "breaker",
    [
        _relieved_for_the_thin_mill, _relieved_for_the_wide_mill, _a_pocket_for_the_wide_mill, _on_the_sheet_only,
        _another_mill_in_the_list, _another_mill_everywhere_in_the_manifest, _the_tools_swapped,
        _a_tool_that_the_machine_has_not, _a_tool_for_what_it_does_not_do, _a_part_too_few, _a_part_too_many,
        _a_tool_that_never_moves, _mills_missing_in_the_cut_list, _the_wide_mill_in_the_thin_one_s_place,
        _the_thin_mill_in_the_wide_one_s_place, _a_mill_between_the_two,
    ],
)  # fmt: skip
def test_what_does_not_agree_is_named(breaker: Callable[[Unpacked], tuple[str, ...]], package: Unpacked) -> None:
    assert_named(breaker, package)
