# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words of HTML, for indexes and for other programs."""

from __future__ import annotations

import re
from html import unescape

from django.utils.html import strip_tags

#: Where a paragraph, a line or a cell begins or ends, words part; a bold full stop stays at its word.
_PARTING = re.compile(
    r"<(?=/?(?:address|article|blockquote|br|dd|div|dl|dt|figcaption|figure|h[1-6]|hr|li|ol|p|section|table|td|th|tr|ul)\b)",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[ \t\r\n\f\v]+")


def html_words(html: str) -> str:
    """On one line; no-break spaces stay what they are."""
    return _SPACES.sub(" ", unescape(strip_tags(_PARTING.sub(" <", html)))).strip()
