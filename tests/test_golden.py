# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bytes that must not change by accident: every file of a package, for the three designs.

After a change that is meant, ``UPDATE_GOLDEN=1 make test TESTS=tests/test_golden.py`` writes
tests/golden anew; its parts and placements say in the diff what moved. The manifest, which names
software versions, is compared by its figures only.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from designs.catalogue import identifiers
from fablabs.machine import read_machine
from fabrication.pipeline import make_package

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden"
MACHINES = ("router-2500", "router-1300")


def _figures(manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        "parts": {p["code"]: [p["name"], p["quantity"], p["area_mm2"], p["perimeter_mm"]] for p in manifest["parts"]},
        "sheets": [
            [f"{p['part']}-{p['copy']} {p['x_mm']} {p['y_mm']} {p['rotation_deg']}" for p in sheet["placements"]]
            for sheet in manifest["sheets"]
        ],
        "files": {f["path"]: f["sha256"] for f in manifest["files"]},
    }


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("identifier", identifiers())
def test_a_package_keeps_its_bytes(identifier, machine, published):
    figures = _figures(published(identifier, machine).manifest)
    golden = GOLDEN / f"{identifier}-{machine}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(json.dumps(figures, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    expected = json.loads(golden.read_text(encoding="utf-8"))
    assert figures["parts"] == expected["parts"]
    assert figures["sheets"] == expected["sheets"]
    assert figures["files"] == expected["files"]


def test_a_second_run_gives_the_same_archive(published, tmp_path):
    first = published("chariot", "router-2500").path
    second = make_package("chariot", {}, read_machine(ROOT / "examples/machines/router-2500.toml"), folder=tmp_path)
    assert first.name == second.path.name
    assert first.read_bytes() == second.path.read_bytes()
    assert hashlib.sha256(first.read_bytes()).hexdigest() == second.sha256


def test_other_inputs_have_another_name(published, tmp_path):
    machine_file = read_machine(ROOT / "examples/machines/router-2500.toml")
    paths = [
        published("chariot", "router-2500").path,
        make_package("chariot", {"text": "ATELIER"}, machine_file, folder=tmp_path).path,
    ]
    assert paths[0].name != paths[1].name
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            assert {Path(n).parts[0] for n in archive.namelist()} == {path.stem}
