# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far two communes are apart: as the crow flies, and by road as an estimate until a router gives better.

Both lie between the middles of the communes' areas. What a page shows of ``road_km`` carries the word "estimation".
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Protocol

from fablabs.geography.communes import Commune
from fablabs.geography.errors import NotConnectedError
from fablabs.geography.territory import territory, territory_name

#: Mean radius of the earth (IUGG), kilometres.
EARTH_RADIUS_KM = 6371.0088
#: By road over as the crow flies: the mean of the ways to the centre in 300 European cities and what surrounds them (1.343,
#: doi:10.1177/23998083231168870). Longer ways are straighter, mountains and estuaries are worse: an estimate.
DETOUR_FACTOR = 1.34


class Roads(Protocol):
    """What tells the way by road; a router takes the place of ``DetourFactor`` by having this method."""

    def km(self, origin: Commune, destination: Commune) -> float:
        """Kilometres one way. Raises NotConnectedError where no road leads there."""
        ...


@dataclass(frozen=True)
class DetourFactor:
    """The straight line, so many times."""

    factor: float = DETOUR_FACTOR

    def km(self, origin: Commune, destination: Commune) -> float:
        return straight_km(origin, destination) * self.factor


def straight_km(origin: Commune, destination: Commune) -> float:
    """The great circle, kilometres; 0 within a commune. Raises NotConnectedError between two territories."""
    check_connected(origin, destination)
    return great_circle_km(origin.latitude, origin.longitude, destination.latitude, destination.longitude)


def road_km(origin: Commune, destination: Commune, factor: float = DETOUR_FACTOR) -> float:
    """An estimate of the way by road, kilometres. Raises NotConnectedError between two territories."""
    return DetourFactor(factor).km(origin, destination)


def check_connected(origin: Commune, destination: Commune) -> None:
    """Raises NotConnectedError where sea lies between."""
    one, other = territory(origin.insee), territory(destination.insee)
    if one != other:
        raise NotConnectedError(territory_name(one), territory_name(other))


def great_circle_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Between two places given in degrees (haversine: exact for small distances too)."""
    first, second = radians(latitude), radians(other_latitude)
    half_north = sin((second - first) / 2)
    half_east = sin(radians(other_longitude - longitude) / 2)
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, half_north**2 + cos(first) * cos(second) * half_east**2)))
