# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Flat parts found in an uploaded file: copies are counted together, codes are given, one thickness is required."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from designs.typography import french_number
from fabrication.plan import FlatPart
from fabrication.scripted.alike import move_between
from fabrication.scripted.errors import Fault, UploadError
from fabrication.scripted.flat_data import MAX_COPIES, MAX_PARTS, part_data

#: Thicknesses that differ by less (mm) are one, rounded by a program.
ONE_THICKNESS = 0.02

Rows = tuple[float, ...]  # 12 numbers: a place


class Found(NamedTuple):
    """One solid or one outline: its name (may be empty), its flat part and where that stands, if the file says."""

    name: str
    part: FlatPart
    place: Rows | None


def collected(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Parts as a content keeps them, in the file's order. Raises UploadError."""
    if not found:
        raise UploadError([Fault("file", "Ce fichier ne contient aucune pièce.", "there is no part in it")])
    if len(found) > MAX_COPIES:
        raise UploadError([Fault("file", f"Ce fichier contient {_count(len(found))} pièces : {_count(MAX_COPIES)} au plus.", f"{len(found)} parts")])  # fmt: skip
    _require_one_thickness(found)
    groups: list[tuple[Found, list[Rows]]] = []
    for item in found:
        for first, places in groups:
            move = move_between(first.part, item.part)
            if move is not None:
                places.append(_placed(item.place, move.rows(first.part.thickness)) if item.place else ())
                break
        else:
            groups.append((item, [item.place or ()]))
    if len(groups) > MAX_PARTS:
        raise UploadError([Fault("file", f"Ce fichier contient {_count(len(groups))} pièces différentes : {MAX_PARTS} au plus.", f"{len(groups)} different parts")])  # fmt: skip
    result = []
    for number, (item, places) in enumerate(groups, start=1):
        name = _name(item.name) or f"pièce {number}"
        part = dataclasses.replace(item.part, code=f"P{number:02d}", name=name, quantity=len(places))
        data = part_data(part)
        if all(places):
            data["places"] = [list(rows) for rows in places]
        result.append(data)
    return result


def _count(number: int) -> str:
    return french_number(number, 0, thousands=" ")


def _require_one_thickness(found: Sequence[Found]) -> None:
    counts = Counter(round(item.part.thickness, 2) for item in found)
    if max(counts) - min(counts) <= ONE_THICKNESS:
        return
    each = ", ".join(f"{count} de {french_number(t)} mm" for t, count in counts.most_common(6))
    raise UploadError(
        [
            Fault(
                "file",
                f"Toutes les pièces se découpent dans le même panneau ; celles-ci n’ont pas la même épaisseur : {each}.",
                f"thicknesses differ: {dict(counts)}",
            )
        ]
    )  # fmt: skip


def _placed(place: Rows, move: Rows) -> Rows:
    """The place of the first copy's frame where another copy lies: its own place after ``move``."""
    return tuple(
        sum(place[4 * row + k] * move[4 * k + column] for k in range(3)) + (place[4 * row + 3] if column == 3 else 0.0)
        for row in range(3)
        for column in range(4)
    )


def _name(name: str) -> str:
    """What another program called it, as far as a name of ours may be so."""
    kept = "".join(c if c.isalnum() or c in " -_().,’'×+" else " " for c in name)
    return " ".join(kept.split()).replace("..", ".").strip(". -+")[:60].strip()
