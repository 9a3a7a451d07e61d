# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Metres as kilometres that people read."""

from __future__ import annotations

from django import template

from cms.templatetags.french import number

register = template.Library()


@register.filter
def kilometres(metres: int, places: int = 0) -> str:
    """12345 → "12 km", with one place "12,3 km"."""
    return f"{number(metres / 1000, places)}\N{NO-BREAK SPACE}km"


@register.filter
def more_kilometres(metres: int) -> str:
    """With a sign: "+ 12,3 km", "− 4 km"."""
    sign = "−" if metres < 0 else "+"
    return f"{sign}\N{NO-BREAK SPACE}{kilometres(abs(metres), 1)}"
