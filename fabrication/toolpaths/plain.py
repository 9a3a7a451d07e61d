# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text for controllers, which know plain ASCII at best."""

from __future__ import annotations

import unicodedata

_SPELLED = str.maketrans(
    {
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "ß": "ss",
        "×": "x",
        "Ø": "D",
        "’": "'",
        "–": "-",
        "—": "-",
        "°": " deg",
    }
)


def ascii_text(text: str) -> str:
    """Without accents; what has no plain letter falls out."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPELLED)).encode("ascii", "ignore").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())
