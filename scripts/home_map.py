# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Draw the home page's small map: ``python scripts/home_map.py`` writes cms/templates/cms/_france.html from the outlines of the
workshops' map (cms/static/site/departements.json), régions whole, simplified to what a hand's breadth shows."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cms.home_map import FRAMES, Frame  # noqa: E402
from fablabs.geography import region_of  # noqa: E402

SOURCE = ROOT / "cms" / "static" / "site" / "departements.json"
TARGET = ROOT / "cms" / "templates" / "cms" / "_france.html"
#: Units of the drawing: finer than this nobody sees, and islands smaller than this are a speck.
FINEST, SPECK = 2.0, 25.0


def main() -> None:
    regions: dict[str, list[BaseGeometry]] = defaultdict(list)
    for feature in json.loads(SOURCE.read_text(encoding="utf-8"))["features"]:
        # A hair wider, so that neighbours of one région leave no seam.
        regions[region_of(feature["properties"]["code"])].append(shape(feature["geometry"]).buffer(0.004))
    overseas = {region_of(code): frame for frame in FRAMES for code in frame.departments}
    paths = []
    for code in sorted(regions):
        frame = overseas.get(code, FRAMES[0])
        drawn = path(unary_union(regions[code]), frame)
        paths.append(f'<path d="{drawn}"/>')
    text = "{# Made by scripts/home_map.py: not by hand. #}\n" + "\n".join(paths) + "\n"
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(text)} characters")


def path(region: BaseGeometry, frame: Frame) -> str:
    pieces = getattr(region, "geoms", [region])
    rings = []
    for piece in sorted(pieces, key=lambda one: -one.area):
        placed = Polygon([frame.place(*point[:2]) for point in piece.exterior.coords]).simplify(FINEST)
        if placed.is_empty or placed.area < (SPECK if rings else 0):
            continue
        points = [(round(x), round(y)) for x, y in placed.exterior.coords][:-1]
        steps = [(x - before[0], y - before[1]) for before, (x, y) in pairwise(points)]
        rings.append(f"M{points[0][0]} {points[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps if x or y) + "z")
    return "".join(rings).replace(" -", "-")


if __name__ == "__main__":
    main()
