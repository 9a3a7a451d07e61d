# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""okh.toml in a package: it keeps OKH's schema, its figures are the solids', and the verification finds what is not."""
# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli_w

from designs.catalogue import design
from designs.okh import parse_okh
from designs.sheet import DENSITIES_KG_M3
from fabrication.choices import Choices
from fabrication.exporters import Job, exporter
from fabrication.exporters.okh import piece_size
from fabrication.pipeline import plan_job
from fabrication.verification import verify_archive
from fabrication.verification.okh import DENSITIES
from tests.broken_packages import Unpacked, names, on, packages, router  # noqa: F401 - fixtures
from tests.cutting import Bracket, machine_file

SCHEMA = Path(__file__).resolve().parents[2] / "shared/data/okh/okh.schema.json"
WRITTEN = dict.fromkeys(
    ("LICENSE", "cut-list.csv", "hardware.csv", "piece.glb", "piece.step", "sheets.pdf", "sheets/sheet-01.dxf",
     "sheets/sheet-01.svg", "sheets/sheet-01.nc", "coupon.dxf", "parts/P01-etagere.dxf", "parts/P02-joue-cote.dxf",
     "parts/P03-platine.dxf"), "0" * 64
)  # fmt: skip


@pytest.fixture(scope="module")
def job() -> Job:
    return plan_job(Bracket(), {"plates": 3}, machine_file(), 2)


def exported(job: Job) -> dict[str, Any]:
    ((path, data),) = exporter("okh").export(job, WRITTEN)
    assert path == "okh.toml"
    return tomllib.loads(data.decode())


@pytest.mark.skipif(not SCHEMA.is_file(), reason="OKH's schema is in shared/data, which is not here")
@pytest.mark.parametrize("process", ["cnc-router", "laser"])
def test_it_keeps_okh_s_schema(process: str) -> None:
    schema = json.loads(SCHEMA.read_text())
    job = plan_job(Bracket(through_only=process == "laser"), {}, machine_file(process), 1)
    checker = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())

    assert [error.message for error in checker.iter_errors(exported(job))] == []
    assert list(checker.iter_errors({**exported(job), "colour": "red"})), "the schema is one that refuses"


def test_it_says_what_the_piece_is_and_how_it_is_made(job: Job) -> None:
    okh = exported(job)

    assert okh["okhv"] == "2.4"
    assert (okh["name"], okh["version"], okh["license"]) == ("Équerre d’essai", "1.0.0", "CERN-OHL-S-2.0")
    assert okh["tsdc"] == ["ASM", "CNC"]
    assert okh["bom"] == ["cut-list.csv", "hardware.csv"]
    assert okh["source"] == ["piece.step"]
    assert okh["export"] == ["sheets/sheet-01.dxf", "sheets/sheet-01.nc", "sheets/sheet-01.svg", "piece.glb"]
    assert okh["auxiliary"] == ["coupon.dxf", "manifest.json", "SHA256SUMS"]
    assert okh["manufacturing-instructions"] == ["sheets.pdf"]


def test_sizes_and_masses_are_those_of_the_solids(job: Job) -> None:
    okh = exported(job)
    parts = {row["name"].split()[0]: row for row in okh["part"]}

    assert list(parts) == ["P01", "P02", "P03"]
    assert parts["P01"]["outer-dimensions"] == {"width": 400, "depth": 200, "height": 17.6}
    assert parts["P01"]["name"] == "P01 étagère (contreplaqué bouleau 18 mm)"
    assert parts["P01"]["export"] == ["parts/P01-etagere.dxf"]
    wood = 0.0
    for part in job.furniture.parts:
        grams = part.solid.Volume() * 680 / 1e6
        wood += grams * part.quantity
        assert parts[part.code]["mass"] == pytest.approx(grams, abs=0.05)
    # The shelf lies over the cheeks, one of which stands out by its thickness; the plates begin at 300 mm.
    assert okh["outer-dimensions"] == {"width": 400, "depth": 407.6, "height": 177.6}
    assert okh["mass"] == pytest.approx(wood, abs=0.05), "of one piece; its screws weigh nothing here"


