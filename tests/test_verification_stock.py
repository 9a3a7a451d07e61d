# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Offcuts, clamps, openings, remnants and single parts in packages: verified, and what is wrong is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezdxf
import pytest

from designs.furniture import Furniture, Grain, Part
from designs.sheet import Sheet
from fablabs.machine import MachineFile
from fabrication.choices import Choices
from fabrication.errors import ChoiceError
from fabrication.layout_file import read_layout
from fabrication.pipeline import Package, make_package
from fabrication.verification import verify_archive
from fabrication.verification.ground import stock_faults
from fabrication.verification.manifest import parse_manifest
from tests.broken_packages import Unpacked, assert_named, names
from tests.cutting import Bracket, machine_file

L_SHAPE = [[50, 20], [750, 20], [750, 320], [350, 320], [350, 620], [50, 620]]
KNOT = [[700, 270], [730, 270], [730, 300], [700, 300]]
#: On every sheet; and one that only a sheet of 1000 mm reaches to.
CLAMP, FAR = ([[x, 0], [x + 50, 0], [x + 50, 40], [x, 40]] for x in (0, 900))


class Frames(Bracket):
    """A picture frame and a lath that goes into its opening, on a sheet that has no other room."""

    identifier = "cadres"

    def draw(self, values: Any, sheet: Sheet) -> Furniture:
        import cadquery as cq

        t = sheet.thickness
        frame = cq.Workplane().box(560, 360, t, centered=False)
        frame = frame.cut(cq.Workplane().box(440, 240, t, centered=False).translate((60, 60, 0)).edges("|Z").fillet(20))
        panel = (
            cq.Workplane()
            .box(360, 180, t, centered=False)
            .faces(">Z")
            .workplane(origin=(60, 60, t))
            .circle(15)
            .cutThruAll()
        )
        parts = (
            Part("P01", "cadre", frame.val(), (cq.Location((0, 0, 0)),)),
            Part("P02", "panneau", panel.val(), (cq.Location((0, 0, 100)),), Grain.ALONG),
        )
        return Furniture("cadres", values, sheet, parts=parts)


def workshop() -> MachineFile:
    """A clamp, an L with a knot, small sheets with a price."""
    return machine_file(
        keep_out_mm=[CLAMP, FAR],
        stock={
            "price_eur": 60,
            "sheets": [{"size_mm": (480, 480), "price_eur": 12.5, "count": 3}],
            "offcuts": [{"name": "reste d’établi", "outline_mm": L_SHAPE, "keep_out_mm": [KNOT]}],
        },
    )


