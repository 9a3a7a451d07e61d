# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words of HTML, for indexes and for other programs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from django.utils.html import strip_tags

#: Where a paragraph, a line or a cell begins or ends, words part; a bold full stop stays at its word.
_PARTING = re.compile(
    r"(?=</?(?:address|article|blockquote|br|dd|div|dl|dt|figcaption|figure|h[1-6]|hr|li|ol|p|section|table|td|th|tr|ul)\b)",
    re.IGNORECASE,
)
_ENDS = ".!?…:;,"
#: With control characters, which are pasted along with words, and which XML can't hold.
_SPACES = re.compile(r"[\x00-\x20\x7f]+")


def html_words(html: str) -> str:
    """On one line; no-break spaces stay what they are."""
    return one_line(unescape(strip_tags(_PARTING.sub(" ", html))))


def one_line(text: str) -> str:
    """Of what is no HTML."""
    return _SPACES.sub(" ", text).strip()


def html_parts(html: str) -> list[str]:
    """Its paragraphs, titles and lines, each by itself."""
    return [words for part in _PARTING.split(html) if (words := html_words(part))]


def run_on(parts: Iterable[str]) -> str:
    """Titles and lines one after the other: what ends in no sign is parted by a dot in the middle, so that a title is not read as the
    beginning of the sentence after it."""
    text = ""
    for part in parts:
        text += f"{'' if not text else ' ' if text[-1] in _ENDS else ' · '}{part}"
    return text
