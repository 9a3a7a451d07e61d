# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers that other people's books give: of an invoice, of an engagement, of a service."""

from __future__ import annotations

from designs.typography import SPACE
from orders.life.errors import RefusedError


def clean_reference(text: object, most: int, field: str) -> str:
    """One line without control characters or doubled blanks. Raises RefusedError with the field: longer than ``most``."""
    words = " ".join("".join(c if c.isprintable() else " " for c in str(text or "")).split())
    if len(words) > most:
        raise RefusedError(f"{field} is too long", f"{most}{SPACE}caractères au plus.", field)
    return words
