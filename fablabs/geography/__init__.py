# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""French communes: which there are, what people call them, how far apart they are (docs/geography.md)."""

from __future__ import annotations

from fablabs.geography.communes import (
    Commune,
    commune,
    department_name,
    departments,
    epci_name,
    region_name,
    region_of,
    regions,
)
from fablabs.geography.distance import DETOUR_FACTOR, DetourFactor, Roads, road_km, straight_km
from fablabs.geography.errors import NotConnectedError, UnknownCommuneError
from fablabs.geography.nearby import Pairs, pairs_within, straight_km_matrix
from fablabs.geography.search import search
from fablabs.geography.territory import territory, territory_name

__all__ = [
    "DETOUR_FACTOR",
    "Commune",
    "DetourFactor",
    "NotConnectedError",
    "Pairs",
    "Roads",
    "UnknownCommuneError",
    "commune",
    "department_name",
    "departments",
    "epci_name",
    "pairs_within",
    "region_name",
    "region_of",
    "regions",
    "road_km",
    "search",
    "straight_km",
    "straight_km_matrix",
    "territory",
    "territory_name",
]