def test_single_parts_are_not_said_to_be_the_piece(job: Job) -> None:
    some = replace(job, choices=Choices(only=("P02",)), plan=replace(job.plan, parts=job.plan.parts[1:2]))
    okh = exported(some)

    assert okh["name"].endswith("P02")
    assert [row["name"].split()[0] for row in okh["part"]] == ["P02"]
    assert "mass" not in okh
    assert "outer-dimensions" not in okh


def test_a_shape_that_was_drawn_before_is_as_large_as_one_that_was_not() -> None:
    chariot = design("chariot")
    fresh, drawn = chariot.build(), chariot.build()
    for body in (*drawn.parts, *drawn.fittings):
        body.solid.tessellate(2.0, 1.0)

    assert piece_size(drawn) == pytest.approx(piece_size(fresh), abs=1e-9)
    assert piece_size(fresh) == pytest.approx((1120, 500, 850), abs=0.005)


def test_the_same_job_gives_the_same_bytes(job: Job) -> None:
    assert dict(exporter("okh").export(job, WRITTEN)) == dict(exporter("okh").export(job, WRITTEN))


def test_our_own_reader_has_nothing_to_warn_of(job: Job) -> None:
    ((_, data),) = exporter("okh").export(job, WRITTEN)
    read = parse_okh(data.decode())

    assert read.warnings == ()
    assert read.extra == {}
    assert len(read.parts) == 3


def test_the_verification_s_densities_are_those_that_designs_count_with() -> None:
    assert DENSITIES == DENSITIES_KG_M3


def change(okh: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = okh
    for step in steps:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value


FAULTS: list[tuple[str, Any, tuple[str, ...]]] = [
    ("okhv", "2.3", ("okhv",)),
    ("license", "MIT", ("license", "MIT")),
    ("version", "7.0.0", ("version",)),
    ("repo", "here", ("repo",)),
    ("function", " ", ("function",)),
    ("part/0/mass", 12.0, ("P01", "mass")),
    ("part/0/outer-dimensions/width", 999.0, ("P01", "width")),
    ("part/1/name", "P02", ("P02", "name")),
    ("part/1/export", ["parts/P01-x.dxf"], ("P02", "0 parts with the file")),
    ("part/0", None, ("P01", "0 parts with the file")),
    ("mass", 1.0, ("the piece", "mass")),
    ("outer-dimensions/height", 3.0, ("the piece", "height")),
    ("outer-dimensions", None, ("the piece", "depth")),
    ("source", ["piece.stl"], ("source", "piece.stl")),
    ("bom", [], ("hardware.csv", "not named")),
]


@pytest.mark.parametrize(("path", "value", "words"), FAULTS, ids=[f"{path}={value}" for path, value, _ in FAULTS])
def test_what_is_not_so_is_named(path: str, value: Any, words: tuple[str, ...], router: Unpacked) -> None:
    file = router.folder / "okh.toml"
    okh = tomllib.loads(file.read_text())
    change(okh, path, value)
    file.write_text(tomli_w.dumps(okh))

    report = verify_archive(router.sealed())

    assert names(report, "okh.toml", *words), report.faults
    assert [c.id for c in report.checks if not c.ok] == ["okh"]


@pytest.mark.parametrize("text", ["", "no toml", "[" * 5000, "part = 3", "part = [3]", "\x00"])
def test_what_is_no_manifest_is_a_fault_and_no_crash(text: str, router: Unpacked) -> None:
    (router.folder / "okh.toml").write_text(text)
    report = verify_archive(router.sealed())

    assert names(report, "okh.toml")
    assert {c.id for c in report.checks if not c.ok} == {"okh"}


def test_every_package_has_one_that_passes(packages: Callable[[str], Path]) -> None:
    report = verify_archive(packages("laser"))

    (check,) = [c for c in report.checks if c.id == "okh"]
    assert check.ok, check.detail
    assert re.search("every part", check.detail)
