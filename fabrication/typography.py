# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sets a French sentence as French readers expect it, whatever plain spaces and points it was built with."""

from __future__ import annotations

import re

_SPACE, _THIN = "\u00a0", "\u202f"
_RULES = (
    (re.compile(r"(?<=\d)\.(?=\d)"), ","),
    (re.compile(r"(?<=\d), (?=-?\d)"), f"{_THIN}; "),  # 12,5, 3,0 would be four numbers
    (re.compile(r" (?=[;!?])"), _THIN),
    (re.compile(r" (?=[:»])"), _SPACE),
    (re.compile(r"(?<=«) "), _SPACE),
    (re.compile(r"(?<=\d) (?=(?:mm|×)\b|×)"), _SPACE),
)


def typeset(french: str) -> str:
    """Decimal commas, no-break spaces before units and high punctuation and inside guillemets."""
    for pattern, replacement in _RULES:
        french = pattern.sub(replacement, french)
    return french
