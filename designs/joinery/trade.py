# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bolts, nuts and screws in the lengths that the trade sells, chosen for a sheet's thickness (mm)."""

from __future__ import annotations

from collections.abc import Sequence

from designs.errors import GeometryError
from designs.furniture import Hardware

#: Into a barrel nut: lengths common to button-head bolts and furniture connector bolts.
CONNECTOR_LENGTHS = (60, 70, 80)
#: The tip stands this far past the nut's middle: 13 of its 14 mm are threaded on, and 1.2 mm of the nut's hole stay free.
TIP = 6.0
#: Of wood between the edge and the nut's middle, at least: the edge does not shear out.
NUT_LEAST = 30.0
BOLT_LENGTHS = (30, 35, 40, 45, 50, 55, 60, 65, 70, 80)
WASHER = {8: 1.6, 6: 1.6}  # ISO 7089
LOCK_NUT = {8: 6.5, 6: 5.0}  # ISO 10511
PITCH = {8: 1.25, 6: 1.0}  # one thread shows beyond the nut
SCREW_LENGTHS = (25, 30, 35, 40)
SCREW_REACH = 18.0  # of a wood screw in the edge that it holds, at most

_HEADS = {
    "ISO 7380-2": "Vis à tête bombée",
    "JCBC": "Vis d’assemblage à tête large et plate",
    "ISO 4017": "Vis à tête hexagonale",
}


def connector_length(thickness: float) -> int:
    """Of the bolt through a board of that thickness into a barrel nut behind it."""
    return _shortest(CONNECTOR_LENGTHS, thickness + NUT_LEAST + TIP)


def nut_distance(thickness: float) -> float:
    """From the edge to the barrel nut's middle, so that the bolt's tip stands ``TIP`` past it."""
    return connector_length(thickness) - thickness - TIP


def connectors(head: str, held: float, through: float, count: int) -> tuple[Hardware, ...]:
    """M8 bolts through ``through`` mm, with barrel nuts no longer than ``held``, the thickness they lie in."""
    length, nut = connector_length(through), 16 if held >= 16 else 14 if held >= 14 else 12
    return (
        Hardware(f"{head} M8 × {length}", f"{_HEADS[head]} M8 × {length}", count, mass_g=9 + 0.32 * length),
        Hardware(f"Écrou noix M8, Ø 14 × {nut}", "Écrou noix (tourillon fileté) M8", count, mass_g=nut),
    )


def bolts(head: str, size: int, grip: float, washers: int, count: int) -> tuple[Hardware, ...]:
    """Bolts with lock nuts through ``grip`` mm, the shortest that show a thread, ``washers`` on each."""
    length = _shortest(BOLT_LENGTHS, grip + washers * WASHER[size] + LOCK_NUT[size] + PITCH[size])
    each = {8: (9 + 0.36 * length, 6.0, 2.0), 6: (4 + 0.18 * length, 3.0, 1.0)}[size]
    return (
        Hardware(f"{head} M{size} × {length}", f"{_HEADS[head]} M{size} × {length}", count, mass_g=round(each[0], 1)),
        Hardware(f"ISO 10511 M{size}", f"Écrou frein M{size}", count, mass_g=each[1]),
        *([Hardware(f"ISO 7089 M{size}", f"Rondelle plate M{size}", washers * count, mass_g=each[2])] if washers else []),
    )  # fmt: skip


def screw_length(through: float) -> int:
    """Of a wood screw through a board into an edge: the longest that reaches no deeper than ``SCREW_REACH``."""
    return max((x for x in SCREW_LENGTHS if x <= through + SCREW_REACH), default=SCREW_LENGTHS[0])


def screws(through: float, count: int) -> tuple[Hardware, ...]:
    length = screw_length(through)
    return (
        Hardware(f"DIN 7997 5 × {length}", f"Vis à bois à tête fraisée 5 × {length}, avec sa cuvette", count, mass_g=4),
    )


def hinge_screw(thickness: float) -> tuple[str, str]:
    """Reference and name of the screws that hold a hinge on a face and do not come out of the other one."""
    length = 16 if thickness >= 17 else 12
    return f"DIN 7997 3,5 × {length}", f"Vis à bois à tête fraisée 3,5 × {length}"


def _shortest(lengths: Sequence[int], least: float) -> int:
    found = next((x for x in lengths if x >= least - 1e-9), None)
    if found is None:
        raise GeometryError(f"no bolt of the trade is {least:.0f} mm long: the sheet is too thick")
    return found
