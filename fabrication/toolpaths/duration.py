# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long a machine takes, with its acceleration: each move a trapezoid of speed, joined as controllers join them.

Where two moves meet, the speed is that at which a circle that leaves the corner by ``DEVIATION`` is gone round (GRBL's
rule): straight on costs nothing, a sharp corner nearly stops. On an arc the acceleration also holds the tool on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from fablabs.machine import Controller, Machine
from fabrication.program import Move, Pace, Run

#: Where the machine file is silent.
ACCELERATION = 500.0  # mm/s²
RAPID = 5000.0  # mm/min
DEVIATION = 0.01  # mm
#: What a spindle gets to turn up at each start (seconds).
SPIN_UP = 3


def seconds(runs: Iterable[Run], machine: Machine) -> float:
    """Moves and the spindle's starts; without changes of tool, which are by hand or not."""
    acceleration = machine.accel_mm_s2 or ACCELERATION
    rapid = machine.rapid_mm_min or RAPID
    total = 0.0
    for run in runs:
        feed, plunge = run.tool.feed_mm_min or rapid, run.tool.plunge_mm_min or rapid
        speeds = {Pace.RAPID: rapid / 60, Pace.CUT: feed / 60, Pace.PLUNGE: plunge / 60}
        total += SPIN_UP + _moving(run.moves, speeds, acceleration, machine.controller is Controller.SHOPBOT)
    return total


def _moving(moves: Sequence[Move], speeds: dict[Pace, float], acceleration: float, by_level: bool) -> float:
    """``by_level``: a helix is gone at the speed of plunging as seen from above."""
    if not moves:
        return 0.0
    lengths: list[float] = []
    tops: list[float] = []  # squares of the speeds that each move may reach
    joints: list[float] = [0.0]  # squares of the speeds at which each may begin
    leaving: tuple[float, float, float] | None = None
    x, y, z = moves[0].x, moves[0].y, moves[0].z
    for move in moves[1:]:
        dx, dy, dz = move.x - x, move.y - y, move.z - z
        top = speeds[move.pace] ** 2
        if move.centre is None:
            length = math.sqrt(dx * dx + dy * dy + dz * dz)
            if length < 1e-9:
                continue
            entering = after = (dx / length, dy / length, dz / length)
        else:
            cx, cy = move.centre
            ax, ay, bx, by = x - cx, y - cy, move.x - cx, move.y - cy
            radius = math.hypot(ax, ay)
            flat = radius * abs(move.turn((x, y)))
            length = math.hypot(flat, dz)
            if length < 1e-9:
                continue
            sense = 1.0 if move.ccw else -1.0
            level, rise = flat / length / radius * sense, dz / length
            entering, after = (-ay * level, ax * level, rise), (-by * level, bx * level, rise)
            if by_level and move.pace is Pace.PLUNGE:
                top *= (flat / length) ** 2
            top = min(top, acceleration * radius)
        if leaving is not None:
            cosine = leaving[0] * entering[0] + leaving[1] * entering[1] + leaving[2] * entering[2]
            joints.append(_joint(cosine, acceleration, min(top, tops[-1])))
        lengths.append(length)
        tops.append(top)
        leaving = after
        x, y, z = move.x, move.y, move.z
    return _swept(lengths, tops, joints, acceleration)


def _joint(cosine: float, acceleration: float, most: float) -> float:
    """Square of the speed at which a corner is taken; ``cosine`` of the angle by which the direction changes."""
    if cosine > 0.999999:
        return most
    half = math.sqrt(max(0.0, (1 + cosine) / 2))  # sine of half the angle between the two moves
    return min(most, acceleration * DEVIATION * half / (1 - half))


def _swept(lengths: list[float], tops: list[float], joints: list[float], acceleration: float) -> float:
    """Time of a chain that starts and ends at rest."""
    count = len(lengths)
    joints.append(0.0)
    for i in range(count - 1, -1, -1):
        joints[i] = min(joints[i], joints[i + 1] + 2 * acceleration * lengths[i])
    total = 0.0
    for i in range(count):
        most = joints[i] + 2 * acceleration * lengths[i]
        if joints[i + 1] > most:
            joints[i + 1] = most
        begin, end, top = joints[i], joints[i + 1], tops[i]
        # Speeding up from the start and slowing down to the end meet at this square of a speed.
        peak = (begin + end) / 2 + acceleration * lengths[i]
        v0, v1 = math.sqrt(begin), math.sqrt(end)
        if peak <= top:
            total += (2 * math.sqrt(peak) - v0 - v1) / acceleration
        else:
            v = math.sqrt(top)
            cruising = lengths[i] - (2 * top - begin - end) / (2 * acceleration)
            total += (2 * v - v0 - v1) / acceleration + cruising / v
    return total
