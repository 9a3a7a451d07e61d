# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau okh``: what somebody else's Open Know-How manifest says, and what is odd in it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.table import Table

from designs.okh import Named, OkhManifest, Size, files, read_okh
from treteau.oneline import one_line
from treteau.output import console, print_json

#: What people ask first; the rest is in --json.
_ROWS = ("name", "version", "okhv", "license", "licensor", "organization", "repo", "function", "tsdc")


def show_okh(path: Path, *, as_json: bool) -> int:
    """Print it and return 0, however odd it is. Raises OkhError for what is no manifest."""
    manifest = read_okh(path)
    missing = _missing(manifest, path) if path.is_dir() else []  # a manifest alone is often all that one has
    warnings = [*manifest.warnings, *(f"{name} is named, but not there" for name in missing)]
    if as_json:
        print_json(
            {
                "manifest": _jsonable(manifest.data()),
                "extra": _jsonable(dict(manifest.extra)),
                "parts": len(manifest.parts),
                "missing": missing,
                "warnings": warnings,
            }
        )
        return 0
    out = console()
    table = Table("field", "value", box=None)
    for name in _ROWS:
        value = getattr(manifest, name)
        if value:
            table.add_row(name, one_line(value if isinstance(value, str) else _joined(value)))
    for name, shown in (("size (mm)", _size(manifest.size)), ("mass (g)", _mass(manifest.mass_g))):
        if shown:
            table.add_row(name, shown)
    out.print(table)
    if manifest.parts:
        out.print()
        out.print(_parts(manifest))
    if warnings:
        out.print()
    for warning in warnings:
        out.print(f"warning: {one_line(warning)}", soft_wrap=True)
    return 0


def _parts(manifest: OkhManifest) -> Table:
    table = Table("part", "process", box=None)
    for column in ("size (mm)", "mass (g)"):
        table.add_column(column, justify="right")
    table.add_column("files")
    for part in manifest.parts:
        table.add_row(
            one_line(part.name),
            one_line(_joined(part.tsdc)),
            _size(part.size),
            _mass(part.mass_g),
            one_line(_joined(part.source + part.export)),
        )
    return table


def _missing(manifest: OkhManifest, folder: Path) -> list[str]:
    """Files that the manifest names and that lie in the folder nowhere; only names that stay in it are looked up."""
    found = []
    for name in files(manifest):
        inside = name.lstrip("/")
        if ".." in inside.split("/") or ":" in inside:
            continue
        try:
            there = (folder / inside).exists()
        except (OSError, ValueError):  # a name too long, or with a null
            there = False
        if not there:
            found.append(name)
    return found


def _joined(values: Iterable[Named]) -> str:
    return ", ".join(v if isinstance(v, str) else str(v.get("name", v.get("location", ""))) for v in values)


def _size(size: Size | None) -> str:
    return f"{size.width:g} × {size.depth:g} × {size.height:g}" if size else ""


def _mass(mass_g: float | None) -> str:
    return f"{mass_g:g}" if mass_g is not None else ""


def _jsonable(value: Any) -> Any:
    """TOML's dates and times as texts; numbers that JSON has not, too."""
    if isinstance(value, dict):
        return {str(key): _jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool | None) else value.isoformat()
