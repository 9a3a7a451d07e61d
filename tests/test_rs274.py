# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Our reading of G-code against LinuxCNC's own interpreter: the same moves, one by one, the same wood taken away, the
same time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from fabrication.verification.gcode import read_gcode
from fabrication.verification.machine_time import seconds as own_seconds
from fabrication.verification.moves import Motion
from fabrication.verification.sweep import Sweep
from tests.machine_bench import plain_bench
from tests.rs274 import Canon, RefusedError, interpret, needs_rs274, seconds, swept, turn

pytestmark = needs_rs274
#: rs274 prints four decimals.
NEAR = 2e-4


def assert_same_moves(ours: Sequence[Motion], theirs: list[Canon]) -> None:
    """One by one, but the interpreter's first ones, which come from wherever the machine stood."""
    first = next(i for i, m in enumerate(theirs) if _close(m.end, ours[0].end) and _close(m.start, ours[0].start))
    assert all(m.rapid for m in theirs[:first])
    moved = [m for m in theirs[first:] if m.turns or not _close(m.start, m.end)]
    assert len(ours) == len(moved)
    for mine, other in zip(ours, moved, strict=True):
        where = f"line {mine.line}"
        assert _close(mine.start, other.start), where
        assert _close(mine.end, other.end), where
        assert (mine.rapid, mine.tool, mine.rpm) == (other.rapid, other.tool, other.rpm), where
        assert mine.rapid or abs(mine.feed - other.feed) < NEAR, where
        assert (mine.centre is None) == (other.centre is None), where
        if mine.centre is not None and other.centre is not None:
            assert math.dist(mine.centre, other.centre) < NEAR, where
            assert abs(mine.turn - turn(other)) < max(1e-3, 2 * NEAR / mine.radius), where


def _close(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return max(abs(p - q) for p, q in zip(a, b, strict=True)) < NEAR


def assert_same_wood(
    ours: Sequence[Motion], theirs: list[Canon], radii: dict[int, float], heights: list[float]
) -> None:
    sweep = Sweep(ours, radii)
    for height in heights:
        mine = sweep.below(height).area()
        other = swept(theirs, radii, height)
        assert other.area > 1
        # What differs is thinner than 0.02 mm: chords, polygons of circles, the fourth decimal on a shallow ramp.
        assert mine.difference(other.buffer(0.02)).area < 1e-6
        assert other.difference(mine.buffer(0.02)).area < 1e-6


def test_a_plain_file_is_read_as_the_interpreter_reads_it(tmp_path: Path) -> None:
    bench = plain_bench(tmp_path)
    path = bench.package.folder / bench.sheet["gcode"]
    ours = read_gcode(path.read_bytes(), "linuxcnc", {1, 2})
    theirs = interpret(path, {1: 6.0, 2: 4.0}, tmp_path)
    assert ours.faults == []
    assert_same_moves(ours.motions, theirs)
    assert_same_wood(ours.motions, theirs, {1: 3.0, 2: 2.0}, [-17.89, -8.99])
    assert own_seconds(ours.motions, 600, 8000) == pytest.approx(seconds(theirs, 600, 8000), rel=0.10)


@pytest.mark.parametrize(
    "body",
    [
        "G1 Z-3 F600\nX40 F2000\nG2 X50 Y-10 I0 J-10\n",
        "G1 Z-3 F600\nG3 X0 Y0 I5 J0\n",
        "G1 Z-3 F600\nG2 X10 Y0 I5 J0 Z-5\nG2 X0 I-5 J0 Z-6\n",
        "G1 Z-3 F600\nG3 X-3 Y-3 I-1.5 J-1.5\nX0 Y0 I1.5 J1.5\n",
        "G1 Z-3 F600\nG2 X0.0001 Y0 I5 J0\n",
    ],
)
def test_arcs_and_helices_are_the_interpreters(tmp_path: Path, body: str) -> None:
    text = f"G21 G90 G91.1 G17 G94\nT1 M6\nM3 S9000\nG0 Z15\nG0 X0 Y0\n{body}G0 Z15\nM5\nM30\n"
    path = tmp_path / "a.nc"
    path.write_text(text)
    ours = read_gcode(text.encode(), "linuxcnc", {1})
    assert ours.faults == []
    assert_same_moves(ours.motions, interpret(path, {1: 6.0}, tmp_path))


@pytest.mark.parametrize(
    "body",
    [
        "G1 Z-3\n",  # no feed
        "G1 Z-3 F600\nG2 X10 Y0 I5.02 J0\n",  # radii that disagree
        "G1 Z-3 F600\nG2 X10 Y0\n",  # no centre
        "G1 X1 X2 F600\n",
        "T3 M6\n",  # no such tool
        "G0 G1 X1 F100\n",
        "M31\n",
    ],
)
def test_what_the_interpreter_refuses_we_refuse(tmp_path: Path, body: str) -> None:
    text = f"G21 G90 G91.1 G17 G94\nT1 M6\nM3 S9000\nG0 Z15\nG0 X0 Y0\n{body}G0 Z15\nM5\nM30\n"
    path = tmp_path / "a.nc"
    path.write_text(text)
    with pytest.raises(RefusedError):
        interpret(path, {1: 6.0}, tmp_path)
    assert read_gcode(text.encode(), "linuxcnc", {1}).faults
