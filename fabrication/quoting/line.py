# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One line of a quote, and what lines add up to. Nothing is rounded twice, nothing unknown is added as nought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from designs.typography import SPACE
from fabrication.quoting.words import cents, counted, euros

_PLURALS = {
    "panneau": "panneaux", "chute": "chutes", "pièce": "pièces", "exemplaire": "exemplaires", "forfait": "forfaits",
}  # fmt: skip


class Section(StrEnum):
    """In the order in which a quote shows them."""

    PIECES = "pieces"
    SHEETS = "sheets"
    MACHINE = "machine"
    HANDS = "hands"
    HARDWARE = "hardware"
    DELIVERY = "delivery"
    MINIMUM = "minimum"
    OTHER = "other"


SECTION_TITLES = {
    Section.PIECES: "Fabrication",
    Section.SHEETS: "Panneaux",
    Section.MACHINE: "Usinage",
    Section.HANDS: "Main-d’œuvre",
    Section.HARDWARE: "Fournitures",
    Section.DELIVERY: "Livraison",
    Section.MINIMUM: "Minimum de commande",
    Section.OTHER: "Autres lignes du fabricant",
}


@dataclass(frozen=True)
class Line:
    """``code`` names it within its quote. ``explanation`` says in words and figures where the quantity comes from,
    ``source`` whose figures these are, ``missing`` what is not known; all French. Euros without VAT."""

    code: str
    section: Section
    label: str
    quantity: Decimal | None
    unit: str
    unit_price: Decimal | None
    explanation: str = ""
    source: str = ""
    missing: str = ""

    @property
    def amount(self) -> Decimal | None:
        if self.quantity is None or self.unit_price is None:
            return None
        return cents(self.quantity * self.unit_price)

    @property
    def formula(self) -> str:
        return formula(self.quantity, self.unit, self.unit_price)


def plural_of(unit: str) -> str:
    """Of a unit's name; "h" and "km" have none, what a maker wrote is left as it is."""
    return _PLURALS.get(unit, unit)


def formula(quantity: Decimal | None, unit: str, unit_price: Decimal | None) -> str:
    """ "1,33 panneau × 95,00 € = 126,35 €"; what is unknown is called so."""
    many = counted(quantity, unit, plural_of(unit)) if quantity is not None else "quantité inconnue"
    each = euros(unit_price) if unit_price is not None else "prix inconnu"
    if quantity is None or unit_price is None:
        return f"{many} × {each}"
    return f"{many} × {each} = {euros(cents(quantity * unit_price))}"


@dataclass(frozen=True)
class Totals:
    """``known`` adds up the lines that have an amount. The others are None while a line has none, or, of VAT and
    with VAT, while the rate is not known; ``missing`` says what (French)."""

    known: Decimal
    net: Decimal | None
    vat: Decimal | None
    gross: Decimal | None
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return self.net is not None


def add_up(amounts: Iterable[tuple[Decimal | None, str]], vat_rate: Decimal | None) -> Totals:
    """``amounts`` are those of the lines, each with what it misses. VAT is taken from the sum, and rounded once."""
    rows = list(amounts)
    known = sum((amount for amount, _ in rows if amount is not None), Decimal("0.00"))
    missing = [text for amount, text in rows if amount is None]
    if not rows:
        missing.append("le devis n’a aucune ligne")
    net = None if missing else known
    vat = cents(net * vat_rate) if net is not None and vat_rate is not None else None
    if vat_rate is None:
        missing.append("le taux de TVA")
    gross = net + vat if net is not None and vat is not None else None
    return Totals(known, net, vat, gross, tuple(dict.fromkeys(text for text in missing if text)))


def minimum_line(rows: Iterable[tuple[Section, Decimal | None]], minimum: Decimal | None) -> Line | None:
    """What is missing to the maker's minimum, delivery apart; None if nothing is, or while a line has no amount."""
    if minimum is None:
        return None
    work = [amount for section, amount in rows if section not in (Section.DELIVERY, Section.MINIMUM)]
    if any(amount is None for amount in work):
        return None
    made = sum((amount for amount in work if amount is not None), Decimal("0.00"))
    if made >= minimum:
        return None
    return Line(
        code="minimum",
        section=Section.MINIMUM,
        label="Complément jusqu’au minimum de commande",
        quantity=Decimal(1),
        unit="forfait",
        unit_price=cents(minimum - made),
        explanation=f"Minimum de commande, livraison à part{SPACE}: {euros(minimum)} − {euros(made)}.",
        source="tarif de l’atelier",
    )
