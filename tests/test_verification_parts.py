# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A part moved, changed, doubled or missing, a sheet rescaled: named with every sum rewritten."""
# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

import math
from collections.abc import Callable

import ezdxf
import ezdxf.bbox
import pytest
from ezdxf.math import Matrix44

from tests.broken_packages import Breaker, Unpacked, assert_named, flatten_extrusion, free_place, on, packages, router  # noqa: F401 - fixtures


def hole_moved(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 2)
    with package.dxf(sheet["file"]) as document:
        hole = next(e for e in package.drawn(document, "P01", 2) if "DRILL-8.0MM" in e.dxf.layer)
        hole.translate(1, 0, 0)
    return ("P01-2", "hole", "1.000 mm off")


def hole_moved_in_the_part(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("parts/P02-pied.dxf") as document:
        on(document.modelspace(), "DRILL")[0].translate(0, -1, 0)
    return ("P02", "P02-pied.dxf", "hole", "1.000 mm off")


def hole_moved_by_little(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        next(e for e in package.drawn(document, "P01", 1) if "DRILL-8.0MM" in e.dxf.layer).translate(0, 0.02, 0)
    return ("P01-1", "hole", "0.020 mm off")


def slot_moved(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        next(e for e in package.drawn(document, "P01", 1) if "INSIDE" in e.dxf.layer).translate(0, 0.1, 0)
    return ("P01-1", "cut")


def hole_wider(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P02", 3)
    with package.dxf(sheet["file"]) as document:
        next(e for e in package.drawn(document, "P02", 3) if "DRILL" in e.dxf.layer).dxf.radius += 0.1
    return ("P02-3", "Ø6.200")


def hole_dropped(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P02", 1)
    with package.dxf(sheet["file"]) as document:
        entity = next(e for e in package.drawn(document, "P02", 1) if "DRILL" in e.dxf.layer)
        document.modelspace().delete_entity(entity)
    return ("P02-1", "hole", "not drawn")


def hole_added(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P03", 1)
    with package.dxf(sheet["file"]) as document:
        outline = package.drawn(document, "P03", 1)[0]
        x, y, _z = ezdxf.bbox.extents([outline]).center
        document.modelspace().add_circle((x, y - 20), 4, dxfattribs={"layer": "TOP-DRILL-8.0MM-17.6MM"})
        if "TOP-DRILL-8.0MM-17.6MM" not in document.layers:
            document.layers.add("TOP-DRILL-8.0MM-17.6MM")
    return ("P03-1", "no hole")


def pocket_dropped(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        entity = next(e for e in package.drawn(document, "P01", 1) if "POCKET" in e.dxf.layer)
        document.modelspace().delete_entity(entity)
    return ("P01-1", "recess 9.00 mm deep", "not drawn")


def half_lap_dropped_from_the_part(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("parts/P02-pied.dxf") as document:
        document.modelspace().delete_entity(on(document.modelspace(), "BOTTOM-POCKET")[0])
    return ("P02", "BOTTOM recess 8.80 mm deep", "not drawn")


def engraving_dropped(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        entity = next(e for e in package.drawn(document, "P01", 1) if "ENGRAVE" in e.dxf.layer)
        document.modelspace().delete_entity(entity)
    return ("P01-1", "engraving", "not drawn")


def pocket_deeper(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        document.layers.add("TOP-POCKET-10.0MM")
        next(e for e in package.drawn(document, "P01", 1) if "POCKET" in e.dxf.layer).dxf.layer = "TOP-POCKET-10.0MM"
    return ("P01-1", "TOP-POCKET-10.0MM")


def pocket_on_the_other_face(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P03", 1)
    with package.dxf(sheet["file"]) as document:
        document.layers.add("BOTTOM-POCKET-6.0MM")
        entity = next(e for e in package.drawn(document, "P03", 1) if e.dxf.layer == "TOP-POCKET-6.0MM")
        entity.dxf.layer = "BOTTOM-POCKET-6.0MM"
    return ("P03-1", "BOTTOM-POCKET-6.0MM")


def rescaled(factor: float) -> Breaker:
    def breaker(package: Unpacked) -> tuple[str, ...]:
        with package.dxf("sheets/sheet-01.dxf") as document:
            for entity in document.modelspace():
                entity.transform(Matrix44.scale(factor, factor, 1))
        return ("sheet-01.dxf", "the sheet is drawn")

    breaker.__name__ = f"sheet_rescaled_by_{factor:g}"
    return breaker


def parts_rescaled_within_their_sheet(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        for entity in document.modelspace():
            if entity.dxf.layer != "SHEET":
                entity.transform(Matrix44.scale(1.001, 1.001, 1))
    return (package.manifest["sheets"][0]["placements"][0]["part"], "sheet-01.dxf")


def part_rescaled(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("parts/P03-entretoise.dxf") as document:
        for entity in document.modelspace():
            entity.transform(Matrix44.scale(1.001, 1.001, 1))
    return ("P03", "P03-entretoise.dxf", "outline")


def doubled(admitted: bool) -> Breaker:
    def breaker(package: Unpacked) -> tuple[str, ...]:
        sheet, placement = package.placed("P03", 1)
        with package.dxf(sheet["file"]) as document:
            free = free_place(document, (200, 60), sheet)
            entities = package.drawn(document, "P03", 1)
            box = ezdxf.bbox.extents(entities[:1])
            move = (free[0] - box.extmin.x, free[1] - box.extmin.y)
            for entity in entities:
                document.modelspace().add_entity(entity.copy().translate(*move, 0))
        if not admitted:
            return (sheet["file"], "like P03")
        copies = package.part("P03")["quantity"] + 1
        package.part("P03")["quantity"] = copies
        sheet["placements"].append(
            placement | {"copy": copies, "x_mm": placement["x_mm"] + move[0], "y_mm": placement["y_mm"] + move[1]}
        )
        return ("P03", f"quantity {copies}", f"{copies - 1} expected")

    breaker.__name__ = "part_doubled_and_admitted" if admitted else "part_doubled"
    return breaker


def missing(admitted: bool) -> Breaker:
    def breaker(package: Unpacked) -> tuple[str, ...]:
        sheet, placement = package.placed("P02", 2)
        with package.dxf(sheet["file"]) as document:
            for entity in package.drawn(document, "P02", 2):
                document.modelspace().delete_entity(entity)
        if not admitted:
            return ("P02-2", "no outline")
        sheet["placements"].remove(placement)
        package.part("P02")["quantity"] -= 1
        return ("P02", "quantity 3", "4 expected")

    breaker.__name__ = "part_missing_and_admitted" if admitted else "part_missing"
    return breaker


def part_mirrored(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P02", 1)
    with package.dxf(sheet["file"]) as document:
        entities = package.drawn(document, "P02", 1)
        middle = ezdxf.bbox.extents(entities[:1]).center
        flip = Matrix44.translate(-middle.x, -middle.y, 0) @ Matrix44.scale(1, -1, 1)
        flip @= Matrix44.translate(middle.x, middle.y, 0)
        for entity in entities:
            entity.transform(flip)
            flatten_extrusion(entity)
    return ("P02-1", "outline")


def moved(code: str, copy: int, x: float, y: float) -> Callable[[Unpacked], str]:
    def move(package: Unpacked) -> str:
        """Drawing and manifest agree."""
        sheet, placement = package.placed(code, copy)
        with package.dxf(sheet["file"]) as document:
            for entity in package.drawn(document, code, copy):
                entity.translate(x, y, 0)
        placement["x_mm"] += x
        placement["y_mm"] += y
        return str(sheet["file"])

    return move


def spacing_violated(package: Unpacked) -> tuple[str, ...]:
    from shapely import box

    sheet = max(package.manifest["sheets"], key=lambda s: len(s["placements"]))
    with package.dxf(sheet["file"]) as document:
        boxes = {
            (p["part"], p["copy"]): ezdxf.bbox.extents(package.drawn(document, p["part"], p["copy"])[:1])
            for p in sheet["placements"]
        }
    first, second = min(
        ((a, b) for a in boxes for b in boxes if a < b),
        key=lambda pair: box(*boxes[pair[0]].extmin.vec2, *boxes[pair[0]].extmax.vec2).distance(
            box(*boxes[pair[1]].extmin.vec2, *boxes[pair[1]].extmax.vec2)
        ),
    )
    a, b = boxes[first], boxes[second]
    beside = b.extmin.x - a.extmax.x > 1 or a.extmin.x - b.extmax.x > 1
    towards = math.copysign(1.0, (a.center - b.center).x if beside else (a.center - b.center).y)
    moved(*second, *((towards, 0.0) if beside else (0.0, towards)))(package)
    return (sheet["file"], f"{second[0]}-{second[1]}", "apart")


def margin_violated(package: Unpacked) -> tuple[str, ...]:
    sheet = package.manifest["sheets"][0]
    with package.dxf(sheet["file"]) as document:
        code, copy, box = min(
            (
                (p["part"], p["copy"], ezdxf.bbox.extents(package.drawn(document, p["part"], p["copy"])[:1]))
                for p in sheet["placements"]
            ),
            key=lambda found: found[2].extmin.x,
        )
    moved(code, copy, -1 - (box.extmin.x - 10), 0)(package)
    return (f"{code}-{copy}", "from the sheet's edge")


def part_turned_across_its_grain(package: Unpacked) -> tuple[str, ...]:
    # Only the manifest's word: the grain of P03 is free in the design.
    package.part("P03")["grain"] = "along"
    _, placement = package.placed("P03", 1)
    if placement["rotation_deg"] % 180 == 0:
        package.part("P03")["grain"] = "across"
    return ("P03-1", "grain")


def sheet_drawn_larger(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        (frame,) = [e for e in document.modelspace() if e.dxf.layer == "SHEET"]
        frame.transform(Matrix44.scale(1.1, 1, 1))
    return ("sheet-01.dxf", "(704, 480)")


def sheet_stated_larger(package: Unpacked) -> tuple[str, ...]:
    package.manifest["sheets"][0]["width_mm"] = 650.0
    return ("sheet-01.dxf", "650")


BREAKERS: tuple[Breaker, ...] = (
    hole_moved,
    hole_moved_in_the_part,
    hole_moved_by_little,
    slot_moved,
    hole_wider,
    hole_dropped,
    hole_added,
    pocket_dropped,
    half_lap_dropped_from_the_part,
    engraving_dropped,
    pocket_deeper,
    pocket_on_the_other_face,
    rescaled(1.001),
    rescaled(25.4),
    parts_rescaled_within_their_sheet,
    part_rescaled,
    doubled(False),
    doubled(True),
    missing(False),
    missing(True),
    part_mirrored,
    spacing_violated,
    margin_violated,
    part_turned_across_its_grain,
    sheet_drawn_larger,
    sheet_stated_larger,
)


@pytest.mark.parametrize("breaker", BREAKERS, ids=lambda b: b.__name__)
def test_a_fault_is_named_with_every_sum_rewritten(breaker: Breaker, router: Unpacked) -> None:
    assert_named(breaker, router)
