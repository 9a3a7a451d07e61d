# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers, sizes and plurals as French readers write them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

register = template.Library()

_THIN = "\u202f"
_SPACE = "\u00a0"
_GRAIN = {"along": "dans la longueur", "across": "dans la largeur", "free": "indifférent"}


@register.filter
def number(value: float, places: int = 0) -> str:
    """1234.5 → "1 235", or "1 234,5" with one place; zeros at the end are left out."""
    text = f"{float(value):,.{int(places)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", _THIN).replace(".", ",")


@register.filter
def kilograms(grams: float) -> str:
    """43210 → "43 kg", 950 → "0,9 kg"."""
    kilos = float(grams) / 1000
    return f"{number(kilos, 0 if kilos >= 10 else 1)}{_SPACE}kg"


@register.filter
def size(count: float) -> str:
    """Bytes for people: "12 Ko", "3,4 Mo"."""
    if count < 1000:
        return f"{count}{_SPACE}octets"
    if count < 1_000_000:
        return f"{number(count / 1000)}{_SPACE}Ko"
    return f"{number(count / 1_000_000, 1)}{_SPACE}Mo"


@register.filter
def quantity(item: dict[str, Any]) -> str:
    """A hardware line's quantity: "4", "2,4 m"."""
    amount = number(item["quantity"], 2)
    return amount if item["unit"] == "pièce" else f"{amount}{_SPACE}{item['unit']}"


@register.filter
def grain(value: str) -> str:
    return _GRAIN.get(value, value)


@register.filter
def plural(count: float, words: str) -> SafeString | str:
    """``{{ n|plural:"panneau,panneaux" }}`` → "1 panneau", "3 panneaux"."""
    one, many = words.split(",")
    return f"{number(count)}{_SPACE}{one if count < 2 else many}"
