# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is installed is pinned with hashes, and the lock files name no registry and no folder."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PACKAGE_LOCK = (ROOT / "package-lock.json").read_text(encoding="utf-8")


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ;]", requirement)[0]).lower()


def test_every_python_package_is_pinned_with_hashes() -> None:
    entries = LOCK.replace("\\\n", "").splitlines()
    assert len(entries) > 50
    for entry in entries:
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+", entry), entry[:80]


def test_the_lock_covers_every_declared_requirement() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = {_name(line) for line in LOCK.splitlines() if "==" in line}
    assert {_name(r) for r in declared} - locked == set()


def test_no_lock_names_a_registry_or_a_folder() -> None:
    for name in ("requirements.lock", "package-lock.json", ".npmrc"):
        text = (ROOT / name).read_text(encoding="utf-8")
        text = re.sub(r'"funding": (\{.*?\}|\[.*?\])', "", text, flags=re.S)  # where a package's author asks for money
        assert re.findall(r"\S*://\S*|file:|--\S*index\S*|--find-links|\"resolved\"|^registry.*", text, re.M) == []


def test_every_npm_package_is_exact_and_has_its_hash() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    packages = json.loads(PACKAGE_LOCK)["packages"]
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all(entry["integrity"].startswith("sha512-") for path, entry in packages.items() if path)
