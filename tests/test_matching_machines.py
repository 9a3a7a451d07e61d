# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Matching and making never disagree: what is called feasible on a machine file is planned, and the reverse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.errors import GeometryError, SheetError
from designs.sheet import Sheet
from fablabs.machine import MachineFile, Process
from fabrication.errors import NotMakeableError
from fabrication.matching.candidate import Station
from fabrication.matching.measuring import Piece
from fabrication.matching.needs import PieceNeeds
from fabrication.matching.obstacle import Code
from fabrication.matching.stations import of_file, suited
from fabrication.pipeline import lay_out, plan_job
from tests.cutting import Bracket, machine_file

#: One of each, so that builds are kept between examples.
PIECES = {
    (through, width): Piece(Bracket(through), {"width": width}) for through in (False, True) for width in (300, 700)
}


def makes(piece: Piece, file: MachineFile, quantity: int = 1) -> str:
    """Why the package's own planning refuses; "" if it does not."""
    try:
        plan_job(piece.design, piece.values, file, quantity)
    except (NotMakeableError, SheetError, GeometryError) as error:
        return str(error)
    return ""


@st.composite
def machine_files(draw: st.DrawFn) -> MachineFile:
    """Beds, sheets, margins, tools, thicknesses on both sides of what the bracket asks for."""
    process = draw(st.sampled_from(["cnc-router", "cnc-router", "laser"]))
    long, short = draw(st.sampled_from([430.0, 620.0, 740.0, 1000.0])), draw(st.sampled_from([190.0, 225.0, 330.0]))
    sheet = (long, short) if draw(st.booleans()) else (short, long)
    measured = draw(st.sampled_from([14.0, 15.0, 17.6, 17.6, 21.0]))
    machine: dict[str, Any] = {
        "bed_mm": draw(st.sampled_from([sheet, (1200.0, 800.0), (600.0, 400.0)])),
        "max_thickness_mm": draw(st.sampled_from([10.0, 16.0, 25.0, 25.0])),
        "margin_mm": draw(st.sampled_from([0.0, 5.0, 12.0])),
        "spacing_mm": draw(st.sampled_from([8.0, 14.0])),
    }
    if draw(st.integers(0, 3)) == 0:
        machine["keep_out_mm"] = [[(0, 0), (60, 0), (60, 45), (0, 45)]]
    if process == "laser":
        machine["kerf_mm"] = draw(st.sampled_from([0.0, 0.3]))
    else:
        machine["tools"] = [{"name": "fraise", "diameter_mm": draw(st.sampled_from([4.0, 6.0, 8.0, 14.0, 26.0]))}]
        machine["corner_relief"] = draw(st.sampled_from(["dogbone", "none"]))
        if machine["tools"][0]["diameter_mm"] > machine["spacing_mm"]:
            machine["spacing_mm"] = machine["tools"][0]["diameter_mm"]
    stock: dict[str, Any] = {
        "sheet_mm": sheet,
        "grain": draw(st.sampled_from(["long", "cross", "none"])),
        "nominal_thickness_mm": measured,
        "measured_thickness_mm": measured,
    }
    if draw(st.integers(0, 3)) == 0:
        stock["sheets"] = [{"size_mm": (900, 360), "count": draw(st.integers(1, 3))}]
    return machine_file(process, stock=stock, **machine)


@given(file=machine_files(), through=st.booleans(), width=st.sampled_from([300, 700]))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_what_matching_calls_feasible_is_planned_and_the_reverse(file: MachineFile, through: bool, width: int) -> None:
    piece = PIECES[through, width]
    found, refusal = of_file(piece, file), makes(piece, file)
    assert found.ok == (not refusal), (found.obstacles, refusal)
    if found.ok and found.most is not None:
        assert not makes(piece, file, found.most)
        assert makes(piece, file, found.most + 1)


def test_the_properties_examples_fall_on_both_sides() -> None:
    """A property that only saw refusals would say nothing."""
    seen: set[frozenset[Code]] = set()

    @given(file=machine_files(), through=st.booleans())
    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    def look(file: MachineFile, through: bool) -> None:
        seen.add(frozenset(o.code for o in of_file(PIECES[through, 300], file).obstacles))

    look()
    assert frozenset() in seen
    assert {Code.BED, Code.THICKNESS, Code.TOOL, Code.PROCESS, Code.EQUIPMENT} <= frozenset().union(*seen)


