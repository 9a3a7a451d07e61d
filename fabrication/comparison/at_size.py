# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two states at one set of sizes, on one sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from designs.design import Design
from designs.errors import GeometryError, ParameterError, SheetError
from designs.furniture import Furniture
from designs.sheet import Sheet
from fabrication.comparison.checking import refusal
from fabrication.comparison.joints import JointChange, joint_changes
from fabrication.comparison.pairing import Pairing, pair_parts
from fabrication.comparison.parts import PartChange, part_changes
from fabrication.errors import NotFlatError
from fabrication.plan import FlatPart


@dataclass(frozen=True)
class Built:
    """A piece in some sizes, as solids and as the flat parts recognised in them, in the same order."""

    furniture: Furniture
    flats: tuple[FlatPart, ...]


@dataclass(frozen=True)
class AtSize:
    """``old`` or ``new`` is None where that state is not drawn at these sizes; its ``…_refusal`` (French) says why."""

    old: Built | None
    new: Built | None
    parts: tuple[PartChange, ...] = ()
    joints: tuple[JointChange, ...] = ()
    pairing: Pairing | None = None
    old_refusal: str = ""
    new_refusal: str = ""


def build(design: Design, values: Mapping[str, Any], sheet: Sheet) -> Built:
    """Raises ParameterError, SheetError, GeometryError, NotFlatError."""
    from fabrication.pipeline import flatten

    furniture = design.build(values, sheet)
    return Built(furniture, flatten(furniture))


def compare_at(
    old: Design,
    new: Design,
    old_values: Mapping[str, Any],
    new_values: Mapping[str, Any],
    sheet: Sheet,
    go_on: Callable[[], None] = lambda: None,
) -> AtSize:
    """Never raises for sizes that one of them refuses. A script that breaks raises its own DesignError; ``go_on`` is asked again
    and again, and may raise to end it."""
    before, old_refusal = _tried(old, old_values, sheet)
    now, new_refusal = _tried(new, new_values, sheet)
    if before is None or now is None:
        return AtSize(before, now, old_refusal=old_refusal, new_refusal=new_refusal)
    return of_built(before, now, go_on)


def of_built(before: Built, now: Built, go_on: Callable[[], None] = lambda: None) -> AtSize:
    """Both are drawn. ``go_on`` is asked between the stages, and may raise to end it."""
    pairing = pair_parts(before.flats, now.flats, go_on)
    go_on()
    parts = part_changes(before.flats, now.flats, pairing)
    go_on()
    joints = joint_changes((before.furniture, before.flats), (now.furniture, now.flats), pairing)
    return AtSize(before, now, parts, joints, pairing)


def _tried(design: Design, values: Mapping[str, Any], sheet: Sheet) -> tuple[Built | None, str]:
    try:
        return build(design, values, sheet), ""
    except (ParameterError, SheetError, GeometryError, NotFlatError) as error:
        return None, refusal(error)
