# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `treteau` refuses: the exit code, exactly one clear line, nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from treteau.cli import main

ROOT = Path(__file__).parents[1]
MACHINES = ROOT / "examples" / "machines"
ROUTER = str(MACHINES / "router-2500.toml")


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Runs a command in an empty folder; returns its exit code and its one line, having checked the rest."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        before = sorted(tmp_path.rglob("*"))
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else -1
        out, err = capfd.readouterr()
        assert out == ""
        assert err.count("\n") == 1, err
        assert err.startswith("treteau")
        assert sorted(tmp_path.rglob("*")) == before, "something was written"
        return code, err.rstrip("\n")

    return run


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "1001", "1000000000", "1e3", "1.0", "٣", "²", "+3", " 3", "1_0", "", "x"]
)
def test_a_quantity_that_is_no_whole_number_from_1_to_1000_is_refused(refused, quantity: str) -> None:
    code, line = refused("cut", "chariot", "--machine", ROUTER, "--out", "build", f"--quantity={quantity}")
    assert (code, "a whole number from 1 to 1000" in line) == (2, True)


def test_a_negative_quantity_is_a_value_and_not_an_option(refused) -> None:
    assert refused("cut", "chariot", "--machine", ROUTER, "--quantity", "-1") == (
        2,
        "treteau cut: argument --quantity: a whole number from 1 to 1000, not '-1' (see treteau cut --help)",
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "COMMAND"),
        (("saw",), "saw"),
        (("designs", "--yaml"), "--yaml"),
        (("show",), "DESIGN"),
        (("cut", "chariot"), "--machine"),
        (("cut", "--machine", ROUTER), "DESIGN"),
        (("cut", "chariot", "--machine"), "--machine"),
        (("cut", "chariot", "--mach", ROUTER), "--machine"),  # no abbreviations
        (("cut", "chariot", "--machine", ROUTER, "--set", "width"), "name=value"),
        (("cut", "chariot", "--machine", ROUTER, "--set", "=3"), "name=value"),
        (("cut", "chariot", "--machine", ROUTER, "--set", "width=900", "--set", "width=901"), "width is given twice"),
        (("verify",), "ARCHIVE"),
        (("verify", "a.zip", "b.zip"), "b.zip"),
    ],
)
def test_a_usage_error_is_one_line_that_names_the_argument(refused, arguments: tuple[str, ...], words: str) -> None:
    code, line = refused(*arguments)
    assert code == 2
    assert words in line


@pytest.mark.parametrize("command", [("show",), ("cut", "--machine", ROUTER)])
def test_an_unknown_design_is_refused_with_the_known_ones(refused, command: tuple[str, ...]) -> None:
    code, line = refused(*command, "tabouret")
    assert code == 2
    assert "no design 'tabouret'; known designs: porte, maisonnette, chariot" in line


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (("width=99999",), "width is between"),
        (("width=-1",), "width is between"),
        (("width=nan",), "width is a number"),
        (("width=1e3",), "width is a number"),
        (("width=٩٠٠",), "width is a number"),
        (("width=",), "width is a number"),
        (("trays=1.5",), "trays is a whole number"),
        (("hooks=maybe",), "hooks is yes or no"),
        (("extension=ajar",), "extension is one of"),
        (("colour=red",), "colour is no parameter"),
        (("text=☃",), "text"),
        (("width=1", "depth=1"), "depth is between"),
    ],
)
def test_a_refused_parameter_is_named_with_what_is_accepted(refused, settings: tuple[str, ...], words: str) -> None:
    given = [f"--set={setting}" for setting in settings]
    code, line = refused("cut", "chariot", "--machine", ROUTER, "--out", "build/deep", *given)
    assert code == 2
    assert words in line


def test_a_value_that_holds_a_line_break_or_colours_stays_one_plain_line(refused) -> None:
    code, line = refused("cut", "chariot", "--machine", ROUTER, "--set", "col\nour\x1b[31m=red")
    assert code == 2
    assert line.isprintable()


