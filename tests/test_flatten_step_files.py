# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""STEP files written by other programs (data/step/README.md) flatten like our own solids."""

from __future__ import annotations

import math
from pathlib import Path

import cadquery as cq
import pytest

from fabrication.flatten import flatten
from fabrication.plan import FlatPart, Work

FILES = Path(__file__).parent / "data" / "step"

#: What stepfg was given.
SHELF = (
    *((0, 0), (200, 0), (200, 40), (188, 40), (188, 80), (200, 80), (200, 120)),
    *((150, 150), (50, 150), (50, 138), (30, 138), (30, 150), (0, 150)),
)


def read(name: str) -> cq.Shape:
    return cq.importers.importStep(str(FILES / name)).val()


def check_plate(part: FlatPart) -> None:
    (drill,) = part.of(Work.DRILL)
    (hole,) = part.of(Work.CUT_INSIDE)
    assert part.thickness == pytest.approx(15)
    assert drill.contour.as_circle()[2] == pytest.approx(3)
    assert hole.contour.as_circle()[2] == pytest.approx(12.5)
    assert part.outline.area == pytest.approx(120 * 80 - 20 * 20 - 2 * 225 * (1 - math.pi / 4), abs=1e-5)
    assert part.outline.length == pytest.approx(2 * (120 + 80) + 2 * 20 - 2 * 15 * (2 - math.pi / 2), abs=1e-5)
    assert sum(1 for v in part.outline.vertices if v.bulge) == 2
    assert len(part.outline.vertices) == 10


def test_solvespace_splines_become_lines_and_arcs() -> None:
    part = flatten(read("solvespace-plate.step"))
    check_plate(part)
    x, y, _ = next(part.of(Work.DRILL)).contour.as_circle()
    assert (x, y) == pytest.approx((20, 20), abs=1e-6)


def test_solvespace_plate_in_any_position() -> None:
    check_plate(flatten(read("solvespace-plate.step").rotate((0, 0, 0), (3, -1, 2), 123).translate((50, -70, 900))))


def test_stepfg_polygon() -> None:
    part = flatten(read("stepfg-shelf.step"))
    assert part.thickness == 18
    assert len(part.operations) == 1
    assert {(v.x, v.y) for v in part.outline.vertices} == set(SHELF)
    assert all(v.bulge == 0 for v in part.outline.vertices)
