# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stays of a package's sheets, as stock for the next one: entries for a machine file (docs/machines.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Leftover:
    """``outline`` begins at (0, 0), its grain as an offcut's: along X if the stock's is ``long``, along Y if ``cross``."""

    sheet: int  # the sheet's index
    name: str
    outline: Corners
    coupon: bool = False  # the package proposes to cut its coupon from it

    @property
    def size(self) -> tuple[float, float]:
        return max(x for x, _ in self.outline), max(y for _, y in self.outline)

    @property
    def toml(self) -> str:
        """Ready to paste at the end of the machine file."""
        corners = ", ".join(f"[{x:g}, {y:g}]" for x, y in self.outline)
        return f"[[stock.offcuts]]\nname = {json.dumps(self.name, ensure_ascii=False)}\noutline_mm = [{corners}]\n"


def leftovers(manifest: Mapping[str, Any], package: str) -> Iterator[Leftover]:
    """One for each sheet of which a piece worth keeping stays; named after the ``package`` and the sheet."""
    grain = manifest["stock"]["grain"]
    spot = (manifest.get("coupon") or {}).get("spot") or {}
    for sheet in manifest["sheets"]:
        if sheet["remnant_mm"] is None:
            continue
        corners = [(x, y) for x, y in sheet["remnant_mm"]]
        if grain != "none" and not sheet["source"] and sheet["width_mm"] < sheet["height_mm"]:
            # An upright sheet's grain runs the other way than an offcut's.
            corners = [(-y, x) for x, y in corners]
        left, low = min(x for x, _ in corners), min(y for _, y in corners)
        outline = tuple((round(x - left, 1), round(y - low, 1)) for x, y in corners)
        name = f"{package} feuille {sheet['index']}"
        yield Leftover(sheet["index"], name, outline, coupon=spot.get("sheet") == sheet["index"])
