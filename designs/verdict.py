# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workers say of a state of a model: are all of its checks green, and how much changed since the current revision.

Checking takes geometry, machines and jobs, of which this floor knows nothing: a floor above registers who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Check(Enum):
    MISSING = "missing"  # nobody asked for it
    RUNNING = "running"
    GREEN = "green"
    RED = "red"
    FAILED = "failed"  # we could not


@dataclass(frozen=True)
class Verdict:
    """``faults``: French, what the check found. ``compared``: against which revision (its number; None: not, or not yet);
    ``step``: what the comparison proposes, "major", "minor" or "patch". ``is_old``: the check is MISSING because an older
    software made it."""

    check: Check
    faults: tuple[str, ...] = ()
    compared: int | None = None
    step: str = ""
    is_old: bool = False


#: (a candidate or revision, the current revision or None) → Verdict; both are designs.models.DesignRevision.
Judge = Callable[[Any, Any], Verdict]
#: (the same two) → nothing: has done what the verdict needs and nobody has begun. Never raises.
Asker = Callable[[Any, Any], None]
_judges: list[Judge] = []
_askers: list[Asker] = []


def register(judge: Judge, asker: Asker) -> None:
    """The last ones registered judge, and have the work done."""
    _judges[:], _askers[:] = [judge], [asker]


def verdict(state: Any, current: Any | None) -> Verdict:
    """Of exactly this content. Where nobody judges, nothing was checked: nothing is published there."""
    return _judges[0](state, current) if _judges else Verdict(Check.MISSING)


def have_judged(state: Any, current: Any | None) -> None:
    """Have made what is missing for a verdict, unless it is being made, or failed a moment ago."""
    for asker in _askers:
        asker(state, current)
