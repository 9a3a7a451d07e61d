# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a structured invoice says. Euros as Decimal to the cent; one rate of VAT."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

#: Rates in force in France and overseas (CGI, art. 278 to 281 nonies and 294 to 296), and none: art. 293 B.
RATES = tuple(Decimal(text) for text in ("0.2", "0.1", "0.055", "0.021", "0.085", "0"))
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Party:
    """``siret`` of fourteen digits; blank texts are left out."""

    name: str
    siret: str
    address: str = ""
    postcode: str = ""
    city: str = ""

    @property
    def siren(self) -> str:
        return self.siret[:9]

    @property
    def vat_number(self) -> str:
        """The number that follows from a SIREN (CGI ann. II, art. 242 nonies): "FR", a key of two digits, the SIREN."""
        return f"FR{(12 + 3 * (int(self.siren) % 97)) % 97:02}{self.siren}"


@dataclass(frozen=True)
class InvoiceLine:
    """``net_eur`` is of all ``quantity`` pieces."""

    label: str
    quantity: int
    net_eur: Decimal


@dataclass(frozen=True)
class InvoiceData:
    number: str
    issued_on: date
    order: str
    service_code: str
    engagement_number: str
    seller: Party
    buyer: Party
    delivered_on: date | None
    lines: tuple[InvoiceLine, ...]
    net_eur: Decimal
    vat_rate: Decimal
    vat_eur: Decimal
    gross_eur: Decimal


def vat_rate_of(net: Decimal, vat: Decimal) -> Decimal | None:
    """The one rate of which this is the VAT, rounded to the cent (EN 16931, BR-CO-17); None if there is none."""
    return next((rate for rate in RATES if (net * rate).quantize(_CENT, ROUND_HALF_UP) == vat), None)
