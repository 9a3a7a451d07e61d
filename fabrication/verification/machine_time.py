# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long a machine takes for its moves, from its acceleration: each move a trapezoid of speed, with look-ahead.

A move of length L that begins at speed u and ends at w, with acceleration a and a wanted speed v, reaches
p = min(v, √((2 a L + u² + w²) / 2)) and takes (p − u)/a + (p − w)/a + (L − (2 p² − u² − w²)/(2 a)) / p.
Where two moves meet under the angle t (π straight on) the speed is at most √(a d s / (1 − s)), s = sin(t/2),
d = 0.01 mm: the deviation of a curve that rounds the corner. On an arc it is at most √(a r). A pass backwards and
one forwards keep each speed within what can be braked and reached. Pauses come on top, changes of tools do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from fabrication.verification.moves import Motion, Place

#: If the machine file doesn't say.
ACCELERATION, RAPID = 500.0, 5000.0
#: How far from a corner the machine may pass (mm).
DEVIATION = 0.01


def seconds(motions: Sequence[Motion], acceleration: float | None, rapid: float | None) -> float:
    """``acceleration`` in mm/s², ``rapid`` in mm a minute."""
    a, fastest = acceleration or ACCELERATION, (rapid or RAPID) / 60
    moves = [(m, m.length) for m in motions]
    moves = [(m, length) for m, length in moves if length > 1e-9]
    if not moves:
        return 0.0
    wanted = [fastest if m.rapid else min(m.feed / 60, math.sqrt(a * m.radius)) for m, _ in moves]
    # speeds[i]: where move i begins.
    speeds = [0.0] * (len(moves) + 1)
    heads, tails = [_heading(m, False) for m, _ in moves], [_heading(m, True) for m, _ in moves]
    for i in range(1, len(moves)):
        if not moves[i][0].halt:
            speeds[i] = min(wanted[i - 1], wanted[i], _junction(tails[i - 1], heads[i], a))
    for i in range(len(moves) - 1, -1, -1):
        speeds[i] = min(speeds[i], math.sqrt(speeds[i + 1] ** 2 + 2 * a * moves[i][1]))
    total = 0.0
    for i, (_, length) in enumerate(moves):
        u = speeds[i]
        w = speeds[i + 1] = min(speeds[i + 1], math.sqrt(u * u + 2 * a * length))
        p = max(u, w, min(wanted[i], math.sqrt((2 * a * length + u * u + w * w) / 2)))
        total += (2 * p - u - w) / a + max(0.0, length - (2 * p * p - u * u - w * w) / (2 * a)) / p
    return total


def _heading(motion: Motion, at_end: bool) -> Place:
    """The direction at one end, of length 1."""
    rise = (motion.end[2] - motion.start[2]) / motion.length
    if motion.centre is None:
        return (
            (motion.end[0] - motion.start[0]) / motion.length,
            (motion.end[1] - motion.start[1]) / motion.length,
            rise,
        )
    x, y, _ = motion.end if at_end else motion.start
    dx, dy = (x - motion.centre[0]) / motion.radius, (y - motion.centre[1]) / motion.radius
    flat = math.copysign(math.sqrt(max(0.0, 1 - rise * rise)), motion.turn)
    return -dy * flat, dx * flat, rise


def _junction(arriving: Place, leaving: Place, a: float) -> float:
    cosine = sum(p * q for p, q in zip(arriving, leaving, strict=True))
    if cosine > 0.999999:
        return math.inf
    half = math.sqrt(max(0.0, (1 + cosine) / 2))  # sin of half the angle between the two legs
    return math.sqrt(a * DEVIATION * half / (1 - half)) if half < 1 else math.inf
