# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design in code as the studio would keep it: its own files, read where they lie, and what it says of its sizes; and
what of this package draws it, for whoever takes it elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from designs.catalogue import identifiers

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


def drawing_files(scripts: Iterable[str] = ()) -> tuple[Path, ...]:
    """Files of this package that draw the shipped designs, and those that these scripts (texts of Python) make use of: what any
    of them imports, and so on. Nothing of a site, a jail or a database. In the order of their names."""
    package = Path(__file__).parent
    todo = ["designs.catalogue", *(f"designs.{identifier}" for identifier in identifiers())]
    for text in scripts:
        todo += _imported(text)
    found: set[Path] = set()
    while todo:
        module = todo.pop()
        place = package.parent.joinpath(*module.split("."))
        files = {one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()} - found
        if module.split(".")[0] != package.name or not files:
            continue
        found |= files
        todo.append(module.rpartition(".")[0])
        for file in files:
            todo += _imported(file.read_text(encoding="utf-8"))
    return tuple(sorted(found))


def _imported(text: str) -> Iterator[str]:
    """Modules, and what may be one: a name taken from a package."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):  # a script that draws nothing needs nothing
        return
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


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
