# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers and sentences as French readers expect them, whatever plain spaces and points they were built with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

SPACE, THIN = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
_FIGURES = (
    (re.compile(r"(?<=\d)\.(?=\d)"), ","),
    (re.compile(r"(?<=\d), (?=-?\d)"), f"{THIN}; "),  # 12,5, 3,0 would be four numbers
    (re.compile(r"(?<=\d) (?=mm\b|×)"), SPACE),
)
_SIGNS = (
    (re.compile(r" (?=[;!?])"), THIN),
    (re.compile(r" (?=[:»])"), SPACE),
    (re.compile(r"(?<=«) "), SPACE),
)
_UNIT = re.compile(r"(?<=\d) (?=(?:mm|cm|m|km|kg|h|min|%|€|Go|Mo|Ko|panneaux?|jours?|ans?|mois)(?![\w-])|\d{3}(?!\d))")
_UNITS = ((re.compile(r"(?<=\d) (?=(?:cm|m|kg)\b|°)|(?<=×) (?=\d)"), SPACE),)


def french_number(value: float | Decimal, places: int = 2, *, thousands: str = "", zeros: bool = False) -> str:
    """17.6 → ``17,6``, to ``places`` decimals; zeros at the end are left out unless ``zeros``. ``thousands`` is what
    stands between groups of three figures."""
    text = f"{value:,.{places}f}"
    if "." in text and not zeros:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", thousands).replace(".", ",")


def listed(words: Sequence[str]) -> str:
    """``a, b et c``; at least one."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"


def typeset(french: str) -> str:
    """Decimal commas, no-break spaces before millimetres and high punctuation and inside guillemets."""
    return spaced(_put(french, _FIGURES))


def unbroken(french: str) -> str:
    """``typeset``, and no figure is parted from its unit, whatever it is, or from what it multiplies."""
    return _put(typeset(french), _UNITS)


def held(french: str) -> str:
    """``spaced``, and no figure is parted from its unit or its thousands; the figures themselves stay as they were typed."""
    return _UNIT.sub(SPACE, spaced(french))


def spaced(french: str) -> str:
    """No-break spaces before high punctuation and inside guillemets; figures stay as they are."""
    return _put(french, _SIGNS)


def _put(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
