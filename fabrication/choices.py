# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be asked of a package besides design, machine and quantity."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from fabrication.plan import SheetLayout

#: 1 to this many: a model of 1:5 in a sheet of 3 or 4 mm.
SCALES = (1, 5)


@dataclass(frozen=True)
class Choices:
    """``only`` are the parts to cut (codes), e.g. one that broke: as many copies of each as the package's
    quantity says; empty: all parts of so many pieces. ``scale`` is 1, or 5 for a model of 1:5; ``layout`` is a
    layout that was found or made before, kept as it is; ``locked`` are placements that the maker wants
    where they are: their sheets come first, in this order, and are filled up with the rest."""

    only: tuple[str, ...] = ()
    scale: int = 1
    layout: tuple[SheetLayout, ...] | None = None
    locked: tuple[SheetLayout, ...] = ()

    def inputs(self) -> dict[str, Any]:
        """Their share of the package's key: a layout counts by its SHA-256, null if there is none."""
        return {
            "only": list(self.only),
            "scale": self.scale,
            "layout": digest(self.layout) if self.layout is not None else None,
            "locked": digest(self.locked) if self.locked else None,
        }


#: All parts, full size, nothing laid beforehand.
EVERYTHING = Choices()


def digest(sheets: tuple[SheetLayout, ...]) -> str:
    """SHA-256 of where every copy lies."""
    rows = [
        [s.width, s.height, s.source, [[p.part, p.copy, p.x, p.y, p.rotation_deg, p.mirrored] for p in s.placements]]
        for s in sheets
    ]
    return hashlib.sha256(json.dumps(rows, separators=(",", ":"), allow_nan=False).encode()).hexdigest()
