# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sheet that a design is shown, counted and checked in where nobody's machine is chosen yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designs.errors import SheetError
from designs.sheet import Sheet

if TYPE_CHECKING:
    from designs.design import Design

#: Thicknesses that panels are sold in (mm), the usual one first.
_THICKNESSES = (18.0, 15.0, 21.0, 12.0, 10.0)
#: A measured sheet is called by the thickness that it was sold in, where that is no farther (mm; plywood of 18 measures 17.3 to 18.2).
_CALLED = 0.8


def usual_sheet(*designs: Design) -> Sheet:
    """The usual sheet that all of them are drawn for. Raises SheetError for designs that share none.

    Parts that were drawn elsewhere stand where they stood in the thickness that they were drawn in: in any other they run into
    each other, or leave gaps that nobody drew."""
    low = max(design.thickness_range[0] for design in designs)
    high = min(design.thickness_range[1] for design in designs)
    if low > high:
        raise SheetError(
            f"no sheet is thick enough for the one and thin enough for the other: from {low:g} to {high:g} mm",
            "Aucune épaisseur de panneau ne convient aux deux.",
        )
    # The newest says first: it is the one that is published, and compared with what was.
    drawn = [getattr(design, "drawn_thickness", None) for design in reversed(designs)]
    wanted = [thickness for thickness in drawn if thickness is not None]
    thickness = next((t for t in (*wanted, *_THICKNESSES) if low <= t <= high), round((low + high) / 2, 1))
    called = min(_THICKNESSES, key=lambda t: abs(t - thickness))
    return Sheet(thickness, called if abs(called - thickness) <= _CALLED else thickness)
