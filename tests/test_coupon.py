# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The coupon: the piece's own joints at five clearances, numbered, and where it fits."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import ezdxf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from designs.coupon import CouponPart, clearances_around, coupon_parts
from designs.design import Design
from designs.furniture import Furniture
from designs.joinery.cross_lap import cross_lap
from designs.joinery.finger import finger
from designs.joinery.tenon import through_tenon, wedged_tenon
from designs.lettering import strokes
from designs.parameters import Parameter
from designs.piece import Piece
from designs.placing import facing_front, facing_right, lying
from designs.sheet import Sheet
from fabrication.coupon import Spot, free_spot, side_by_side, spot_for
from fabrication.exporters.coupon import notes
from fabrication.flatten import flatten_part
from fabrication.pipeline import make_package, plan_job
from fabrication.plan import CutPlan, FlatPart, Placement, SheetLayout, Work
from fabrication.verification import verify_archive
from tests.broken_packages import Unpacked
from tests.cutting import Bracket, flat_box, machine_file

ALL = ("through-tenon", "wedge", "finger", "cross-lap")


class Trestle(Design):
    """Two cheeks, a top with tenons, a rail held by wedges, a crossing: every joint that a coupon shows."""

    identifier = "treteau-d-essai"
    title = "Tréteau d’essai"
    summary = "Tous les assemblages."
    story = "Pour les essais."
    credit = "dessin original"
    parameters: tuple[Parameter, ...] = ()

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        piece, t, c = Piece(self.identifier, values, sheet), sheet.thickness, sheet.clearance
        cheek = piece.board("joue", 200, 300, facing_right(60, 0, 0), facing_right(340 - t, 0, 0))
        top = piece.board("dessus", 400, 200, lying(0, 0, 300))
        piece.join(through_tenon(cheek, "top", top, width=40, clearance=c))
        post = piece.board("poteau", 200, 240, facing_front(500, t, 0))
        board = piece.board("planche", 240, 160, lying(480, -60, 240))
        piece.join(*wedged_tenon(post, "top", board, piece.wedge(), width=60, at=[60, 140], clearance=c))
        left = piece.board("croix", 200, 100, facing_front(0, 400, 0))
        right = piece.board("croisée", 200, 100, facing_right(100, 300, 0))
        piece.join(cross_lap(left, "top", right, "bottom", clearance=c))
        end = piece.board("flanc", 120, 100, facing_front(0, 600, 0))
        lid = piece.board("fond", 120, 100, lying(0, 600 - t, 100))
        piece.join(finger(end, "top", lid, "bottom", count=2, clearance=c))
        return piece.furniture()


@cache
def parts(thickness: float, clearances: tuple[float, ...]) -> tuple[tuple[CouponPart, FlatPart], ...]:
    sheet = Sheet(thickness, thickness, clearances[1])
    return tuple((one, flatten_part(one.part)) for one in coupon_parts(ALL, sheet, clearances))


def openings(part: FlatPart) -> list[tuple[float, float, float, float]]:
    return sorted(o.contour.bounds for o in part.of(Work.CUT_INSIDE))


def spans(part: FlatPart, y: float) -> list[tuple[float, float]]:
    """Where there is wood on a level line across the part."""
    body = Polygon(part.outline.points(0.001))
    cut = body.intersection(box(-1000, y, 1000, y + 1e-6))
    return sorted((g.bounds[0], g.bounds[2]) for g in getattr(cut, "geoms", [cut]))


def gaps(wood: list[tuple[float, float]]) -> list[float]:
    return [b[0] - a[1] for a, b in itertools.pairwise(wood)]


@pytest.mark.parametrize(
    ("clearance", "step", "expected"),
    [
        (0.2, 0.1, (0.1, 0.2, 0.3, 0.4, 0.5)),
        (0.1, 0.1, (0.0, 0.1, 0.2, 0.3, 0.4)),
        (0.0, 0.1, (0.0, 0.1, 0.2, 0.3, 0.4)),
        (0.05, 0.05, (0.0, 0.05, 0.1, 0.15, 0.2)),
        (0.03, 0.05, (0.0, 0.03, 0.08, 0.13, 0.18)),
    ],
)
def test_clearances_stand_around_the_machine_files(clearance: float, step: float, expected: tuple[float, ...]) -> None:
    assert clearances_around(clearance, step) == expected


