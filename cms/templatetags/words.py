# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sentences of libraries and services, built with plain signs, as French readers expect them."""

from __future__ import annotations

import re

from django import template

from designs.typography import held

register = template.Library()

_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


@register.filter
def typeset(sentence: object) -> str:
    """Curled apostrophes, and no-break spaces where a line must not end. Figures stay as they are: there are addresses
    in these sentences."""
    return held(_APOSTROPHE.sub("’", str(sentence)))
