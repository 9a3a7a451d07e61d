# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shipped communes: all of them, each where it is."""

from __future__ import annotations

import csv
import gzip
import json
import statistics
from importlib import resources
from pathlib import Path

import pytest

from fablabs.geography import territory
from fablabs.geography.communes import all_communes, by_code, former_codes
from fablabs.geography.distance import great_circle_km

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data" / "communes-2026.csv.gz"
OUTLINES = ROOT / "cms" / "static" / "site" / "departements.json"
#: South, west, north, east.
BOXES = {
    "metropole": (42.3, -5.2, 51.1, 8.3),
    "corse": (41.3, 8.5, 43.1, 9.6),
    "971": (15.8, -61.9, 16.6, -60.9),
    "972": (14.3, -61.3, 14.9, -60.8),
    "973": (2.1, -54.7, 5.8, -51.6),
    "974": (-21.4, 55.2, -20.8, 55.9),
    "976": (-13.1, 45.0, -12.6, 45.4),
    "975": (46.7, -56.5, 47.2, -56.1),
    "988": (-23.0, 163.0, -19.5, 168.2),
    "987": (-28.0, -155.0, -7.8, -134.0),
}


def test_all_34969_communes_of_2026_are_placed_in_their_territory() -> None:
    assert len(by_code()) == 34_969
    for commune in all_communes():
        if (box := BOXES.get(territory(commune.insee))) is not None:
            south, west, north, east = box
            assert south < commune.latitude < north and west < commune.longitude < east, commune


def test_the_file_is_small_and_says_nothing_of_when_it_was_made() -> None:
    packed = resources.files("fablabs.geography").joinpath("data", "communes.csv.gz").read_bytes()
    assert len(packed) <= 1_000_000
    assert packed[4:8] == bytes(4)  # gzip's time stamp


def test_former_codes_lead_to_communes_and_are_none_themselves() -> None:
    former = former_codes()
    assert len(former) > 4_000
    assert all(goal in by_code() for _, goal in former.values())
    assert not former.keys() & by_code().keys()
    plm = {former[code][1] for code in former if code[:3] in ("751", "132") or "69380" < code < "69390"}
    assert plm == {"75056", "69123", "13055"}


def test_only_what_nobody_lives_in_has_no_people_or_no_postcode() -> None:
    nobody = [c for c in all_communes() if not c.population]
    assert len(nobody) == 12 and all(c.department in ("55", "984", "989") for c in nobody)
    assert {c.department for c in all_communes() if not c.postcodes} == {"984"}


def test_the_outlines_are_every_departement_once_and_light() -> None:
    raw = OUTLINES.read_bytes()
    assert len(gzip.compress(raw)) <= 150_000
    features = json.loads(raw)["features"]
    codes = [feature["properties"]["code"] for feature in features]
    assert len(codes) == 101 == len(set(codes))
    for feature in features:
        for polygon in feature["geometry"]["coordinates"]:
            for ring in polygon:
                assert ring[0] == ring[-1] and len(ring) >= 4


def test_each_outline_holds_most_communes_of_its_departement() -> None:
    import shapely

    shapes = {
        feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
        for feature in json.loads(OUTLINES.read_bytes())["features"]
    }
    for code, outline in shapes.items():
        shapely.prepare(outline)
        inside = [
            bool(shapely.contains_xy(outline, commune.longitude, commune.latitude))
            for commune in all_communes()
            if commune.department == code
        ]
        assert sum(inside) >= 0.85 * len(inside), code


def test_places_are_those_that_others_found() -> None:
    if not SHARED.exists():
        pytest.skip("shared/data is absent")
    with gzip.open(SHARED, "rt", encoding="utf-8") as file:
        others = {row["insee"]: row for row in csv.DictReader(file)}
    ours = by_code()
    assert ours.keys() == others.keys()
    apart = {
        code: great_circle_km(commune.latitude, commune.longitude, float(row["lat"]), float(row["lon"]))
        for code, commune in ours.items()
        for row in [others[code]]
    }
    assert statistics.median(apart.values()) <= 0.5
    # Two maps of large or ragged communes disagree by some km: Guyane's forests, islets off Granville and Le Conquet.
    # In the overseas collectivities ours is the main settlement, theirs the middle of archipelagos and their sea.
    far = {code for code, km in apart.items() if km > 5 and code < "975"}
    assert {code[:3] for code in far} <= {"973", "502", "290"} and len(far) <= 12
    assert max(apart[code] for code in far) < 20
    for code, commune in ours.items():
        row = others[code]
        assert (commune.name, commune.department, commune.region, commune.epci) == (
            row["name"],
            row["departement"],
            row["region"],
            row["epci_siren"],
        )
        assert set(commune.postcodes) == set(row["postal_codes"].split())
