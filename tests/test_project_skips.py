# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""In CI a test that skips fails the run, unless it skips for want of ../shared/data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RULE = Path(__file__).with_name("in_ci.py")
NO_TOOL = "import pytest\n@pytest.mark.skip(reason='no chromium here')\ndef test_a(): ...\ndef test_b(): ...\n"
NO_DATA = "import pytest\ndef test_a(): pytest.skip('../shared/data is absent')\ndef test_b(): ...\n"
NO_MODULE = "import pytest\npytest.importorskip('no_such_module')\ndef test_a(): ...\n"
EXPECTED = "import pytest\n@pytest.mark.xfail\ndef test_a(): assert False\ndef test_b(): ...\n"


def run(folder: Path, test: str, *options: str, ci: str | None) -> subprocess.CompletedProcess[str]:
    shutil.copy(RULE, folder / "conftest.py")
    (folder / "test_it.py").write_text(test)
    (folder / "test_other.py").write_text("def test_c(): ...\n")
    environment = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("PYTEST")}
    if ci is not None:
        environment["CI"] = ci
    # `-c` keeps this project's own settings (Django's among them) away.
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "no:django", "--rootdir", ".", *options]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("test", "ci", "code"),
    [
        (NO_TOOL, "true", 1),
        (NO_TOOL, "1", 1),
        (NO_TOOL, None, 0),
        (NO_TOOL, "false", 0),
        (NO_DATA, "true", 0),
        (NO_MODULE, "true", 1),
        (NO_MODULE, None, 0),
        (EXPECTED, "true", 0),
    ],
)
def test_only_a_skip_for_missing_data_passes_in_ci(tmp_path: Path, test: str, ci: str | None, code: int) -> None:
    done = run(tmp_path, test, ci=ci)
    assert done.returncode == code, done.stdout
    assert ("counts as failed" in done.stdout) == bool(code)


@pytest.mark.parametrize(("test", "code"), [(NO_TOOL, 1), (NO_DATA, 0), (NO_MODULE, 1)])
def test_the_rule_holds_with_two_processes(tmp_path: Path, test: str, code: int) -> None:
    assert run(tmp_path, test, "-n", "2", ci="true").returncode == code


def test_the_reason_is_said(tmp_path: Path) -> None:
    assert "test_it.py::test_a: Skipped: no chromium here" in run(tmp_path, NO_TOOL, ci="true").stdout
