# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small piece with one of everything, its packages, and how to break them and seal them again."""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ezdxf
import ezdxf.bbox
import pytest
from ezdxf.document import Drawing

from designs.design import Design
from designs.furniture import Furniture, Grain, Hardware, Part
from designs.parameters import Parameter
from designs.sheet import Sheet
from fablabs.machine import parse_machine
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


#: Several test modules import the fixture; each package is made once for all of them.
_MADE: dict[str, Path] = {}


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Archives as they were written, by machine; each is made once."""
    machines = {
        "router": (Stool(), ROUTER.format(relief="dogbone", version="R2010")),
        "old": (Stool(), ROUTER.format(relief="tbone", version="R12")),
        "laser": (FlatStool(), LASER),
    }

    def make(name: str) -> Path:
        if name not in _MADE:
            design, text = machines[name]
            folder = tmp_path_factory.mktemp(name)
            _MADE[name] = make_package(design, {}, parse_machine(text), quantity=2, folder=folder).path
        return _MADE[name]

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


def without_arcs(polyline: Any) -> list[tuple[float, float, float]]:
    """A relieved rectangle's plain one."""
    straight = [(p, q) for p, q in segments(polyline) if not p[2]]
    xs = sorted({round(p[0], 3) for p, q in straight if abs(p[0] - q[0]) < 1e-6})
    ys = sorted({round(p[1], 3) for p, q in straight if abs(p[1] - q[1]) < 1e-6})
    return [(xs[0], ys[0], 0.0), (xs[-1], ys[0], 0.0), (xs[-1], ys[-1], 0.0), (xs[0], ys[-1], 0.0)]


def segments(polyline: Any) -> list[tuple[Any, Any]]:
    points = list(polyline.get_points("xyb"))
    return list(zip(points, points[1:] + points[:1], strict=True))


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


def assert_named(breaker: Breaker, package: Unpacked) -> None:
    """Break a package, rewrite every sum, and look for the words that the fault must be named by."""
    words = breaker(package)

    report = verify_archive(package.sealed())

    assert next(c for c in report.checks if c.id == "sums").ok, "the sums were rewritten"
    assert not report.ok
    assert names(report, *words), "\n".join(report.faults)