@given(
    width=st.integers(180, 800),
    height=st.integers(180, 800),
    process=st.sampled_from(list(Process)),
    through=st.booleans(),
)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_a_table_s_bed_is_judged_as_a_machine_file_with_a_sheet_of_that_size(
    width: int, height: int, process: Process, through: bool
) -> None:
    """The shell's tables know a bed and no sheet: the same piece, bed and default margin give the same answer."""
    piece = PIECES[through, 300]
    station = Station(process, (float(width), float(height)), 25.0, ("contreplaqué bouleau",))
    laser = {"kerf_mm": 0.0} if process is Process.LASER else {}
    stock = {"sheet_mm": (width, height), "nominal_thickness_mm": 18, "measured_thickness_mm": 18}
    file = machine_file(process, stock=stock, bed_mm=(width, height), margin_mm=10.0, max_thickness_mm=25, **laser)
    assert suited(piece, station).ok == of_file(piece, file).ok


def test_a_machine_that_is_too_small_is_told_what_bed_would_do() -> None:
    piece = PIECES[True, 700]
    found = suited(piece, Station(Process.ROUTER, (600.0, 400.0), 25.0))
    obstacle = next(o for o in found.obstacles if o.code is Code.BED)
    assert "P01 « étagère » mesure 700 × 200 mm" in obstacle.french.replace("\u00a0", " ")
    assert obstacle.lacking.replace("\u00a0", " ") == "une table d’au moins 720 mm de longueur"
    assert suited(piece, Station(Process.ROUTER, (720.0, 400.0), 25.0)).ok
    assert not suited(piece, Station(Process.ROUTER, (719.9, 400.0), 25.0)).ok


def test_a_thin_machine_is_asked_for_thinner_sheets() -> None:
    piece = PIECES[True, 300]
    found = suited(piece, Station(Process.ROUTER, (2500.0, 1250.0), 16.0))
    assert found.ok and found.needs is not None and found.needs.sheet.thickness == 15
    thin = suited(piece, Station(Process.ROUTER, (2500.0, 1250.0), 6.0))
    assert [o.code for o in thin.obstacles] == [Code.THICKNESS]


@pytest.mark.parametrize(
    ("materials", "ok"),
    [
        ((), True),  # not known
        (("contreplaqué bouleau",), True),
        (("birch plywood", "acrylic"), True),
        (("acrylic",), False),
        (("acier", "aluminium"), False),
    ],
)
def test_furniture_is_cut_from_panels_of_wood(materials: tuple[str, ...], ok: bool) -> None:
    found = suited(PIECES[True, 300], Station(Process.ROUTER, (2500.0, 1250.0), 25.0, materials))
    assert found.ok is ok
    assert bool(found.obstacles) != ok
    assert (("its materials are not known", "ses matériaux ne sont pas connus") in found.unknown) == (not materials)


def test_a_material_asked_for_by_name_has_to_be_there() -> None:
    station = Station(Process.ROUTER, (2500.0, 1250.0), 25.0, ("Contreplaqué peuplier",))
    assert suited(PIECES[True, 300], station, "peuplier").ok
    assert [o.code for o in suited(PIECES[True, 300], station, "contreplaqué bouleau").obstacles] == [Code.MATERIAL]


def test_needs_are_those_of_the_parts_that_are_cut(tmp_path: Any) -> None:
    piece = Piece(Bracket(), {"width": 400}, tmp_path)
    sheet = Sheet(17.6, 18.0)
    needs = piece.at(sheet)
    assert isinstance(needs, PieceNeeds)
    job = lay_out(piece.design, piece.values, machine_file(), 1)
    assert needs.area_mm2 == pytest.approx(sum(part.area * part.quantity for part in job.flat_parts), abs=0.1)
    assert needs.part_count == 4
    assert needs.largest.code == "P01" and (needs.largest.along_mm, needs.largest.across_mm) == (400, 200)
    cheek = next(part for part in needs.parts if part.code == "P02")
    assert (cheek.along_mm, cheek.across_mm, cheek.may_turn) == (160, 180, False)  # its grain runs across
    assert needs.laser is not None and "P01" in needs.laser[0]
    assert needs.narrowest_at == "P02" and 19.9 <= needs.narrowest_mm <= 20.1  # its pocket of 50 × 20
    again = Piece(Bracket(), {"width": 400}, tmp_path)
    assert again.key == piece.key and again.at(sheet) == needs and not again._flat


def test_a_kept_answer_that_is_damaged_is_found_again(tmp_path: Any) -> None:
    piece, sheet = Piece(Bracket(), {}, tmp_path), Sheet()
    needs = piece.at(sheet)
    for content in ("", "{", "[]", '{"needs": {"parts": 3}}', "\x00"):
        for file in tmp_path.iterdir():
            file.write_text(content, encoding="utf-8")
        assert Piece(Bracket(), {}, tmp_path).at(sheet) == needs
    assert not list(tmp_path.glob("*.draft"))


def test_a_workshop_s_layer_names_that_hide_two_works_are_in_the_way() -> None:
    file = machine_file(layers={"pocket": {"name": "POCHE"}})
    piece = PIECES[False, 300]
    assert makes(piece, file)
    assert [o.code for o in of_file(piece, file).obstacles] == [Code.EQUIPMENT]
