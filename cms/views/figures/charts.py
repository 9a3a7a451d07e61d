# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Columns for a drawing of numbers, in its units; the template draws them. The table beside it says the same in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 180
_BELOW, _ABOVE, _SIDE = 24, 18, 4
#: A label below each column as long as they have room.
_MOST_LABELS = 13


@dataclass(frozen=True)
class Column:
    x: float
    y: float
    width: float
    height: float
    label: str  # "" where there is no room
    value: str
    is_hidden: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def columns(rows: Sequence[tuple[str, int | None]]) -> list[Column]:
    """Of labels and values; None is drawn as a low mark that is not a value."""
    if not rows:
        return []
    most = max((value or 0 for _, value in rows), default=0) or 1
    step = (WIDTH - 2 * _SIDE) / len(rows)
    room = HEIGHT - _BELOW - _ABOVE
    every = -(-len(rows) // _MOST_LABELS)
    found = []
    width = min(step * 0.7, 48)
    for place, (label, value) in enumerate(rows):
        height = 4.0 if value is None else round(room * value / most, 1)
        found.append(
            Column(
                x=round(_SIDE + place * step + (step - width) / 2, 1),
                y=round(HEIGHT - _BELOW - height, 1),
                width=round(width, 1),
                height=height,
                label=label if place % every == 0 else "",
                value="" if value is None else str(value),
                is_hidden=value is None,
            )
        )
    return found
