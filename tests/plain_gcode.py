# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A plain writer of G-code for the tests of the simulator: shapely's offsets of what the DXF files show, nothing of
the product's own tool paths. It also puts what the manifest must say into it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import ezdxf
import ezdxf.path
import numpy as np
from shapely import LineString, Polygon, union_all
from shapely.affinity import affine_transform

from tests.broken_packages import Unpacked

PASS, TRAVEL, THROUGH, TAB_WIDTH, TAB_HEIGHT = 5.0, 15.0, 0.3, 6.0, 3.0
FEED, PLUNGE, RPM = 3000.0, 900.0, 18000.0


class PlainWriter:
    """Programs for the upper faces of a package's sheets, for the tool that its manifest names."""

    def __init__(self, package: Unpacked, zero: str = "sheet-top") -> None:
        self.package, self.manifest = package, package.manifest
        self.thickness = self.manifest["stock"]["measured_thickness_mm"]
        self.radius = self.manifest["tool"]["diameter_mm"] / 2
        self.top = self.thickness if zero == "spoilboard" else 0.0
        machine = self.manifest["machine"]
        machine.update(controller="linuxcnc", zero=zero, travel_height_mm=TRAVEL, through_mm=THROUGH, hold_down="tabs",
                       tab_width_mm=TAB_WIDTH, tab_height_mm=TAB_HEIGHT, accel_mm_s2=600.0, rapid_mm_min=8000.0)  # fmt: skip
        for number, tool in enumerate(machine["tools"], start=1):
            tool.update(number=number, feed_mm_min=FEED, plunge_mm_min=PLUNGE, spindle_rpm=RPM, pass_depth_mm=PASS)
        self.number = next(t["number"] for t in machine["tools"] if t["name"] == self.manifest["tool"]["name"])

    def write(self) -> None:
        """Every sheet's file, and the manifest's words on it."""
        self.manifest["unprogrammed"] = []
        for sheet in self.manifest["sheets"]:
            sheet["tabs"] = []
            sheet["gcode"] = sheet["file"].replace(".dxf", ".nc")
            lines = ["%", "(a plain program)", "G21 G90 G91.1 G17 G94", f"T{self.number} M6", f"M3 S{RPM:g}"]
            lines.append(f"G0 Z{self.top + TRAVEL:.4f}")
            for placement in sheet["placements"]:
                lines += self._copy(sheet, placement)
            lines += [f"G0 Z{self.top + TRAVEL:.4f}", "M5", "M30", "%"]
            (self.package.folder / sheet["gcode"]).write_text("\n".join(lines) + "\n")
            sheet["machine_time_s"] = 1.0

    def _contours(self, placement: dict[str, Any]) -> list[tuple[str, float, Polygon]]:
        """(kind, depth, contour) on the sheet of what lies up."""
        path = self.package.folder / self.package.part(placement["part"])["file"]
        found, up = [], "BOTTOM" if placement["mirrored"] else "TOP"
        for entity in ezdxf.readfile(path).modelspace():
            words = entity.dxf.layer.split("-")
            if words[0] not in ("TOP", "BOTTOM"):
                continue
            kind = words[2] if words[1] == "CUT" else words[1]
            depth = float(words[-1].removesuffix("MM").replace("_", ".")) if kind != "ENGRAVE" else 0.5
            through = depth > self.thickness - 0.05
            if words[0] != up and not through:
                self.manifest["unprogrammed"].append(f"{placement['part']}: underside left out")
                continue
            shape = Polygon([tuple(p)[:2] for p in ezdxf.path.make_path(entity).flattening(0.004)])
            found.append((kind, self.thickness + THROUGH if through else depth, _placed(shape, placement)))
        return found

    def _copy(self, sheet: dict[str, Any], placement: dict[str, Any]) -> Iterator[str]:
        contours = self._contours(placement)
        (outline,) = [shape for kind, _, shape in contours if kind == "OUTSIDE"]
        for depth in sorted({d for kind, d, _ in contours if kind in ("POCKET", "ENGRAVE")}):
            yield from self._pocket(
                [c for k, d, c in contours if k in ("POCKET", "ENGRAVE") and d == depth], depth, outline
            )
        for kind, depth, shape in contours:
            if kind == "DRILL":
                yield from self._drill(shape, depth)
            elif kind == "INSIDE":
                yield f"({placement['part']}-{placement['copy']} inside)"
                yield from self._ring(shape.buffer(-self.radius, quad_segs=16), depth)
        way = outline.buffer(self.radius, quad_segs=16)
        tabs = _tab_places(way)
        for x, y in tabs:
            sheet["tabs"].append({"part": placement["part"], "copy": placement["copy"], "x_mm": x, "y_mm": y,
                                  "width_mm": TAB_WIDTH, "height_mm": TAB_HEIGHT})  # fmt: skip
        yield f"({placement['part']}-{placement['copy']} outside)"
        yield from self._ring(way, self.thickness + THROUGH, tabs)

    def _levels(self, depth: float) -> list[float]:
        count = math.ceil(depth / PASS - 1e-9)
        return [self.top - depth * i / count for i in range(1, count + 1)]

    def _pocket(self, rings: list[Polygon], depth: float, outline: Polygon) -> Iterator[str]:
        ground = Polygon()
        for ring in sorted(rings, key=lambda p: -p.area):
            ground = ground.symmetric_difference(ring.buffer(0))
        # Where it is open at the part's edge the tool runs out.
        ground = union_all([ground, ground.buffer(self.radius).difference(outline)])
        step = 0
        while not (rest := ground.buffer(-self.radius - 0.7 * step * self.radius, quad_segs=16)).is_empty:
            for polygon in getattr(rest, "geoms", [rest]):
                for hole in (polygon.exterior, *polygon.interiors):
                    yield from self._ring(Polygon(hole), depth)
            step += 1

    def _drill(self, circle: Polygon, depth: float) -> Iterator[str]:
        """A helix of two half turns of 1 mm each, in true arcs; a plunge in pecks if the hole is the tool's."""
        x, y = circle.centroid.x, circle.centroid.y
        r = math.sqrt(circle.area / math.pi) - self.radius
        bottom, z = self.top - depth, self.top
        yield f"G0 X{x + max(r, 0):.4f} Y{y:.4f}"
        yield f"G0 Z{self.top + 1:.4f}"
        yield f"G1 Z{z:.4f} F{PLUNGE:g}"
        while r < 0.05 and z > bottom:
            z = max(bottom, z - 2)
            yield f"Z{z:.4f}"
        side = 1
        while r >= 0.05 and z > bottom:
            z = max(bottom, z - 1)
            yield f"G3 X{x - side * r:.4f} Y{y:.4f} I{-side * r:.4f} J0 Z{z:.4f} F{FEED:g}"
            side = -side
        if r >= 0.05:  # once more around at the bottom
            yield f"G3 X{x - side * r:.4f} I{-side * r:.4f} J0"
            yield f"G3 X{x + side * r:.4f} I{side * r:.4f} J0"
        yield f"G0 Z{self.top + TRAVEL:.4f}"

    def _ring(self, way: Polygon, depth: float, tabs: list[tuple[float, float]] = []) -> Iterator[str]:  # noqa: B006
        line = LineString(way.exterior.simplify(0.005))
        stops = sorted(
            (line.project(_point(t)) - TAB_WIDTH / 2 - self.radius, TAB_WIDTH + 2 * self.radius) for t in tabs
        )
        x, y = line.coords[0]
        yield f"G0 X{x:.4f} Y{y:.4f}"
        yield f"G0 Z{self.top + 1:.4f}"
        for z in self._levels(depth):
            tab_top = self.top - self.thickness + TAB_HEIGHT
            yield f"G1 Z{z:.4f} F{PLUNGE:g}"
            if not stops or z > tab_top:
                yield from (f"X{px:.4f} Y{py:.4f} F{FEED:g}" for px, py in line.coords[1:])
                continue
            for start, end, raised in _spans(line.length, stops):
                if raised:
                    yield f"Z{tab_top:.4f} F{FEED:g}"
                yield from (f"X{px:.4f} Y{py:.4f} F{FEED:g}" for px, py in _between(line, start, end))
                if raised:
                    yield f"Z{z:.4f} F{PLUNGE:g}"
        yield f"G0 Z{self.top + TRAVEL:.4f}"


