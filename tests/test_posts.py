# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The machine's own files: what each dialect says, and that a reader gets the program's moves back."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from designs.contour import Contour
from fablabs.machine import Controller, Tool
from fabrication.exporters import gcode
from fabrication.pipeline import plan_job
from fabrication.plan import Face, Operation, Work
from fabrication.program import Move, Pace, Run, SheetProgram
from fabrication.toolpaths.plain import ascii_text
from fabrication.toolpaths.posts import Setting, post
from fabrication.toolpaths.posts.words import LINE, Words, comment
from fabrication.toolpaths.programs import programs
from fabrication.verification.gcode import read_gcode
from fabrication.verification.moves import Motion
from fabrication.verification.sbp import read_sbp
from tests.cutting import Bracket, machine_file
from tests.rs274 import interpret, needs_rs274
from tests.toolpath_pieces import DRILL, MILL, V_BIT, T, hole, opening, part, plan, router

GCODE = [Controller.GRBL, Controller.LINUXCNC, Controller.MACH3]
LEAF = Contour.of(
    [(0, 0), (150, 0, math.tan(math.pi / 8)), (180, 30), (180, 90), (20, 90, math.tan(math.pi / 8)), (0, 70)]
)


@pytest.fixture(scope="module")
def program() -> SheetProgram:
    """Three tools, arcs, helices, pecks, tabs; a copy turned by 33.3 degrees."""
    letter = Operation(Work.ENGRAVE, Face.TOP, 0.8, Contour.rectangle(40, 70, 60, 4))
    pocket = Operation(Work.POCKET, Face.TOP, 7.0, Contour.circle(130, 60, 14))
    one = part(
        "P01", LEAF, letter, pocket, hole(30, 30, 5), hole(50, 30, 9), opening(Contour.rectangle(80, 20, 44, 18))
    )
    laid = plan((one, [(20, 20), (300, 20)]))
    (sheet,) = laid.sheets
    turned = type(sheet.placements[1])("P01", 2, 500, 200, 33.3)
    laid = type(laid)(laid.parts, (type(sheet)(1, 1000, 600, (sheet.placements[0], turned)),), 0.0, 6.0)
    (done,), lines = programs(laid, router(MILL, DRILL, V_BIT).machine)
    assert lines == ()
    return done


def setting(controller: Controller, above: float = 0.0, **machine: Any) -> Setting:
    known = router(MILL, DRILL, V_BIT, controller=controller.value, **machine).machine
    return Setting(known, above, ("Treteau: essai", "held by tabs (6 x 3 mm)"))


def written(program: SheetProgram, controller: Controller, above: float = 0.0) -> list[str]:
    return post(controller).write(program, setting(controller, above))


def read(lines: list[str], controller: Controller) -> list[Motion]:
    """By the package's verification, which shares no code with the writers."""
    data = ("\n".join(lines) + "\n").encode("ascii")
    tools = {1, 2, 3}
    result = read_sbp(data, tools) if controller is Controller.SHOPBOT else read_gcode(data, controller.value, tools)
    assert not result.faults
    assert result.complete
    return result.motions


def told(program: SheetProgram) -> Iterator[tuple[float, float, float, bool, float, int]]:
    """Each move's end, if it is in haste, its feed and its tool; moves that go nowhere left out."""
    for run in program.runs:
        here = None
        for move in run.moves:
            end = (round(move.x, 4), round(move.y, 4), round(move.z, 4))
            if end != here:
                rapid = move.pace is Pace.RAPID
                feed = run.tool.plunge_mm_min if move.pace is Pace.PLUNGE else run.tool.feed_mm_min
                yield *end, rapid, 0.0 if rapid else float(feed or 0), run.tool.number or 0
            here = end


@pytest.mark.parametrize("controller", GCODE)
@pytest.mark.parametrize("above", [0.0, T])
def test_a_reader_gets_every_move_back_with_its_feed_and_tool(
    program: SheetProgram, controller: Controller, above: float
) -> None:
    motions = [m for m in read(written(program, controller, above), controller) if m.start != m.end]
    wanted = list(told(program))
    # The way up to the travel height at each tool's start is the file's own.
    got = [m for m in motions if not (m.rapid and m.is_upright and m.end[2] == 15 + above and m.halt)]
    ends = [(m.end[0], m.end[1], round(m.end[2] - above, 4), m.rapid, 0.0 if m.rapid else m.feed, m.tool) for m in got]
    assert [e[:3] for e in ends if not e[3]] == [w[:3] for w in wanted if not w[3]]
    assert [e[4:] for e in ends if not e[3]] == [w[4:] for w in wanted if not w[3]]


