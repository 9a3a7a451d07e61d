# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""LinuxCNC's own interpreter: what it makes of a G-code file, as its canonical moves."""

from __future__ import annotations

import itertools
import math
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import shapely

RS274 = shutil.which("rs274")
needs_rs274 = pytest.mark.skipif(RS274 is None, reason="rs274 is missing: make test installs it where it may")

_CALL = re.compile(r"\s*\d+ N\S*\s+([A-Z_0-9]+)\((.*)\)\s*")


@dataclass(frozen=True)
class Canon:
    """One canonical move: ``turns`` is 0 for a line, else LinuxCNC's rotation (1 counter-clockwise, -1 clockwise)."""

    rapid: bool
    start: tuple[float, float, float]
    end: tuple[float, float, float]
    feed: float
    tool: int
    rpm: float
    centre: tuple[float, float] | None = None
    turns: int = 0


class RefusedError(Exception):
    """What the interpreter says of a file that it does not take."""


def interpret(path: Path, tools: Mapping[int, float], folder: Path) -> list[Canon]:
    """Run a file; ``tools`` are diameters (mm) by number. Raises RefusedError."""
    table = folder / "tools.tbl"
    table.write_text("".join(f"T{n} P{n} Z0 D{d:g}\n" for n, d in sorted(tools.items())))
    assert RS274 is not None
    run = subprocess.run(
        [RS274, "-g", "-n", "2", "-t", table, "-v", folder / "rs274.var", path],
        # It keeps its tool table in a file of the home folder: two at once would read each other's.
        capture_output=True, text=True, timeout=60, cwd=folder, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    calls = [match.groups() for line in run.stdout.splitlines() if (match := _CALL.fullmatch(line))]
    if run.returncode or not any(name == "PROGRAM_END" for name, _ in calls):
        raise RefusedError(run.stderr.strip()[-500:] or run.stdout[-500:])
    return list(_moves(calls))


def _moves(calls: Iterable[tuple[str, str]]) -> Iterator[Canon]:
    at = (0.0, 0.0, 0.0)
    feed = rpm = speed = 0.0
    tool = 0
    for name, text in calls:
        words = [float(w) for w in re.findall(r"-?\d+\.?\d*", text)] if not text.startswith('"') else []
        if name == "USE_LENGTH_UNITS":
            assert "MM" in text
        elif name == "SET_FEED_RATE":
            feed = words[0]
        elif name == "SET_SPINDLE_SPEED":
            speed = words[1]
            rpm = speed if rpm else rpm
        elif name == "START_SPINDLE_CLOCKWISE":
            rpm = speed
        elif name == "STOP_SPINDLE_TURNING":
            rpm = 0.0
        elif name == "CHANGE_TOOL":
            tool = int(words[0])
        elif name in ("STRAIGHT_TRAVERSE", "STRAIGHT_FEED"):
            end = words[0], words[1], words[2]
            yield Canon(name == "STRAIGHT_TRAVERSE", at, end, feed, tool, rpm)
            at = end
        elif name == "ARC_FEED":
            end = words[0], words[1], words[5]
            yield Canon(False, at, end, feed, tool, rpm, (words[2], words[3]), int(words[4]))
            at = end


def turn(move: Canon) -> float:
    """The signed angle of an arc (radians)."""
    assert move.centre is not None
    (cx, cy), one = move.centre, 1 if move.turns > 0 else -1
    a = math.atan2(move.start[1] - cy, move.start[0] - cx)
    b = math.atan2(move.end[1] - cy, move.end[0] - cx)
    angle = (b - a) * one % math.tau
    return (angle if angle > 1e-6 else math.tau) * one


def length(move: Canon) -> float:
    rise = move.end[2] - move.start[2]
    if move.centre is None:
        return math.dist(move.start, move.end)
    return math.hypot(turn(move) * math.dist(move.start[:2], move.centre), rise)


def points(move: Canon) -> list[tuple[float, float, float]]:
    """The way of the tip, arcs as chords that leave them by 0.002 mm at most."""
    if move.centre is None:
        return [move.start, move.end]
    angle, (cx, cy) = turn(move), move.centre
    radius, first = math.dist(move.start[:2], move.centre), math.atan2(move.start[1] - cy, move.start[0] - cx)
    step = 2 * math.acos(max(0.0, 1 - 0.002 / radius))
    count = max(2, math.ceil(abs(angle) / step))
    shares = [i / count for i in range(1, count)]
    rise = move.end[2] - move.start[2]
    middle = [
        (cx + radius * math.cos(first + angle * s), cy + radius * math.sin(first + angle * s), move.start[2] + rise * s)
        for s in shares
    ]
    return [move.start, *middle, move.end]


def swept(moves: Iterable[Canon], radii: Mapping[int, float], height: float) -> shapely.Geometry:
    """The ground that was cut with the tip at or below a height: a capsule a chord, chords cut where they pass it."""
    lines, widths = [], []
    for move in moves:
        if move.rapid or min(move.start[2], move.end[2]) > height:
            continue
        for a, b in itertools.pairwise(points(move)):
            low, high = sorted((a, b), key=lambda p: p[2])
            if low[2] > height:
                continue
            if high[2] > height:
                share = (height - low[2]) / (high[2] - low[2])
                high = tuple(p + (q - p) * share for p, q in zip(low, high, strict=True))
            lines.append([low[:2], high[:2]])
            widths.append(radii[move.tool])
    return shapely.union_all(shapely.buffer(shapely.linestrings(lines), np.array(widths), quad_segs=32))


def seconds(moves: Iterable[Canon], acceleration: float, rapid_mm_min: float) -> float:
    """The time of the interpreter's moves on an axis system that accelerates by so much (mm/s²).

    Speed along the path is sampled every millimetre or a tenth of a move: v² grows or falls by at most 2·a·ds. Where
    two moves meet, v² ≤ a·d·s/(1 − s) with s = sin(t/2) of the angle t between them and d = 0.01 mm; on an arc v² ≤ a·r.
    The time is the sum of ds over the mean of the two speeds.
    """
    ways = [m for m in moves if length(m) > 1e-6]
    steps: list[float] = []
    limits: list[float] = [0.0]  # of v², at the beginning of each step
    for number, move in enumerate(ways):
        whole = length(move)
        wanted = (rapid_mm_min if move.rapid else move.feed) / 60
        if move.centre is not None:
            wanted = min(wanted, math.sqrt(acceleration * math.dist(move.start[:2], move.centre)))
        count = max(1, min(4000, math.ceil(whole / min(1.0, whole / 10))))
        limits[-1] = min(limits[-1], wanted**2) if number else 0.0
        limits += [wanted**2] * count
        steps += [whole / count] * count
        if number + 1 < len(ways):
            following = ways[number + 1]
            stop = following.tool != move.tool or following.rpm != move.rpm
            limits[-1] = 0.0 if stop else min(limits[-1], _corner(move, following, acceleration))
    limits[-1] = 0.0
    for i in range(len(steps) - 1, -1, -1):
        limits[i] = min(limits[i], limits[i + 1] + 2 * acceleration * steps[i])
    total = 0.0
    for i, step in enumerate(steps):
        limits[i + 1] = min(limits[i + 1], limits[i] + 2 * acceleration * step)
        total += 2 * step / (math.sqrt(limits[i]) + math.sqrt(limits[i + 1]))
    return total


def _corner(before: Canon, after: Canon, acceleration: float) -> float:
    a, b = _direction(before, 1.0), _direction(after, 0.0)
    cosine = max(-1.0, min(1.0, sum(p * q for p, q in zip(a, b, strict=True))))
    between = math.pi - math.acos(cosine)
    sine = math.sin(between / 2)
    return math.inf if sine > 1 - 1e-9 else acceleration * 0.01 * sine / (1 - sine)


def _direction(move: Canon, at: float) -> list[float]:
    whole, rise = length(move), move.end[2] - move.start[2]
    if move.centre is None:
        return [(b - a) / whole for a, b in zip(move.start, move.end, strict=True)]
    (cx, cy), angle = move.centre, turn(move)
    here = math.atan2(move.start[1] - cy, move.start[0] - cx) + angle * at
    flat = math.copysign(math.sqrt(1 - (rise / whole) ** 2), angle)
    return [-math.sin(here) * flat, math.cos(here) * flat, rise / whole]
