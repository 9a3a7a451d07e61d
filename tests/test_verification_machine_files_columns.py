# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Most of a machine's file is read at once into columns, and what tools leave of a line is reckoned in closed form: both
say the same as the slow way."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrication.verification.gaps import gaps
from fabrication.verification.gcode import GcodeReader
from fabrication.verification.moves import Program
from fabrication.verification.reader import Reader
from fabrication.verification.sbp import SbpReader

HEAD = "G21 G90 G17 G94\nT1 M6\nM3 S18000\nG0 Z15\nG0 X0 Y0\n"
SBP_HEAD = "IF %(25)=0 THEN GOTO UNIT_ERROR\nSA\nMS,50,15\nJS,100,50\n&Tool = 1\nC9\nTR,18000\nC6\nJZ,15\nJ2,0,0\n"
NEVER = re.compile(r"(?!)")


class SlowGcode(GcodeReader):
    """Line by line, all of it."""

    plain = NEVER


class SlowSbp(SbpReader):
    plain = NEVER


def same(quick: Program, slow: Program) -> bool:
    assert (quick.faults, quick.complete, quick.entry, quick.pauses) == (
        slow.faults, slow.complete, slow.entry, slow.pauses,
    )  # fmt: skip
    np.testing.assert_array_equal(quick.motions.rows, slow.motions.rows)
    return True


def readers(dialect: str, tools: Collection[int] = (1, 2)) -> tuple[Reader, Reader]:
    if dialect == "shopbot":
        return SbpReader(tools), SlowSbp(tools)
    return GcodeReader(dialect, tools), SlowGcode(dialect, tools)


NUMBERS = st.sampled_from(
    ["0", "1", "-1", "2.5", "-2.5", "10.0000", "-10.", ".5", "+5", "0.004", "1e3", "12345678", ""]
)
WORDS = st.builds(lambda letter, number: letter + number, st.sampled_from("XYZIJF"), NUMBERS)
BLOCKS = st.builds(
    lambda motion, words, comment: f"{motion} {' '.join(words)}{comment}",
    st.sampled_from(["G0", "G1", "G1", "G1", "G2", "G3", "", "", "G4", "M5", "T2", "N5"]),
    st.lists(WORDS, max_size=4),
    st.sampled_from(["", "", "", " (tab)", "(a (b)", ";c", "\r"]),
)
STEPS = st.sampled_from(
    ["M3,1,2,-3", "M3,1,2,-3.5", "M2,4,4", "MZ,-1", "MZ,1", "JZ,15.0000", "J2,0,0", "J3,1,1,1", "MX,3", "MY,-3", "JX,1", "CG,,4,0,2,0,T,1", "CG,,0,4,0,2,T,-1", "CG,,4,0,2,0,T", "CG,,0,0,2,2,T,-1", "MS,40,10", "MS,0,1", "'here", "", "M2,5", "M3,1,,2", "m2,1,2", "C7", "C6", "PAUSE 2", "M2,1e3,2", "M2,1,2,3", "END", "M2 , 1, 2"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(BLOCKS, max_size=40),
    st.sampled_from(["linuxcnc", "grbl", "mach3"]),
    st.sampled_from([HEAD, HEAD[:-9], ""]),
)
def test_gcode_in_columns_is_read_as_line_by_line(blocks: list[str], dialect: str, head: str) -> None:
    # Long runs of plain lines around what chance wrote, so that runs begin, end and break off everywhere.
    run = "G1 X1 Y1 F600\n" + "G1 X3 Y-2 Z-1\nG2 X5 Y0 I2 J2\nG3 X3 Y-2 I-2 J-2\nY5\nZ1.5000\n" * 8
    text = head + run + "\n".join(blocks) + "\n" + run + "\n".join(blocks) + "\nM5\nM30\n"
    quick, slow = readers(dialect)
    assert same(quick.read(text.encode()), slow.read(text.encode()))


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=40), st.sampled_from([SBP_HEAD, SBP_HEAD[:-7], ""]))
def test_a_shopbot_file_in_columns_is_read_as_line_by_line(steps: list[str], head: str) -> None:
    run = "J2,0,0\nMZ,-2\nM2,4,0\nCG,,4,4,0,2,T,-1\nMS,30,10\nM3,0.5000,-.5,1\n" * 8
    text = head + run + "\n".join(steps) + "\n" + run + "\n".join(steps) + "\nJZ,15\nC7\nEND\n"
    quick, slow = readers("shopbot")
    assert same(quick.read(text.encode()), slow.read(text.encode()))


def test_plain_lines_are_read_in_columns() -> None:
    """Else the tests above compare the slow way with itself."""

    class Counting(GcodeReader):
        taken = 0

        def take(self, text: str) -> None:
            self.taken += 1
            super().take(text)

    body = "(P01-1 contour)\nG1 X1.5 Y1 F600\nG2 X3.5 Y1 I1 J0\nX0\n".replace("X0\n", "G1 X0\n") * 100
    reader = Counting("linuxcnc", {1})
    program = reader.read((HEAD + body + "G0 Z15\nM5\nM30\n").encode())
    assert program.faults == []
    assert len(program.motions) == 300
    assert reader.taken < 15
    assert [m.line for m in program.motions][-3:] == [403, 404, 405]


COORDINATES = st.integers(-80, 80).map(lambda value: value / 8)
PLACES = st.tuples(COORDINATES, COORDINATES)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PLACES, min_size=2, max_size=4, unique=True),
    st.lists(st.tuples(st.lists(PLACES, min_size=2, max_size=4), st.sampled_from([0.5, 1.5, 3.0])), max_size=5),
)
def test_what_tools_leave_of_a_line_is_what_their_ground_leaves(
    line: list[tuple[float, float]], ways: list[tuple[list[tuple[float, float]], float]]
) -> None:
    drawn = shapely.LineString(line)
    lines = np.array([shapely.LineString(way) for way, _ in ways], dtype=object)
    radii = np.array([radius for _, radius in ways])
    pairs = np.zeros(len(ways), dtype=int), np.arange(len(ways))
    (left,) = gaps([drawn], lines, radii, pairs)
    for reach, more in ((1e-4, True), (-1e-4, False)):
        swept = [shapely.Point(0, 0).buffer(0), *shapely.buffer(lines, radii + reach, quad_segs=512)]
        other = sum(
            shapely.LineString(piece).difference(shapely.union_all(swept)).length for piece in itertools.pairwise(line)
        )
        # At a grazing touch a ten-thousandth across is some hundredths along.
        assert left.length >= other - 1e-6 if more else left.length <= other + 1e-6


@pytest.mark.parametrize(
    ("way", "radius", "expected"),
    [(((2, 1), (4, 1)), 1.0, 8.0), (((2, 0), (4, 0)), 1.0, 6.0), (((3, 0), (3, 0)), 2.0, 6.0)],
)
def test_a_gap_in_plain_figures(way: tuple[tuple[float, float], ...], radius: float, expected: float) -> None:
    """A line of 10 mm: beside a way, on it, and where a tool only goes down."""
    (left,) = gaps([shapely.LineString([(0, 0), (10, 0)])], [shapely.LineString(way)], [radius], np.array([[0], [0]]))
    assert left.length == pytest.approx(expected)