def test_a_reader_of_part_files_gets_the_same_way_back(program: SheetProgram) -> None:
    motions = [m for m in read(written(program, Controller.SHOPBOT), Controller.SHOPBOT) if m.start != m.end]
    ends = {tuple(round(v, 4) for v in m.end) for m in motions}
    assert {w[:3] for w in told(program) if not w[3]} <= ends
    cut = sum(m.length for m in motions if not m.rapid)
    same = sum(m.length for m in read(written(program, Controller.LINUXCNC), Controller.LINUXCNC) if not m.rapid)
    assert cut == pytest.approx(same, rel=1e-3)
    assert sum(1 for m in motions if m.centre) > 20


@needs_rs274
@pytest.mark.parametrize("above", [0.0, T])
def test_linuxcnc_s_own_interpreter_takes_the_file_and_makes_the_same_moves(
    program: SheetProgram, above: float, tmp_path: Path
) -> None:
    path = tmp_path / "essai.ngc"
    path.write_text("\n".join(written(program, Controller.LINUXCNC, above)) + "\n")
    moves = [m for m in interpret(path, {1: 6, 2: 5, 3: 12}, tmp_path) if not m.rapid and m.start != m.end]
    wanted = [w for w in told(program) if not w[3]]
    assert len(moves) == len(wanted)
    for move, (x, y, z, _, feed, tool) in zip(moves, wanted, strict=True):
        assert move.end == pytest.approx((x, y, z + above), abs=1e-4)
        assert (move.feed, move.tool, move.rpm) == (pytest.approx(feed), tool, pytest.approx(18000))


@pytest.mark.parametrize("controller", list(Controller))
def test_files_are_plain_ascii_in_short_lines_and_end_with_the_spindle_at_rest(
    program: SheetProgram, controller: Controller
) -> None:
    lines = written(program, controller)
    text = "\n".join(lines)
    assert text.isascii() and text.isprintable() is False and "\t" not in text
    if controller is Controller.GRBL:
        assert max(map(len, lines)) <= LINE
    last = [line for line in lines if line not in ("%", "M2", "M30")]
    stop = last.index("END") - 1 if controller is Controller.SHOPBOT else -1
    assert last[stop] in ("M5", "C7")


def test_grbl_stops_for_a_change_of_tool_and_never_reads_a_word_that_it_has_not(program: SheetProgram) -> None:
    lines = written(program, Controller.GRBL)
    words = " ".join(line for line in lines if not line.startswith("("))
    assert not re.search(r"M0?6|G4[123]|G8[1-9]|%|H\d", words)
    assert lines.count("M0") == 2  # three tools
    first = lines.index("M0")
    assert lines[first - 1] == "T2" and lines[first - 4] == "M5" and lines[first + 1] == "G0 Z15.0000"
    assert lines[first - 2] == "(monter T2: foret 5 mm, D 5 mm, foret)"
    said = "(changement d'outil, broche relevee a Z 15 ; puis refaire le zero Z)"
    assert [i for i, line in enumerate(lines) if line == said] == [
        i - 3 for i, line in enumerate(lines) if line == "M0"
    ]


@pytest.mark.parametrize("controller", [Controller.LINUXCNC, Controller.MACH3])
def test_a_controller_with_a_tool_table_changes_tools_itself_with_their_lengths(
    program: SheetProgram, controller: Controller
) -> None:
    lines = written(program, controller)
    assert [line for line in lines if "M6" in line] == ["T3 M6", "T2 M6", "T1 M6"]
    assert [lines[i + 1] for i, line in enumerate(lines) if "M6" in line] == ["G43 H3", "G43 H2", "G43 H1"]
    assert (lines[0] == lines[-1] == "%") == (controller is Controller.LINUXCNC)
    assert "M0" not in lines


@pytest.mark.parametrize("controller", GCODE)
def test_arcs_radii_agree_after_rounding_and_none_can_be_taken_for_a_full_circle(
    program: SheetProgram, controller: Controller
) -> None:
    arcs = [m for m in read(written(program, controller), controller) if m.centre]
    assert len(arcs) > 40
    for arc in arcs:
        assert arc.centre is not None
        a, b = math.dist(arc.centre, arc.start[:2]), math.dist(arc.centre, arc.end[:2])
        assert abs(a - b) < 2.5e-4
        assert math.dist(arc.start[:2], arc.end[:2]) >= 0.002
        assert abs(arc.turn) < math.pi + 0.01


