# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Communes by their codes, how far apart they are, and what sea lies between."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabs.geography import (
    DETOUR_FACTOR,
    Commune,
    DetourFactor,
    NotConnectedError,
    Roads,
    UnknownCommuneError,
    commune,
    departments,
    epci_name,
    region_name,
    region_of,
    road_km,
    straight_km,
    territory,
    territory_name,
)
from fablabs.geography.communes import all_communes

_communes = st.sampled_from(all_communes())


def test_a_commune_says_where_it_belongs() -> None:
    nimes = commune("30189")
    assert (nimes.name, nimes.department, nimes.region) == ("Nîmes", "30", "76")
    assert nimes.postcodes == ("30000", "30900") and nimes.population > 100_000
    assert nimes.label == "Nîmes (Gard)"
    assert epci_name(nimes.epci) == "CA de Nîmes Métropole"
    assert region_name(nimes.region) == "Occitanie" == region_name(region_of("30"))


def test_labels_are_written_as_people_read_them() -> None:
    assert commune("01001").label == "L’Abergement-Clémenciat (Ain)"
    assert commune("75056").label == "Paris"


@pytest.mark.parametrize(
    ("former", "current"),
    [
        ("75101", "75056"),
        ("69389", "69123"),
        ("13216", "13055"),
        ("59248", "59183"),  # Fort-Mardyck, associated with Dunkerque
        ("14011", "14581"),  # Anctoville, delegated of Aurseulles
        ("2a004", "2A004"),
        (" 30189 ", "30189"),
    ],
)
def test_a_former_code_leads_to_the_commune_of_today(former: str, current: str) -> None:
    assert commune(former).insee == current


@pytest.mark.parametrize("code", ["", "00000", "99999", "3018", "30189x", "é", "\0"])
def test_an_unknown_code_is_refused_in_both_languages(code: str) -> None:
    with pytest.raises(UnknownCommuneError) as refused:
        commune(code)
    assert repr(code) in str(refused.value)
    assert "Aucune commune" in refused.value.french


def test_distances_are_those_of_the_sphere() -> None:
    # Great circle between the two points as the data has them, worked out by the spherical law of cosines.
    from math import acos, cos, radians, sin

    one, other = commune("30189"), commune("34172")
    a, b = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    by_cosines = 6371.0088 * acos(sin(a) * sin(b) + cos(a) * cos(b) * cos(east))
    assert straight_km(one, other) == pytest.approx(by_cosines, rel=1e-6)
    assert 42 < straight_km(one, other) < 50  # Nîmes – Montpellier
    assert road_km(one, other) == pytest.approx(straight_km(one, other) * DETOUR_FACTOR)
    assert road_km(one, other, factor=1.5) == pytest.approx(straight_km(one, other) * 1.5)


@settings(deadline=None)
@given(_communes, _communes)
def test_a_distance_is_the_same_both_ways_or_there_is_none(one: Commune, other: Commune) -> None:
    if territory(one.insee) != territory(other.insee):
        with pytest.raises(NotConnectedError):
            straight_km(one, other)
        with pytest.raises(NotConnectedError):
            road_km(other, one)
    else:
        assert straight_km(one, other) == pytest.approx(straight_km(other, one), abs=1e-9)
        assert straight_km(one, one) == 0
        assert 0 <= straight_km(one, other) <= road_km(one, other)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("30189", "2A004", "la métropole et la Corse"),
        ("97411", "97611", "La Réunion et Mayotte"),
        ("97105", "97209", "la Guadeloupe et la Martinique"),
        ("97502", "97701", "Saint-Pierre-et-Miquelon et Saint-Barthélemy"),
    ],
)
def test_no_road_crosses_the_sea_and_this_is_said(one: str, other: str, words: str) -> None:
    with pytest.raises(NotConnectedError) as refused:
        straight_km(commune(one), commune(other))
    assert words in refused.value.french
    assert "no road leads from" in str(refused.value)


def test_every_commune_lies_in_a_territory_that_has_a_name() -> None:
    assert all(territory_name(key) for key in {territory(c.insee) for c in all_communes()})
    assert {c.department for c in all_communes()} == set(departments())


def test_a_router_can_take_the_place_of_the_factor() -> None:
    @dataclass(frozen=True)
    class Signposts:
        def km(self, origin: Commune, destination: Commune) -> float:
            return 58.0

    def way(roads: Roads) -> float:
        return roads.km(commune("30189"), commune("34172"))

    assert way(Signposts()) == 58.0
    assert way(DetourFactor(1.0)) == straight_km(commune("30189"), commune("34172"))


def test_the_communes_need_no_numpy_and_no_django() -> None:
    code = (
        "import sys; from fablabs.geography import commune, search; commune('30189'); search('nimes');"
        "print({'numpy', 'scipy', 'django'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"
