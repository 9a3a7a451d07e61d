# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The import contracts hold, and each of them bites when it is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("accounts", "cms", "designs", "fablabs", "fabrication", "orders", "treteau")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "static", "static_src", "templates")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_the_code_keeps_every_contract(copy: Path) -> None:
    code, out = lint(copy)
    assert code == 0, out


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("designs/sheet.py", "import fabrication.plan", "A package imports only what stands below it"),
        ("fabrication/plan.py", "import cms.urls", "A package imports only what stands below it"),
        ("designs/sheet.py", "import django.conf", "Geometry and plain rules run without Django"),
        ("orders/money.py", "import django", "Geometry and plain rules run without Django"),
        ("fabrication/kerf.py", "import wagtail", "Geometry and plain rules run without Django"),
        ("treteau/cli.py", "import django", "Geometry and plain rules run without Django"),
        ("fabrication/layout.py", "import fabrication.models", "Only Django's side of a package knows its models"),
        ("designs/chariot.py", "import designs.models", "Only Django's side of a package knows its models"),
        ("fabrication/verification/dxf.py", "import fabrication.flatten", "Verification shares no code"),
        ("fabrication/verification/svg.py", "import fabrication.exporters.dxf", "Verification shares no code"),
        # through another module
        ("fabrication/verification/dxf.py", "import fabrication.pipeline", "Verification shares no code"),
    ],
)
def test_a_forbidden_import_is_found(copy: Path, module: str, line: str, contract: str) -> None:
    with (copy / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    code, out = lint(copy)
    assert code != 0
    broken = [row for row in out.splitlines() if " BROKEN" in row]
    assert [row for row in broken if row.startswith(contract)], out
