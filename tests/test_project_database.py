# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rules for tests that reach the database: which they are, and that their order does not matter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

RULE = Path(__file__).with_name("database.py")

#: More tests than the other file: of two files, a parallel run starts the longer one first.
COMMITTING = """
import pytest
from wagtail.models import Page, Site

@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("n", range(3))
def test_commits(n):
    Page.objects.filter(depth=2).update(title="Changed")
    assert Site.objects.get().root_page.title == "Changed"
"""
READING = """
import pytest
from django.contrib.auth.models import Permission
from wagtail.models import Locale, Page, Site

def test_needs_nothing(): ...

@pytest.mark.django_db
def test_reads():
    assert Site.objects.get().root_page.title != "Changed"
    assert Page.objects.get(depth=1).get_children().count() == 1
    assert Locale.objects.count() == 1 and Permission.objects.exists()
"""


def run(folder: Path, *options: str) -> str:
    shutil.copy(RULE, folder / "conftest.py")
    (folder / "test_committing.py").write_text(COMMITTING)
    (folder / "test_reading.py").write_text(READING)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "DJANGO", "TRETEAU"))}
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--ds", "cms.settings.test", "--rootdir", ".", "-v"]
    done = subprocess.run(
        [*command, *options],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(RULE.parents[1])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_a_committing_test_empties_is_there_for_the_next_file(tmp_path: Path) -> None:
    said = run(tmp_path, "-n", "1", "--dist", "loadfile")
    order = [line.split("::")[-1] for line in said.splitlines() if " PASSED " in line]
    assert len(order) == 5 and order.index("test_commits[2] ") < order.index("test_reads ")


def test_only_the_database_s_tests_are_run_where_they_alone_are_wanted(tmp_path: Path) -> None:
    said = run(tmp_path, "--database-only", "--collect-only", "-q")
    assert "test_reads" in said and "test_commits" in said and "test_needs_nothing" not in said
