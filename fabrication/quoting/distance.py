# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The way from a workshop to the place of delivery, by estimated road."""

from __future__ import annotations

from fablabs.geography import DETOUR_FACTOR, NotConnectedError, UnknownCommuneError, commune, road_km
from fabrication.quoting.prices import Way


def way_between(origin: str, destination: str, factor: float = DETOUR_FACTOR) -> Way:
    """Two INSEE codes; ``factor`` of the way by road over the straight line. Where there is no road, the way has no length, and says why.

    Raises UnknownCommuneError for a destination that is none."""
    there = commune(destination)
    try:
        here = commune(origin)
    except UnknownCommuneError:
        return Way("l’atelier", there.label, None, "la commune de l’atelier")
    try:
        return Way(here.label, there.label, road_km(here, there, factor))
    except NotConnectedError as error:
        return Way(here.label, there.label, None, f"le transport (sans route de {error.one} à {error.other})")
