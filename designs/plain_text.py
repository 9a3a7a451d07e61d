# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text that a stranger gave and that goes onto pages, sheets and file names."""

from __future__ import annotations

import re
import unicodedata

from designs.typography import SPACE, THIN

#: Control signs (NUL, line ends, tabulators), halves of surrogate pairs, line and paragraph separators.
_REFUSED = {"Cc", "Cs", "Zl", "Zp"}
#: Signs that turn the direction of what follows: "‮gpj.exe" reads "exe.jpg".
_TURNING = set("\u200e\u200f\u061c" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))))
#: Not printable to Python, and meant by whoever writes them.
_SPACES = f"\t{SPACE}{THIN}"


def is_plain(text: str) -> bool:
    """Whether every sign is one that is seen, or a space of any width; one line."""
    return text.isprintable() or not any(unicodedata.category(c) in _REFUSED or c in _TURNING for c in text)


def shown(value: object, most: int = 40) -> str:
    """A stranger's word in a sentence of ours: cut, and ``?`` if it is no plain text."""
    return value[:most] if isinstance(value, str) and is_plain(value[:most]) else "?"


def kept(text: str) -> str:
    """What of a person's lines a database and a page take: no NUL, control sign or half of a surrogate pair; line ends are \\n,
    with nothing before them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(c for c in line if c.isprintable() or c in _SPACES).rstrip() for line in lines).strip()


def one_line(text: str) -> str:
    """``kept``, on a single line."""
    return re.sub(r"[ \t\n]+", " ", kept(text))
