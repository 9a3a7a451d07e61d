# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Derive the outlines of the map: ``python scripts/outlines.py [FOLDER OF DOWNLOADS]`` (docs/geography.md).

Départements are unions of their communes' areas, simplified together, so that neighbours keep one border. What no
commune covers within a département (a mended gap, a lake) is filled, unless another département lies there.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import communes
import shapely
from shapely.geometry.base import BaseGeometry

OUTLINES = communes.ROOT / "cms" / "static" / "site" / "departements.json"
#: Degrees: a pixel of a map of the mainland on a large screen is 0.01°; an island is shown larger.
COARSE, FINE = 0.012, 0.004
#: Square degrees: an islet of a third of a km² is less than a pixel.
SMALLEST = 4e-5
PLACES = 3  # 111 m


def departments(shapes: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    for insee, shape in shapes.items():
        parts[insee[:3] if insee.startswith("97") else insee[:2]].append(shapely.make_valid(shape))
    whole = {code: shapely.union_all(found, grid_size=1e-6) for code, found in sorted(parts.items())}
    tree = shapely.STRtree(list(whole.values()))
    return {code: _filled(shape, tree) for code, shape in whole.items()}


def _filled(shape: BaseGeometry, others: shapely.STRtree) -> BaseGeometry:
    polygons = []
    for polygon in getattr(shape, "geoms", [shape]):
        holes = []
        for ring in polygon.interiors:
            hole = shapely.Polygon(ring)
            inner = others.query(hole.representative_point(), predicate="within")
            if len(inner):
                holes.append(ring)
        polygons.append(shapely.Polygon(polygon.exterior, holes))
    return shapely.MultiPolygon(polygons)


def simplified(shapes: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    found: dict[str, BaseGeometry] = {}
    for overseas, tolerance in ((False, COARSE), (True, FINE)):
        codes = [code for code in shapes if (len(code) == 3) is overseas]
        simple = shapely.coverage_simplify([shapes[code] for code in codes], tolerance)
        for code, shape in zip(codes, simple, strict=True):
            kept = [p for p in getattr(shape, "geoms", [shape]) if p.area >= SMALLEST]
            found[code] = shapely.MultiPolygon(kept)
    return dict(sorted(found.items()))


def feature(code: str, name: str, shape: BaseGeometry) -> dict[str, Any]:
    polygons = []
    for polygon in shape.geoms:
        rings = []
        for ring in [polygon.exterior, *polygon.interiors]:
            corners: list[list[float]] = []
            for x, y in ring.coords:
                corner = [round(x, PLACES), round(y, PLACES)]
                if not corners or corners[-1] != corner:
                    corners.append(corner)
            if len(corners) >= 4:
                rings.append(corners)
        if rings:
            polygons.append(rings)
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
    }


def main(folder: Path) -> None:
    sources = communes.read(communes.fetch(folder))
    names = {str(d["code"]): str(d["nom"]) for d in sources.departments}
    shapes = simplified(departments(communes.areas(sources)))
    collection = {
        "type": "FeatureCollection",
        "features": [feature(code, names[code], shape) for code, shape in shapes.items()],
    }
    OUTLINES.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(shapes)} outlines, {OUTLINES.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else communes.DOWNLOADS)
