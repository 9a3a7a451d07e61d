# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `treteau cut` may be told of parts and layout: some parts only, a layout as it is, placements to keep, time."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabrication.choices import Choices
from fabrication.errors import ChoiceError
from fabrication.layout import LayoutError
from fabrication.layout_file import MAX_MANIFEST_BYTES, manifest_of_archive, read_layout
from fabrication.plan import SheetLayout


@dataclass(frozen=True)
class Wishes:
    """``parts`` are codes; ``layout`` and ``locked`` files (see ``layout_in``); ``seconds`` to look for a better layout."""

    parts: tuple[str, ...] = ()
    layout: Path | None = None
    locked: Path | None = None
    seconds: float | None = None

    def choices(self) -> Choices:
        """Raises OSError, ChoiceError for a file that holds no layout."""
        return Choices(
            only=tuple(sorted(set(self.parts))),
            layout=layout_in(self.layout) if self.layout else None,
            locked=layout_in(self.locked) if self.locked else (),
        )


def layout_in(path: Path) -> tuple[SheetLayout, ...]:
    """The sheets in a package's archive, its manifest.json, what ``treteau cut --json`` printed, or a list of such sheets.

    Raises OSError, and ChoiceError for anything else."""
    data = manifest_in(path)
    try:
        return read_layout(data.get("sheets") if isinstance(data, dict) else data)
    except LayoutError as error:
        raise ChoiceError(f"{path}: {error}") from error


def manifest_in(path: Path) -> Any:
    """What one of these holds: a manifest, or whatever JSON a file has. Raises OSError, and ChoiceError for anything
    else."""
    if path.exists() and not path.is_file():
        raise ChoiceError(f"{path}: is no file")
    if path.stat().st_size > MAX_MANIFEST_BYTES:
        raise ChoiceError(f"{path}: too large to be a manifest or a package")
    try:
        if zipfile.is_zipfile(path):
            return manifest_of_archive(path)
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except LayoutError as error:
        raise ChoiceError(f"{path}: {error}") from error
    except (ValueError, RecursionError) as error:
        raise ChoiceError(f"{path}: neither JSON nor a package: {error}") from error
    return data.get("manifest", data) if isinstance(data, dict) else data
