# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model at 1:5: joints for the thin sheet, and what makes no sense at that size left out by name."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designs.catalogue import design
from designs.contour import Contour
from designs.furniture import Furniture, Joint
from designs.joinery.bolt import barrel_nut
from designs.joinery.tenon import through_tenon
from designs.piece import Piece
from designs.placing import facing_right, lying
from designs.sheet import Sheet
from fablabs.machine import MachineFile, read_machine
from fabrication.choices import Choices
from fabrication.errors import NotMakeableError
from fabrication.exporters import Job
from fabrication.pipeline import flatten, make_package, plan_job
from fabrication.plan import Work
from fabrication.scale_model import LeftOut, scale_down, sheet_for, without_keyholes
from fabrication.verification import verify_archive
from tests.broken_packages import Stool, Unpacked
from tests.pieces import clashes
from treteau.cli import main

MACHINES = Path(__file__).parents[1] / "examples" / "machines"
LASER = read_machine(MACHINES / "laser-600-3mm.toml")
MODEL = Choices(scale=5)


@cache
def model(name: str) -> Job:
    return plan_job(name, {}, LASER, 1, choices=MODEL)


def names(left: tuple[LeftOut, ...]) -> set[str]:
    return {item.what.lstrip("0123456789 ") for item in left}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("chariot", {"clavette", "platine"}),
        ("maisonnette", {"clavette", "platine"}),
        ("porte", {"clavette", "entretoise", "enseigne"}),
    ],
)
def test_each_design_makes_a_model_of_the_sheet_that_is_cut(name: str, parts: set[str]) -> None:
    job = model(name)
    assert {item.what for item in job.left_out if not item.what[0].isdigit()} == parts
    assert {part.thickness for part in job.flat_parts} == {3.1}
    assert {round(part.solid.BoundingBox().zlen, 6) for part in job.furniture.parts} == {3.1}
    assert not {part.name for part in job.furniture.parts} & parts
    codes = {part.code for part in job.furniture.parts}
    assert all({joint.a, joint.b} <= codes for joint in job.furniture.joints)
    assert all(item.reason and item.french for item in job.left_out)


@pytest.mark.parametrize("name", ["chariot", "maisonnette"])
def test_joints_are_computed_for_the_thin_sheet_and_its_clearance(name: str) -> None:
    slots = [
        min(x1 - x0, y1 - y0)
        for part in model(name).flat_parts
        for o in part.of(Work.CUT_INSIDE)
        if len(o.contour.vertices) == 4 and not any(v.bulge for v in o.contour.vertices)
        for x0, y0, x1, y1 in [o.contour.bounds]
    ]
    tenons = [width for width in slots if width < 3.5]
    assert len(tenons) > 10
    assert tenons == pytest.approx([3.1 + 0.05] * len(tenons), abs=1e-6)
    joints = [j for j in model(name).furniture.joints if j.kind == "through-tenon"]
    assert {round(j.clearance, 9) for j in joints} == {0.05}


def test_parts_stand_where_they_stand_in_the_piece_and_do_not_clash() -> None:
    piece = design("porte").build({}, sheet_for(LASER.stock, 5))
    furniture = model("porte").furniture
    for small in furniture.parts:
        large = piece.part(small.code)
        for near, far in zip(small.placements, large.placements, strict=True):
            (x, y, z), turns = near.toTuple()
            assert (5 * x, 5 * y, 5 * z) == pytest.approx(far.toTuple()[0], abs=1e-9)
            assert turns == pytest.approx(far.toTuple()[1], abs=1e-9)
        if len(small.placements) == 1 and small.name == "plancher":
            assert small.solid.Volume() == pytest.approx(large.solid.Volume() / 125, rel=0.02)
    assert clashes(furniture, least_mm3=0.01) == []
    assert furniture.mass_g == pytest.approx(sum(p.solid.Volume() * p.quantity for p in furniture.parts) * 440e-6)


def test_a_model_has_glue_and_tape_and_no_other_hardware() -> None:
    for name in ("chariot", "maisonnette", "porte"):
        furniture = model(name).furniture
        assert {item.reference for item in furniture.hardware} == {"Colle vinylique", "Ruban textile 19 mm"}
        assert not furniture.fittings
        assert furniture.steps and not any(step.hardware or step.fittings or step.tools for step in furniture.steps)
        assert {measure.unit for measure in furniture.measures} == {"mm"}
    width = next(m for m in model("chariot").furniture.measures if m.label == "Encombrement")
    assert width.value == "224 × 100 × 170"