def test_an_arc_whose_ends_round_to_one_point_is_no_arc() -> None:
    words = Words(router().machine.tools[0], 0.0)
    words.up(15.0)
    words.line(Move(Pace.RAPID, 10.0, 0.0, 15.0))
    assert words.line(Move(Pace.CUT, 10.00001, 0.00001, 15.0, (10.0, 5.0), True)) is None
    assert words.line(Move(Pace.CUT, 10.001, 0.0, 15.0, (10.0005, 5.0), True)) == "G1 X10.0010 F3000"
    assert words.line(Move(Pace.CUT, 10.501, 0.5, 15.0, (10.001, 0.5), True)) == "G3 X10.5010 Y0.5000 I0.0000 J0.5000"
    assert words.line(Move(Pace.PLUNGE, 10.501, 0.5, -1.0)) == "G1 Z-1.0000 F900"
    assert words.line(Move(Pace.CUT, 10.501, -1e-9, -1.0)) == "G1 Y0.0000 F3000"


def test_a_helix_whose_ends_round_to_one_point_is_bored_straight() -> None:
    """A part file has chords in the place of a helix: none of a full turn, where the tool hardly moved sideways."""
    tool = Tool.model_validate(MILL)
    down = Move(Pace.PLUNGE, 10.0, 0.0, -3.0, (10.0, 5.0), True)
    run = Run(tool, (Move(Pace.RAPID, 10.00004, 0.0, 15.0), down, Move(Pace.RAPID, 10.0, 0.0, 15.0)))
    done = SheetProgram(1, Face.TOP, (run,), (), 1.0)
    lines = post(Controller.SHOPBOT).write(done, Setting(router(MILL, controller="shopbot").machine, 0.0, ()))
    assert "MZ,-3.0000" in lines and not [line for line in lines if line.startswith(("M3", "CG"))]


def test_a_long_remark_is_broken_between_words_and_loses_what_a_controller_chokes_on() -> None:
    text = "contreplaqué (bouleau) œuvré ; " + "mot " * 40 + "x" * 100
    lines = list(comment(text))
    assert all(len(line) <= LINE and line[0] == "(" and line[-1] == ")" and line.isascii() for line in lines)
    assert all("(" not in line[1:-1] and ")" not in line[1:-1] for line in lines)
    assert lines[0].startswith("(contreplaque [bouleau] oeuvre ;")
    assert ascii_text("2 × Ø 5 mm – 90°") == "2 x D 5 mm - 90 deg"


def test_the_part_file_says_its_units_and_turns_the_spindle_on_before_it_cuts(program: SheetProgram) -> None:
    lines = written(program, Controller.SHOPBOT)
    assert "IF %(25)=0 THEN GOTO UNIT_ERROR" in lines and "SA" in lines
    assert lines[-4:] == ["END", "UNIT_ERROR:", "CN,91", "END"]
    assert [line for line in lines if line.startswith("&Tool")] == ["&Tool = 3", "&Tool = 2", "&Tool = 1"]
    assert "MS,50.000,15.000" in lines
    assert lines.index("C6") < next(i for i, line in enumerate(lines) if line.startswith(("M3,", "MZ,", "CG,")))
    assert {line.split(",")[7] for line in lines if line.startswith("CG")} <= {"1", "-1"}


def test_the_spindle_gets_time_at_every_start(program: SheetProgram) -> None:
    lines = written(program, Controller.GRBL)
    starts = [i for i, line in enumerate(lines) if line.startswith("M3 ")]
    assert len(starts) == 3 and all(lines[i + 1] == "G4 P3" and lines[i - 1] == "G0 Z15.0000" for i in starts)


def known(controller: str, **more: Any) -> dict[str, Any]:
    tools = ({**MILL}, {**DRILL})
    return {"controller": controller, "zero": "sheet-top", "travel_height_mm": 15.0, "tools": tools, **more}


