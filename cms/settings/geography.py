# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Distances and the map: what the environment may say of them, and whether it makes sense."""

from __future__ import annotations

import os
import re

from django.core.exceptions import ImproperlyConfigured

from cms.settings.environment import number
from fablabs.geography.distance import DETOUR_FACTOR

__all__ = ["TRETEAU_DETOUR_FACTOR", "TRETEAU_MAP_TILES", "TRETEAU_MAP_TILES_CREDIT"]

#: A server's name, with {s} for its several ones; nothing that would end the name in a Content-Security-Policy.
_TILES = re.compile(r"https?://[A-Za-z0-9.{}-]+(:[0-9]{1,5})?/[^\s;,'\"]*", re.ASCII)


def tiles(address: str) -> str:
    """The address of a map's tiles, "" for none. Raises ImproperlyConfigured."""
    if not address:
        return ""
    if not _TILES.fullmatch(address) or any(key not in address for key in ("{z}", "{x}", "{y}")):
        raise ImproperlyConfigured(
            "TRETEAU_MAP_TILES is an address such as https://tiles.example/{z}/{x}/{y}.png, not " + repr(address)
        )
    return address


def detour_factor(factor: float) -> float:
    """No road is shorter than the straight line, and none of a whole country six times as long. Raises
    ImproperlyConfigured."""
    if not 1 <= factor <= 6:
        raise ImproperlyConfigured(f"TRETEAU_DETOUR_FACTOR is between 1 and 6, not {factor:g}")
    return factor


#: By road over as the crow flies (docs/geography.md).
TRETEAU_DETOUR_FACTOR = detour_factor(number("TRETEAU_DETOUR_FACTOR", DETOUR_FACTOR))
#: The map's background. None: outlines of our own, and no request to anybody else.
TRETEAU_MAP_TILES = tiles(os.environ.get("TRETEAU_MAP_TILES", ""))
TRETEAU_MAP_TILES_CREDIT = os.environ.get("TRETEAU_MAP_TILES_CREDIT", "")
