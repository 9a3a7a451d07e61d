# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Part by part: what is kept, changed, added, removed, and in what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from designs.furniture import Finish, Grain
from designs.typography import SPACE, french_number, listed, unbroken
from fabrication.comparison.overlay import overlay_svg, single_svg
from fabrication.comparison.pairing import Pair, Pairing, pair_parts
from fabrication.comparison.shape import DEPTH, difference, same_recesses, same_region, same_shape
from fabrication.plan import FlatPart, Work

_GRAINS = {Grain.ALONG: "en long", Grain.ACROSS: "en travers", Grain.FREE: "sans importance"}
_FINISHES = {Finish.TOP: "celle du dessus", Finish.BOTTOM: "celle du dessous", Finish.BOTH: "les deux"}


class Fate(StrEnum):
    """What became of something that two states are compared by."""

    KEPT = "kept"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class PartFigures:
    """Of one copy: mm², mm, mm; how many recesses of each kind, and copies in a piece."""

    area_mm2: float
    perimeter_mm: float
    length_mm: float
    width_mm: float
    thickness_mm: float
    quantity: int
    openings: int
    pockets: int
    drills: int
    engravings: int

    @classmethod
    def of(cls, part: FlatPart) -> PartFigures:
        x0, y0, x1, y1 = part.outline.bounds
        return cls(
            area_mm2=round(part.area, 1),
            perimeter_mm=round(part.perimeter, 1),
            length_mm=round(x1 - x0, 1),
            width_mm=round(y1 - y0, 1),
            thickness_mm=round(part.thickness, 2),
            quantity=part.quantity,
            openings=sum(1 for _ in part.of(Work.CUT_INSIDE)),
            pockets=sum(1 for _ in part.of(Work.POCKET)),
            drills=sum(1 for _ in part.of(Work.DRILL)),
            engravings=sum(1 for _ in part.of(Work.ENGRAVE)),
        )


@dataclass(frozen=True)
class PartChange:
    """A part of before beside the one of now; None where there is none. ``what`` are French clauses, empty for one that is
    kept. ``is_cut_alike``: files of the one cut the other too. ``differs_mm2`` is the wood that one has and the other not."""

    fate: Fate
    old: FlatPart | None
    new: FlatPart | None
    what: tuple[str, ...] = ()
    is_cut_alike: bool = False
    differs_mm2: float = 0.0
    pair: Pair | None = None

    @property
    def code(self) -> str:
        part = self.new or self.old
        assert part is not None
        return part.code

    @property
    def _is_redrawn(self) -> bool:
        return self.pair is not None and not self.is_cut_alike

    @property
    def svg(self) -> str:
        """Both outlines over each other; of a part that is kept, added or removed the one that there is."""
        if self.pair is not None and self._is_redrawn:
            return overlay_svg(self.pair.old_shape, self.pair.new_shape)
        part = self.new or self.old
        assert part is not None
        return single_svg(part, is_old=self.new is None, is_new=self.old is None)

    def data(self, *, drawn: bool = True) -> dict[str, Any]:
        """As JSON holds it; the drawing only where it is asked for."""
        return {
            "fate": str(self.fate),
            "old": _part_data(self.old),
            "new": _part_data(self.new),
            "what": list(self.what),
            "is_cut_alike": self.is_cut_alike,
            "differs_mm2": self.differs_mm2,
            "svg": self.svg if drawn else "",
            # Beside each other too, where they are cut otherwise: over each other one reads what moved, side by side what it is.
            "old_svg": single_svg(self.old, is_old=True) if drawn and self.old and self._is_redrawn else "",
            "new_svg": single_svg(self.new, is_new=True) if drawn and self.new and self._is_redrawn else "",
        }


def _part_data(part: FlatPart | None) -> dict[str, Any] | None:
    if part is None:
        return None
    figures = PartFigures.of(part)
    return {"code": part.code, "name": part.name, "area_cm2": round(figures.area_mm2 / 100, 1), **figures.__dict__}


def part_changes(
    old: Sequence[FlatPart], new: Sequence[FlatPart], pairing: Pairing | None = None
) -> tuple[PartChange, ...]:
    """In the order of the new parts, those that are gone last."""
    found = pairing or pair_parts(old, new)
    paired = {pair.new.code: _changed(pair) for pair in found.pairs}
    there = [paired.get(part.code) or PartChange(Fate.ADDED, None, part) for part in new]
    return (*there, *(PartChange(Fate.REMOVED, part, None) for part in found.removed))


