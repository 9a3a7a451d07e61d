# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet as LibreCAD reads it: printed by its dxf2pdf, its parts' net area is the solids', planned reliefs taken away.

Its dxf2svg hangs, so it is the PDF; LibreCAD draws in whole units of 1/1200 inch, so it is asked to print larger, and
takes the paper from the drawing's own limits, which are set in a copy.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pypdf
import pytest

from fablabs.machine import read_machine
from fabrication.exporters import Job, exporter
from fabrication.pipeline import plan_job

LIBRECAD = shutil.which("librecad")
pytestmark = pytest.mark.skipif(LIBRECAD is None, reason="librecad is missing: make test installs it where it may")
ROOT = Path(__file__).resolve().parent.parent
SCALE = 40
#: As LibreCAD prints our colours 1 and 6: outlines and openings.
OUTSIDE, INSIDE = "1 0 0 SCN", "1 0 1 SCN"


def printed(drawing: bytes, width: float, height: float, folder: Path) -> list[str]:
    """The operators of the one page."""
    text = re.sub(
        r"(\$PLIMMAX\n 10\n)[^\n]*(\n 20\n)[^\n]*",
        rf"\g<1>{math.ceil(width + 200) * SCALE}\g<2>{math.ceil(height + 200) * SCALE}",
        drawing.decode(),
    )
    assert f"{math.ceil(width + 200) * SCALE}\n 20" in text
    (folder / "sheet.dxf").write_text(text)
    assert LIBRECAD is not None
    subprocess.run(
        [LIBRECAD, "dxf2pdf", "-s", str(SCALE), "-t", folder, folder / "sheet.dxf"],
        check=True, capture_output=True, timeout=60, cwd=folder,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
    )  # fmt: skip
    (page,) = pypdf.PdfReader(folder / "sheet.pdf").pages
    return page.get_contents().get_data().decode("latin-1").splitlines()  # type: ignore[union-attr]


def strokes(lines: list[str]) -> dict[str, list[np.ndarray]]:
    """Points (in the printer's units) of every line that is drawn, by its colour's operator."""
    found: dict[str, list[np.ndarray]] = {}
    colour, points, round_ = "", [], False
    for line in lines:
        if line.endswith(" SCN"):
            colour = line
        elif line.endswith((" m", " l")):
            x, y, _ = line.split(" ")
            points.append((float(x), float(y)))
        elif line.endswith(" c"):
            x, y = (float(word) for word in line.split()[4:6])
            points.append((x, y))
            round_ = True
        elif line == "S":
            found.setdefault(colour, []).append(_circle(points) if round_ else np.array(points))
            points, round_ = [], False
        elif line in ("n", "f", "W* n"):
            points = []
    return found


def _circle(quarters: list[tuple[float, float]]) -> np.ndarray:
    """A circle comes as four cubic curves, which are round to a ten-thousandth only: their ends lie on it exactly."""
    assert len(quarters) == 5
    ends = np.array(quarters[:4])
    centre = ends.mean(axis=0)
    radius = float(np.hypot(*(ends - centre).T).mean())
    angles = np.linspace(0, math.tau, 5000)
    return centre + radius * np.column_stack((np.cos(angles), np.sin(angles)))


def areas(pieces: list[np.ndarray]) -> list[float]:
    """Of the closed contours that pieces, one after the other, make; some arcs are drawn from their end."""
    result: list[float] = []
    contour: list[np.ndarray] = []
    for piece in pieces:
        if len(contour) == 1 and not any(_meet(contour[0][-1], end) for end in (piece[0], piece[-1])):
            contour[0] = contour[0][::-1]
        if contour and not _meet(contour[-1][-1], piece[0]):
            piece = piece[::-1]
        assert not contour or _meet(contour[-1][-1], piece[0]), "a contour is open"
        contour.append(piece)
        if _meet(contour[0][0], piece[-1]) and sum(map(len, contour)) > 2:
            points = np.concatenate(contour)
            x, y = (points - points[0]).T
            result.append(abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2)
            contour = []
    assert not contour, "a contour is open"
    return result


def _meet(a: np.ndarray, b: np.ndarray) -> bool:
    """At the same place, but for the rounding to whole units."""
    return bool(np.abs(a - b).max() <= 2.5)


def solid_area(job: Job, code: str) -> float:
    """By OpenCASCADE: the lower face, with the drilled holes, which are no inside cuts, filled."""
    faces = [face for face in job.furniture.part(code).solid.Faces() if face.normalAt().z < -0.999]
    low = min(face.Center().z for face in faces)
    total = 0.0
    for face in (face for face in faces if face.Center().z < low + 1e-3):
        total += face.Area()
        for wire in face.innerWires():
            edges = wire.Edges()
            if len(edges) == 1 and edges[0].geomType() == "CIRCLE" and edges[0].radius() <= 8:
                total += math.pi * edges[0].radius() ** 2
    return total


@pytest.mark.parametrize("design", ["porte", "chariot"])
def test_the_net_area_of_a_sheet_is_the_solids(design: str, tmp_path: Path) -> None:
    job = plan_job(design, {}, read_machine(ROOT / "examples/machines/router-2500.toml"), 1)
    sheet = min(job.plan.sheets, key=lambda s: (len(s.placements), s.index))
    drawing = dict(exporter("dxf").export(job, {}))[f"sheets/sheet-{sheet.index:02d}.dxf"]
    lines = printed(drawing, sheet.width, sheet.height, tmp_path)
    drawn = strokes(lines)
    (frame,) = [areas(pieces)[0] for colour, pieces in drawn.items() if colour.startswith("0.50196")]
    unit = sheet.width * sheet.height / frame  # mm² a square unit
    outlines, openings = areas(drawn[OUTSIDE]), areas(drawn.get(INSIDE, []))
    assert len(outlines) == len(sheet.placements)
    net = (sum(outlines) - sum(openings)) * unit

    designed = {part.code: part.area for part in job.flat_parts}
    reliefs = sum(designed[p.part] - job.plan.part(p.part).area for p in sheet.placements)
    solids = sum(solid_area(job, p.part) for p in sheet.placements)
    assert reliefs >= 0
    # 1 mm² a m².
    assert net + reliefs == pytest.approx(solids, rel=1e-6)