def _placed(shape: Polygon, p: dict[str, Any]) -> Polygon:
    cos, sin = math.cos(math.radians(p["rotation_deg"])), math.sin(math.radians(p["rotation_deg"]))
    flip = -1.0 if p["mirrored"] else 1.0
    return affine_transform(shape, [flip * cos, -sin, flip * sin, cos, p["x_mm"], p["y_mm"]])


def _point(place: tuple[float, float]) -> Any:
    from shapely import Point

    return Point(place)


def _tab_places(way: Polygon) -> list[tuple[float, float]]:
    """The middles of the two longest straight pieces."""
    points = np.asarray(way.exterior.coords)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    best = np.argsort(-lengths, kind="stable")[:2]
    return [tuple(float(v) for v in (points[i] + points[i + 1]) / 2) for i in best]  # type: ignore[misc]


def _spans(length: float, stops: list[tuple[float, float]]) -> Iterator[tuple[float, float, bool]]:
    at = 0.0
    for start, width in stops:
        yield at, start, False
        yield start, start + width, True
        at = start + width
    yield at, length, False


def _between(line: LineString, start: float, end: float) -> Iterator[tuple[float, float]]:
    travelled = 0.0
    for a, b in itertools.pairwise(line.coords):
        travelled += math.dist(a, b)
        if start < travelled < end - 1e-9:
            yield b
    yield line.interpolate(end).coords[0]