@given(st.floats(0, 2))
def test_clearances_grow_and_are_never_less_than_none(clearance: float) -> None:
    values = clearances_around(clearance)
    assert len(values) == 5
    assert values[0] >= 0
    assert list(values) == sorted(set(values))
    assert any(abs(value - clearance) < 1e-4 for value in values)


def test_a_piece_has_a_coupon_of_its_own_joints_alone() -> None:
    sheet = Sheet()
    kinds = {one.joint for one in coupon_parts(["hinge", "cross-lap", "barrel-nut"], sheet, clearances_around(0.2))}
    assert kinds == {"cross-lap"}
    assert coupon_parts(["hinge", "screwed"], sheet, clearances_around(0.2)) == ()
    job = plan_job(Bracket(), {}, machine_file(), 1)
    assert job.coupon is None


@given(st.floats(2.9, 21.5), st.floats(0, 0.5))
@settings(max_examples=5, deadline=None)
def test_each_slot_is_wider_than_its_key_by_the_clearance_of_its_number(thickness: float, clearance: float) -> None:
    plays = clearances_around(round(clearance, 2))
    found = {(one.joint, one.role): flat for one, flat in parts.__wrapped__(round(thickness, 1), plays)}
    t = round(thickness, 1)
    slots, key = found["through-tenon", "slots"], found["through-tenon", "key"]
    low, high = key.outline.bounds[1], key.outline.bounds[3]
    ((left, right),) = spans(key, (low + 3 * high) / 4 + 0.2 * (high - low) - 0.01)
    for (x0, y0, x1, y1), play in zip(openings(slots), plays, strict=True):
        assert x1 - x0 == pytest.approx(t + play, abs=1e-6)
        assert y1 - y0 >= right - left + play - 1e-6
    for (x0, _, x1, _), play in zip(openings(found["wedge", "slots"]), plays, strict=True):
        assert x1 - x0 == pytest.approx(t + play, abs=1e-6)
    laps = found["cross-lap", "slots"]
    assert gaps(spans(laps, laps.outline.bounds[3] - 1)) == pytest.approx([t + play for play in plays], abs=1e-6)
    notched, tongue = found["finger", "slots"], found["finger", "key"]
    middle = key_width(tongue)
    assert gaps(spans(notched, 1.0)) == pytest.approx([middle + play for play in plays], abs=1e-6)


def key_width(part: FlatPart) -> float:
    """Of the tab, just above the shoulders."""
    grip = max(25.0, 2.5 * part.thickness)
    ((left, right),) = spans(part, grip + 0.5)
    return right - left


def test_numbers_stand_beside_their_slots_from_left_to_right() -> None:
    for one, flat in parts(17.6, clearances_around(0.2)):
        engraved = sorted(o.contour.bounds for o in flat.of(Work.ENGRAVE))
        if one.role == "key":
            assert not engraved
        elif one.joint in ("through-tenon", "wedge"):
            middles = [(a + b) / 2 for a, _, b, _ in openings(flat)]
            assert len(engraved) >= 5
            for middle in middles:
                assert any(x0 < middle < x1 for x0, _, x1, _ in engraved)


def test_parts_lie_apart_and_within_the_board_that_they_take() -> None:
    boxes = [flat_box(f"C{n:02d}", 50 + 40 * n, 20 + 7 * n) for n in range(1, 8)]
    placements, (width, height) = side_by_side(boxes, 8.0)
    shapes = [
        box(*b).buffer(0)
        for part, p in zip(boxes, placements, strict=True)
        for b in [part.outline.moved(p.x, p.y).bounds]
    ]
    assert all(box(8, 8, width - 8, height - 8).buffer(1e-6).covers(shape) for shape in shapes)
    assert min(a.distance(b) for a in shapes for b in shapes if a is not b) == pytest.approx(8.0)


def box_at(spot):
    """A clamp of 20 mm on the lower left corner of a coupon."""
    x, y = spot.x, spot.y
    return ((x, y), (x + 20, y), (x + 20, y + 20), (x, y + 20))


def sheet_with(remnant: tuple[tuple[float, float], ...] | None, index: int = 1) -> SheetLayout:
    return SheetLayout(index, 1000, 600, (), remnant=remnant)


