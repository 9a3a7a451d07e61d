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
from typing import Any

from fabrication.verification.moves import Motion, Moves

#: If the machine file doesn't say.
ACCELERATION, RAPID = 500.0, 5000.0
#: How far from a corner the machine may pass (mm).
DEVIATION = 0.01


def seconds(motions: Sequence[Motion], acceleration: float | None, rapid: float | None) -> float:
    """``acceleration`` in mm/s², ``rapid`` in mm a minute."""
    import numpy as np

    a, fastest = acceleration or ACCELERATION, (rapid or RAPID) / 60
    moves = Moves.of(motions)
    moves = moves.some(moves.length > 1e-9)
    if not len(moves):
        return 0.0
    wanted = np.where(moves.rapid, fastest, np.minimum(moves.feed / 60, np.sqrt(a * moves.radius)))
    heads, tails = _headings(moves, moves.start), _headings(moves, moves.end)
    # Squares of speeds, at most: limits[i] where move i begins.
    limits = np.zeros(len(moves) + 1)
    meeting = np.minimum(np.minimum(wanted[:-1], wanted[1:]) ** 2, _junctions(tails[:-1], heads[1:], a))
    limits[1:-1] = np.where(moves.halt[1:], 0.0, meeting)
    # What can be braked by the end, then what can be reached from the beginning: v² changes by 2 a a millimetre.
    gained = 2 * a * np.concatenate([[0.0], np.cumsum(moves.length)])
    limits = np.minimum.accumulate((limits + gained)[::-1])[::-1] - gained
    limits = np.maximum(0.0, np.minimum.accumulate(limits - gained) + gained)
    speeds, length = np.sqrt(limits), moves.length
    u, w = speeds[:-1], speeds[1:]
    p = np.maximum.reduce([u, w, np.minimum(wanted, np.sqrt((2 * a * length + u * u + w * w) / 2))])
    steady = np.maximum(0.0, length - (2 * p * p - u * u - w * w) / (2 * a)) / p
    return float(((2 * p - u - w) / a + steady).sum())


def _headings(moves: Moves, ends: Any) -> Any:
    """Directions at one end of each, of length 1: (n, 3)."""
    import numpy as np

    along = (moves.end - moves.start) / moves.length[:, None]
    away = (ends[:, :2] - moves.centre) / moves.radius[:, None]
    flat = np.copysign(np.sqrt(np.maximum(0.0, 1 - along[:, 2] ** 2)), moves.turn)
    round_about = np.stack([-away[:, 1] * flat, away[:, 0] * flat, along[:, 2]], axis=1)
    return np.where(moves.is_arc[:, None], round_about, along)


def _junctions(arriving: Any, leaving: Any, a: float) -> Any:
    """Squares of the speeds at which moves may meet; infinite straight on."""
    import numpy as np

    cosine = (arriving * leaving).sum(axis=1)
    straight = cosine > 0.999999
    half = np.sqrt(np.maximum(0.0, (1 + np.where(straight, 0.0, cosine)) / 2))  # sin of half the angle between the legs
    return np.where(straight, math.inf, a * DEVIATION * half / (1 - half))
