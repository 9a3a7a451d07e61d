# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that were drawn elsewhere, written for tests, and what the jail's entries answer to them, asked in this process."""

from __future__ import annotations

import io
import json
from typing import Any

import ezdxf


def read(entry: Any, data: bytes, **header: Any) -> Any:
    """What the entry answers, in this process."""
    return json.loads(entry(json.dumps({"name": "piece", **header}).encode() + b"\n" + data))


def why(answer: Any) -> list[str]:
    assert answer["ok"] is False
    return [error["french"].replace("\xa0", " ").replace("\u202f", " ") for error in answer["errors"]]


def dxf_of(draw: Any, units: int = 4, version: str = "R2010") -> bytes:
    document = ezdxf.new(version)
    if version != "R12":
        document.header["$INSUNITS"] = units
    draw(document.modelspace())
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().encode()


def rectangle(space: Any, x: float, y: float, width: float, height: float, **more: Any) -> None:
    points = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    space.add_lwpolyline(points, close=True, dxfattribs=more)
