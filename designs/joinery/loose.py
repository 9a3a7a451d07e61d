# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where parts meet without being cut for each other: they turn, slide, stand or hang on a bought rod.

``at`` are points of the assembly (mm), on the faces that touch.
"""

from __future__ import annotations

from collections.abc import Sequence

from designs.furniture import Joint
from designs.panel import Panel
from designs.placing import Vector


def hinge(a: Panel, b: Panel, *, at: Sequence[Vector], clearance: float = 0.0) -> Joint:
    """a turns on a bought hinge fixed to b; the points lie on the hinge's axis."""
    return Joint("hinge", a.code, b.code, clearance, tuple(at))


def slide(a: Panel, b: Panel, *, at: Sequence[Vector], clearance: float) -> Joint:
    """a lies on b and slides along it, with ``clearance`` of play beside it in total."""
    return Joint("slide", a.code, b.code, clearance, tuple(at))


def stow(a: Panel, b: Panel, *, at: Sequence[Vector]) -> Joint:
    """a is put away on b, or strapped to it."""
    return Joint("stow", a.code, b.code, 0.0, tuple(at))


def rod(a: Panel, b: Panel, *, at: Sequence[Vector], clearance: float) -> Joint:
    """A bought rod passes through both: its seats in a and its bores in b, ``clearance`` wider than it is."""
    return Joint("rod", a.code, b.code, clearance, tuple(at))
