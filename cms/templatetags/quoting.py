# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money on the pages of quotes, as fabrication.quoting.words writes it everywhere."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import template

from fabrication.quoting.words import euros as in_words
from fabrication.quoting.words import percent

register = template.Library()


@register.filter
def euros(value: Any) -> str:
    """Decimal or its text → "1 234,50 €"; an em dash for what is not known."""
    if value is None or value == "":
        return "—"
    try:
        return in_words(Decimal(value))
    except InvalidOperation:
        return str(value)


@register.filter
def round_euros(value: Decimal) -> str:
    """ "40 000 €": an amount of a sentence, its cents only where there are any."""
    return euros(value).replace(",00", "")


@register.filter
def rate(value: Decimal) -> str:
    """0.2 → "20 %"."""
    return percent(value)