def test_grooves_for_felt_keep_nobody_from_a_model() -> None:
    assert model("maisonnette").furniture.parameters["felt"] is True
    with pytest.raises(NotMakeableError):
        plan_job("maisonnette", {}, read_machine(MACHINES / "laser-3000.toml"), 1)
    left = {item.what: item for item in model("maisonnette").left_out}
    assert left["3 rainures et poches"].parts == ("P17", "P18", "P19")
    assert "laser" in left["3 rainures et poches"].french


def test_the_package_says_its_scale_and_passes_the_verification(tmp_path: Path) -> None:
    package = make_package(Stool(), {}, LASER, choices=MODEL, folder=tmp_path)
    assert package.path.name.startswith("tabouret-r1-1to5-1x-3mm-")
    assert package.manifest["scale"] == 5
    left = {row["what"]: row["parts"] for row in package.manifest["left_out"]}
    assert left["3 perçages"] == ["P01", "P02"]
    unpacked = Unpacked(package.path, tmp_path / "unpacked")
    assert "tabouret r1 1:5" in (unpacked.folder / "sheets" / "sheet-01.dxf").read_text()
    assert verify_archive(unpacked.zipped()).ok
    unpacked.manifest["scale"] = 1
    assert any("tabouret-r1-1x-3mm" in fault for fault in verify_archive(unpacked.sealed()).faults)


def changed(**stock: float) -> MachineFile:
    return dataclasses.replace(LASER) if not stock else LASER.model_copy(
        update={"stock": LASER.stock.model_copy(update=stock)}
    )  # fmt: skip


def test_a_router_and_a_sheet_of_another_thickness_are_refused_at_once() -> None:
    with pytest.raises(NotMakeableError, match="a scale model is cut by a laser"):
        plan_job("chariot", {}, read_machine(MACHINES / "router-2500.toml"), 1, choices=MODEL)
    with pytest.raises(NotMakeableError, match=r"1:5 wants sheets of 2\.88 to 4\.32 mm, not 5\.1 mm") as caught:
        plan_job("chariot", {}, changed(nominal_thickness_mm=5.0, measured_thickness_mm=5.1), 1, choices=MODEL)
    assert "Une maquette de «\u00a0Chariot-établi\u00a0» au 1:5" in caught.value.french
    assert plan_job("porte", {}, changed(nominal_thickness_mm=4.0, measured_thickness_mm=3.9), 1, choices=MODEL)


# The rules


def small(piece: Piece) -> tuple[Furniture, tuple[LeftOut, ...]]:
    furniture = piece.furniture()
    return scale_down(furniture, flatten(furniture), LASER.stock, 5)


def drawn() -> tuple[Piece, float]:
    """A shelf on two cheeks."""
    sheet = sheet_for(LASER.stock, 5)
    piece, t = Piece("essai", {}, sheet), sheet.thickness
    cheek = piece.board("joue", 300, 400, facing_right(40, 0, 0), facing_right(460 - t, 0, 0))
    shelf = piece.board("tablette", 500, 300, lying(0, 0, 400))
    piece.join(through_tenon(cheek, "top", shelf, width=60, clearance=sheet.clearance))
    return piece, t


def test_a_part_that_falls_through_the_grid_goes_and_one_as_wide_as_the_limit_stays() -> None:
    piece, _ = drawn()
    piece.board("large", 100, 30.0, lying(600, 0, 0))
    piece.board("mince", 100, 29.9, lying(600, 100, 0))
    piece.joints += [Joint("screwed", code, "P02", 0.0, ()) for code in ("P03", "P04")]
    furniture, left = small(piece)
    assert [part.name for part in furniture.parts] == ["joue", "tablette", "large"]
    (thin,) = left
    assert (thin.parts, thin.what) == (("P04",), "mince")
    assert "5.98 mm wide, 6 at least" in thin.reason
    assert "5,98" in thin.french


