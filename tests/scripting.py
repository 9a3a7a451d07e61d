# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A designer's script for tests, and what the jail's entry makes of one, asked in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from designs.content import Content
from designs.sheet import Sheet
from fabrication.scripted.inside import build

TABLE = """\
from designs.joinery import through_tenon
from designs.piece import Piece
from designs.placing import facing_right, lying


def draw(values, sheet):
    piece = Piece("table", values, sheet)
    t, c = sheet.thickness, sheet.clearance
    width, depth, height = values["width"], values["depth"], values["height"]
    top = piece.board("plateau", width, depth, lying(0, 0, height - t), radius=20)
    leg = piece.board("pied", depth - 60, height - t, facing_right(80, 30, 0), facing_right(width - 80 - t, 30, 0))
    piece.join(through_tenon(leg, "top", top, count=2, width=60, clearance=c))
    return piece
"""
VALUES: Mapping[str, Any] = {"width": 900.0, "depth": 500.0, "height": 720.0}
SPECIFICATION = {
    "parameters": [
        {"name": name, "kind": "length", "default": value, "label": name, "help": "", "minimum": 300, "maximum": 2000}
        for name, value in VALUES.items()
    ],
    "rules": [{"holds": "width >= depth", "french": "Plus large que profonde.", "english": "wider than deep"}],
}


def table(old: str = "", new: str = "", **more: Any) -> Content:
    """The table's content, with one thing changed in its script."""
    assert old in TABLE, old
    data = {"kind": "script", "sources": {"table.py": TABLE.replace(old, new, 1)}, "specification": SPECIFICATION}
    return Content.parse(data | more)


def asked(
    sources: Mapping[str, str],
    values: Mapping[str, Any] = VALUES,
    *,
    sheet: Sheet | None = None,
    want: str = "furniture",
    main: str = "",
) -> Any:
    """What the jail's entry answers, in this process."""
    request = {
        "sources": dict(sources), "main": main or next(iter(sources)), "values": dict(values),
        "sheet": asdict(sheet or Sheet()), "want": want,
    }  # fmt: skip
    return json.loads(build(json.dumps(request).encode()))


def faults(old: str, new: str) -> list[dict[str, Any]]:
    """What is wrong with the table after one change."""
    answer = asked(table(old, new).sources)
    assert answer["ok"] is False, answer
    return list(answer["errors"])
