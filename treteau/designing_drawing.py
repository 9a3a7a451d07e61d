# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A folder as a design that can be built: in the jail, or, asked for by name, in this very process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from designs.folder import Folder
from designs.folder_files import PARTS
from treteau.exits import FAULTY
from treteau.oneline import one_line
from treteau.output import print_json

if TYPE_CHECKING:
    from designs.design import Design
    from fabrication.scripted.errors import ScriptError


def design_of(folder: Folder, *, here: bool) -> Design:
    """Not drawn yet. Raises JailError where there is no jail and nobody asked to do without."""
    if folder.content.kind == "flat" or not here:
        from designs.jail import JailError, why_not
        from fabrication.scripted.design import drawn

        if folder.content.kind == "script" and (reason := why_not()):
            raise JailError(
                "unavailable", f"no jail here ({reason}); --here runs a script of your own without one", reason
            )
        return drawn(folder.slug, 0, folder.content, folder.texts)
    from treteau.designing_here import DesignHere

    print(f"treteau design: {folder.slug} runs here, without the jail: it may do whatever you may", file=sys.stderr)
    return DesignHere(folder.slug, 0, folder.content, folder.texts)


def told_faults(path: Path, folder: Folder, error: ScriptError, as_json: bool) -> int:
    """``FOLDER/table.py:34: sentence``, a line each; returns 1."""
    if as_json:
        rows = [
            {
                "file": f.file,
                "line": f.line,
                "column": f.column,
                "kind": f.kind,
                "english": f.english,
                "french": f.french,
            }
            for f in error.faults
        ]
        print_json({"design": folder.slug, "digest": folder.content.digest, "is_green": False, "errors": rows})
        return FAULTY
    for fault in error.faults:
        file = fault.file or (PARTS if folder.content.kind == "flat" else "")
        place = f"{one_line(path / file)}:{f'{fault.line}:' if fault.line else ''} " if file else ""
        print(f"{place}{one_line(fault.english)}", file=sys.stderr)
    return FAULTY
