# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the stages of a comparison and of a check are called on pages, in their order."""

from __future__ import annotations

COMPARING = {
    "build": "Dessin des deux états",
    "parts": "Comparaison pièce par pièce",
    "figures": "Panneaux, découpe et prix",
    "checks": "Contrôles avant et maintenant",
    "far": "Comparaison à d’autres dimensions",
}
CHECKING = {
    "build": "Dessin dans les dimensions de base",
    "check": "Contrôles dans les dimensions de base",
    "far": "Contrôles aux dimensions extrêmes",
    "draws": "Contrôles de dimensions au hasard",
}
