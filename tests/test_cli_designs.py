# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treteau designs` and `treteau show` say what can be made; `treteau --help` answers at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from designs.catalogue import design, identifiers
from treteau.cli import main

COMMAND = Path(sys.executable).with_name("treteau")


def test_designs_lists_every_published_design(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["designs"]) == 0
    lines = capfd.readouterr().out.splitlines()
    for identifier in identifiers():
        assert any(identifier in line and design(identifier).title in line for line in lines), identifier


def test_designs_as_json_is_one_object(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["designs", "--json"]) == 0
    listed = json.loads(capfd.readouterr().out)["designs"]
    assert [d["identifier"] for d in listed] == list(identifiers())
    assert all(d["title"] and d["summary"] and d["licence"] == "CERN-OHL-S-2.0" for d in listed)


@pytest.mark.parametrize("identifier", ["porte", "maisonnette", "chariot"])
def test_show_names_every_parameter_with_bounds_and_default_and_every_part(
    identifier: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", identifier]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    rows = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    for parameter in design(identifier).parameters:
        row = rows[parameter.name]
        assert parameter.label in row
        if parameter.unit == "mm":
            assert f"{parameter.default:g} mm" in row
            assert f"{parameter.minimum:g}…{parameter.maximum:g} mm" in row
    for part in design(identifier).build().parts:
        box = part.solid.BoundingBox()
        assert part.name in rows[part.code]
        assert f"{round(box.xlen, 2):g} × {round(box.ylen, 2):g} × {round(box.zlen, 2):g}" in rows[part.code]


@pytest.mark.parametrize("identifier", ["porte", "maisonnette", "chariot"])
def test_show_as_json_holds_what_a_form_needs(identifier: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["show", identifier, "--json"]) == 0
    shown = json.loads(capfd.readouterr().out)
    names = [p["name"] for p in shown["parameters"]]
    assert {"width", "depth", "height"} <= set(names)
    assert len(names) >= 8
    for parameter in shown["parameters"]:
        assert parameter["label"]
        assert parameter["help"]
        if parameter["kind"] in ("length", "angle", "count"):
            assert parameter["minimum"] <= parameter["default"] <= parameter["maximum"]
    assert sum(p["quantity"] for p in shown["parts"]) >= 8
    assert all(p["size_mm"][2] == 18 for p in shown["parts"])
    # What is shown can be given back: the defaults are accepted as a shell would write them.
    given = {p["name"]: str(p["default"]) for p in shown["parameters"]}
    assert design(identifier).clean(given) == design(identifier).clean({})


def test_help_names_the_commands() -> None:
    done = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("designs", "show", "cut", "verify"))


@pytest.mark.parametrize("arguments", [["--help"], ["cut", "--help"], ["cut", "chariot"]])
def test_help_and_usage_errors_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom treteau.cli import main\ntry: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print(sorted({'cadquery', 'OCP', 'django', 'numpy', 'pydantic', 'rich', 'ezdxf'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_listing_and_refusing_do_not_load_cadquery_nor_django() -> None:
    code = (
        "import sys\nfrom treteau.cli import main\n"
        "main(['designs'])\nmain(['cut', 'chariot', '--machine', 'absent.toml'])\n"
        "print(sorted({'cadquery', 'OCP', 'django'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    shown = subprocess.Popen([COMMAND, "show", "chariot"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert shown.stdout is not None
    shown.stdout.close()  # as `| head -0` does
    _, err = shown.communicate(timeout=60)
    assert err == ""
    assert shown.returncode == 0
