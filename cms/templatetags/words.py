# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sentences of libraries and services, built with plain signs, as French readers expect them."""

from __future__ import annotations

import re

from django import template

register = template.Library()

_RULES = (
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r" (?=[;!?])"), "\u202f"),
    (re.compile(r" (?=[:»])"), "\u00a0"),
    (re.compile(r"(?<=«) "), "\u00a0"),
)


@register.filter
def typeset(sentence: object) -> str:
    """Curled apostrophes, and no-break spaces where a line must not end. Figures stay as they are: there are addresses
    in these sentences."""
    text = str(sentence)
    for pattern, sign in _RULES:
        text = pattern.sub(sign, text)
    return text
