# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from designs.contour import Contour
from fabrication.canonical import canonical_key
from fabrication.exporters.paths import part_path, slug
from fabrication.packaging import inputs, licence_text, pack, package_name
from fabrication.pipeline import Package, make_package, plan_job
from tests.cutting import Bracket, flat_box, machine_file

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "manifest.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return make_package(Bracket(), {}, machine_file(), quantity=2, folder=tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def folder(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(where)
    return where / package.path.stem


def test_the_archive_s_name_says_what_it_is(package: Package) -> None:
    key = package.manifest["key"]

    assert package.path.name == f"equerre-r1-2x-18mm-{key[:8]}.zip"
    with zipfile.ZipFile(package.path) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {package.path.stem}
    assert hashlib.sha256(package.path.read_bytes()).hexdigest() == package.sha256


def test_what_is_inside(folder: Path) -> None:
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()) == [
        "LICENSE",
        "SHA256SUMS",
        "cut-list.csv",
        "hardware.csv",
        "manifest.json",
        "notice-de-montage.pdf",
        "okh.toml",
        "parts/P01-etagere.dxf",
        "parts/P02-joue-cote.dxf",
        "parts/P03-platine.dxf",
        "piece.glb",
        "piece.step",
        "sheets.pdf",
        "sheets/sheet-01.dxf",
        "sheets/sheet-01.svg",
    ]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum (apt: coreutils)")
def test_a_plain_sha256sum_accepts_it_and_sees_a_changed_byte(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    command = ["sha256sum", "-c", "SHA256SUMS", "--strict"]
    good = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    (copy / "manifest.json").write_bytes((copy / "manifest.json").read_bytes() + b" ")
    bad = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)

    assert good.returncode == 0
    assert good.stdout.count(": OK") == 14
    assert bad.returncode == 1
    assert "manifest.json: FAILED" in bad.stdout


def test_the_manifest_keeps_its_schema(package: Package, folder: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    written = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    assert written == package.manifest
    jsonschema.validate(written, SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda m: m.pop("stock"),
        lambda m: m.update(remark="x"),
        lambda m: m["parts"][0].update(file="../P01.dxf"),
        lambda m: m["parts"][0].update(area_mm2=0),
        lambda m: m["sheets"][0]["placements"][0].update(mirrored=1),
        lambda m: m["files"][0].update(sha256="0"),
        lambda m: m["machine"].update(process="mill"),
        lambda m: m.update(checks=[]),
    ],
)
def test_the_schema_is_strict(package: Package, spoil: Any) -> None:
    data = json.loads(json.dumps(package.manifest))
    spoil(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)


def test_the_manifest_counts_totals_and_measures_parts_as_cut(package: Package) -> None:
    shelf, cheek, plate = package.manifest["parts"]

    assert [(p["code"], p["quantity"]) for p in (shelf, cheek, plate)] == [("P01", 2), ("P02", 4), ("P03", 2)]
    slot = Contour.of([(0, 0), (90, 0, 1.0), (90, 30), (0, 30, 1.0)])  # 120 × 30 with round ends
    assert shelf["area_mm2"] == pytest.approx(400 * 200 - slot.area, abs=0.01)  # the drilled hole is not taken off
    assert shelf["perimeter_mm"] == pytest.approx(1200 + slot.length, abs=0.01)
    assert cheek["bbox_mm"] == [180, 160]
    assert cheek["grain"] == "across"
    assert [h["quantity"] for h in package.manifest["hardware"]] == [12, 1.0]
    (sheet,) = package.manifest["sheets"]
    net = sum(p["area_mm2"] * p["quantity"] for p in (shelf, cheek, plate))
    assert sheet["utilisation"] == pytest.approx(net / (1000 * 600), abs=1e-6)
    assert {p["part"] for p in sheet["placements"] if p["mirrored"]} == {"P02"}


def test_the_manifest_has_every_check_and_every_file(package: Package, folder: Path) -> None:
    assert package.manifest["checks"]
    assert all(check["ok"] for check in package.manifest["checks"])
    for file in package.manifest["files"]:
        data = (folder / file["path"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["bytes"])
    listed = {file["path"] for file in package.manifest["files"]}
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert present - listed == {"manifest.json", "SHA256SUMS"}


def test_the_key_changes_with_every_input() -> None:
    keys = {
        canonical_key(inputs(plan_job(Bracket(), given, file, quantity)))
        for given, file, quantity in [
            ({}, machine_file(), 1),
            ({"width": 401}, machine_file(), 1),
            ({}, machine_file(), 2),
            ({}, machine_file(spacing_mm=9), 1),
            ({}, machine_file(stock={"measured_thickness_mm": 17.7}), 1),
        ]
    }
    assert len(keys) == 5
    assert canonical_key({"b": 1, "a": "é"}) == hashlib.sha256('{"a":"é","b":1}'.encode()).hexdigest()


def test_a_nominal_thickness_with_a_fraction_is_in_the_name() -> None:
    job = plan_job(Bracket(), {}, machine_file(stock={"nominal_thickness_mm": 17.5}), 1)

    assert package_name(job).startswith("equerre-r1-1x-17.5mm-")


def test_the_licence_is_the_design_s_full_text(folder: Path) -> None:
    assert b"CERN Open Hardware Licence Version 2 - Strongly Reciprocal" in (folder / "LICENSE").read_bytes()
    with pytest.raises(FileNotFoundError, match=r"No-Such-1\.0"):
        licence_text("No-Such-1.0")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Joue (côté gauche)", "joue-cote-gauche"),
        ("Œil-de-bœuf n° 2", "oeil-de-boeuf-n-2"),
        ("../../etc/passwd", "etc-passwd"),
        ("été/hiver\\x", "ete-hiver-x"),
        ("日本", "x"),
        ("a" * 200, "a" * 60),
    ],
)
def test_french_names_become_safe_paths(name: str, safe: str) -> None:
    assert slug(name) == safe
    assert part_path(flat_box("P01", 1, 1)) == "parts/P01-piece-p01.dxf"


def test_packing_the_same_folder_gives_the_same_bytes_and_leaves_nothing_beside(folder: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"

    assert pack(folder, first) == pack(folder, second)
    assert first.read_bytes() == second.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "b.zip"]
    with zipfile.ZipFile(first) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_a_failed_packing_leaves_the_old_archive(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    target.write_bytes(b"old")
    broken = shutil.copytree(folder, tmp_path / "broken")
    (broken / "manifest.json").unlink()
    (broken / "manifest.json").symlink_to("/proc/self/mem")  # a file that can't be read
    with pytest.raises(OSError):
        pack(broken, target)

    assert target.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "broken"]
