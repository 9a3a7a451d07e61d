# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Changes that the base sizes hide: which parts and joints differ at other sizes only, and at which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fabrication.comparison.at_size import AtSize
from fabrication.comparison.joints import Joining, JointChange
from fabrication.comparison.parts import Fate, PartChange
from fabrication.comparison.sizes import Size

#: Parts that are drawn: what is hidden at the base is one or two parts, else it is another model.
_MOST = 40


@dataclass(frozen=True)
class Hidden:
    """A change that the base does not show: as it is at the first size that shows it, and all sizes that do (French)."""

    change: PartChange | JointChange
    at: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        return {**self.change.data(), "at": list(self.at)}


@dataclass(frozen=True)
class Refused:
    """One of the two states is not drawn at this size. ``old``, ``new``: French, why; empty for the one that is."""

    at: str
    old: str
    new: str

    def data(self) -> dict[str, str]:
        return {"at": self.at, "old": self.old, "new": self.new}


@dataclass(frozen=True)
class Elsewhere:
    """``titles``: every size that was looked at besides the base."""

    titles: tuple[str, ...] = ()
    parts: tuple[Hidden, ...] = ()
    joints: tuple[Hidden, ...] = ()
    refusals: tuple[Refused, ...] = ()

    def data(self) -> dict[str, Any]:
        return {
            "titles": list(self.titles),
            "parts": [hidden.data() for hidden in self.parts[:_MOST]],
            "joints": [hidden.data() for hidden in self.joints[:_MOST]],
            "refusals": [refused.data() for refused in self.refusals],
        }


def elsewhere(
    base: AtSize, sizes: Sequence[Size], compared: Callable[[Size], AtSize], progress: Callable[[float], None]
) -> Elsewhere:
    """``compared`` builds both states at a size."""
    seen = {_part_key(change) for change in base.parts if change.fate is not Fate.KEPT}
    seen_joints = {_joint_key(change) for change in base.joints if change.fate is not Fate.KEPT}
    parts: dict[Any, tuple[PartChange, list[str]]] = {}
    joints: dict[Any, tuple[JointChange, list[str]]] = {}
    refusals = []
    for number, size in enumerate(sizes):
        progress(number / len(sizes))
        found = compared(size)
        if bool(found.old_refusal) != bool(found.new_refusal):
            refusals.append(Refused(size.title, found.old_refusal, found.new_refusal))
        for change in found.parts:
            if change.fate is not Fate.KEPT and _part_key(change) not in seen:
                parts.setdefault(_part_key(change), (change, []))[1].append(size.title)
        for joint in found.joints:
            if joint.fate is not Fate.KEPT and _joint_key(joint) not in seen_joints:
                joints.setdefault(_joint_key(joint), (joint, []))[1].append(size.title)
    return Elsewhere(
        tuple(size.title for size in sizes),
        tuple(Hidden(change, tuple(at)) for change, at in parts.values()),
        tuple(Hidden(change, tuple(at)) for change, at in joints.values()),
        tuple(refusals),
    )


def _part_key(change: PartChange) -> tuple[str, str, Fate]:
    """Numbers move with the options: a part is known by its name first."""
    part = change.new or change.old
    assert part is not None
    return part.name, "" if change.fate is Fate.CHANGED else part.code, change.fate


def _joint_key(change: JointChange) -> tuple[str, str, str, Fate]:
    """By its parts' names, for the same reason."""
    joining: Joining | None = change.new or change.old
    assert joining is not None
    return joining.kind, *joining.names, change.fate