@pytest.mark.parametrize(("web", "kept"), [(7.6, True), (7.3, False)])
def test_a_web_that_would_break_takes_the_part_away(web: float, kept: bool) -> None:
    piece, _ = drawn()
    shelf = piece.panels[1]
    # Two windows that leave a web between them and one to each long edge.
    for x in (125.0, 375.0):
        shelf.window(x, 150, 250 - web, 300 - 2 * web, 2)
    furniture, left = small_or_left(piece)
    assert ("tablette" in {part.name for part in furniture.parts}) is kept
    assert any("web thinner than 1.5 mm" in item.reason for item in left) is not kept


def small_or_left(piece: Piece) -> tuple[Furniture, tuple[LeftOut, ...]]:
    piece.joints = []  # the windows cut the slots away
    piece.panels[1].openings = [o for o in piece.panels[1].openings if o.area > 5000]
    piece.joints = [Joint("through-tenon", "P01", "P02", 0.25, ((0.0, 0.0, 0.0),))]
    return small(piece)


def test_what_only_rods_hold_goes_with_all_that_hangs_on_it() -> None:
    piece, _ = drawn()
    piece.board("barre", 200, 60, lying(0, 0, 700))
    piece.board("enseigne", 200, 60, lying(0, 0, 900))
    piece.joints += [Joint("rod", "P03", "P02", 0.0, ()), Joint("cross-lap", "P03", "P04", 0.0, ())]
    furniture, left = small(piece)
    assert [item.what for item in left] == ["barre", "enseigne"]
    assert [part.name for part in furniture.parts] == ["joue", "tablette"]


def test_seats_of_barrel_nuts_and_screw_holes_are_closed() -> None:
    piece, _ = drawn()
    cheek, shelf = piece.panels
    plain = [part.solid.Volume() for part in small(piece)[0].parts]
    piece, _ = drawn()
    cheek, shelf = piece.panels
    piece.join(barrel_nut(cheek, "top", shelf, at=[150], clearance=0.25))
    shelf.hole(250, 150, 10.0)
    shelf.hole(250, 200, 10.2)
    furniture, left = small(piece)
    assert {item.what: item.parts for item in left} == {"3 perçages": ("P02",), "1 logements d’écrous": ("P01",)}
    first, second = (part.solid.Volume() for part in furniture.parts)
    assert first == pytest.approx(plain[0], rel=1e-9)
    assert second == pytest.approx(plain[1] - 3.1 * 3.14159265 * 1.02**2, rel=1e-6)


@given(st.floats(10, 80), st.floats(0.5, 1.9))
def test_an_outline_without_keyholes_stays_as_it_is(size: float, radius: float) -> None:
    # Rounded corners and half-round notches are no seats of nuts.
    notched = Contour.of(
        [(0, 0), (size, 0), (size, size), (size / 2 + radius, size, 0), (size / 2 + radius, size - 2, -1.0),
         (size / 2 - radius, size - 2), (size / 2 - radius, size), (0, size)]
    )  # fmt: skip
    assert without_keyholes(notched) == (notched, 0)


def test_letters_too_fine_to_burn_go_and_others_are_burnt_not_milled() -> None:
    piece, _ = drawn()
    piece.panels[1].engrave("GRAND", 250, 150, 40, stroke=2.5)
    piece.panels[0].engrave("FIN", 150, 200, 20, stroke=1.2)
    furniture, left = small(piece)
    assert [(item.what, item.parts) for item in left] == [("lettres", ("P01",))]
    (part,) = (p for p in flatten(furniture) if list(p.of(Work.ENGRAVE)))
    assert {round(o.depth, 6) for o in part.of(Work.ENGRAVE)} == {0.3}


# The shell


def test_the_shell_says_what_a_model_does_without(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    machine = str(MACHINES / "laser-600-3mm.toml")
    assert main(["cut", "porte", "--machine", machine, "--scale", "1:5", "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "left out: clavette (P12): 5.31 mm wide" in out
    assert "1to5" in out
    with pytest.raises(SystemExit) as caught:
        main(["cut", "porte", "--machine", machine, "--scale", "1:3"])
    assert caught.value.code == 2
    assert "1:1 or 1:5" in capsys.readouterr().err
    assert main(["cut", "porte", "--machine", machine, "--out", str(tmp_path)]) == 3


def test_a_sheet_for_a_model_is_as_many_times_as_thick() -> None:
    sheet = sheet_for(LASER.stock, 5)
    assert (sheet.thickness, sheet.nominal_thickness, sheet.clearance) == pytest.approx((15.5, 15, 0.25))
    assert isinstance(sheet, Sheet)
