# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lands that no road joins: the mainland, Corse, and each overseas département or collectivity.

An island of the same département (Belle-Île, Marie-Galante, the atolls of Polynésie française) belongs to it: the data
knows communes, not ferries.
"""

from __future__ import annotations

MAINLAND = "metropole"
CORSE = "corse"
_NAMES = {
    MAINLAND: "la métropole",
    CORSE: "la Corse",
    "971": "la Guadeloupe",
    "972": "la Martinique",
    "973": "la Guyane",
    "974": "La Réunion",
    "975": "Saint-Pierre-et-Miquelon",
    "976": "Mayotte",
    "977": "Saint-Barthélemy",
    "978": "Saint-Martin",
    "984": "les Terres australes et antarctiques françaises",
    "986": "Wallis-et-Futuna",
    "987": "la Polynésie française",
    "988": "la Nouvelle-Calédonie",
    "989": "l’île de Clipperton",
}


def department_of(insee: str) -> str:
    """The département's code that an INSEE code begins with: "30189" → "30", "2A004" → "2A", "97416" → "974"."""
    return insee[:3] if insee[:2] in ("97", "98") else insee[:2]


def territory(insee: str) -> str:
    """ "metropole", "corse", or the code of the overseas département or collectivity, e.g. "974"."""
    department = department_of(insee)
    if department in ("2A", "2B"):
        return CORSE
    return department if len(department) == 3 else MAINLAND


def territory_name(key: str) -> str:
    """In French, with its article: "la métropole", "La Réunion". Raises KeyError for what ``territory`` never gives."""
    return _NAMES[key]
