# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be wrong with a designer's script or an uploaded file, in the designer's words and at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from designs.errors import DesignError, GeometryError
from designs.typography import held
from fabrication.errors import NotFlatError


@dataclass(frozen=True)
class Fault:
    """One thing to mend. ``line`` and ``column`` count from 1, 0 where no place is to blame; ``part`` is a code or empty.

    ``kind``: "syntax", "name", "import", "value", "geometry", "flat", "result", "limit", "time", "data",
    "file"."""

    kind: str
    french: str
    english: str
    file: str = ""
    line: int = 0
    column: int = 0
    part: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "french", held(self.french))

    @property
    def place(self) -> str:
        """``table.py:12: ``, or nothing."""
        return f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""


class ScriptError(DesignError, ValueError):
    """A script can't be drawn. ``faults`` are all that is known; the first one's place and words are the error's own."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__("; ".join(fault.place + fault.english for fault in faults))
        self.faults = tuple(faults)
        self.file, self.line, self.column = first.file, first.line, first.column
        self.french, self.english = first.french, first.english


class ScriptGeometryError(ScriptError, GeometryError):
    """The script's sizes leave no room for a joint: another size may do."""


class ScriptNotFlatError(ScriptError, NotFlatError):
    """A solid of the script, or of an uploaded file, is no flat part."""


class ScriptTimeError(ScriptError):
    """The script was stopped where it was: in a minute, on a machine that has more time, it may end. As JailError's "time"."""

    kind = "time"


class TransportError(ScriptError):
    """What came out of the jail is no furniture: nothing of it is used. ``path`` says where ("parts.3.outline")."""

    def __init__(self, path: str, english: str, french: str) -> None:
        where = f" ({path})" if path else ""
        super().__init__([Fault("data", f"{french}{where}", f"{path}: {english}" if path else english)])
        self.path = path


class UploadError(ScriptError):
    """A file that can't be read as flat parts."""
