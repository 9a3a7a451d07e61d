# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is bought, how it goes together, and what is measured of a piece: before and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from designs.furniture import Furniture, Step
from designs.typography import french_number, unbroken


@dataclass(frozen=True)
class HardwareChange:
    """``old``, ``new``: how many, 0 for none."""

    reference: str
    name: str
    unit: str
    old: float
    new: float

    def data(self) -> dict[str, Any]:
        return {
            "reference": self.reference,
            "name": self.name,
            "unit": self.unit,
            "old": french_number(self.old, 3),
            "new": french_number(self.new, 3),
            "fate": "added" if not self.old else "removed" if not self.new else "changed",
        }


def hardware_changes(old: Furniture, new: Furniture) -> tuple[HardwareChange, ...]:
    """Those that differ in number, by reference."""
    names: dict[str, tuple[str, str]] = {}
    sums: list[dict[str, float]] = []
    for furniture in (old, new):
        counted: dict[str, float] = {}
        for item in furniture.hardware:
            names[item.reference] = item.name, item.unit
            counted[item.reference] = round(counted.get(item.reference, 0.0) + item.quantity, 6)
        sums.append(counted)
    before, now = sums
    return tuple(
        HardwareChange(reference, *names[reference], before.get(reference, 0.0), now.get(reference, 0.0))
        for reference in names
        if abs(before.get(reference, 0.0) - now.get(reference, 0.0)) > 1e-6
    )


@dataclass(frozen=True)
class StepsChange:
    """``is_other``: other parts come, elsewhere, or with other tools and hands; else at most words differ."""

    old: int
    new: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    is_other: bool
    words_differ: bool

    def data(self) -> dict[str, Any]:
        return {
            "old": self.old,
            "new": self.new,
            "added": list(self.added),
            "removed": list(self.removed),
            "is_other": self.is_other,
            "words_differ": self.words_differ,
        }


def steps_change(old: Furniture, new: Furniture, codes: Mapping[str, str]) -> StepsChange:
    """``codes``: of before → of now, for parts that are still there."""
    before, now = [s.title for s in old.steps], [s.title for s in new.steps]
    added: list[str] = []
    removed: list[str] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if tag != "equal":
            removed += before[i:j]
            added += now[k:m]
    is_other = [_deed(step, codes) for step in old.steps] != [_deed(step, {}) for step in new.steps]
    words = [(s.title, s.text, s.warning) for s in old.steps] != [(s.title, s.text, s.warning) for s in new.steps]
    return StepsChange(len(before), len(now), tuple(added), tuple(removed), is_other, words)


def _deed(step: Step, codes: Mapping[str, str]) -> tuple[Any, ...]:
    """What hands do, without the words for it."""
    direction = None if step.direction is None else tuple(round(x, 6) for x in step.direction)
    parts = tuple(sorted((codes.get(code, code), copy) for code, copy in step.parts))
    return parts, direction, step.group, step.joins, tuple(sorted(step.hardware)), tuple(sorted(step.tools)), step.hands


def measure_changes(old: Furniture, new: Furniture) -> list[dict[str, str]]:
    """Of the measures that pages show: label, before, now; "" where there is none."""
    sides: Sequence[dict[str, str]] = [
        {m.label: unbroken(f"{m.value} {m.unit}".strip()) for m in furniture.measures} for furniture in (old, new)
    ]
    before, now = sides
    return [
        {"label": label, "old": before.get(label, ""), "new": now.get(label, "")}
        for label in dict.fromkeys((*now, *before))
        if before.get(label) != now.get(label)
    ]
