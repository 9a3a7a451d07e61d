# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Other people's OKH manifests: what is known is read, the rest is kept, nothing crashes."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.errors import OkhError
from designs.okh import MAX_BYTES, OkhManifest, Size, files, parse_okh, read_okh
from treteau.cli import main

PUBLISHED = Path(__file__).resolve().parents[2] / "shared/data/okh"
BENCH = """
okhv = "2.4"
name = "Banc"
repo = "https://forge.example/banc"
license = "CERN-OHL-S-2.0"
licensor = { name = "A. Dupont", email = "a@example.org" }
function = "S’asseoir."
image = { location = "vue.png", depicts = "le banc" }
source = ["banc.step", "banc.py"]
mass = 4200
couleur = "naturelle"

[outer-dimensions]
width = 1200
depth = 300.5
height = 450

[[part]]
name = "assise"
export = "assise.dxf"
mass = 1500
essence = "pin"
"""


def test_known_fields_are_read() -> None:
    bench = parse_okh(BENCH)

    assert (bench.name, bench.license, bench.okhv) == ("Banc", "CERN-OHL-S-2.0", "2.4")
    assert bench.source == ("banc.step", "banc.py")
    assert bench.size == Size(1200, 300.5, 450)
    assert bench.mass_g == 4200
    assert bench.licensor == ({"name": "A. Dupont", "email": "a@example.org"},)
    (part,) = bench.parts
    assert (part.name, part.export, part.mass_g) == ("assise", ("assise.dxf",), 1500)
    assert list(files(bench)) == ["vue.png", "banc.step", "banc.py", "assise.dxf"]


def test_unknown_fields_are_kept_with_a_warning_and_written_again() -> None:
    bench = parse_okh(BENCH)

    assert bench.extra == {"couleur": "naturelle"}
    assert bench.parts[0].extra == {"essence": "pin"}
    assert bench.warnings == ("part 1 (assise): unknown field essence, kept", "unknown field couleur, kept")
    again = tomllib.loads(bench.toml())
    assert again == tomllib.loads(BENCH)
    assert parse_okh(bench.toml()) == bench


def test_json_with_the_same_names_is_read_too() -> None:
    assert parse_okh(json.dumps(tomllib.loads(BENCH))) == parse_okh(BENCH)


def test_the_forerunner_s_sizes_and_masses_become_mm_and_g() -> None:
    read = parse_okh(
        'okhv = "OKH-LOSHv1.0"\nname = "x"\n[outer-dimensions]\nopenSCAD = "cube(size = [40, 3.5,15]);"\nunit = "cm"\n'
        '[mass]\nvalue = 1.5\nunit = "kg"\n'
    )

    assert read.size == Size(400, 35, 150)
    assert read.mass_g == 1500
    assert read.data()["mass"] == 1500


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mass = -3", "mass: a number over 0"),
        ('mass = "3 kg"', "mass: a number over 0"),
        ("mass = nan", "mass: a number over 0"),
        ('mass = {value = 3, unit = "stone"}', "mass: a unit of mass"),
        ("outer-dimensions = [1, 2, 3]", "outer-dimensions: a table of"),
        ('outer-dimensions = {openSCAD = "sphere(3)", unit = "mm"}', "outer-dimensions: an OpenSCAD cube"),
        ("version = 1.2", "version: a text"),
        ("tsdc = [1]", "tsdc: texts"),
        ("release = 2024-02-03", "release: a text"),
        ('part = {name = "x"}', "part: a list of tables"),
    ],
)
def test_a_known_field_that_cannot_be_read_is_kept_as_it_is(line: str, words: str) -> None:
    read = parse_okh(line)
    (name,) = tomllib.loads(line)

    assert any(warning.startswith(words) for warning in read.warnings), read.warnings
    assert not any("unknown" in warning for warning in read.warnings)
    assert name in read.extra
    assert name in tomllib.loads(read.toml())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('okhv = "3.0"', "okhv is '3.0'"),
        ('repo = "ftp://x"', "repo: 'ftp://x' is no address"),
        ('source = "../secret"', "source: '../secret' is neither"),
        ('source = "c:\\\\x"', "source: 'c:\\\\x' is neither"),
        ('readme = "/README.md"', "readme: '/README.md' is taken from"),
        ('name = ""', "name is empty"),
        ("", "name is missing"),
        ("[[part]]", "part 1: name is missing"),
        ('[[part]]\nname = "x"', "part 1 (x): either source or export"),
    ],
)
def test_what_is_odd_is_said(line: str, words: str) -> None:
    assert any(warning.startswith(words) for warning in parse_okh(line).warnings)


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="published manifests are in shared/data, which is not here")
@pytest.mark.parametrize("start", ["FairITYourself", "hoijui", "okh-losh"])
def test_published_manifests_are_read_and_lose_nothing(start: str) -> None:
    (file,) = PUBLISHED.glob(f"{start}*.toml")
    read = read_okh(file)
    raw = tomllib.loads(file.read_text())

    assert read.name == raw["name"]
    assert read.license == raw["license"]
    again = tomllib.loads(read.toml())
    assert again.keys() == raw.keys()
    # The forerunner's sizes and masses come back as 2.4 has them, all else as it was.
    converted = {"outer-dimensions", "mass", "part"} if start == "okh-losh" else set()
    assert {k: v for k, v in again.items() if k not in converted} == {
        k: v for k, v in raw.items() if k not in converted
    } | ({"source": raw["source"][0]} if isinstance(raw.get("source"), list) else {})
    assert not [w for w in read.warnings if "unknown" in w]


