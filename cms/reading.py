# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the calliper says now, beside what files are drawn for: they fit, or are to be made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from designs.typography import french_number, typeset
from orders.services.outdated_packages import fits


@dataclass(frozen=True)
class Verdict:
    """``again``: what a form sends that makes the files again; {} where that is no single tap."""

    fits: bool
    french: str
    again: Mapping[str, str] = field(default_factory=dict)


def verdict_of(readings: Sequence[Decimal], drawn_mm: Decimal, again: Mapping[str, str]) -> Verdict:
    """Every reading must fit; of several, the thickest is told, for it decides whether parts enter."""
    thickest = max(readings)
    read, was = french_number(thickest, 3), french_number(drawn_mm, 3)
    if all(fits(value, drawn_mm) for value in readings):
        return Verdict(True, typeset(f"{read} mm : ce panneau convient à ces fichiers, dessinés pour {was} mm."))
    why = "les pièces n’entreraient pas" if thickest > drawn_mm else "les assemblages auraient du jeu"
    words = f"{read} mm, et ces fichiers sont dessinés pour {was} mm : {why}. Ne découpez pas ce panneau avec eux."
    return Verdict(False, typeset(words), again)
