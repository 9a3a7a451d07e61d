# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can't be laid is named, with the reason: too large, no room beside clamps and defects, no such sheet left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from designs.typography import SPACE, french_number
from fabrication.errors import NotMakeableError
from fabrication.nesting.at_once import at_once
from fabrication.nesting.items import Blank
from fabrication.nesting.kinds import SheetKind
from fabrication.nesting.problem import Item, Problem
from fabrication.refusal import refuse

#: Rounding of sizes (mm).
_HAIR = 1e-6

Size = tuple[float, float]


def require_fit(blank: Blank, kinds: Sequence[SheetKind], margin: float) -> None:
    """Raise NotMakeableError if a part is larger than the room on every kind of sheet, as its grain lets it lie."""
    if any(_fits(blank, kind, margin) for kind in kinds):
        return
    # What is said of the largest sheet holds for the others; an offcut's bounds say less than a sheet's size.
    whole = [kind for kind in kinds if not kind.source]
    kind = max(whole, key=lambda k: (k.area, k.width))
    (width, height), *others = _sizes(blank, kind)
    room = (max(0.0, kind.width - 2 * margin), max(0.0, kind.height - 2 * margin))
    direction, sens = ("", "") if others else (" with its grain along the sheet's", " dans le sens du fil")
    largest, grand = (
        ("the largest sheet, of", "le plus grand panneau, de") if len(whole) > 1 else ("a sheet of", "un panneau de")
    )
    comma = "," if len(whole) > 1 else ""
    part = blank.part
    raise NotMakeableError(
        f"{part.code} {part.name!r} is {width:.6g} × {height:.6g} mm{direction}; "
        f"{largest} {kind.width:g} × {kind.height:g} mm{comma} "
        f"has room for {room[0]:.6g} × {room[1]:.6g} mm inside its margins",
        f"La pièce {part.code} «\N{NO-BREAK SPACE}{part.name}\N{NO-BREAK SPACE}» mesure {_french((width, height))}"
        f"{sens}\N{NARROW NO-BREAK SPACE}; {grand} {_french((kind.width, kind.height))}{comma} n’offre que "
        f"{_french(room)} à l’intérieur de ses marges.",
    )


def unplaced_refusal(
    left: Sequence[tuple[Blank, Item]], kinds: Sequence[SheetKind], problem: Problem
) -> NotMakeableError:
    """The error to raise for the first part of which copies lie nowhere."""
    blank, item = left[0]
    copies = sum(other is blank for other, _ in left)
    wanted = blank.part.quantity
    endless = [n for n, kind in enumerate(kinds) if kind.count is None]
    alone = replace(problem, items=(item,), bins=tuple(problem.bins[n] for n in endless), locked=())
    every = tuple(replace(b, count=1) for b in problem.bins)
    if at_once(alone).unplaced and not at_once(replace(alone, bins=every)).unplaced:
        return refuse(
            blank.part,
            f"{copies} of {wanted} copies find no room: it fits only on sheets or offcuts that are all used",
            f"{copies} exemplaire{'s' if copies > 1 else ''} sur {wanted} sans place : elle ne tient que sur des "
            "panneaux ou des chutes déjà tous utilisés.",
        )
    outside = " and the sheet's edge" if problem.margin else ""
    return refuse(
        blank.part,
        f"{copies} of {wanted} copies find no room on any sheet between clamps, defects{outside}",
        f"{copies} exemplaire{'s' if copies > 1 else ''} sur {wanted} sans place sur aucun panneau, entre brides, "
        "défauts et bords.",
    )


def _fits(blank: Blank, kind: SheetKind, margin: float) -> bool:
    room = (kind.width - 2 * margin + _HAIR, kind.height - 2 * margin + _HAIR)
    return any(width <= room[0] and height <= room[1] for width, height in _sizes(blank, kind))


def _sizes(blank: Blank, kind: SheetKind) -> list[Size]:
    """The part's bounds as it may lie on this kind, each once."""
    turned = 90.0 if kind.along_x is False else 0.0
    return list(dict.fromkeys(blank.size(turn + turned) for turn in sorted({t % 180 for t in blank.turns})))


def _french(size: Size) -> str:
    return f"{french_number(size[0])} × {french_number(size[1])}{SPACE}mm"
