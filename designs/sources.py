# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design in code as the studio would keep it: its own files, read where they lie, and what it says of its sizes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from designs.content import Content
    from designs.design import Design


def sources_of(identifier: str) -> dict[str, str]:
    """File name → text of ``porte.py`` and every ``porte_*.py`` beside it, the main file first. What several designs share
    (joints, panels, casters) is the library's, and is imported by an adaptation as by the design itself."""
    own = re.compile(rf"{re.escape(identifier)}(_[a-z0-9_]+)?\.py")
    found = sorted(
        (path for path in Path(__file__).parent.glob("*.py") if own.fullmatch(path.name)),
        key=lambda path: (path.stem != identifier, path.name),
    )
    return {path.name: path.read_text(encoding="utf-8") for path in found}


def content_of(design: Design) -> Content:
    """Raises ContentError for a design that no file of this package draws."""
    from designs.content import Content
    from designs.specification import specification_of

    return Content.parse(
        {
            "kind": "script",
            "main": f"{design.identifier}.py",
            "sources": sources_of(design.identifier),
            "parts": [],
            "specification": specification_of(design),
        }
    )
