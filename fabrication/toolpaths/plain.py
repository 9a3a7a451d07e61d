# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text for controllers, which know plain ASCII at best."""

from __future__ import annotations

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})
_SIGNS = str.maketrans({"×": "x", "Ø": "D", "’": "'", "–": "-", "—": "-", "°": " deg"})


def unaccented(text: str) -> str:
    """Letters without accents, ligatures as two; what has no plain letter falls out."""
    return unicodedata.normalize("NFKD", text.translate(_LIGATURES)).encode("ascii", "ignore").decode()


def ascii_text(text: str) -> str:
    """One line without accents, some signs spelled out."""
    plain = unaccented(text.translate(_SIGNS))
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())
