# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every pair within a radius, without trying all of them."""

from __future__ import annotations

import random
from math import inf, isinf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabs.geography import Commune, NotConnectedError, commune, pairs_within, straight_km, straight_km_matrix
from fablabs.geography.communes import all_communes

_places = st.lists(st.sampled_from(all_communes()), max_size=12)


def _one_by_one(origins: list[Commune], destinations: list[Commune], radius: float) -> dict[tuple[int, int], float]:
    found = {}
    for i, one in enumerate(origins):
        for j, other in enumerate(destinations):
            try:
                km = straight_km(one, other)
            except NotConnectedError:
                continue
            if km <= radius:
                found[i, j] = km
    return found


@settings(max_examples=60, deadline=None)
@given(_places, _places, st.sampled_from([0.0, 5.0, 150.0, 700.0, 25_000.0, inf]))
def test_the_pairs_are_those_that_one_finds_by_trying_all(
    origins: list[Commune], destinations: list[Commune], radius: float
) -> None:
    pairs = pairs_within(origins, destinations, radius)
    expected = _one_by_one(origins, destinations, radius)
    keys = list(zip(pairs.origin.tolist(), pairs.destination.tolist(), strict=True))
    assert keys == sorted(expected)
    assert pairs.km.tolist() == pytest.approx([expected[key] for key in keys], abs=1e-6)


def test_the_bound_is_included() -> None:
    one, other = commune("30189"), commune("34172")
    exactly = straight_km(one, other)
    assert len(pairs_within([one], [other], exactly)) == 1
    assert len(pairs_within([one], [other], exactly - 1e-6)) == 0


def test_a_matrix_has_every_distance_and_none_across_the_sea() -> None:
    places = [commune(code) for code in ("30189", "2A004", "97411", "75056")]
    table = straight_km_matrix(places, places)
    for i, one in enumerate(places):
        for j, other in enumerate(places):
            if i != j and {i, j} != {0, 3}:
                assert isinf(table[i, j])
            else:
                assert table[i, j] == pytest.approx(straight_km(one, other), abs=1e-6)


@pytest.mark.parametrize("radius", [-1.0, nan, -inf])
def test_a_radius_that_is_none_is_refused(radius: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        pairs_within([commune("30189")], [commune("34172")], radius)


def test_a_campaign_of_5000_demands_and_1500_makers_has_pairs_by_the_hundred_thousand() -> None:
    drawn = random.Random(4)
    everywhere = all_communes()
    demands = drawn.choices(everywhere, k=5_000)
    makers = drawn.choices(everywhere, weights=[c.population + 200 for c in everywhere], k=1_500)
    pairs = pairs_within(demands, makers, 100)
    assert 300_000 < len(pairs) < 600_000
