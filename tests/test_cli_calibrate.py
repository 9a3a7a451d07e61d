# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau calibrate``: measures go into the machine file, and nothing else in it changes."""

from __future__ import annotations

import json
import os
import stat
import tomllib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designs.coupon import clearances_around
from fablabs.machine import parse_machine, read_machine
from treteau.calibrating import Change, changed_text, coupon_of
from treteau.cli import main

MACHINES = Path(__file__).parents[1] / "examples" / "machines"
ROUTER = (MACHINES / "router-2500.toml").read_text(encoding="utf-8")
LASER = (MACHINES / "laser-600.toml").read_text(encoding="utf-8")


@pytest.fixture
def router(tmp_path: Path) -> Path:
    path = tmp_path / "routeur.toml"
    path.write_text(ROUTER, encoding="utf-8")
    return path


@pytest.fixture
def laser(tmp_path: Path) -> Path:
    path = tmp_path / "laser.toml"
    path.write_text(LASER, encoding="utf-8")
    return path


def different_lines(before: str, after: str) -> list[tuple[str, str]]:
    return [
        (a, b) for a, b in zip(before.splitlines(keepends=True), after.splitlines(keepends=True), strict=True) if a != b
    ]


def test_thickness_and_the_coupons_number_are_written_and_all_else_stays(
    router: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", str(router), "--thickness", "17.4", "--coupon-number", "3"]) == 0
    after = router.read_text(encoding="utf-8")
    assert different_lines(ROUTER, after) == [
        ("measured_thickness_mm = 17.6\n", "measured_thickness_mm = 17.4\n"),
        (
            "clearance_mm = 0.2                     # between a tab and its slot, in total\n",
            "clearance_mm = 0.3                     # between a tab and its slot, in total\n",
        ),
    ]
    stock = read_machine(router).stock
    assert (stock.measured_thickness_mm, stock.clearance_mm) == (17.4, 0.3)
    changes, said = capsys.readouterr().out.split("number", 1)
    assert changes == "stock.measured_thickness_mm: 17.6 → 17.4\nstock.clearance_mm: 0.2 → 0.3\n"
    assert "counted from the 0.2 mm" in said and "cut a new coupon before the next number" in said
    assert said.count("\n") == 1


def test_a_coupons_number_means_the_clearance_that_the_coupon_was_cut_with(laser: Path) -> None:
    coupon = clearances_around(read_machine(laser).stock.clearance_mm, 0.05)
    assert main(["calibrate", str(laser), "--coupon-number", "4"]) == 0
    assert read_machine(laser).stock.clearance_mm == coupon[3] == 0.2


def a_package(path: Path, machine: str = "Routeur 2500", **manifest: object) -> Path:
    coupon = {"clearances_mm": [0.1, 0.2, 0.3, 0.4, 0.5]}
    data = {"machine": {"name": machine}, "coupon": coupon, **manifest}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("chariot/manifest.json", json.dumps(data))
    else:
        path.write_text(json.dumps(data))
    return path


@pytest.mark.parametrize("name", ["chariot.zip", "manifest.json"])
def test_a_number_told_twice_with_its_package_means_the_same_clearance(
    name: str, router: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["calibrate", str(router), "--coupon-number", "4", "--package", str(a_package(tmp_path / name))]
    assert main(told) == 0
    assert capsys.readouterr().out == "stock.clearance_mm: 0.2 → 0.4\n"
    assert main(told) == 0
    assert capsys.readouterr().out == "stock.clearance_mm: 0.4 unchanged\n"
    assert read_machine(router).stock.clearance_mm == 0.4


def test_the_package_s_coupon_is_what_treteau_cut_wrote(router: Path, tmp_path: Path) -> None:
    """The one key is where a real manifest has it, with the figures of this machine file."""
    from designs.catalogue import design
    from fabrication.packaging import manifest
    from fabrication.pipeline import plan_job

    file = read_machine(router)
    job = plan_job(design("porte"), {}, file, 1)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest(job, {}, {})))
    assert coupon_of(path, "Routeur 2500") == clearances_around(file.stock.clearance_mm, 0.1)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ({"coupon": None}, "has no coupon"),
        ({"coupon": {"clearances_mm": [0.1]}}, "has no 5 clearances"),
        ({"coupon": [1]}, "has no 5 clearances"),
        ({"machine": "Autre"}, "made for the machine 'Autre', not 'Routeur 2500'"),
    ],
)
def test_a_package_that_has_no_coupon_for_this_machine_is_refused(
    made: dict[str, object], message: str, router: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_package(tmp_path / "p.zip", **made)  # type: ignore[arg-type]
    assert main(["calibrate", str(router), "--coupon-number", "4", "--package", str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert router.read_text(encoding="utf-8") == ROUTER


def test_a_lasers_kerf_is_written(laser: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", str(laser), "--kerf", "0,18", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(laser),
        "changes": [{"key": "machine.kerf_mm", "before": 0.15, "after": 0.18}],
        "counted_from_mm": None,
    }
    assert read_machine(laser).machine.kerf_mm == 0.18
    assert [after for _, after in different_lines(LASER, laser.read_text())] == ["kerf_mm = 0.18\n"]


def test_a_key_that_the_file_leaves_to_its_default_comes_into_its_table(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    text = "\n".join(line for line in ROUTER.splitlines() if not line.startswith("clearance_mm"))
    path.write_text(text + '\n\n[[stock.offcuts]]\nname = "chute"\noutline_mm = [[0, 0], [400, 0], [400, 300]]\n')
    assert main(["calibrate", str(path), "--clearance", "0.35"]) == 0
    read = read_machine(path)
    assert read.stock.clearance_mm == 0.35
    assert [offcut.name for offcut in read.stock.offcuts] == ["chute"]
    assert "# " in path.read_text()


def test_line_ends_a_link_and_who_may_read_it_stay_as_they_are(tmp_path: Path) -> None:
    real, link = tmp_path / "vrai.toml", tmp_path / "lien.toml"
    real.write_bytes(ROUTER.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    link.symlink_to(real)
    assert main(["calibrate", str(link), "--thickness", "17.8"]) == 0
    assert link.is_symlink()
    content = real.read_bytes().decode()
    assert content.count("\r\n") == content.count("\n") == ROUTER.count("\n")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["lien.toml", "vrai.toml"]


def test_the_same_measure_again_leaves_the_file_alone(router: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = router.stat()
    assert main(["calibrate", str(router), "--thickness", "17.6"]) == 0
    assert capsys.readouterr().out == "stock.measured_thickness_mm: 17.6 unchanged\n"
    assert (router.stat().st_ino, router.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "nothing to write"),
        (["--thickness", "12"], "more than 2 mm away from nominal_thickness_mm of 18"),
        (["--clearance", "2.5"], "stock.clearance_mm"),
        (["--clearance", "0.2", "--coupon-number", "2"], "not both"),
        (["--thickness", "17.5", "--package", "p.zip"], "give both"),
        (["--coupon-number", "3", "--package", "/nowhere/p.zip"], "No such file"),
        (["--coupon-number", "3", "--package", str(MACHINES / "router-2500.toml")], "neither JSON nor a package"),
        (["--coupon-number", "6"], "numbered 1 to 5, not 6"),
        (["--kerf", "0.2"], "'Routeur 2500' is a router"),
    ],
)
def test_nonsense_is_refused_in_one_line_and_the_file_stays(
    options: list[str], message: str, router: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", str(router), *options]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert message in error
    assert router.read_text(encoding="utf-8") == ROUTER
    assert os.listdir(router.parent) == ["routeur.toml"]


@pytest.mark.parametrize("measure", ["-1", "nan", "1e1", "17.6mm", ""])
def test_what_is_no_length_is_refused_as_a_usage_error(
    measure: str, router: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["calibrate", str(router), f"--thickness={measure}"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_file_that_is_no_machine_file_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text("[stock]\nclearance_mm = 0.1\n")
    assert main(["calibrate", str(path), "--clearance", "0.2"]) == 2
    assert path.read_text() == "[stock]\nclearance_mm = 0.1\n"
    assert main(["calibrate", str(tmp_path / "absent.toml"), "--clearance", "0.2"]) == 2


@given(st.decimals(16, 20, places=2), st.decimals(0, 2, places=3), st.sampled_from(["", "  # noté le 3 mai", " # é"]))
def test_whatever_is_measured_reads_back_and_no_other_value_moves(thickness: object, play: object, note: str) -> None:
    text = ROUTER.replace("measured_thickness_mm = 17.6", f"measured_thickness_mm = 17.6{note}")
    changes = [
        Change("stock", "measured_thickness_mm", 17.6, float(str(thickness))),
        Change("stock", "clearance_mm", 0.2, float(str(play))),
    ]
    new = changed_text(text, changes)
    before, after = tomllib.loads(text), tomllib.loads(new)
    assert after["stock"] == before["stock"] | {
        "measured_thickness_mm": float(str(thickness)),
        "clearance_mm": float(str(play)),
    }
    assert after["machine"] == before["machine"]
    assert note in new
    assert parse_machine(new)
