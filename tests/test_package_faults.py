# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Packages with one fault each: the verification says which file or part, also when every sum was rewritten."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ezdxf
import ezdxf.bbox
import pytest
from ezdxf.document import Drawing
from ezdxf.math import Matrix44

from designs.design import Design
from designs.furniture import Furniture, Grain, Hardware, Part
from designs.parameters import Parameter
from designs.sheet import Sheet
from fabrication.machine import parse_machine
from fabrication.pipeline import make_package
from fabrication.verification import Report, verify_archive

ROUTER = """
[machine]
name = "Routeur d’essai"
process = "cnc-router"
bed_mm = [900, 700]
max_thickness_mm = 30
spacing_mm = 8
margin_mm = 10
corner_relief = "{relief}"
dxf_version = "{version}"
[[machine.tools]]
name = "fraise 6 mm"
diameter_mm = 6.0
[[machine.tools]]
name = "fraise 4 mm"
diameter_mm = 4.0
[stock]
material = "contreplaqué bouleau"
nominal_thickness_mm = 18
measured_thickness_mm = 17.6
sheet_mm = [640, 480]
grain = "long"
clearance_mm = 0.2
"""
LASER = """
[machine]
name = "Laser d’essai"
process = "laser"
bed_mm = [900, 700]
max_thickness_mm = 20
spacing_mm = 3
margin_mm = 5
kerf_mm = 0.2
[stock]
material = "contreplaqué bouleau"
nominal_thickness_mm = 18
measured_thickness_mm = 17.6
sheet_mm = [640, 480]
grain = "long"
clearance_mm = 0.1
"""


class Stool(Design):
    """A small piece with one of everything that can be cut."""

    identifier = "tabouret"
    title = "Tabouret d’essai"
    summary = "Une pièce de chaque usinage."
    story = "Pour les essais."
    credit = "d’après rien"
    parameters: tuple[Parameter, ...] = ()
    blind = True

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        import cadquery as cq

        t = sheet.thickness
        at = cq.Location

        def plate(width: float, depth: float) -> cq.Workplane:
            return cq.Workplane("XY").rect(width, depth).extrude(t)

        def through(body: cq.Workplane, shape: cq.Workplane) -> cq.Workplane:
            return body.cut(shape.extrude(t + 2).translate((0, 0, -1)))

        seat = plate(380, 260).edges("|Z").fillet(20)
        seat = through(seat, cq.Workplane("XY").pushPoints([(-120, 60), (120, 60)]).rect(60, t + 0.2))
        seat = through(seat, cq.Workplane("XY").pushPoints([(-40, -90), (60, -90)]).circle(4))
        seat = through(seat, cq.Workplane("XY").center(0, 60).circle(25))
        # A notch in the edge: two inside corners of the outline.
        seat = through(seat, cq.Workplane("XY").center(-60, -130).rect(70, 40))
        leg = plate(300, 120)
        leg = through(leg, cq.Workplane("XY").center(150, 60).rect(80, 60))
        leg = through(leg, cq.Workplane("XY").center(-110, 0).circle(3))
        brace = plate(200, 60)
        brace = through(brace, cq.Workplane("XY").center(-100, -30).rect(40, 20))
        if self.blind:
            seat = seat.cut(cq.Workplane("XY").center(110, -50).rect(80, 50).extrude(20).translate((0, 0, t - 9)))
            seat = seat.cut(cq.Workplane("XY").center(-130, -60).circle(5).extrude(20).translate((0, 0, t - 12)))
            # The leg's half lap opens at its edge, on the bottom face: the part is laid turned over.
            leg = leg.cut(cq.Workplane("XY").center(0, -60).rect(t + 0.2, 60).extrude(t / 2))
            brace = brace.cut(cq.Workplane("XY").center(30, 0).rect(40, 20).extrude(20).translate((0, 0, t - 6)))
            brace = brace.cut(cq.Workplane("XY").center(-30, 10).rect(30, 15).extrude(5))
        letters = cq.Workplane("XY").polyline([(-20, -20), (20, -20), (0, 15)]).close().extrude(5)
        seat = seat.cut(letters.translate((0, 0, t - 0.5)))
        parts = (
            Part("P01", "assise", solid_of(seat), (at(cq.Vector(0, 0, 400)),)),
            Part(
                "P02",
                "pied",
                solid_of(leg),
                (
                    at(cq.Vector(-120, 0, 200), cq.Vector(0, 1, 0), 90),
                    at(cq.Vector(120, 0, 200), cq.Vector(0, 1, 0), 90),
                ),
            ),
            Part("P03", "entretoise", solid_of(brace), (at(cq.Vector(0, 0, 100)),), Grain.FREE),
        )
        hardware = (Hardware("ISO 4762 M8 × 60", "Vis à tête cylindrique", 4),)
        return Furniture("tabouret", values, sheet, parts, hardware=hardware)


