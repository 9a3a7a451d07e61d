# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""SIREN and SIRET: the numbers of French organisations and of their establishments."""

from __future__ import annotations

#: The post's SIREN: its establishments' numbers keep no Luhn key, but the sum of their digits is a multiple of five.
LA_POSTE = "356000000"


def is_siren(text: str) -> bool:
    """Nine ASCII digits with a Luhn key (INSEE's rule)."""
    return len(text) == 9 and _is_digits(text) and _luhn(text)


def is_siret(text: str) -> bool:
    """Fourteen ASCII digits: a SIREN, five of the establishment, a Luhn key over all; La Poste's are the exception."""
    if len(text) != 14 or not _is_digits(text) or not is_siren(text[:9]):
        return False
    if text.startswith(LA_POSTE):
        return _luhn(text) or sum(map(int, text)) % 5 == 0
    return _luhn(text)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _luhn(digits: str) -> bool:
    """Every second digit from the right is doubled, and its digits added; the sum is a multiple of ten."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0 and int(digits) > 0
