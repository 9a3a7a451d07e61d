# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the documents say is there: rooms, files, decisions, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.running import ROOT

FLOORS = ("accounts", "designs", "fablabs", "fabrication", "orders", "cms", "treteau")
#: Rooms that Django names, the same in every package.
USUAL = {"migrations", "management", "models", "services", "settings", "templatetags"}
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_architecture_names_every_room() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    rooms = [file.parent for floor in FLOORS for file in sorted((ROOT / floor).glob("*/__init__.py"))]
    assert len(rooms) > 40
    unnamed = [
        room.relative_to(ROOT).as_posix() for room in rooms if room.name not in USUAL and f"{room.name}/" not in text
    ]
    assert not unnamed


def test_every_place_that_the_architecture_names_is_there() -> None:
    for line in (ROOT / "docs/architecture.md").read_text().splitlines():
        near = [ROOT]
        for name in re.findall(r"`([a-z_][a-z_0-9*/]*(?:/|\.(?:py|md|css|html)))`", line):
            found = next((file for place in near for file in place.glob(name.rstrip("/"))), None)
            assert found is not None, f"{name}: {line[:120]}"
            # "`fabrication/relief.py`, `kerf.py`": the second stands beside the first, or within it.
            near += [found, *found.parents[: len(found.relative_to(ROOT).parts)]]


def test_decisions_are_counted_without_a_gap() -> None:
    files = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for file in files:
        assert re.search(rf"^# 0*{int(file.name[:4])}\b", file.read_text(), re.MULTILINE), file.name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)#\s]+)", text):
        if not re.match(r"[a-z]+:|/", link):
            assert (document.parent / link).exists(), link