class FlatStool(Stool):
    """The same for a laser, which cuts only through."""

    blind = False


def solid_of(body: Any) -> Any:
    (solid,) = body.val().Solids()
    return solid


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Archives as they were written, by machine; each is made once."""
    made: dict[str, Path] = {}
    machines = {
        "router": (Stool(), ROUTER.format(relief="dogbone", version="R2010")),
        "old": (Stool(), ROUTER.format(relief="tbone", version="R12")),
        "laser": (FlatStool(), LASER),
    }

    def make(name: str) -> Path:
        if name not in made:
            design, text = machines[name]
            folder = tmp_path_factory.mktemp(name)
            made[name] = make_package(design, {}, parse_machine(text), quantity=2, folder=folder).path
        return made[name]

    return make


class Unpacked:
    """A package in a folder, to be broken and sealed again."""

    def __init__(self, archive: Path, target: Path) -> None:
        with zipfile.ZipFile(archive) as content:
            content.extractall(target)
        (self.folder,) = target.iterdir()
        self.archive = target.parent / "broken.zip"
        self.manifest: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text())

    def zipped(self) -> Path:
        """Packed as it is, no sum rewritten."""
        with zipfile.ZipFile(self.archive, "w", zipfile.ZIP_DEFLATED) as content:
            for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
                content.write(path, f"{self.folder.name}/{path.relative_to(self.folder).as_posix()}")
        return self.archive

    def sealed(self) -> Path:
        """Packed with every sum right again: the manifest's files[], SHA256SUMS."""
        listed = sorted(p for p in self.folder.rglob("*") if p.is_file())
        listed = [p for p in listed if p.name not in ("manifest.json", "SHA256SUMS")]
        self.manifest["files"] = [
            {"path": self.path(p), "sha256": self.digest(p), "bytes": p.stat().st_size} for p in listed
        ]
        (self.folder / "manifest.json").write_text(json.dumps(self.manifest, ensure_ascii=False))
        listed.append(self.folder / "manifest.json")
        lines = [f"{self.digest(p)}  {self.path(p)}\n" for p in sorted(listed)]
        (self.folder / "SHA256SUMS").write_text("".join(lines))
        return self.zipped()

    def path(self, file: Path) -> str:
        return file.relative_to(self.folder).as_posix()

    @staticmethod
    def digest(file: Path) -> str:
        return hashlib.sha256(file.read_bytes()).hexdigest()

    @contextmanager
    def dxf(self, path: str) -> Iterator[Drawing]:
        document = ezdxf.readfile(self.folder / path)
        yield document
        document.saveas(self.folder / path)

    def part(self, code: str) -> dict[str, Any]:
        return next(p for p in self.manifest["parts"] if p["code"] == code)

    def placed(self, code: str, copy: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
        """(sheet, placement) of the manifest."""
        return next(
            (sheet, placement)
            for sheet in self.manifest["sheets"]
            for placement in sheet["placements"]
            if (placement["part"], placement["copy"]) == (code, copy)
        )

    def drawn(self, document: Drawing, code: str, copy: int = 1) -> list[Any]:
        """A copy's cutting entities on its sheet, its outline first."""
        _, p = self.placed(code, copy)
        with_outline = ezdxf.readfile(self.folder / self.part(code)["file"]).modelspace()
        (own,) = on(with_outline, "OUTSIDE")
        middle = ezdxf.bbox.extents([own]).center
        x, y = -middle.x if p["mirrored"] else middle.x, middle.y
        cos, sin = math.cos(math.radians(p["rotation_deg"])), math.sin(math.radians(p["rotation_deg"]))
        x, y = x * cos - y * sin + p["x_mm"], x * sin + y * cos + p["y_mm"]
        space = document.modelspace()
        outline = min(
            on(space, "OUTSIDE"),
            key=lambda e: math.dist((x, y), ezdxf.bbox.extents([e]).center.vec2),
        )
        box = ezdxf.bbox.extents([outline])
        inside = [
            e
            for e in space
            if e.dxf.layer.startswith(("TOP-", "BOTTOM-"))
            and e is not outline
            and box.contains(ezdxf.bbox.extents([e]))
        ]
        return [outline, *inside]


def on(space: Any, words: str) -> list[Any]:
    """Entities on cutting layers whose name has these words."""
    return [e for e in space if words in e.dxf.layer and e.dxf.layer.startswith(("TOP-", "BOTTOM-"))]


Breaker = Callable[[Unpacked], tuple[str, ...]]


@pytest.fixture
def router(packages: Callable[[str], Path], tmp_path: Path) -> Unpacked:
    return Unpacked(packages("router"), tmp_path / "unpacked")


def names(report: Report, *words: str) -> bool:
    """Does one line of the faults have all these words?"""
    return any(all(word in fault for word in words) for fault in report.faults)


# --- packages as written -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", ["router", "old", "laser"])
def test_a_package_as_it_was_written_passes_every_check(machine: str, packages: Callable[[str], Path]) -> None:
    report = verify_archive(packages(machine))

    assert report.faults == ()
    assert report.ok
    assert {c.id for c in report.checks} >= {"sums", "geometry", "svg", "pdf", "glb", "step", "lists", "quantities"}


@pytest.mark.parametrize("machine", ["router", "old", "laser"])
def test_a_package_sealed_again_without_a_change_passes(
    machine: str, packages: Callable[[str], Path], tmp_path: Path
) -> None:
    assert verify_archive(Unpacked(packages(machine), tmp_path / "unpacked").sealed()).faults == ()


# --- sums ----------------------------------------------------------------------------------------------------------

FILES = (
    "sheets/sheet-01.dxf", "sheets/sheet-02.svg", "sheets.pdf", "parts/P02-pied.dxf", "piece.step", "piece.glb",
    "cut-list.csv", "hardware.csv", "manifest.json", "LICENSE",
)  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_a_byte_changed_in_any_file_is_named(path: str, router: Unpacked) -> None:
    data = bytearray((router.folder / path).read_bytes())
    data[len(data) // 2] ^= 1
    (router.folder / path).write_bytes(data)

    report = verify_archive(router.zipped())

    assert names(report, path)
    assert [c.id for c in report.checks] == ["archive", "sums"], "the sums are wrong: nothing else is looked at"


@pytest.mark.parametrize("path", FILES)
def test_a_missing_file_is_named(path: str, router: Unpacked) -> None:
    (router.folder / path).unlink()
    assert names(verify_archive(router.zipped()), path, "missing")


@pytest.mark.parametrize("path", [f for f in FILES if f != "manifest.json"])
def test_a_missing_file_is_named_with_every_sum_rewritten(path: str, router: Unpacked) -> None:
    (router.folder / path).unlink()
    assert names(verify_archive(router.sealed()), path)


def test_a_missing_list_of_sums_is_named(router: Unpacked) -> None:
    (router.folder / "SHA256SUMS").unlink()
    assert names(verify_archive(router.zipped()), "SHA256SUMS", "missing")


@pytest.mark.parametrize("path", ["sheets/sheet-99.dxf", "notes.txt", "parts/P77-planche.dxf"])
@pytest.mark.parametrize("seal", [False, True])
def test_an_extra_file_is_named(path: str, seal: bool, router: Unpacked) -> None:
    shutil.copy(router.folder / "sheets/sheet-01.dxf", router.folder / path)
    assert names(verify_archive(router.sealed() if seal else router.zipped()), path)


@pytest.mark.parametrize("seal", [False, True])
def test_two_swapped_sheets_are_named(seal: bool, router: Unpacked) -> None:
    one, two = router.folder / "sheets/sheet-01.dxf", router.folder / "sheets/sheet-02.dxf"
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)

    report = verify_archive(router.sealed() if seal else router.zipped())

    assert names(report, "sheet-01.dxf")
    assert names(report, "sheet-02.dxf")


# --- one fault, every sum rewritten ----------------------------------------------------------------------------------


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


def free_place(document: Drawing, size: tuple[float, float], sheet: dict[str, Any]) -> tuple[float, float]:
    """Where a rectangle still has room; the sheet is made so that there is one."""
    from shapely import STRtree, box

    taken = [
        box(*b.extmin.vec2, *b.extmax.vec2)
        for e in on(document.modelspace(), "OUTSIDE")
        for b in [ezdxf.bbox.extents([e])]
    ]
    tree = STRtree(taken)
    for x in range(20, int(sheet["width_mm"] - size[0]) - 20, 5):
        for y in range(20, int(sheet["height_mm"] - size[1]) - 20, 5):
            if not len(tree.query(box(x, y, x + size[0], y + size[1]), predicate="dwithin", distance=10)):
                return float(x), float(y)
    raise AssertionError("no room for another part")


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


def contour_opened(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        on(document.modelspace(), "INSIDE")[0].close(False)
    return ("sheet-01.dxf", "open")


def contour_on_a_layer_of_no_grammar(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-02.dxf") as document:
        on(document.modelspace(), "OUTSIDE")[0].dxf.layer = "0"
    return ("sheet-02.dxf", "'0'", "grammar")


def contour_on_the_layer_of_labels(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        next(e for e in package.drawn(document, "P01", 1) if "INSIDE" in e.dxf.layer).dxf.layer = "LABEL"
    return ("P01-1", "not drawn")


def inside_cut_taken_for_an_outline(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        entities = package.drawn(document, "P01", 1)
        next(e for e in entities[1:] if "INSIDE" in e.dxf.layer).dxf.layer = entities[0].dxf.layer
    return ("P01-1", "not drawn")


def wrong_thickness_in_layers(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        document.layers.add("TOP-CUT-INSIDE-18.0MM")
        for entity in on(document.modelspace(), "INSIDE"):
            entity.dxf.layer = "TOP-CUT-INSIDE-18.0MM"
    return ("sheet-01.dxf", "TOP-CUT-INSIDE-18.0MM", "17.6")


def layer_switched_off(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        document.layers.get("TOP-CUT-INSIDE-17.6MM").off()
    return ("sheet-01.dxf", "TOP-CUT-INSIDE-17.6MM", "off")


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


def flatten_extrusion(entity: Any) -> None:
    """A mirrored entity lies in a turned plane; bring it back to the drawing's own."""
    if entity.dxf.extrusion.z > 0:
        return
    if entity.dxftype() == "CIRCLE":
        centre = entity.ocs().to_wcs(entity.dxf.center)
        entity.dxf.discard("extrusion")
        entity.dxf.center = centre
        return
    vertices = [(-x, y, -bulge) for x, y, bulge in entity.get_points("xyb")]
    entity.dxf.discard("extrusion")
    entity.set_points(vertices, format="xyb")


def units_changed(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-02.dxf") as document:
        document.header["$INSUNITS"] = 1
    return ("sheet-02.dxf", "$INSUNITS")


def other_dxf_version(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-02.dxf") as document:
        document.dxfversion = "R2000"
    return ("sheet-02.dxf", "R2010")


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


def relief_removed(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        slot = next(e for e in package.drawn(document, "P01", 1) if "INSIDE" in e.dxf.layer and len(e) > 4)
        sharp = without_arcs(slot)
        assert len(sharp) == 4
        slot.set_points(sharp, format="xyb")
    return ("P01-1", "inside cut", "no relief")


def without_arcs(polyline: Any) -> list[tuple[float, float, float]]:
    """A relieved rectangle's plain one."""
    straight = [(p, q) for p, q in segments(polyline) if not p[2]]
    xs = sorted({round(p[0], 3) for p, q in straight if abs(p[0] - q[0]) < 1e-6})
    ys = sorted({round(p[1], 3) for p, q in straight if abs(p[1] - q[1]) < 1e-6})
    return [(xs[0], ys[0], 0.0), (xs[-1], ys[0], 0.0), (xs[-1], ys[-1], 0.0), (xs[0], ys[-1], 0.0)]


def segments(polyline: Any) -> list[tuple[Any, Any]]:
    points = list(polyline.get_points("xyb"))
    return list(zip(points, points[1:] + points[:1], strict=True))


def relief_at_a_wrong_place(package: Unpacked) -> tuple[str, ...]:
    sheet, _ = package.placed("P01", 1)
    with package.dxf(sheet["file"]) as document:
        slot = next(e for e in package.drawn(document, "P01", 1) if "INSIDE" in e.dxf.layer and len(e) > 4)
        points: list[tuple[float, float, float]] = []
        longest = max(segments(slot), key=lambda s: math.dist(s[0][:2], s[1][:2]))
        inwards = 1 if sum(p[0] * q[1] - q[0] * p[1] for p, q in segments(slot)) > 0 else -1
        for p, q in segments(slot):
            points.append(tuple(p))
            if (p, q) == longest:
                x, y, ux, uy = (p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (q[0] - p[0]), (q[1] - p[1])
                size = math.hypot(ux, uy)
                a, b = (x - 3 * ux / size, y - 3 * uy / size), (x + 3 * ux / size, y + 3 * uy / size)
                points += [(*a, 1.0 * inwards), (*b, 0.0)]
        slot.set_points(points, format="xyb")
    return ("P01-1", "cut where it should not be")


def relief_for_a_smaller_tool(package: Unpacked) -> tuple[str, ...]:
    """The contour's reliefs shrink to 4.1 mm, the rest of the package is for 6 mm."""
    with package.dxf("parts/P01-assise.dxf") as document:
        slot = next(e for e in on(document.modelspace(), "INSIDE") if len(e) > 4)
        (x0, y0, _), _, (x1, y1, _), _ = without_arcs(slot)
        reach = math.sqrt(2) * 2.05
        corners = [
            ((x0, y0), (0, 1), (1, 0)),
            ((x1, y0), (-1, 0), (0, 1)),
            ((x1, y1), (0, -1), (-1, 0)),
            ((x0, y1), (1, 0), (0, -1)),
        ]
        points = []
        for (x, y), (ax, ay), (bx, by) in corners:
            points += [(x + ax * reach, y + ay * reach, 1.0), (x + bx * reach, y + by * reach, 0.0)]
        slot.set_points(points, format="xyb")
    return ("P01", "P01-assise.dxf", "no relief")


def spline_for_a_contour(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        outline = on(document.modelspace(), "OUTSIDE")[0]
        points = [(*p, 0) for p in outline.get_points("xy")]
        document.modelspace().add_spline([*points, points[0]], dxfattribs={"layer": outline.dxf.layer})
        document.modelspace().delete_entity(outline)
    return ("sheet-01.dxf", "SPLINE")


def loose_line(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("parts/P01-assise.dxf") as document:
        document.modelspace().add_line((0, 0), (10, 0), dxfattribs={"layer": "TOP-CUT-INSIDE-17.6MM"})
    return ("P01-assise.dxf", "LINE")


def tiny_segment(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        outline = on(document.modelspace(), "OUTSIDE")[0]
        (x0, y0, _), (x1, y1, _) = next((p, q) for p, q in segments(outline) if not p[2])
        size = math.dist((x0, y0), (x1, y1))
        points = list(outline.get_points("xyb"))
        index = next(i for i, p in enumerate(points) if p[:2] == (x0, y0))
        points.insert(index + 1, (x0 + 0.04 * (x1 - x0) / size, y0 + 0.04 * (y1 - y0) / size, 0.0))
        outline.set_points(points, format="xyb")
    return ("sheet-01.dxf", "0.0400 mm")


def contour_drawn_twice(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        document.modelspace().add_entity(on(document.modelspace(), "OUTSIDE")[0].copy())
    return ("sheet-01.dxf", "drawn twice")


def contour_crosses_itself(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("parts/P03-entretoise.dxf") as document:
        outline = on(document.modelspace(), "OUTSIDE")[0]
        outline.set_points([(-100, -30, 0), (100, 30, 0), (100, -30, 0), (-60, 30, 0)], format="xyb")
    return ("P03-entretoise.dxf", "crosses itself")


def contour_in_a_block(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        outline = on(document.modelspace(), "OUTSIDE")[0]
        document.blocks.new("PART").add_entity(outline.copy())
        document.modelspace().add_blockref("PART", (0, 0), dxfattribs={"layer": outline.dxf.layer})
        document.modelspace().delete_entity(outline)
    return ("sheet-01.dxf", "INSERT")


def text_in_a_font(package: Unpacked) -> tuple[str, ...]:
    with package.dxf("sheets/sheet-01.dxf") as document:
        document.modelspace().add_text("P01", dxfattribs={"layer": "LABEL"})
    return ("sheet-01.dxf", "TEXT")


def svg_scaled(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    text = path.read_text()
    width = text.split('width="', 1)[1].split("mm", 1)[0]
    path.write_text(text.replace(f'width="{width}mm"', f'width="{float(width) * 1.001}mm"', 1))
    return ("sheet-01.svg", "not 1:1")


def svg_transformed(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    path.write_text(path.read_text().replace("<g ", '<g transform="scale(1.001)" ', 1))
    return ("sheet-01.svg", "transformed")


def svg_hole_dropped(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    head, mark, rest = path.read_text().partition('<g id="TOP-CUT-INSIDE-17.6MM"')
    start = rest.index("<path")
    path.write_text(head + mark + rest[:start] + rest[rest.index("/>", start) + 2 :])
    return ("sheet-01.svg", "TOP-CUT-INSIDE-17.6MM")


def pdf_scaled(package: Unpacked) -> tuple[str, ...]:
    import pypdf
    from pypdf.generic import DecodedStreamObject, NameObject

    writer = pypdf.PdfWriter(clone_from=package.folder / "sheets.pdf")
    page = writer.pages[0]
    stream = DecodedStreamObject()
    stream.set_data(b"1.001 0 0 1.001 0 0 cm\n" + page.get_contents().get_data())
    page[NameObject("/Contents")] = writer._add_object(stream)
    writer.write(package.folder / "sheets.pdf")
    return ("sheets.pdf", "page 1", "printed scale")


def pdf_pages_swapped(package: Unpacked) -> tuple[str, ...]:
    import pypdf

    reader, writer = pypdf.PdfReader(package.folder / "sheets.pdf"), pypdf.PdfWriter()
    for page in (reader.pages[1], reader.pages[0], *reader.pages[2:]):
        writer.add_page(page)
    writer.write(package.folder / "sheets.pdf")
    return ("sheets.pdf", "page 1")


def glb_part_moved(package: Unpacked) -> tuple[str, ...]:
    import trimesh

    scene = trimesh.load_scene(package.folder / "piece.glb")
    matrix, geometry = scene.graph["P02-2"]
    matrix = matrix.copy()
    matrix[0, 3] += 0.001
    scene.graph.update(frame_to="P02-2", frame_from=scene.graph.base_frame, matrix=matrix, geometry=geometry)
    (package.folder / "piece.glb").write_bytes(scene.export(file_type="glb"))
    return ("piece.glb", "P02", "1.00 mm from its place")


def glb_part_missing(package: Unpacked) -> tuple[str, ...]:
    import trimesh

    scene = trimesh.load_scene(package.folder / "piece.glb")
    scene.delete_geometry("P03")
    (package.folder / "piece.glb").write_bytes(scene.export(file_type="glb"))
    return ("piece.glb", "P03", "0 copies")


def glb_with_a_hole_in_a_mesh(package: Unpacked) -> tuple[str, ...]:
    import trimesh

    scene = trimesh.load_scene(package.folder / "piece.glb")
    mesh = scene.geometry["P01"]
    mesh.update_faces([i > 0 for i in range(len(mesh.faces))])
    (package.folder / "piece.glb").write_bytes(scene.export(file_type="glb"))
    return ("piece.glb", "P01", "watertight")


def glb_without_a_pocket(package: Unpacked) -> tuple[str, ...]:
    import trimesh

    scene = trimesh.load_scene(package.folder / "piece.glb")
    box = trimesh.creation.box(bounds=[(-0.1, -0.03, 0), (0.1, 0.03, 0.0176)])
    scene.geometry["P03"].vertices, scene.geometry["P03"].faces = box.vertices, box.faces
    (package.folder / "piece.glb").write_bytes(scene.export(file_type="glb"))
    return ("piece.glb", "P03", "mm³")


def step_of_another_piece(package: Unpacked) -> tuple[str, ...]:
    """The whole drawing stays; the solid's hole is elsewhere."""
    import dataclasses

    import cadquery as cq

    from fabrication.exporters.step import furniture_step

    furniture = Stool().build({}, Sheet(17.6, 18, 0.2))
    leg = furniture.part("P02")
    moved_hole = cq.Workplane(leg.solid).union(cq.Workplane().center(-110, 0).rect(20, 20).extrude(17.6))
    moved_hole = moved_hole.cut(cq.Workplane().center(-109, 0).circle(3).extrude(30))
    other = dataclasses.replace(leg, solid=solid_of(moved_hole))
    parts = tuple(other if p.code == "P02" else p for p in furniture.parts)
    (package.folder / "piece.step").write_bytes(furniture_step(dataclasses.replace(furniture, parts=parts), 1))
    return ("P02-1", "hole", "1.000 mm off")


def step_with_a_copy_less(package: Unpacked) -> tuple[str, ...]:
    import dataclasses

    from fabrication.exporters.step import furniture_step

    furniture = Stool().build({}, Sheet(17.6, 18, 0.2))
    parts = tuple(
        dataclasses.replace(p, placements=p.placements[:1]) if p.code == "P02" else p for p in furniture.parts
    )
    (package.folder / "piece.step").write_bytes(furniture_step(dataclasses.replace(furniture, parts=parts), 1))
    return ("P02", "quantity 4", "2 expected")


def falsified(code: str, key: str, factor: float) -> Breaker:
    def breaker(package: Unpacked) -> tuple[str, ...]:
        part = package.part(code)
        value = part[key]
        part[key] = [value[0] * factor, *value[1:]] if isinstance(value, list) else type(value)(value * factor)
        return (code, key.removesuffix("_mm2").removesuffix("_mm"))

    breaker.__name__ = f"manifest_falsified_in_{key}_by_{factor:g}"
    return breaker


def utilisation_falsified(package: Unpacked) -> tuple[str, ...]:
    package.manifest["sheets"][1]["utilisation"] += 0.001
    return ("sheet-02.dxf", "utilisation")


def placement_falsified(package: Unpacked) -> tuple[str, ...]:
    package.placed("P01", 1)[1]["x_mm"] += 1
    return ("P01-1", "outline")


def placement_of_another_copy(package: Unpacked) -> tuple[str, ...]:
    package.placed("P02", 2)[1]["copy"] = 1
    return ("P02-1", "placed 2 times")


def key_missing(package: Unpacked) -> tuple[str, ...]:
    del package.part("P02")["area_mm2"]
    return ("manifest.json", "area_mm2")


def wrong_type(package: Unpacked) -> tuple[str, ...]:
    package.part("P02")["quantity"] = "4"
    return ("manifest.json", "quantity")


def cut_list_falsified(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "cut-list.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert "P02;pied;4;" in text
    path.write_bytes(text.replace("P02;pied;4;", "P02;pied;5;").encode("utf-8-sig"))
    return ("cut-list.csv", "P02", "4 expected")


def hardware_falsified(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "hardware.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert ";8;pièce" in text
    path.write_bytes(text.replace(";8;pièce", ";7;pièce").encode("utf-8-sig"))
    return ("hardware.csv", "ISO 4762")


def copy_number_beyond_the_quantity(package: Unpacked) -> tuple[str, ...]:
    package.placed("P02", 2)[1]["copy"] = 9
    return ("P02-9", "4 expected")


def pocket_runs_into_the_next_part(package: Unpacked) -> tuple[str, ...]:
    """The half lap of a leg, open at its edge, is drawn long."""
    sheet, _ = package.placed("P02", 1)
    with package.dxf(sheet["file"]) as document:
        outline, *inside = package.drawn(document, "P02", 1)
        middle = ezdxf.bbox.extents([outline]).center
        lap = next(e for e in inside if "POCKET" in e.dxf.layer)
        centre = ezdxf.bbox.extents([lap]).center
        edge = (centre - middle).normalize(60) + middle
        points = list(lap.get_points("xyb"))
        far = (centre - middle).normalize(400)
        across = abs(far.x) < abs(far.y)
        for number, (x, y, bulge) in enumerate(points):
            if abs((y - edge.y) if across else (x - edge.x)) < 0.01:
                points[number] = (x, y + far.y, bulge) if across else (x + far.x, y, bulge)
        lap.set_points(points, format="xyb")
    return ("P02-1", "reaches into")


def svg_layer_hidden(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    path.write_text(path.read_text().replace('<g id="TOP-CUT-INSIDE', '<g display="none" id="TOP-CUT-INSIDE', 1))
    return ("sheet-01.svg", "display")


def pdf_of_another_drawing(package: Unpacked) -> tuple[str, ...]:
    """The drawing was written again, with the same shapes; the page names another file's sum."""
    with (package.folder / "sheets/sheet-02.dxf").open("rb+") as file:
        data = file.read()
        file.seek(0)
        file.write(b"999\nwritten again\n" + data)
    return ("sheets.pdf", "page 2", "SHA-256")


def packed_in_spite_of_a_failed_check(package: Unpacked) -> tuple[str, ...]:
    package.manifest["checks"][3]["ok"] = False
    return ("manifest.json", package.manifest["checks"][3]["id"])


def packed_without_checks(package: Unpacked) -> tuple[str, ...]:
    package.manifest["checks"] = []
    return ("manifest.json", "without being verified")


def test_every_fault_is_told_apart_by_name() -> None:
    assert len({breaker.__name__ for breaker in BREAKERS}) == len(BREAKERS)


BREAKERS: tuple[Breaker, ...] = (
    hole_moved, hole_moved_in_the_part, hole_moved_by_little, slot_moved, hole_wider, hole_dropped, hole_added,
    pocket_dropped, half_lap_dropped_from_the_part, engraving_dropped, pocket_deeper, pocket_on_the_other_face,
    rescaled(1.001), rescaled(25.4), parts_rescaled_within_their_sheet, part_rescaled,
    doubled(False), doubled(True), missing(False), missing(True),
    contour_opened, contour_on_a_layer_of_no_grammar, contour_on_the_layer_of_labels, inside_cut_taken_for_an_outline,
    wrong_thickness_in_layers, layer_switched_off, part_mirrored, units_changed, other_dxf_version,
    spacing_violated, margin_violated, part_turned_across_its_grain, sheet_drawn_larger, sheet_stated_larger,
    relief_removed, relief_at_a_wrong_place, relief_for_a_smaller_tool,
    spline_for_a_contour, loose_line, tiny_segment, contour_drawn_twice, contour_crosses_itself, contour_in_a_block,
    text_in_a_font, svg_scaled, svg_transformed, svg_hole_dropped, pdf_scaled, pdf_pages_swapped,
    glb_part_moved, glb_part_missing, glb_with_a_hole_in_a_mesh, glb_without_a_pocket,
    step_of_another_piece, step_with_a_copy_less,
    falsified("P01", "area_mm2", 1.001),
    falsified("P01", "area_mm2", 20), falsified("P02", "perimeter_mm", 0.999), falsified("P03", "bbox_mm", 1.01),
    falsified("P01", "quantity", 2), falsified("P02", "thickness_mm", 1.02),
    utilisation_falsified, placement_falsified, placement_of_another_copy, key_missing, wrong_type,
    cut_list_falsified, hardware_falsified, copy_number_beyond_the_quantity, pocket_runs_into_the_next_part,
    svg_layer_hidden, pdf_of_another_drawing, packed_in_spite_of_a_failed_check, packed_without_checks,
)  # fmt: skip


@pytest.mark.parametrize("breaker", BREAKERS, ids=lambda b: b.__name__)
def test_a_fault_is_named_with_every_sum_rewritten(breaker: Breaker, router: Unpacked) -> None:
    words = breaker(router)

    report = verify_archive(router.sealed())

    assert next(c for c in report.checks if c.id == "sums").ok, "the sums were rewritten"
    assert not report.ok
    assert names(report, *words), "\n".join(report.faults)


# --- the real thing ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (Path(__file__).parents[1] / "examples/machines/router-2500.toml").read_text(encoding="utf-8")
    return make_package("chariot", {}, parse_machine(text), folder=tmp_path_factory.mktemp("chariot")).path


def test_in_a_cart_a_moved_hole_a_dropped_engraving_and_a_doubled_part_are_named(cart: Path, tmp_path: Path) -> None:
    package = Unpacked(cart, tmp_path / "unpacked")
    bored, _ = broken(package, "DRILL", lambda space, found: found.translate(0, 1, 0), spare=())
    engraved, _ = broken(package, "ENGRAVE", lambda space, found: space.delete_entity(found), spare=(bored,))
    copied, file = broken(
        package, "OUTSIDE", lambda space, found: space.add_entity(found.copy().translate(3000, 0, 0)), (bored, engraved)
    )

    report = verify_archive(package.sealed())

    assert names(report, f"{bored} (", "1.000 mm off")
    assert names(report, f"{engraved} (", "engraving")
    assert names(report, f"like {copied.split('-')[0]},", file)


def broken(package: Unpacked, kind: str, change: Callable[[Any, Any], Any], spare: tuple[str, ...]) -> tuple[str, str]:
    """Change the first contour of a kind; (copy, file) that it belongs to."""
    for sheet in package.manifest["sheets"]:
        for placement in sheet["placements"]:
            name = f"{placement['part']}-{placement['copy']}"
            with package.dxf(sheet["file"]) as document:
                entities = package.drawn(document, placement["part"], placement["copy"])
                found = next((e for e in entities if kind in e.dxf.layer), None)
                if found is not None and name not in spare:
                    change(document.modelspace(), found)
                    return name, sheet["file"]
    raise AssertionError(f"no {kind} on any sheet")


def test_a_cart_on_a_sheet_rescaled_by_a_thousandth_is_named(cart: Path, tmp_path: Path) -> None:
    package = Unpacked(cart, tmp_path / "unpacked")
    sheet = package.manifest["sheets"][-1]
    with package.dxf(sheet["file"]) as document:
        for entity in document.modelspace():
            entity.transform(Matrix44.scale(1.001, 1.001, 1))

    report = verify_archive(package.sealed())

    assert names(report, sheet["file"], "the sheet is drawn")
    for placement in sheet["placements"]:
        assert names(report, f"{placement['part']}-{placement['copy']} (", sheet["file"])
