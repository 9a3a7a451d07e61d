# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small orders near each other, cut in one run: what it saves in sheets and in euros. Both ways are really laid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from designs.typography import typeset
from fablabs.machine import MachineFile
from fabrication.demand import Demand
from fabrication.matching.measuring import Piece
from fabrication.matching.nearby import Places
from fabrication.plan import FlatPart, SheetLayout

#: Orders this far apart (km, straight) may be pooled: their buyers can fetch at one place.
NEAR_KM = 30.0


@dataclass(frozen=True)
class Pooled:
    """``apart`` and ``together``: whole sheets opened (offcuts not counted). ``eur``: what those saved cost (€ without
    VAT); None where a sheet's price is not known. ``english`` and ``french`` say it in a sentence."""

    demands: tuple[str, ...]
    apart: int
    together: int
    eur: Decimal | None
    english: str
    french: str

    @property
    def saved(self) -> int:
        return self.apart - self.together


def pooled(demands: Sequence[tuple[Demand, Piece]], file: MachineFile) -> Pooled:
    """Orders laid one by one and all at once, on the same machine and stock, as a package's are.

    Each order has the offcuts of the stock for itself when it is laid alone, so what is told is not flattered by them.
    Raises NotMakeableError for a piece that this machine does not make, ValueError for fewer than two orders."""
    if len(demands) < 2:
        raise ValueError("two orders at least are needed to pool them")
    suited = [_suited(piece, demand.quantity, file) for demand, piece in demands]
    alone = [_sheets(parts, file) for parts in suited]
    # Codes name parts within one piece: in one run they need names of their own, alike parts become one.
    together = _sheets(_merged(demands, suited), file)
    apart, joint = sum(len(_opened(sheets)) for sheets in alone), len(_opened(together))
    before = _cost([sheet for sheets in alone for sheet in sheets])
    after = _cost(together)
    eur = None if before is None or after is None else max(Decimal(0), before - after)
    count, saved = len(demands), apart - joint
    money = f", {eur:.2f} EUR" if eur is not None else ", at a price that is not known"
    argent = f", soit {eur:.2f} € HT de panneaux" if eur is not None else " (prix du panneau inconnu)"
    sheets = f"{saved} feuille{'s' if saved > 1 else ''}"
    return Pooled(
        tuple(demand.id for demand, _ in demands),
        apart,
        joint,
        eur,
        f"{count} orders cut in one run take {joint} sheets instead of {apart}: {saved} saved{money}"
        if saved > 0
        else f"{count} orders cut in one run take as many sheets as apart: {joint}",
        typeset(
            f"Découpées ensemble, les {count} commandes prennent {joint} feuille{'s' if joint > 1 else ''} au lieu de "
            f"{apart} : {sheets} de moins{argent}."
            if saved > 0
            else f"Découpées ensemble, les {count} commandes prennent autant de feuilles que séparément ({joint})."
        ),
    )


def groups(demands: Sequence[Demand], near_km: float = NEAR_KM) -> list[tuple[Demand, ...]]:
    """Orders of one design and material that lie near each other: each round its first one, in their order; those alone
    are left out. Orders on two sides of the sea are never near, however few kilometres lie between."""
    from fablabs.geography.territory import territory

    left = list(demands)
    found: list[tuple[Demand, ...]] = []
    while left:
        first = left.pop(0)
        same = [
            d
            for d in left
            if (d.design, d.material, d.finish) == (first.design, first.material, first.finish)
            and territory(d.insee) == territory(first.insee)
        ]
        places = Places([Places.of_commune(d.insee) for d in same])
        near = [same[index] for index, _ in places.within(Places.of_commune(first.insee), near_km)]
        if near:
            found.append((first, *near))
            taken = {d.id for d in near}
            left = [d for d in left if d.id not in taken]
    return found


def _suited(piece: Piece, quantity: int, file: MachineFile) -> tuple[FlatPart, ...]:
    from fabrication.fit import check_fit
    from fabrication.pipeline import suit_machine

    check_fit(piece.design, file, piece.values)
    parts, _, _ = suit_machine(piece.flat(file.stock.sheet()), file)
    return tuple(replace(part, quantity=part.quantity * quantity) for part in parts)


def _merged(demands: Sequence[tuple[Demand, Piece]], suited: Sequence[tuple[FlatPart, ...]]) -> list[FlatPart]:
    merged: dict[tuple[str, str], FlatPart] = {}
    for (_, piece), parts in zip(demands, suited, strict=True):
        for part in parts:
            key = (piece.key, part.code)
            before = merged.get(key)
            merged[key] = part if before is None else replace(before, quantity=before.quantity + part.quantity)
    return [replace(part, code=f"P{number:03d}") for number, part in enumerate(merged.values(), start=1)]


def _sheets(parts: Sequence[FlatPart], file: MachineFile) -> tuple[SheetLayout, ...]:
    from fabrication.nesting.layouts import nest

    return nest(parts, file.machine, file.stock)


def _opened(sheets: Sequence[SheetLayout]) -> list[SheetLayout]:
    return [sheet for sheet in sheets if not sheet.source]


def _cost(sheets: Sequence[SheetLayout]) -> Decimal | None:
    """Of the whole sheets; None if one has no price."""
    prices = [sheet.price_eur for sheet in _opened(sheets)]
    return None if any(price is None for price in prices) else sum((p for p in prices if p is not None), Decimal(0))