def test_a_folder_s_likeliest_manifest_is_taken_and_the_others_named(tmp_path: Path) -> None:
    (tmp_path / "okh.toml").write_text('name = "a"')
    (tmp_path / "b.okh.toml").write_text('name = "b"')

    read = read_okh(tmp_path)

    assert read.name == "a"
    assert "b.okh.toml" in read.warnings[0]


json_like = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(-(2**40), 2**40), st.floats(allow_nan=False), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=8,
)
names = st.sampled_from(
    ["okhv", "name", "repo", "licensor", "image", "mass", "outer-dimensions", "part", "source", "tsdc", "x", "software"]
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(names, json_like, max_size=8))
def test_whatever_a_manifest_says_is_kept(data: dict[str, Any]) -> None:
    read = parse_okh(json.dumps(data))
    again = parse_okh(read.toml())

    assert again == read
    said = {name: value for name, value in data.items() if value not in ("", []) and not _all_empty(value)}
    assert said.keys() <= read.data().keys()
    assert all(read.data()[name] == data[name] for name in ("x", "software") if name in said)


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda b: b.decode("latin-1"))))
def test_any_text_is_read_or_refused_in_a_line(text: str) -> None:
    try:
        assert isinstance(parse_okh(text), OkhManifest)
    except OkhError as error:
        assert str(error).startswith("manifest: ")


def _all_empty(value: Any) -> bool:
    """A text or texts that say nothing."""
    return isinstance(value, list) and all(item == "" for item in value)


def bad_inputs(folder: Path) -> dict[str, Path]:
    texts = {
        "yaml": b"title: x\nlicense:\n  hardware: y\n",
        "binary": bytes(range(256)),
        "deep": b"x = " + b"[" * 3000 + b"]" * 3000,
        "deep json": b'{"x": ' + b"[" * 100_000,
        "quite deep": b"x = " + b"[" * 60 + b"]" * 60,
        "digits": b"x = " + b"9" * 5000,
        "list": b"[1, 2]",
        "large": b"# " + b"x" * MAX_BYTES,
        "spaces": b'{"outer-dimensions": {"openSCAD": "cube([' + b" " * 200_000 + b'", "unit": "mm"} ',
    }
    for name, data in texts.items():
        (folder / name).write_bytes(data)
    (folder / "empty").mkdir()
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "pipe")
    return {name: folder / name for name in (*texts, "empty", "loop", "pipe", "nowhere")}


def test_bad_input_is_one_line_and_exit_code_2(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name, path in bad_inputs(tmp_path).items():
        assert main(["okh", str(path)]) == 2, name
        out, err = capfd.readouterr()
        assert out == "", name
        assert err.startswith("treteau okh: "), name
        assert err.count("\n") == 1, name
    assert "YAML of OKH 1" in _said(tmp_path / "yaml", capfd)


def _said(path: Path, capfd: pytest.CaptureFixture[str]) -> str:
    main(["okh", str(path)])
    return capfd.readouterr().err


def test_the_command_shows_warns_and_looks_for_the_files(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "okh.toml").write_text(BENCH)
    (tmp_path / "banc.py").write_text("")

    assert main(["okh", str(tmp_path)]) == 0
    out = capfd.readouterr().out
    assert "Banc" in out
    assert "1200 × 300.5 × 450" in out
    assert "warning: unknown field couleur, kept" in out
    assert "warning: banc.step is named, but not there" in out
    assert "banc.py is named" not in out

    assert main(["okh", str(tmp_path), "--json"]) == 0
    said = json.loads(capfd.readouterr().out)
    assert said["extra"] == {"couleur": "naturelle"}
    assert said["missing"] == ["vue.png", "banc.step", "assise.dxf"]
    assert said["manifest"]["part"][0]["essence"] == "pin"


def test_odd_values_and_control_characters_stay_in_their_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.toml"
    file.write_text('name = "a\\u001b[31mb\\nc"\nwhen = 2024-05-06T07:08:09Z\nmuch = inf\n')

    assert main(["okh", str(file)]) == 0
    assert "\x1b" not in capfd.readouterr().out
    assert main(["okh", str(file), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["extra"] == {"when": "2024-05-06T07:08:09+00:00", "much": "inf"}
