# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdf
import pytest
from PIL import Image

from fabrication.exporters import Job, exporter
from fabrication.exporters.pdf_sheet import page_and_scale
from fabrication.pipeline import plan_job
from fabrication.plan import SheetLayout
from tests.cutting import Bracket, machine_file

MM = 72 / 25.4


@pytest.fixture(scope="module")
def job() -> Job:
    return plan_job(Bracket(), {"plates": 3}, machine_file(), 2)


@pytest.fixture(scope="module")
def sums(job: Job) -> dict[str, str]:
    return {path: hashlib.sha256(data).hexdigest() for path, data in exporter("dxf").export(job, {})}


@pytest.fixture(scope="module")
def pdf(job: Job, sums: dict[str, str]) -> bytes:
    ((path, data),) = exporter("pdf").export(job, sums)
    assert path == "sheets.pdf"
    return data


@pytest.fixture(scope="module")
def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_a_page_says_all_that_is_to_be_set(pages: list[str], sums: dict[str, str]) -> None:
    words = " ".join(pages[0].split())
    for wanted in (
        "Équerre d’essai",
        "révision 1 · 2 exemplaires",
        "Feuille 1 / 1",
        "Essai",
        "fraise 6 mm (Ø 6 mm)",
        "contreplaqué bouleau",
        "17,6 mm mesurés (nominal 18)",
        "TOP-POCKET-9.0MM",
        "BOTTOM-POCKET-5.0MM",
        "sens du fil",
        "P02-4",
        "Largeur : 400 mm",
        f"sheets/sheet-01.dxf SHA-256 {sums['sheets/sheet-01.dxf'][:16]}",
        "Échelle 1:5",
    ):
        assert wanted in words.replace("\N{NO-BREAK SPACE}", " "), wanted


def test_the_lists_follow_in_french(pages: list[str]) -> None:
    words = " ".join(pages[1].split())
    for wanted in ("Liste de débit", "étagère", "en long", "Fournitures", "ISO 7050 ST3,5 × 16", "Encombrement"):
        assert wanted in words, wanted


def test_the_sheet_is_drawn_exactly_at_its_printed_scale(job: Job, pdf: bytes) -> None:
    """The page's own matrix times the path's figures, without the program that wrote it."""
    content = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].get_contents()
    assert content is not None
    text = content.get_data().decode("latin-1")
    before, _, after = text.partition("/SHEET BMC")
    x, y, scale = 0.0, 0.0, 1.0
    for a, d, e, f in re.findall(r"([\d.]+) 0 0 ([\d.]+) ([-\d.]+) ([-\d.]+) cm", before.rsplit("\nq", 1)[1]):
        x, y, scale = x + scale * float(e), y + scale * float(f), scale * float(a)
        assert a == d
    corners = [(float(p), float(q)) for p, q in re.findall(r"([-\d.]+) ([-\d.]+) [ml] ", after.split("EMC")[0] + " ")]

    assert scale == pytest.approx(MM / 5, abs=1e-5)
    assert set(corners) == {(0, 0), (1000, 0), (1000, 600), (0, 600)}
    outlines = after.count("/TOP-CUT-OUTSIDE-17.6MM BMC")
    assert outlines == len(job.plan.sheets[0].placements)


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs pdftoppm (apt: poppler-utils)")
def test_another_program_s_pixels_measure_the_sheet(pdf: bytes, tmp_path: Path) -> None:
    (tmp_path / "sheets.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "254", "-f", "1", "-l", "1", "-gray", "-png", "sheets.pdf", "page"], cwd=tmp_path, check=True
    )
    (file,) = tmp_path.glob("page*.png")
    dark = np.asarray(Image.open(file).convert("L")) < 170
    # At 254 dots an inch a dot is 0.1 mm of paper; the sheet's frame is the only line of 200 mm.
    rows = dark.sum(axis=1)
    frames = np.flatnonzero((rows >= 1995) & (rows <= 2060))

    assert frames.max() - frames.min() == pytest.approx(600 / 5 * 10, abs=3)


@pytest.mark.parametrize(
    ("size", "paper", "scale"),
    [
        ((2500, 1250), "A4", 10),
        ((1250, 2500), "A4", 20),
        ((3000, 1500), "A3", 10),
        ((1300, 1300), "A4", 10),
        ((1000, 600), "A4", 5),
        ((600, 300), "A4", 5),
        ((5000, 2000), "A4", 20),
        ((20000, 20000), "A3", 100),
    ],
)
def test_a_round_scale_that_fits(size: tuple[int, int], paper: str, scale: int) -> None:
    page, found = page_and_scale(SheetLayout(1, *size, ()))

    assert found == scale
    assert round(page[0] / MM) == {"A4": 297, "A3": 420}[paper]
    assert size[0] / scale < page[0] / MM
    assert size[1] / scale < page[1] / MM


def test_many_parts_take_more_pages_and_none_is_lost() -> None:
    job = plan_job(Bracket(), {}, machine_file(), 1)
    part = job.plan.parts[0]
    many = replace(job.plan, parts=tuple(replace(part, code=f"P{i:02d}") for i in range(1, 71)))
    lists = replace(job, plan=replace(many, sheets=()))
    ((_, data),) = exporter("pdf").export(lists, {})
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)

    assert len(pypdf.PdfReader(io.BytesIO(data)).pages) >= 3
    assert all(f"P{i:02d}" in text for i in range(1, 71))


def test_the_same_job_gives_the_same_bytes(job: Job, sums: dict[str, str], pdf: bytes) -> None:
    assert dict(exporter("pdf").export(job, sums))["sheets.pdf"] == pdf
