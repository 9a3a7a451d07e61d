# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Machine files are read strictly: what a cut does not need is a fault with its line, and nothing makes the reader
crash or hang."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrication.verification.gcode import read_gcode
from fabrication.verification.machine_time import seconds
from fabrication.verification.moves import MAX_BYTES, Flat, Motion, Moves, Place, Program
from fabrication.verification.sbp import read_sbp

HEAD = "G21 G90 G17 G94\nT1 M6\nM3 S18000\nG0 Z15\nG0 X0 Y0\n"
WORDS = ["\n", *re.findall(r"\S+", "G0 G1 G2 G3 X1 X-5 Y2 Z-3 Z5 I1 J2 F100 S9 T1 M3 M5 M6 G21 G90 G17 G94")]
TAIL = "G0 Z15\nM5\nM30\n"
SBP_HEAD = "IF %(25)=0 THEN GOTO UNIT_ERROR\nSA\nMS,50,15\nJS,100,50\n&Tool = 1\nC9\nTR,18000\nC6\nJZ,15\nJ2,0,0\n"
SBP_TAIL = "JZ,15\nC7\nEND\nUNIT_ERROR:\nCN,91\nEND\n"


def gcode(body: str, head: str = HEAD, tail: str = TAIL, dialect: str = "linuxcnc") -> Program:
    return read_gcode((head + body + tail).encode(), dialect, {1, 2})


def sbp(body: str, head: str = SBP_HEAD, tail: str = SBP_TAIL) -> Program:
    return read_sbp((head + body + tail).encode(), {1, 2})


def test_what_a_cut_needs_is_read_with_its_line() -> None:
    found = gcode("G1 Z-3 F600 (down)\nX40 F2000 ; along\nG3 X50 Y10 I0 J10\nG2 I-5 Z-5\nG4 P2\nN90 G1 Y0\n")
    assert found.faults == []
    assert found.complete
    assert found.entry == 15
    assert found.pauses == 2
    assert [m.line for m in found.motions] == [6, 7, 8, 9, 11, 12]
    plunge, along, arc, helix, last, up = found.motions
    assert (plunge.end, plunge.feed, plunge.rapid) == ((0, 0, -3), 600, False)
    assert (along.end, along.feed, along.tool, along.rpm) == ((40, 0, -3), 2000, 1, 18000)
    assert arc.centre == (40, 10)
    assert arc.turn == pytest.approx(math.pi / 2)
    assert arc.length == pytest.approx(5 * math.pi)
    assert (helix.turn, helix.end) == (pytest.approx(-math.tau), (50, 10, -5))
    assert helix.length == pytest.approx(math.hypot(10 * math.pi, 2))
    assert last.halt
    assert not arc.halt
    assert up.rapid


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("G1 Z-3\n", "line 6: a cut without a feed"),
        ("G1 Z-3 F0\n", "line 6: a feed of 0"),
        ("G1 Z-3 F600\nG2 X10 Y0 I5.01 J0\n", "line 7: an arc that begins 5.0100 mm and ends 4.9900"),
        ("G1 Z-3 F600\nG2 X10 Y0\n", "line 7: an arc without a centre"),
        ("G1 Z-3 F600\nG2 X10 Y0 R5\n", "line 7: unknown word R5"),
        ("G1 Z-3 F600\nG2 X0.001 I0.001\n", "line 7: an arc without a radius"),
        ("G20\n", "line 6: G20: inches"),
        ("G91\n", "line 6: G91: relative"),
        ("G18\n", "line 6: G18: another plane"),
        ("G93\n", "line 6: G93"),
        ("G90.1\n", "line 6: G90.1"),
        ("G81 X1 Y1 Z-3 R1\n", "line 6: unknown word R1"),
        ("G38.2 Z-3\n", "line 6: unknown word G38.2"),
        ("G92 X0\n", "line 6: unknown word G92"),
        ("M4\n", "line 6: unknown word M4"),
        ("M7\n", "line 6: unknown word M7"),
        ("A90\n", "line 6: unknown word A90"),
        ("#1=3\n", "line 6: '#1=3' is no word"),
        ("O100 sub\n", "line 6"),
        ("G1 X[1+2]\n", "line 6: 'X[1+2]' is no word"),
        ("G1 XNAN F9\n", "line 6: 'XNAN"),
        ("G1 X1e5 F9\n", "line 6"),
        ("G1 X10000000 F9\n", "line 6: X is out of all bounds"),
        ("G1 X1 X2 F9\n", "line 6: X stands twice"),
        ("G0 G1 X1 F9\n", "line 6: G0 and G1 on one line"),
        ("G1 X1 I3 F9\n", "line 6: I or J with G1"),
        ("T3 M6\n", "line 6: tool T3 is unknown"),
        ("T2 M6\n", "line 6: the tool is changed while the spindle turns"),
        ("M3 S0\n", "line 6: M3 without a speed"),
        ("G43 H2\n", "line 6: G43 with another length"),
        ("G64 P1\n", "line 6: G64 lets the path stray"),
        ("G4\n", "line 6: G4 without a pause"),
        ("G4 P9999\n", "line 6: G4 without a pause"),
        ("P3\n", "line 6: P: nothing on this line takes it"),
        ("M30\nG0 X1\n", "line 7: there is more after the program's end"),
        ("(" + "a" * 300 + ")\n", "line 6: 302 characters"),
        ("G1 X1 (open\n", "line 6: '(OPEN'"),
    ],
)
def test_a_line_that_is_not_needed_or_not_right_is_named(body: str, words: str) -> None:
    assert any(words in fault for fault in gcode(body).faults), gcode(body).faults