def test_machine_files_that_are_none_are_refused_by_name(refused, tmp_path: Path) -> None:
    (tmp_path / "empty.toml").touch()
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "unknown.toml").write_text(Path(ROUTER).read_text("utf-8") + 'colour = "red"\n', "utf-8")
    for name, words in (
        ("absent.toml", "can't be read: No such file"),
        ("empty.toml", "missing key machine"),
        ("binary.toml", "no UTF-8 text"),
        ("folder.toml", "is no file"),
        ("unknown.toml", "unknown key stock.colour"),
    ):
        code, line = refused("cut", "chariot", "--machine", name, "--out", "build")
        assert code == 2
        assert line.startswith(f"treteau cut: {name}: ")
        assert words in line


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("sheet_mm", "[3000, 1250]", "does not lie on the bed"),
        ("max_thickness_mm", "12", "cuts at most 12 mm"),
    ],
)
def test_a_stock_that_the_machine_does_not_take_is_exit_3(
    refused, tmp_path: Path, key: str, value: str, words: str
) -> None:
    lines = Path(ROUTER).read_text("utf-8").splitlines()
    (tmp_path / "m.toml").write_text("\n".join(f"{key} = {value}" if x.startswith(key) else x for x in lines), "utf-8")
    code, line = refused("cut", "chariot", "--machine", "m.toml", "--out", "build")
    assert code == 3
    assert words in line


@pytest.mark.parametrize("design", ["porte", "maisonnette", "chariot"])
def test_the_small_laser_makes_no_furniture_and_says_why(refused, design: str) -> None:
    code, line = refused("cut", design, "--machine", str(MACHINES / "laser-600.toml"), "--out", "build")
    assert code == 3
    assert "cuts at most 6 mm" in line
    assert f"{design} is drawn for sheets of" in line


def test_a_router_without_relief_makes_nothing_with_inside_joint_corners(refused, tmp_path: Path) -> None:
    text = Path(ROUTER).read_text("utf-8").replace('corner_relief = "dogbone"', 'corner_relief = "none"')
    (tmp_path / "m.toml").write_text(text, "utf-8")
    code, line = refused("cut", "chariot", "--machine", "m.toml", "--out", "build")
    assert code == 3
    assert "P0" in line  # which part


def test_an_out_folder_that_is_a_file_or_can_not_be_made_is_refused(refused, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out, named in (("file", "file"), ("file/deeper", "file/deeper"), ("/proc/nothing/here", "/proc/nothing")):
        code, line = refused("cut", "chariot", "--machine", ROUTER, "--out", out)
        assert code == 2
        assert line.startswith(f"treteau cut: {named}: ")


def test_an_archive_that_is_no_file_is_bad_input(refused, tmp_path: Path) -> None:
    (tmp_path / "folder.zip").mkdir()
    os.mkfifo(tmp_path / "pipe.zip")
    for name, words in (
        ("pipe.zip", "no file"),
        ("absent.zip", "No such file"),
        ("folder.zip", "Is a directory"),
    ):
        assert refused("verify", name) == (2, f"treteau verify: {name}: {words}" + " or directory" * (name[0] == "a"))


@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(200), b"nothing", b""], ids=["damaged", "text", "empty"])
def test_a_file_that_is_no_zip_is_a_faulty_package(
    data: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "damaged.zip").write_bytes(data)
    assert main(["verify", str(tmp_path / "damaged.zip")]) == 1
    out, err = capfd.readouterr()
    assert (out.count("\n"), err) == (1, "")
    assert out.startswith("damaged.zip can't be read as a zip archive")


def test_the_command_itself_answers_with_the_exit_code_and_no_traceback(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("treteau")
    arguments = [command, "cut", b"\xff\xfe", "--machine", ROUTER, "--out", "build"]
    # A file name in no encoding, on a terminal that speaks only ASCII.
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert done.stderr.startswith("treteau cut: no design")
    assert done.stderr.count("\n") == 1
