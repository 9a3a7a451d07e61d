# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a part that a machine can't make is refused: by code and name, in English and in French."""

from __future__ import annotations

from designs.typography import typeset
from fabrication.errors import NotMakeableError
from fabrication.plan import FlatPart


def refuse(part: FlatPart, english: str, french: str) -> NotMakeableError:
    """The error to raise: ``P07 'joue': english`` and ``P07 « joue » : french``."""
    name, nom = (f" {part.name!r}", f" « {part.name} »") if part.name else ("", "")
    return NotMakeableError(f"{part.code}{name}: {english}", typeset(f"{part.code}{nom} : {french}"))