def test_a_package_has_a_file_a_sheet_that_says_what_it_belongs_to() -> None:
    job = plan_job(Bracket(), {}, machine_file(**known("mach3")), 2)
    sums = {f"sheets/sheet-{s.index:02}.dxf": f"{s.index}" * 64 for s in job.plan.sheets}
    files = dict(gcode.export(job, sums))
    assert list(files) == [f"sheets/sheet-{s.index:02}.nc" for s in job.plan.sheets]
    head = files["sheets/sheet-01.nc"].decode("ascii").split("G21")[0]
    assert head.startswith("(Treteau: equerre r1, feuille 1 sur")
    for said in (
        "SHA-256 1111111111111111)",
        "1000 x 600 x 17.6 mm",
        "(Z0 : dessus de la feuille)",
        "T1: fraise 6 mm",
        "la face de dessous de",
    ):
        assert said in head, said
    assert dict(gcode.export(job, sums)) == files


def test_a_machine_without_a_controller_gets_none_and_is_told_why() -> None:
    job = plan_job(Bracket(), {}, machine_file(), 1)
    assert list(gcode.export(job, {})) == [] and job.programs == ()
    assert "no machine file: machine.controller is not said" in [line.english for line in job.unprogrammed]


def test_a_laser_gets_none_and_nothing_is_missing() -> None:
    job = plan_job(Bracket(through_only=True), {}, machine_file("laser"), 1)
    assert (job.programs, job.unprogrammed) == ((), ())


def test_a_run_of_one_tool_is_noted_cut_by_cut(program: SheetProgram) -> None:
    for run in program.runs:
        assert isinstance(run, Run)
        assert all(a < b for (a, _), (b, _) in itertools.pairwise(run.notes))
    lines = written(program, Controller.LINUXCNC)
    assert lines.count("(P01-1 ouverture)") == 1 and lines.count("(P01-2 contour)") == 1
    assert {"(P01-1 poche)", "(P01-1 gravure)", "(P01-2 trou 5 mm)"} <= set(lines)


@pytest.mark.parametrize("controller", list(Controller))
def test_the_tool_ends_over_the_sheet_s_corner_at_the_travel_height(
    program: SheetProgram, controller: Controller
) -> None:
    last = read(written(program, controller, T), controller)[-1]
    assert last.rapid and last.end == (0.0, 0.0, 15.0 + T)
    assert last.start[2] == 15.0 + T, "on the level, high over clamps"


def test_the_tool_table_s_lengths_are_asked_for_at_the_change_and_not_before(program: SheetProgram) -> None:
    lines = written(program, Controller.MACH3)
    said = "(changement d'outil, broche relevee a Z 15 ; sa longueur vient de la)"
    assert lines.count(said) == 2 and lines.index(said) > lines.index("T3 M6")


def test_a_part_file_bores_no_faster_than_the_tool_may_plunge() -> None:
    """A hole of 6 mm by a mill of 5: 3.1 mm a turn and 1.5 mm down in it."""
    mill = {**MILL, "diameter_mm": 5.0, "feed_mm_min": 6000.0, "plunge_mm_min": 1500.0}
    machine = router(mill, controller="shopbot").machine
    one = part("P01", LEAF, hole(60, 40, 6))
    (done,), _ = programs(plan((one, [(20, 20)]), tool=5.0), machine)
    lines = post(Controller.SHOPBOT).write(done, Setting(machine, 0.0, ()))
    motions = [m for m in read(lines, Controller.SHOPBOT) if not m.rapid and m.start != m.end]
    boring = [m for m in motions if m.end[2] < m.start[2] - 1e-6 and math.dist(m.end[:2], (80, 60)) < 1]
    assert len(boring) > 50
    for m in boring:
        level, down = math.dist(m.start[:2], m.end[:2]), m.start[2] - m.end[2]
        if level:
            # Whether the control program takes the speed for the level or for the way itself.
            assert m.feed * math.hypot(level, down) / level <= 1500 * 1.01
            assert m.feed * down / level <= 1500
            assert m.feed > 1200
        else:
            assert m.feed <= 1500
    outline = [m for m in motions if m.end[2] == m.start[2] and math.dist(m.end[:2], (80, 60)) > 20]
    assert {round(m.feed) for m in outline} == {6000}
    assert done.seconds == pytest.approx(own_seconds(read(lines, Controller.SHOPBOT), machine), rel=0.05)


def own_seconds(motions: list[Motion], machine: Any) -> float:
    """The verification's estimate, with the spindle's start."""
    from fabrication.toolpaths.duration import SPIN_UP
    from fabrication.verification.machine_time import seconds

    return seconds(motions, machine.accel_mm_s2, machine.rapid_mm_min) + SPIN_UP
