# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers, sizes and plurals as French readers write them."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.safestring import SafeString

from designs.typography import SPACE, THIN, french_number, typeset

register = template.Library()

#: Longer runs of digits are no quantity: a SIRET, or whatever somebody typed; nor is what follows a hyphen: C-2026-00042.
_FIGURE = re.compile(r"(?<![\w,.-])[0-9]{4,12}(?![0-9])")


@register.filter
def number(value: float, places: int = 0) -> str:
    """1234.5 → "1 235", or "1 234,5" with one place; zeros at the end are left out."""
    return french_number(float(value), int(places), thousands=THIN)


@register.filter
def kilograms(grams: float) -> str:
    """43210 → "43 kg", 950 → "0,9 kg"."""
    kilos = float(grams) / 1000
    return f"{number(kilos, 0 if kilos >= 10 else 1)}{SPACE}kg"


@register.filter
def size(count: float) -> str:
    """Bytes for people: "12 Ko", "3,4 Mo"."""
    if count < 1000:
        return f"{count}{SPACE}octets"
    if count < 1_000_000:
        return f"{number(count / 1000)}{SPACE}Ko"
    return f"{number(count / 1_000_000, 1)}{SPACE}Mo"


@register.filter
def quantity(item: dict[str, Any]) -> str:
    """A hardware line's quantity: "4", "2,4 m"."""
    amount = number(item["quantity"], 2)
    return amount if item["unit"] == "pièce" else f"{amount}{SPACE}{item['unit']}"


@register.filter
def grain(value: str) -> str:
    """In words of a *liste de débit*, whose length is along the grain."""
    return "libre" if value == "free" else "fil en long"


@register.filter
def part_size(part: dict[str, Any]) -> str:
    """ "1 050 × 320": length along the grain first, as in the cut list; of a part whose grain is free, the longer side."""
    length, width = part["length_mm"], part["width_mm"]
    if part["grain"] == "across" or (part["grain"] == "free" and width > length):
        length, width = width, length
    return f"{number(length, 1)}{SPACE}×{SPACE}{number(width, 1)}"


@register.filter
def figures(text: str) -> str:
    """A sentence's figures as ``number`` writes them, with no break before a unit or ×."""
    # A line may end after ×: three figures that hold together are cut anywhere on a phone.
    plain = typeset(str(text)).replace(f"×{SPACE}", "× ").replace(f"×{THIN}", "× ")
    return _FIGURE.sub(lambda found: number(int(found[0])), plain)


@register.filter
def plural(count: float, words: str) -> SafeString | str:
    """``{{ n|plural:"panneau,panneaux" }}`` → "1 panneau", "3 panneaux"."""
    one, many = words.split(",")
    return f"{number(count)}{SPACE}{one if count < 2 else many}"