@pytest.mark.parametrize("code", ["G21", "G90", "G17", "G94"])
def test_nothing_is_left_to_what_the_controller_was_set_to_before(code: str) -> None:
    assert any(f"a move before {code}" in fault for fault in gcode("", head=HEAD.replace(code, "")).faults)


def test_no_cut_from_an_unknown_place() -> None:
    head = HEAD.replace("G0 Z15\nG0 X0 Y0\n", "")
    assert any("X or Y move before the first Z" in fault for fault in gcode("G0 X0 Y0\n", head=head).faults)
    assert any("a cut from nowhere" in fault for fault in gcode("G0 Z15\nG1 X5 Y5 F100\n", head=head).faults)


def test_an_end_that_is_missing_and_a_spindle_that_still_turns() -> None:
    assert any("it was cut off" in fault for fault in gcode("", tail="G0 Z15\nM5\n").faults)
    assert any("still turns" in fault for fault in gcode("", tail="G0 Z15\nM30\n").faults)


def test_grbl_knows_no_change_of_tools_but_takes_a_number() -> None:
    assert any("M6 is unknown to GRBL" in fault for fault in gcode("", dialect="grbl").faults)
    found = gcode("G1 Z-1 F9\nM5\nT2\nM0\nM3 S9000\nG1 X5\n", head=HEAD.replace(" M6", ""), dialect="grbl")
    assert found.faults == []
    assert [(m.tool, m.rpm) for m in found.motions] == [(1, 18000), (2, 9000), (2, 9000)]


def test_a_shopbot_file_is_read_as_the_same_moves() -> None:
    ours = gcode("G1 Z-3 F900\nX40 F3000\nG3 X50 Y10 I0 J10\nG2 X40 Y0 I-10 J0\nX30 Y5 Z-4\n".replace("X30", "G1 X30"))
    theirs = sbp("MZ,-3\nM2,40\nCG,,50,10,0,10,T,-1\nCG,,40,0,-10,0,T,1\nM3,30,5,-4\n")
    assert theirs.faults == []
    assert theirs.complete
    assert [(m.start, m.end, m.centre, m.tool, m.rpm, m.rapid, m.feed) for m in theirs.motions if not m.rapid] == [
        (m.start, m.end, m.centre, m.tool, m.rpm, m.rapid, m.feed) for m in ours.motions if not m.rapid
    ]
    assert [m.turn for m in theirs.motions] == pytest.approx([m.turn for m in ours.motions])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("VS,3\n", "line 11: unknown command 'VS'"),
        ("MX,1,2\n", "line 11: MX with 2 numbers"),
        ("M2,a\n", "line 11: 'A' is no number"),
        ("M2,1e3\n", "line 11: '1E3' is no number"),
        ("CG,,5,0,2,0,T,1\n", "line 11: an arc that begins 2.0000 mm and ends 3.0000"),
        ("CG,,5,0,2.5,0,T\n", "line 11: CG without"),
        ("CG,,5,0,2.5,0,T,1,-3\n", "line 11: CG without its end"),
        ("MS,0\n", "line 11: a speed of 0"),
        ("&Tool = 7\n", "line 11: tool 7 is unknown"),
        ("C9\n", "line 11: the tool is changed while"),
        ("PAUSE 9999\n", "line 11: a pause"),
        ("SR\n", "line 11: unknown command 'SR'"),
    ],
)
def test_a_shopbot_line_that_is_not_needed_or_not_right_is_named(body: str, words: str) -> None:
    assert any(words in fault for fault in sbp(body).faults), sbp(body).faults