def _changed(pair: Pair) -> PartChange:
    if pair.old == pair.new:
        return PartChange(Fate.KEPT, pair.old, pair.new, is_cut_alike=True, pair=pair)
    one, other = pair.old_shape, pair.new_shape
    gone, come = difference(one.wood, other.wood), difference(other.wood, one.wood)
    alike = same_shape(one, other)
    what = [] if alike else list(_shape_clauses(pair, float(gone.area), float(come.area)))
    what += _other_clauses(pair.old, pair.new)
    fate = Fate.CHANGED if what else Fate.KEPT
    what += _labels(pair)
    differs = round(float(gone.area + come.area), 1)
    return PartChange(fate, pair.old, pair.new, tuple(map(unbroken, what)), alike, differs, pair)


def _shape_clauses(pair: Pair, gone_mm2: float, come_mm2: float) -> list[str]:
    old, new = pair.old, pair.new
    clauses = []
    if abs(old.thickness - new.thickness) > DEPTH:
        clauses.append(f"épaisseur : {_mm(old.thickness)} → {_mm(new.thickness)}")
    before, now = PartFigures.of(old), PartFigures.of(new)
    if not same_region(pair.old_shape.outline, pair.new_shape.outline):
        if (before.length_mm, before.width_mm) != (now.length_mm, now.width_mm):
            clauses.append(f"{_size(before)} → {_size(now)}")
        else:
            clauses.append("contour différent, de mêmes dimensions")
    elif gone_mm2 or come_mm2:
        clauses.append(_counts("ouverture", before.openings + _through(old), now.openings + _through(new)))
    if not same_recesses(pair.old_shape, pair.new_shape):
        words = [
            _counts(word, a, b)
            for word, a, b, differs in (
                ("poche", before.pockets, now.pockets, _differs(pair, Work.POCKET)),
                (
                    "perçage borgne",
                    before.drills - _through(old),
                    now.drills - _through(new),
                    _differs(pair, Work.DRILL),
                ),
                ("gravure", before.engravings, now.engravings, _differs(pair, Work.ENGRAVE)),
            )
            if differs
        ]
        clauses += words
    return clauses


def _through(part: FlatPart) -> int:
    return sum(1 for o in part.of(Work.DRILL) if o.depth >= part.thickness - 1e-6)


def _differs(pair: Pair, work: Work) -> bool:
    return not same_recesses(pair.old_shape, pair.new_shape, work)


def _counts(word: str, before: int, now: int) -> str:
    """ "poches : 2 → 3", "poches déplacées ou redessinées"."""
    many = " ".join(f"{part}s" for part in word.split())
    if before != now:
        return f"{many} : {before} → {now}"
    agreed = "es" if word in ("ouverture", "poche", "gravure") else "s"
    return f"{many} déplacé{agreed} ou redessiné{agreed}"


def _other_clauses(old: FlatPart, new: FlatPart) -> list[str]:
    clauses = []
    if old.quantity != new.quantity:
        clauses.append(f"exemplaires : {old.quantity} → {new.quantity}")
    if old.grain is not new.grain:
        clauses.append(f"fil du bois : {_GRAINS[old.grain]} → {_GRAINS[new.grain]}")
    if old.finish is not new.finish:
        clauses.append(f"face vue : {_FINISHES[old.finish]} → {_FINISHES[new.finish]}")
    return clauses


def _labels(pair: Pair) -> list[str]:
    """A part that only got another number or name is the same part."""
    clauses = []
    if pair.old.code != pair.new.code:
        clauses.append(f"numérotée {pair.new.code}, {pair.old.code} avant")
    if pair.old.name != pair.new.name:
        clauses.append(f"nommée «{SPACE}{pair.new.name}{SPACE}», «{SPACE}{pair.old.name}{SPACE}» avant")
    return clauses


def _mm(value: float) -> str:
    return f"{french_number(value, 2)} mm"


def _size(figures: PartFigures) -> str:
    return f"{french_number(figures.length_mm, 1)} × {french_number(figures.width_mm, 1)} mm"


def sentence(changes: Sequence[PartChange]) -> str:
    """ "3 pièces changent, 1 s’ajoute, 10 restent les mêmes." """
    words = {
        Fate.CHANGED: ("change", "changent"),
        Fate.ADDED: ("s’ajoute", "s’ajoutent"),
        Fate.REMOVED: ("disparaît", "disparaissent"),
        Fate.KEPT: ("reste la même", "restent les mêmes"),
    }
    clauses: list[str] = []
    for fate, (one, many) in words.items():
        count = sum(1 for change in changes if change.fate is fate)
        if count:
            noun = "" if clauses else " pièce" if count == 1 else " pièces"
            clauses.append(f"{count}{noun} {one if count == 1 else many}")
    return unbroken(listed(clauses) + ".") if clauses else "Aucune pièce."