@pytest.fixture(scope="module")
def offcuts(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return make_package(Bracket(), {}, workshop(), quantity=2, folder=tmp_path_factory.mktemp("offcuts"))


@pytest.fixture
def unpacked(offcuts: Package, tmp_path: Path) -> Unpacked:
    return Unpacked(offcuts.path, tmp_path / "unpacked")


def test_a_package_on_an_offcut_and_a_sheet_passes_and_says_where_it_lies(offcuts: Package) -> None:
    first, *others = offcuts.manifest["sheets"]

    assert verify_archive(offcuts.path).ok
    assert (first["source"], first["width_mm"], first["height_mm"]) == ("reste d’établi", 700, 600)
    assert first["outline_mm"] == [[x - 50, y - 20] for x, y in L_SHAPE]
    assert first["keep_out_mm"] == [CLAMP, FAR, [[x - 50, y - 20] for x, y in KNOT]]
    assert {sheet["price_eur"] for sheet in others} <= {"12.5", "60"}
    assert first["utilisation"] > 0.3


def test_the_lists_count_offcuts_apart_from_sheets(unpacked: Unpacked) -> None:
    text = (unpacked.folder / "hardware.csv").read_text(encoding="utf-8-sig")
    rows = [line.split(";")[:4] for line in text.splitlines()]

    assert ["700 × 600 × 18 mm", "Chute «\u00a0reste d’établi\u00a0», contreplaqué bouleau", "1", "chute"] in rows
    count = len(unpacked.manifest["sheets"]) - 1
    assert sum(int(row[2]) for row in rows if row[3] == "panneau") == count


def test_the_offcut_s_edge_and_what_is_kept_out_are_drawn(unpacked: Unpacked) -> None:
    space = ezdxf.readfile(unpacked.folder / "sheets/sheet-01.dxf").modelspace()
    (edge,) = space.query('LWPOLYLINE[layer=="SHEET"]')

    assert [tuple(p) for p in edge.get_points("xy")] == [(x - 50, y - 20) for x, y in L_SHAPE]
    # Edge and hatching of the knot, in its place.
    marks = [list(e.get_points("xy")) for e in space.query('LWPOLYLINE[layer=="DONOTCUT"]')]
    knot = [m for m in marks if all(650 <= x <= 680 and 250 <= y <= 280 for x, y in m)]
    assert len(knot) >= 3
    assert any(len(m) == 5 for m in knot)


def edge_straightened(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        (edge,) = document.modelspace().query('LWPOLYLINE[layer=="SHEET"]')
        edge.set_points([(0, 0), (700, 0), (700, 600), (0, 600)], format="xy")
    return ("sheet-01.dxf", "an edge that strays")


def edge_straightened_in_the_svg(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    text = path.read_text()
    start = text.index('<path d="', text.index('id="SHEET"'))
    end = text.index('"/>', start)
    path.write_text(text[:start] + '<path d="M0 600L700 600L700 0L0 0Z' + text[end:])
    return ("sheet-01.svg", "the sheet's edge is not where it should be")


def remnant_over_parts(package: Unpacked) -> tuple[str, ...]:
    package.manifest["sheets"][0]["remnant_mm"] = [[0, 0], [300, 0], [300, 300], [0, 300]]
    return ("sheet-01.dxf", "from the remnant")


def remnant_beside_the_sheet(package: Unpacked) -> tuple[str, ...]:
    package.manifest["sheets"][0]["remnant_mm"] = [[300, 300], [700, 300], [700, 600], [300, 600]]
    return ("sheet-01.dxf", "remnant_mm is no piece of the sheet")


def clamp_under_a_part(package: Unpacked) -> tuple[str, ...]:
    sheet = package.manifest["sheets"][0]
    placement = sheet["placements"][0]
    with package.dxf(sheet["file"]) as document:
        box = ezdxf.bbox.extents(package.drawn(document, placement["part"], placement["copy"])[:1])
    x, y = round(box.extmin.x - 15, 1), round(box.extmin.y - 15, 1)
    clamp = [[x, y], [x + 10, y], [x + 10, y + 200], [x, y + 200]]
    package.manifest["machine"]["keep_out_mm"] = [clamp]
    for one in package.manifest["sheets"]:
        one["keep_out_mm"][0] = clamp
    return (f"{placement['part']}-{placement['copy']}", "5.00 mm from a clamp or defect, 8 mm at least")


def utilisation_of_the_bounds(package: Unpacked) -> tuple[str, ...]:
    package.manifest["sheets"][0]["utilisation"] *= (700 * 300 + 300 * 300) / (700 * 600)
    return ("sheet-01.dxf", "utilisation")


def offcut_counted_as_a_sheet(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "hardware.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(";chute;", ";panneau;"), encoding="utf-8-sig")
    return ("hardware.csv", "0 offcut 'reste d’établi', 1 are drawn")


@pytest.mark.parametrize(
    "breaker",
    [
        edge_straightened,
        edge_straightened_in_the_svg,
        remnant_over_parts,
        remnant_beside_the_sheet,
        clamp_under_a_part,
        utilisation_of_the_bounds,
        offcut_counted_as_a_sheet,
    ],
)
def test_a_fault_of_sheets_is_named(breaker: Callable[[Unpacked], tuple[str, ...]], unpacked: Unpacked) -> None:
    assert_named(breaker, unpacked)


def stated(manifest: dict[str, Any], **changed: Any) -> list[str]:
    """The faults of a manifest whose first sheet is said to be otherwise."""
    first, *others = manifest["sheets"]
    data = manifest | {"sheets": [first | changed, *others]}
    found, faults = parse_manifest(json.dumps(data).encode())
    assert found is not None, faults
    return [f"{file}: {fault}" for file, fault in stock_faults(found)]


@pytest.mark.parametrize(
    "changed",
    [
        {"price_eur": "3"},
        {"keep_out_mm": [CLAMP, FAR]},  # the knot is forgotten
        {"keep_out_mm": [CLAMP, FAR, KNOT]},  # not moved with the offcut
        {"outline_mm": [[0, 0], [700, 0], [700, 600], [0, 600]]},
        {"outline_mm": None},
    ],
    ids=str,
)
def test_an_offcut_that_is_stated_otherwise_is_named(changed: dict[str, Any], offcuts: Package) -> None:
    assert stated(offcuts.manifest) == []
    (fault,) = stated(offcuts.manifest, **changed)
    assert fault == "sheets/sheet-01.dxf: its edge, price or keep-outs are not those of the stock and the machine"


def test_sheets_that_the_stock_has_not_are_named(offcuts: Package) -> None:
    manifest = offcuts.manifest
    assert stated(manifest, source="une autre") == [
        "sheets/sheet-01.dxf: the stock has no offcut 'une autre' of 700 × 600 mm"
    ]
    whole = {"source": "", "outline_mm": None, "keep_out_mm": [CLAMP, FAR], "price_eur": None}
    assert stated(manifest, **whole) == [
        "sheets/sheet-01.dxf: 700 × 600 mm, the stock is 1000 × 600 mm or 480 × 480 mm"
    ]
    twice = manifest | {
        "sheets": [*manifest["sheets"], manifest["sheets"][0] | {"index": 9, "file": "sheets/sheet-09.dxf"}]
    }
    found, _ = parse_manifest(json.dumps(twice).encode())
    assert found is not None
    assert list(stock_faults(found)) == [
        ("sheets/sheet-09.dxf", "offcut 'reste d’établi': more are used than the stock has")
    ]


# Parts in the openings of others


@pytest.mark.parametrize("process", ["cnc-router", "laser"])
def test_a_part_in_another_s_opening_is_each_its_own(process: str, tmp_path: Path) -> None:
    file = machine_file(process, stock={"sheet_mm": (590, 390)})
    package = make_package(Frames(), {}, file, folder=tmp_path)

    assert len(package.manifest["sheets"]) == 1
    assert verify_archive(package.path).ok


def test_a_part_too_near_to_the_edge_of_the_opening_is_named(tmp_path: Path) -> None:
    file = machine_file(stock={"sheet_mm": (590, 390)})
    unpacked = Unpacked(make_package(Frames(), {}, file, folder=tmp_path).path, tmp_path / "unpacked")
    sheet, placement = unpacked.placed("P02")
    moved = placement["y_mm"] + 60
    with unpacked.dxf(sheet["file"]) as document:
        for entity in unpacked.drawn(document, "P02"):
            entity.translate(0, 60, 0)
    placement["y_mm"] = moved

    report = verify_archive(unpacked.sealed())
    assert names(report, "P01-1", "P02-1", "mm apart, 8 mm at least")


# Single parts


def test_one_part_is_cut_again_with_the_whole_piece_beside_it(tmp_path: Path) -> None:
    whole = make_package(Bracket(), {}, machine_file(), folder=tmp_path)
    again = make_package(
        Bracket(), {}, machine_file(), quantity=2, choices=Choices(only=("P02", "P02")), folder=tmp_path
    )
    report = verify_archive(again.path)

    assert report.ok, report.faults
    assert again.manifest["only"] == ["P02"]
    assert again.manifest["hardware"] == []
    assert [(p["code"], p["quantity"]) for p in again.manifest["parts"]] == [("P02", 2)]
    assert again.manifest["key"] != whole.manifest["key"]
    # The replacement is the part that broke: its drawing and the piece are the same bytes.
    for path in (again.manifest["parts"][0]["file"], "piece.step", "piece.glb"):
        assert digest(again, path) == digest(whole, path)


def digest(package: Package, path: str) -> str:
    return next(f["sha256"] for f in package.manifest["files"] if f["path"] == path)


def test_single_parts_that_the_piece_has_not_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match=r"no part P07, P09 in this piece; it has P01, P02, P03") as caught:
        make_package(Bracket(), {}, machine_file(), choices=Choices(only=("P09", "P01", "P07")), folder=tmp_path)
    assert caught.value.french == "Ce meuble n’a pas de pièce P07, P09\u00a0: il a P01, P02, P03."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("only", "fault"),
    [
        ([], "P02: quantity 1 in the manifest, 2 expected"),
        (["P02", "P09"], "P09 is asked for, but is no part"),
        (["P01"], "P01 is in the piece"),
    ],
)
def test_a_package_of_other_parts_than_it_says_is_named(only: list[str], fault: str, tmp_path: Path) -> None:
    package = make_package(Bracket(), {}, machine_file(), choices=Choices(only=("P02",)), folder=tmp_path)
    unpacked = Unpacked(package.path, tmp_path / "unpacked")
    unpacked.manifest["only"] = only

    assert names(verify_archive(unpacked.sealed()), fault)


# Layouts that are kept


def test_the_layout_of_a_package_gives_the_same_drawings_again_and_again(offcuts: Package, tmp_path: Path) -> None:
    layout = read_layout(offcuts.manifest["sheets"])
    one, two = (
        make_package(Bracket(), {}, workshop(), quantity=2, choices=Choices(layout=layout), folder=tmp_path / n)
        for n in "ab"
    )

    assert one.sha256 == two.sha256
    assert one.manifest["layout"] and offcuts.manifest["layout"] is None
    assert one.manifest["sheets"] == offcuts.manifest["sheets"]
    drawings = {f["path"]: f["sha256"] for f in one.manifest["files"] if f["path"].startswith("sheets/")}
    assert drawings == {f["path"]: f["sha256"] for f in offcuts.manifest["files"] if f["path"].startswith("sheets/")}


def test_a_layout_of_another_piece_is_refused_with_the_fault(offcuts: Package, tmp_path: Path) -> None:
    layout = read_layout(offcuts.manifest["sheets"])
    wider = Choices(layout=layout)
    file = workshop()
    with pytest.raises(ChoiceError, match=r"the layout given can't be cut: .*P01-\d.*") as caught:
        make_package(Bracket(), {"width": 460}, file, quantity=2, choices=wider, folder=tmp_path)
    assert "placement" in caught.value.french
    with pytest.raises(ChoiceError, match=r"P0\d-\d lies on no sheet"):
        make_package(Bracket(), {}, file, quantity=3, choices=wider, folder=tmp_path)
    with pytest.raises(ChoiceError, match="which is no part to be cut"):
        make_package(Bracket(), {}, file, choices=Choices(only=("P01",), layout=layout), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
