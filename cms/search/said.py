# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people call a piece of furniture before they know its name: it is found by these words, which no page shows."""

from __future__ import annotations

#: By the design's identifier; a design that is not named here is found by its own words.
SAID: dict[str, str] = {
    "porte": "Comptoir, banque d’accueil, guichet, pupitre, stand, bureau pliant, arche.",
    "maisonnette": "Cabine, box, isoloir, bureau fermé, cloison, paravent, confidentialité, intimité.",
    "chariot": "Table roulante, desserte, servante, établi mobile, meuble à roulettes, classe mobile, ordinateurs portables.",
}