def test_it_is_told_where_it_fits_and_turned_if_it_must() -> None:
    wide = ((600.0, 0.0), (1000.0, 0.0), (1000.0, 250.0), (600.0, 250.0))
    spot = spot_for((300, 200), [sheet_with(None), sheet_with(wide, 2)], 10)
    assert spot is not None
    assert (spot.sheet, spot.x, spot.y, spot.rotation_deg) == (2, 600, 10, 0)
    turned = spot_for((200, 300), [sheet_with(wide)], 10)
    assert turned is not None
    # Turned to the left about its corner, it lies to the left of it.
    assert (turned.x, turned.y, turned.rotation_deg) == (900, 10, 90)
    assert spot_for((395, 200), [sheet_with(wide)], 10) is None, "10 mm stay free at the sheet's edge"
    free = spot_for((200, 100), [sheet_with(wide)], 10)
    clamped = spot_for((200, 100), [sheet_with(wide)], 10, [box_at(free)])
    assert free and clamped != free, "never under a clamp"


def test_a_free_place_is_found_where_nothing_large_stays() -> None:
    part = flat_box("P01", 980, 300)
    sheet = SheetLayout(1, 1000, 600, (Placement("P01", 1, 10, 10, 0),))
    spot = free_spot((400, 250), CutPlan((part,), (sheet,)), 10)
    assert spot is not None
    assert spot.sheet == 1
    assert 310 <= spot.y <= 340
    clamp = ((0.0, 300.0), (1000.0, 300.0), (1000.0, 400.0), (0.0, 400.0))
    assert free_spot((400, 250), CutPlan((part,), (sheet,)), 10, [clamp]) is None
    turned = free_spot((270, 700), CutPlan((part,), (sheet,)), 10)
    assert turned is not None
    assert (turned.rotation_deg, turned.x - 700 >= 10) == (90, True)


def test_the_drawing_says_which_corner_lies_where_and_to_which_side_it_is_turned() -> None:
    job = plan_job(Trestle(), {}, machine_file(stock={"sheet_mm": (1500, 1200)}), 1)
    assert job.coupon is not None
    _, height = job.coupon.size
    turned = dataclasses.replace(job.coupon, spot=Spot(2, 800.0, 30.0, 90))
    last = notes(job, turned, "cotes nominales")[-1]
    left = f"{800 - height:.0f}"
    assert last == (
        f"Place sur la feuille 2 : tourner ce dessin de 90° vers la gauche, puis coin inférieur gauche en X {left} Y 30"
    )
    straight = dataclasses.replace(job.coupon, spot=Spot(1, 800.0, 30.0, 0))
    assert notes(job, straight, "")[-1] == "Place sur la feuille 1 : coin inférieur gauche en X 800 Y 30"
    assert not any("feuille" in line for line in notes(job, dataclasses.replace(job.coupon, spot=None), ""))


def test_a_degree_sign_is_a_ring_and_no_inch_mark() -> None:
    (ring,) = strokes("°", 6.0)
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    assert ring[0] == ring[-1]
    assert len(ring) > 6
    assert max(xs) - min(xs) == max(ys) - min(ys) == 3.0
    assert max(ys) == 6.0


# In a package


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    made: dict[str, Path] = {}

    def make(process: str) -> Path:
        if process not in made:
            version = "R12" if process == "laser" else "R2010"
            file = machine_file(process, dxf_version=version, stock={"sheet_mm": (1500, 1200)})
            folder = tmp_path_factory.mktemp(process)
            made[process] = make_package(Trestle(), {}, file, folder=folder).path
        return made[process]

    return make


@pytest.mark.parametrize(("process", "plays"), [("cnc-router", [0.1, 0.2, 0.3, 0.4, 0.5]), ("laser", [0.15, 0.2, 0.25, 0.3, 0.35])])  # fmt: skip
def test_the_coupon_is_drawn_as_the_sheets_are_and_passes_the_verification(
    process: str, plays: list[float], archives: Callable[[str], Path], tmp_path: Path
) -> None:
    package = Unpacked(archives(process), tmp_path / "unpacked")
    coupon = package.manifest["coupon"]
    assert coupon["clearances_mm"] == plays
    assert [(p["joint"], p["role"]) for p in coupon["parts"]] == [(kind, role) for kind in ALL for role in ("slots", "key")]  # fmt: skip
    assert coupon["spot"]["sheet"] == 1
    drawn = ezdxf.readfile(package.folder / "coupon.dxf")
    sheet = ezdxf.readfile(package.folder / "sheets" / "sheet-01.dxf")
    names = {layer.dxf.name for layer in drawn.layers}
    assert {n for n in names if n.startswith("TOP-CUT")} <= {layer.dxf.name for layer in sheet.layers}
    assert any("ENGRAVE" in name for name in names)
    assert (package.folder / "coupon.svg").is_file()
    check = next(c for c in package.manifest["checks"] if c["id"] == "coupon")
    assert check["ok"]


