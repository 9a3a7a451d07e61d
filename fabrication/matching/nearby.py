# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Straight distances from one commune to many places at once: the great circle between areas' middles, as
``fablabs.geography.straight_km`` has it, worked out in one go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fablabs.geography import commune
from fablabs.geography.distance import EARTH_RADIUS_KM


class Places:
    """Places by index, latitude and longitude in WGS84 degrees."""

    def __init__(self, places: Sequence[tuple[float, float]]) -> None:
        angles = np.radians(np.array(places, float).reshape(-1, 2))
        self._latitude, self._longitude = angles[:, 0], angles[:, 1]
        self._cosine = np.cos(self._latitude)

    @staticmethod
    @cache
    def of_commune(insee: str) -> tuple[float, float]:
        """Raises UnknownCommuneError."""
        found = commune(insee)
        return found.latitude, found.longitude

    def km(self, origin: tuple[float, float]) -> NDArray[np.float64]:
        """To every place, in their order."""
        latitude, longitude = np.radians(origin[0]), np.radians(origin[1])
        north = np.sin((self._latitude - latitude) / 2) ** 2
        east = np.sin((self._longitude - longitude) / 2) ** 2
        half = np.sqrt(np.minimum(1.0, north + np.cos(latitude) * self._cosine * east))
        distances: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(half)
        return distances

    def within(self, origin: tuple[float, float], radius_km: float) -> list[tuple[int, float]]:
        """(index, km) of the places no further than that, by index."""
        distances = self.km(origin)
        found = np.flatnonzero(distances <= radius_km)
        return list(zip(found.tolist(), distances[found].tolist(), strict=True))
