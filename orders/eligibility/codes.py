# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Commune codes as official lists write them: with lost zeros, between Excel's quotes, several in a cell."""

from __future__ import annotations

import re

from fablabs.geography import Commune, UnknownCommuneError, commune
from fablabs.imports.lines import LineError
from fablabs.imports.places import code as mended

_APART = re.compile(r"[;,/|\s]+")
_CODE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}", re.ASCII)


def codes_in(cell: str) -> list[str]:
    """``="01053"``, ``1053``, ``13055;13070`` → codes of five signs. Raises LineError."""
    bare = cell.replace("=", " ").replace('"', " ").replace("'", " ").strip()
    found = [mended(word) for word in _APART.split(bare) if word]
    if not found:
        raise LineError("Le code de la commune manque.")
    for word in found:
        if not _CODE.fullmatch(word):
            raise LineError(f"«\u00a0{word[:40]}\u00a0» n’est pas un code de commune.")
    return list(dict.fromkeys(found))


def place_of(code: str) -> tuple[Commune, str]:
    """The commune of today and, where the code is another, a word about it. Raises LineError."""
    try:
        place = commune(code)
    except UnknownCommuneError:
        raise LineError(f"Commune inconnue\u00a0: le code «\u00a0{code}\u00a0» n’existe pas.") from None
    return (
        place,
        "" if place.insee == code else f"le code {code} est aujourd’hui celui de {place.label} ({place.insee})",
    )