def test_a_shopbot_file_says_its_units_and_its_end() -> None:
    assert any("a move before SA" in f for f in sbp("MZ,-3\n", head=SBP_HEAD.replace("SA\n", "")).faults)
    unsaid = SBP_HEAD.split("\n", 1)[1]
    assert any("check of its units" in f for f in sbp("MZ,-3\n", head=unsaid).faults)
    assert any("it was cut off" in f for f in sbp("", tail="C7\n").faults)


@pytest.mark.usefixtures("never_hangs")
def test_a_file_of_all_bounds_is_not_read() -> None:
    for data in (b"G0 X1\n" * (MAX_BYTES // 6 + 1), b"\x00\xff" * 1000, b"(" * 200_000, b"G1" * 125 + b"\n", b""):
        assert read_gcode(data, "grbl", {1}).faults
        assert read_sbp(data, {1}).faults
    assert read_gcode(b"G1 X1 F\n" * 200_000, "grbl", {1}).faults


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["grbl", "linuxcnc", "mach3"]))
def test_bytes_of_anybody_give_faults(data: bytes, dialect: str) -> None:
    assert read_gcode(data, dialect, {1}).faults
    assert read_sbp(data, {1}).faults


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS)))
def test_words_in_any_order_are_read_or_refused(words: list[str]) -> None:
    found = read_gcode(" ".join(words).encode(), "linuxcnc", {1})
    assert all(math.isfinite(m.length) and math.isfinite(m.turn) for m in found.motions)
    assert math.isfinite(seconds(found.motions, 500, 5000))


def motion(start: Place, end: Place, feed: float = 3000, centre: Flat | None = None, **words: bool) -> Motion:
    """A cut of tool 1."""
    about = centre or (math.nan, math.nan)
    return Moves([[1, 0, *start, *end, feed, 1, 9, *about, words.get("ccw", True), words.get("halt", False)]])[0]


def line(length: float, feed: float, *, halt: bool = False, at: float = 0.0) -> Motion:
    return motion((at, 0, 0), (at + length, 0, 0), feed, halt=halt)


def test_the_time_of_a_move_is_its_trapezoid() -> None:
    # 100 mm at 50 mm/s with 500 mm/s²: 0.1 s up, 0.1 s down over 5 mm, 95 mm at full speed.
    assert seconds([line(100, 3000)], 500, None) == pytest.approx(0.2 + 95 / 50)
    # Too short to reach it: a triangle.
    assert seconds([line(2, 3000)], 500, None) == pytest.approx(2 * math.sqrt(2 / 500))
    # Straight on nothing is lost; after a halt all of it.
    assert seconds([line(50, 3000), line(50, 3000, at=50)], 500, None) == pytest.approx(0.2 + 95 / 50)
    stopped = seconds([line(50, 3000), line(50, 3000, at=50, halt=True)], 500, None)
    assert stopped == pytest.approx(2 * (0.2 + 45 / 50))
    # Into a slower move it arrives slowly.
    slow = seconds([line(50, 3000), line(50, 600, at=50)], 500, None)
    assert slow == pytest.approx(0.1 + 0.08 + (50 - 2.5 - 2.4) / 50 + 0.02 + (50 - 0.1) / 10, rel=1e-6)


def test_a_corner_and_a_bend_slow_down() -> None:
    corner = motion((100, 0, 0), (100, 100, 0))
    back = motion((100, 0, 0), (0, 0, 0))
    straight = seconds([line(100, 3000), line(100, 3000, at=100)], 500, None)
    right = seconds([line(100, 3000), corner], 500, None)
    assert straight < right < seconds([line(100, 3000), back], 500, None)
    half_circle = motion((0, 0, 0), (2, 0, 0), centre=(1, 0))
    # √(500 × 1) = 22.4 mm/s at most over π mm.
    assert seconds([half_circle], 500, None) == pytest.approx(2 * 22.3607 / 500 + (math.pi - 1) / 22.3607, rel=1e-4)


def test_depth_is_cut_exactly_on_a_helix() -> None:
    helix = motion((10, 0, 0), (10, 0, -4), centre=(0, 0)).moves
    (half,) = helix.clipped([0], -2)
    assert half.start == pytest.approx((-10, 0, -2), abs=1e-9)
    assert (half.end, half.turn) == ((10, 0, -4), pytest.approx(math.pi))
    (whole,) = helix.clipped([0], 0)
    assert (whole.start, whole.end, whole.turn) == ((10, 0, 0), (10, 0, -4), pytest.approx(math.tau))
    rising = motion((0, 0, -4), (8, 0, 0)).moves
    assert [m.end for m in rising.clipped([0], -3)] == [(2, 0, -3)]