def _swaps_two_numbers(package: Unpacked) -> str:
    plays = package.manifest["coupon"]["clearances_mm"]
    plays[3] = 0.45
    return "slot 4 is"


def _widens_a_slot(package: Unpacked) -> str:
    with package.dxf("coupon.dxf") as document:
        slot = next(e for e in document.modelspace().query("LWPOLYLINE") if "INSIDE" in e.dxf.layer)
        points = list(slot.get_points("xyb"))
        middle = sum(x for x, _, _ in points) / len(points)
        slot.set_points([(x + (0.05 if x > middle else 0), y, b) for x, y, b in points], format="xyb")
    return "a clearance of"


def _shortens_a_slot(package: Unpacked) -> str:
    with package.dxf("coupon.dxf") as document:
        slot = next(e for e in document.modelspace().query("LWPOLYLINE") if "INSIDE" in e.dxf.layer)
        points = list(slot.get_points("xyb"))
        middle = sum(y for _, y, _ in points) / len(points)
        slot.set_points([(x, y - (0.05 if y > middle else 0), b) for x, y, b in points], format="xyb")
    return "mm long for a tab of"


def _shrinks_the_finger(package: Unpacked) -> str:
    part = next(p for p in package.manifest["coupon"]["parts"] if (p["joint"], p["role"]) == ("finger", "key"))
    with package.dxf("coupon.dxf") as document:
        outline = min(
            (e for e in document.modelspace().query("LWPOLYLINE") if "OUTSIDE" in e.dxf.layer),
            key=lambda e: min(abs(x - part["x_mm"]) + abs(y - part["y_mm"]) for x, y in e.get_points("xy")),
        )
        points = list(outline.get_points("xyb"))
        xs = sorted(x for x, _, _ in points)
        far = sum(xs) / len(xs)
        # All of the tab's right side, moved in; the corner of the board stays.
        outline.set_points([(x - 0.1 if far < x < xs[-1] - 1 else x, y, b) for x, y, b in points], format="xyb")
    return "coupon.dxf"


def _forgets_a_number(package: Unpacked) -> str:
    with package.dxf("coupon.dxf") as document:
        for entity in list(document.modelspace().query("LWPOLYLINE")):
            if "ENGRAVE" in entity.dxf.layer:
                document.modelspace().delete_entity(entity)
    return "0 engraved figures, 5 slots"


def _promises_another_place(package: Unpacked) -> str:
    package.manifest["coupon"]["spot"]["x_mm"] = 1.0
    return "does not fit at (1,"


def _promises_a_place_with_a_part(package: Unpacked) -> str:
    spot, (_, h) = package.manifest["coupon"]["spot"], package.manifest["coupon"]["size_mm"]
    # The lower left corner is the first to be taken.
    spot |= {"sheet": 1, "x_mm": 10.0 + (h if spot["rotation_deg"] else 0), "y_mm": 10.0}
    return "a part lies there"


def _takes_the_svg_of_another(package: Unpacked) -> str:
    path = package.folder / "coupon.svg"
    path.write_text(path.read_text().replace('<path d="M8 ', '<path d="M8.5 ', 1))
    return "coupon.svg"


def _forgets_the_machine_files_own(package: Unpacked) -> str:
    package.manifest["coupon"]["clearances_mm"] = [0.3, 0.4, 0.5, 0.6, 0.7]
    return "none of its clearances is the machine file's 0.2 mm"


@pytest.mark.parametrize(
    "breaker",
    [
        _swaps_two_numbers,
        _widens_a_slot,
        _shortens_a_slot,
        _shrinks_the_finger,
        _forgets_a_number,
        _promises_another_place,
        _promises_a_place_with_a_part,
        _takes_the_svg_of_another,
        _forgets_the_machine_files_own,
    ],
    ids=lambda breaker: breaker.__name__.strip("_"),
)
def test_a_coupon_that_would_lead_a_maker_astray_is_found(
    breaker: Callable[[Unpacked], str], archives: Callable[[str], Path], tmp_path: Path
) -> None:
    package = Unpacked(archives("cnc-router"), tmp_path / "unpacked")
    words = breaker(package)
    report = verify_archive(package.sealed())
    assert any(words in fault for fault in report.faults), report.faults
