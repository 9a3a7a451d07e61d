# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design with parameters, measured at one sheet after the other; each build is kept by its inputs.

Kept in this process, and as JSON in a folder where one is given. CadQuery is loaded by the first build that is not
known yet: the site's pages never come here, its workers and the shell do.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from designs.catalogue import design as find_design
from designs.design import Design, content_inputs
from designs.errors import GeometryError, SheetError
from designs.sheet import Sheet
from fabrication.canonical import canonical_key
from fabrication.errors import NotFlatError
from fabrication.matching.needs import PieceNeeds, piece_needs
from fabrication.matching.obstacle import Code, Obstacle
from fabrication.plan import FlatPart

#: What decides the result beside the inputs, below the project's folder.
_SOURCES = (
    *(
        f"{folder}/*.py"
        for folder in ("designs", "designs/joinery", "fabrication", "fabrication/nesting", "fabrication/scripted")
    ),
    *(
        f"fabrication/matching/{name}.py"
        for name in ("materials", "measuring", "needs", "obstacle", "room", "stations")
    ),
)
#: Flat parts kept in this process.
_KEPT = 64


@cache
def software() -> str:
    """SHA-256 of the geometry's own sources and of the kernel's version."""
    from importlib.metadata import version

    digest = hashlib.sha256(version("cadquery").encode() + version("cadquery-ocp").encode())
    root = Path(__file__).resolve().parents[2]
    for pattern in _SOURCES:
        for file in sorted(root.glob(pattern)):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


class Piece:
    """A design in sizes. ``values`` are cleaned, every one of them. Equal for equal inputs.

    Raises UnknownDesignError, ParameterError when it is made.
    """

    def __init__(self, design: str | Design, parameters: Mapping[str, object], folder: Path | None = None) -> None:
        self.design = find_design(design) if isinstance(design, str) else design
        self.values: dict[str, Any] = self.design.clean(parameters)
        self._folder = folder
        self._needs: dict[Sheet, PieceNeeds | Obstacle] = {}
        self._flat: dict[Sheet, tuple[FlatPart, ...]] = {}
        self.key = canonical_key(
            {
                "design": self.design.identifier,
                **content_inputs(self.design.revision, self.design.content_key),
                "parameters": self.values,
                "software": software(),
            }
        )

    def at(self, sheet: Sheet) -> PieceNeeds | Obstacle:
        """What it asks at this sheet, or why it is not drawn for it."""
        if sheet not in self._needs:
            least, most = self.design.thickness_range
            if not least <= sheet.thickness <= most:  # known without a build
                return _refused(SheetError(f"{self.design.identifier} is drawn for sheets of {least:g} to {most:g} mm"))
            self._needs[sheet] = self._read(sheet) or self._measured(sheet)
        return self._needs[sheet]

    def flat(self, sheet: Sheet) -> tuple[FlatPart, ...]:
        """The flat parts at this sheet. Raises SheetError, GeometryError, NotFlatError."""
        if sheet not in self._flat:
            self._built(sheet)
        return self._flat[sheet]

    def _built(self, sheet: Sheet) -> PieceNeeds:
        from fabrication.pipeline import flatten

        furniture = self.design.build(self.values, sheet)
        parts = flatten(furniture)
        while len(self._flat) >= _KEPT:
            del self._flat[next(iter(self._flat))]
        self._flat[sheet] = parts
        return piece_needs(
            self.design.identifier,
            sheet,
            parts,
            furniture.mass_g,
            len(furniture.steps),
            sum(step.hands for step in furniture.steps),
        )

    def _measured(self, sheet: Sheet) -> PieceNeeds | Obstacle:
        try:
            found: PieceNeeds | Obstacle = self._built(sheet)
        except (SheetError, GeometryError, NotFlatError) as error:
            found = _refused(error)
        self._write(sheet, found)
        return found

    def _file(self, sheet: Sheet) -> Path | None:
        if self._folder is None:
            return None
        name = canonical_key({"piece": self.key, "sheet": _sheet_data(sheet)})
        return self._folder / f"{name}.json"

    def _read(self, sheet: Sheet) -> PieceNeeds | Obstacle | None:
        """What was kept; None for nothing, or for what can't be read."""
        file = self._file(sheet)
        if file is None:
            return None
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            return PieceNeeds.from_data(data["needs"]) if "needs" in data else Obstacle.from_data(data["obstacle"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, sheet: Sheet, found: PieceNeeds | Obstacle) -> None:
        """A cache that can't be written is none; half a file is never seen."""
        file = self._file(sheet)
        if file is None:
            return
        kind = "needs" if isinstance(found, PieceNeeds) else "obstacle"
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=file.parent, suffix=".draft")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as target:
                    json.dump({kind: found.data()}, target, ensure_ascii=False, allow_nan=False)
                Path(draft).replace(file)
            except OSError:
                Path(draft).unlink(missing_ok=True)
                raise


class Pieces:
    """Pieces by design and parameters, each made once; ``folder`` as for ``Piece``."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[str, Piece] = {}

    def of(self, design: str, parameters: Mapping[str, object]) -> Piece:
        """Raises UnknownDesignError, ParameterError."""
        typed = json.dumps([design, dict(parameters)], sort_keys=True, default=str)
        if typed not in self._known:
            self._known[typed] = Piece(design, parameters, self._folder)
        return self._known[typed]


def shell_cache() -> Path:
    """Where the shell keeps what it measured: ``TRETEAU_CACHE``, or the user's cache folder."""
    given = os.environ.get("TRETEAU_CACHE") or os.environ.get("XDG_CACHE_HOME")
    base = Path(given) if given else Path.home() / ".cache"
    return base / "treteau" / "needs"


def _refused(error: Exception) -> Obstacle:
    if isinstance(error, SheetError):
        french = error.french or "le modèle n’est pas dessiné pour des panneaux de cette épaisseur"
        return Obstacle.of(Code.THICKNESS, str(error), french.rstrip("."))
    french = getattr(error, "french", "") or str(error)
    if isinstance(error, GeometryError):
        french = "avec ces dimensions et cette épaisseur, un assemblage n’a pas la place qu’il lui faut"
    return Obstacle.of(Code.SIZE, str(error), french.rstrip("."))


def _sheet_data(sheet: Sheet) -> dict[str, Any]:
    return {
        "thickness": sheet.thickness,
        "nominal": sheet.nominal_thickness,
        "clearance": sheet.clearance,
        "material": sheet.material,
    }
