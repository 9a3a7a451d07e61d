# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many distances at once: every pair within a radius, found by a k-d tree instead of by trying them all.

numpy and scipy are imported where they are needed: the web process and ``treteau --help`` do without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, pi, sin
from typing import TYPE_CHECKING

from fablabs.geography.communes import Commune
from fablabs.geography.distance import EARTH_RADIUS_KM
from fablabs.geography.territory import territory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Kept on both sides of a bound while chords stand for arcs: a micrometre, in radii of the earth.
_SLACK = 1e-12


@dataclass(frozen=True)
class Pairs:
    """``origin[k]`` and ``destination[k]`` index the lists that were given, ``km[k]`` is their straight distance;
    ordered by origin, then destination."""

    origin: NDArray[np.intp]
    destination: NDArray[np.intp]
    km: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.km)


def pairs_within(origins: Sequence[Commune], destinations: Sequence[Commune], radius_km: float = inf) -> Pairs:
    """Every pair at most ``radius_km`` apart, the bound included, none across the sea. Raises ValueError for a negative
    radius or one that is no number."""
    import numpy as np
    from scipy.spatial import KDTree

    if not radius_km >= 0:
        raise ValueError(f"a radius of {radius_km:g} km: it is zero or more")
    chord = 2 * sin(min(radius_km / EARTH_RADIUS_KM, pi) / 2) + _SLACK
    pieces = []
    lands = _by_land(destinations)
    for land, ours in _by_land(origins).items():
        theirs = lands.get(land)
        if theirs is None:
            continue
        # Many demands lie in one commune: each place is looked at once.
        here, again = np.unique(_vectors(origins, ours), axis=0, return_inverse=True)
        near = KDTree(here).sparse_distance_matrix(KDTree(_vectors(destinations, theirs)), chord, output_type="ndarray")
        km = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, near["v"] / 2))
        near, km = near[km <= radius_km + EARTH_RADIUS_KM * _SLACK], km[km <= radius_km + EARTH_RADIUS_KM * _SLACK]
        order = np.lexsort((near["j"], near["i"]))
        place, other, km = near["i"][order], near["j"][order], km[order]
        counts = np.bincount(place, minlength=len(here))
        starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
        again = again.reshape(-1)
        each = counts[again]
        rows = np.repeat(starts[again] - np.concatenate(([0], np.cumsum(each)[:-1])), each) + np.arange(each.sum())
        pieces.append((np.repeat(ours, each), theirs[other[rows]], km[rows]))
    if not pieces:
        return Pairs(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0))
    origin, destination, km = (np.concatenate(column) for column in zip(*pieces, strict=True))
    if len(pieces) > 1:
        order = np.argsort(origin, kind="stable")
        origin, destination, km = origin[order], destination[order], km[order]
    return Pairs(origin, destination, km)


def straight_km_matrix(origins: Sequence[Commune], destinations: Sequence[Commune]) -> NDArray[np.float64]:
    """All distances, len(origins) × len(destinations), kilometres; infinite between two territories."""
    import numpy as np

    found = np.full((len(origins), len(destinations)), inf)
    lands = _by_land(destinations)
    for land, ours in _by_land(origins).items():
        if (theirs := lands.get(land)) is None:
            continue
        here, there = _vectors(origins, ours), _vectors(destinations, theirs)
        chords = np.sqrt(((here[:, None, :] - there[None, :, :]) ** 2).sum(axis=2))
        found[np.ix_(ours, theirs)] = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, chords / 2))
    return found


def _by_land(places: Sequence[Commune]) -> dict[str, NDArray[np.intp]]:
    """Territory → indices of its communes."""
    import numpy as np

    found: dict[str, list[int]] = {}
    for index, place in enumerate(places):
        found.setdefault(territory(place.insee), []).append(index)
    return {land: np.array(indices, dtype=np.intp) for land, indices in found.items()}


def _vectors(places: Sequence[Commune], indices: NDArray[np.intp]) -> NDArray[np.float64]:
    """Unit vectors from the middle of the earth: straight lines between them order as arcs do, poles and date line
    included."""
    import numpy as np

    degrees = np.array([(places[index].latitude, places[index].longitude) for index in indices])
    north, east = np.radians(degrees).T
    return np.column_stack((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)))
