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
from shapely.geometry import Point, Polygon

from designs.contour import Contour
from fablabs.machine import Tool
from fabrication.choices import Choices
from fabrication.coupon import Coupon, Spot
from fabrication.exporters import Job, exporter
from fabrication.exporters.pdf_marks import code_place
from fabrication.pipeline import plan_job
from fabrication.plan import Face, Operation, Placement, Work
from fabrication.program import Move, Pace, Run, SheetProgram, Tab, Unprogrammed
from fabrication.scale_model import LeftOut
from fabrication.verification.pdf import on_sheet, read_pdf
from fabrication.verification.pictures import compare_pictures
from tests.cutting import Bracket, machine_file
from tests.pdf_words import FEEDS, MM, words_of


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
        "fraise 6 mm",
        "contreplaqué bouleau",
        "17,6 mm mesurés (nominal 18)",
        "TOP-POCKET-9.0MM",
        "BOTTOM-POCKET-5.0MM",
        "17,6 + 0,3",
        "sens du fil",
        "X0 Y0",
        "P02-4",
        "étagère",
        "Mesurer l’épaisseur en plusieurs points : 17,6 mm",
        "Poser la feuille de 1000 × 600 mm, fil le long de X",
        "Zéro Z : à choisir",
        "À retourner ensuite, pour l’autre face : P03",
        f"sheets/sheet-01.dxf SHA-256 {sums['sheets/sheet-01.dxf'][:16]}",
        "Échelle 1:5",
    ):
        assert wanted in words.replace("\N{NO-BREAK SPACE}", " "), wanted


def test_the_lists_follow_in_french(pages: list[str]) -> None:
    words = " ".join(pages[1].split())
    for wanted in (
        "Liste de débit",
        "étagère",
        "en long",
        "Fournitures",
        "ISO 7050 ST3,5 × 16",
        "Encombrement",
        "Largeur : 400 mm",
    ):
        assert wanted in words.replace("\N{NO-BREAK SPACE}", " "), wanted


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


CLAMP = ((0.0, 0.0), (60.0, 0.0), (60.0, 60.0), (0.0, 60.0))
KNOT = ((900.0, 500.0), (960.0, 510.0), (930.0, 560.0))


@pytest.fixture(scope="module")
def programmed(job: Job) -> Job:
    """As the bench has it when everything is known: two tools, clamps, tabs, an offcut with a knot."""
    machine = machine_file(
        tools=[
            {"name": "fraise 6 mm", "diameter_mm": 6.0, "number": 1, **FEEDS},
            {"name": "foret 5 mm", "diameter_mm": 5.0, "kind": "drill", "number": 7, **FEEDS},
        ],
        controller="grbl",
        zero="spoilboard",
        travel_height_mm=20.0,
        keep_out_mm=[CLAMP],
    )
    sheet = replace(
        job.plan.sheets[0],
        source="chute du fond",
        outline=((0.0, 0.0), (1000.0, 0.0), (1000.0, 600.0), (300.0, 600.0), (0.0, 300.0)),
        keep_out=(CLAMP, KNOT),
        remnant=((640.0, 20.0), (980.0, 20.0), (980.0, 320.0), (640.0, 320.0)),
    )
    mill, drill = machine.machine.tools
    tabs = tuple(Tab("P01", 1, x, 100.0, 6.0, 3.0) for x in (200.0, 300.0, 400.0))
    program = SheetProgram(1, Face.TOP, (Run(drill, ()), Run(mill, ())), tabs, 2540.0)
    return replace(job, machine_file=machine, programs=(program,), plan=replace(job.plan, sheets=(sheet,)))


def test_a_page_for_a_known_machine_says_its_file_tools_tabs_and_clamps(programmed: Job) -> None:
    words = words_of(programmed, {})

    for wanted in (
        "Charger sheets/sheet-01.nc (GRBL)",
        "Durée : 42 min",
        "Z0 : dessus du martyr",
        "Zéro Z : dessus du martyr",
        "Poser la chute « chute du fond »",
        "Brider dans les zones hachurées",
        "Monter les outils dans l’ordre du tableau",
        "les 3 attaches de 6 × 3 mm",
        "Garder la chute réutilisable 340 × 300 mm",
        "7 foret 5 mm 5 18 000 3 000 900 3 de 6 1 fraise 6 mm 6 18 000",
    ):
        assert wanted in words, wanted
    steps = [words.index(step) for step in ("Mesurer", "Poser", "Brider", "Zéro X", "Monter", "Charger", "Garder")]
    assert steps == sorted(steps)


def test_what_is_drawn_for_people_is_no_contour_for_programs(programmed: Job, job: Job, tmp_path: Path) -> None:
    """Hatches, tabs, remnant and codes leave the marked contours as they are; the offcut's edge is the sheet's."""
    pages = {}
    for name, made in (("known", programmed), ("plain", job)):
        ((_, data),) = exporter("pdf").export(made, {})
        (tmp_path / f"{name}.pdf").write_bytes(data)
        pages[name] = read_pdf(tmp_path / f"{name}.pdf")[0]
    (known, faults), (plain, _) = (on_sheet(pages[name], 1000, 600) for name in ("known", "plain"))

    assert faults == []
    assert {k: len(v) for k, v in known.items()} == {k: len(v) for k, v in plain.items()}
    assert not list(compare_pictures(known, plain, 0.01))
    assert len(pages["known"].contours["SHEET"][0].points) == 5
    assert len(pages["plain"].contours["SHEET"][0].points) == 4


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs pdftoppm (apt: poppler-utils)")
def test_clamps_are_hatched_and_tabs_are_black_where_they_are(programmed: Job, tmp_path: Path) -> None:
    ((_, data),) = exporter("pdf").export(programmed, {})
    (tmp_path / "sheets.pdf").write_bytes(data)
    subprocess.run(
        ["pdftoppm", "-r", "254", "-f", "1", "-l", "1", "-gray", "-png", "sheets.pdf", "page"], cwd=tmp_path, check=True
    )
    (file,) = tmp_path.glob("page*.png")
    grey = np.asarray(Image.open(file).convert("L"))
    page = read_pdf(tmp_path / "sheets.pdf")[0]
    left, low, _, _ = page.contours["SHEET"][0].bounds

    def ink(x: float, y: float, reach: float) -> float:
        """The share of dark dots within ``reach`` mm of sheet of a place; a dot is 0.1 mm of paper, 0.5 of sheet."""
        column, row = left / MM * 10 + x * 2, grey.shape[0] - low / MM * 10 - y * 2
        r = round(reach * 2)
        square = grey[round(row) - r : round(row) + r + 1, round(column) - r : round(column) + r + 1]
        return float((square < 150).mean())

    for x in (200.0, 300.0, 400.0):
        assert ink(x, 100.0, 1.0) == 1.0
    for hatched in ((45.0, 45.0), (930.0, 525.0)):
        assert 0.05 < ink(*hatched, 12) < 0.7
    assert ink(660.0, 560.0, 12) == 0.0, "bare sheet"


def test_what_is_missing_for_the_machine_s_own_file_is_said_in_french(job: Job) -> None:
    """The planner's own sentences, for a machine of which only the tool's name and width are known."""
    assert job.unprogrammed
    assert not job.programs
    words = words_of(job, {})

    assert "Pas de fichier pour la machine" in words
    for wanted in ("la commande numérique", "le zéro de Z", "la hauteur de déplacement", "l’avance", "« fraise 6 mm »"):
        assert wanted in words, wanted
    assert "is not said" not in words


PLANNED = {
    "P01 : trous Ø 5,0, à percer à la main sur 17,6 mm": Unprogrammed(
        "P01: hole Ø5.0",
        "P01 : trous Ø 5.0, à percer à la main sur 17.6 mm",
        part="P01",
        work=Work.DRILL,
        diameter="5.0",
    ),
    "P02 : gravure, faute de fraise": Unprogrammed(
        "P02: engraving", "P02 : gravure, faute de fraise en V ou assez fine", part="P02", work=Work.ENGRAVE
    ),
    "la face de dessous de P03-1": Unprogrammed("sheet 1: bottom", "la face de dessous de P03-1", sheet=1),
}
REFUSED = {
    "en X 30 Y 40": Unprogrammed("no machine file: a clamp", "l’outil toucherait la bride en X 30 Y 40", sheet=1),
    "marge de 5 mm": Unprogrammed("no machine file: margin", "avec une marge de 5 mm, la fraise déborderait"),
}


@pytest.mark.parametrize("french", PLANNED)
def test_what_the_planner_leaves_out_stands_on_the_page_in_french(french: str, programmed: Job) -> None:
    words = words_of(replace(programmed, unprogrammed=(PLANNED[french],)), {})

    assert f"Pas dans le fichier de la machine : {french}" in words
    assert PLANNED[french].english not in words


@pytest.mark.parametrize("french", REFUSED)
def test_what_stands_in_the_way_of_a_file_is_said_in_french(french: str, job: Job) -> None:
    words = words_of(replace(job, unprogrammed=(REFUSED[french],)), {})

    assert "Pas de fichier pour la machine : " in words
    assert french in words


def test_a_page_speaks_of_its_own_parts_only(programmed: Job) -> None:
    lines = (
        Unprogrammed("P44: engraving", "P44 : gravure, faute de fraise", part="P44", work=Work.ENGRAVE),
        Unprogrammed("sheet 2: bottom", "la face de dessous de P03-1", sheet=2),
    )

    assert "Pas dans le fichier" not in words_of(replace(programmed, unprogrammed=lines), {})


def test_a_coupon_stands_where_it_fits_and_is_cut_first(programmed: Job) -> None:
    there = Coupon((), (), (), (0.1, 0.2), (), (300.0, 120.0), Spot(1, 650.0, 30.0, 0.0))

    words = words_of(replace(programmed, coupon=there), {})
    assert "éprouvette ici" in words
    assert "Couper d’abord l’éprouvette (coupon.dxf) à sa place sur cette feuille" in words
    elsewhere = words_of(replace(programmed, coupon=replace(there, spot=None)), {})
    assert "éprouvette ici" not in elsewhere
    assert "Couper d’abord l’éprouvette (coupon.dxf) ;" in elsewhere
    assert "Essayer un assemblage dans une chute" in words_of(replace(programmed, coupon=None), {})
    assert "Garder la chute réutilisable 340 × 300 mm, moins l’éprouvette." in words
    assert "moins l’éprouvette" not in elsewhere


def test_the_lists_say_what_the_coupon_s_answer_is_for(programmed: Job) -> None:
    there = Coupon((), (), (), (0.1, 0.2, 0.3, 0.4, 0.5), (), (300.0, 120.0), Spot(1, 770.0, 30.0, 90))

    words = words_of(replace(programmed, coupon=there), {}, page=1)
    # Turned to the left about its corner it lies to the left of it.
    assert "sur la feuille 1, coin inférieur gauche en X 650 Y 30, dessin tourné de 90° vers la gauche" in words
    assert "1 : 0,1 · 2 : 0,2 · 3 : 0,3 · 4 : 0,4 · 5 : 0,5" in words
    assert "faits pour 0,2 mm (n° 2)" in words
    assert "--coupon-number" in words
    assert "?" not in words, "all of it is in the page's encoding"
    assert "dans une chute du même panneau" in words_of(
        replace(programmed, coupon=replace(there, spot=None)), {}, page=1
    )
    assert "Éprouvette" not in words_of(replace(programmed, coupon=None), {}, page=1)


def test_what_the_machine_s_file_leaves_out_is_marked_in_the_table_too(programmed: Job) -> None:
    letters = Operation(Work.ENGRAVE, Face.TOP, 0.8, Contour.rectangle(40, 20, 30, 3))
    parts = tuple(
        replace(p, operations=(*p.operations, letters)) if p.code == "P01" else p for p in programmed.cut_parts
    )
    plan = replace(programmed.plan, parts=parts)
    engraved = replace(programmed, plan=plan, cut_parts=parts)
    line = Unprogrammed("P01: engraving", "P01 : gravure, faute de fraise", part="P01", work=Work.ENGRAVE)

    assert "gravure hors fichier" in words_of(replace(engraved, unprogrammed=(line,)), {})
    assert "gravure hors fichier" not in words_of(replace(engraved, unprogrammed=()), {})


def test_passes_are_those_of_the_tool_s_own_work(programmed: Job) -> None:
    mill = programmed.machine_file.machine.tools[0]
    point = replace_tool(mill, "fraise en V", 3.0)
    runs = tuple(
        Run(tool, (Move(Pace.RAPID, 50.0, 50.0, 20.0), Move(Pace.PLUNGE, 50.0, 50.0, z)))
        for tool, z in ((point, -0.8), (mill, -17.9))
    )
    words = words_of(replace(programmed, programs=(replace(programmed.programs[0], runs=runs),)), {})

    assert "1 de 0,8" in words
    assert "3 de 6" in words


def replace_tool(tool: Tool, name: str, pass_depth: float) -> Tool:
    return tool.model_copy(update={"name": name, "pass_depth_mm": pass_depth})


def test_only_the_copy_that_is_meant_is_named_on_its_sheet(programmed: Job) -> None:
    copies = {p.copy for p in programmed.plan.sheets[0].placements if p.part == "P02"}
    there, elsewhere = (
        Unprogrammed(f"P02-{n}: no place for a tab", f"P02-{n} : attaches, faute de place", part="P02", copy=n)
        for n in (max(copies), 99)
    )

    assert "attaches, faute de place" in words_of(replace(programmed, unprogrammed=(there,)), {})
    assert "faute de place" not in words_of(replace(programmed, unprogrammed=(elsewhere,)), {})


def test_a_part_in_another_s_opening_is_to_be_cut_first(job: Job, programmed: Job) -> None:
    inner = replace(job.plan.parts[2], code="P99", operations=(_square(10.0),))
    host = next(p for p in job.plan.sheets[0].placements if p.part == "P01")
    (hole,) = job.plan.parts[0].of(Work.CUT_INSIDE)
    x0, y0, x1, y1 = hole.contour.moved(host.x, host.y, host.rotation_deg, host.mirrored).bounds
    here = Placement("P99", 1, (x0 + x1) / 2, (y0 + y1) / 2, 0.0)

    def with_inner(some: Job) -> Job:
        sheet = replace(some.plan.sheets[0], placements=(*some.plan.sheets[0].placements, here))
        plan = replace(some.plan, parts=(*some.plan.parts, inner), sheets=(sheet,))
        return replace(some, plan=plan, cut_parts=plan.parts)

    assert "Couper P99-1 avant l’ouverture autour" in words_of(with_inner(job), {})
    assert "avant l’ouverture" not in words_of(job, {})
    known = words_of(with_inner(programmed), {})
    assert "P99-1 : dans une ouverture, coupé avant elle" in known, "its own file does it in that order"


def _square(side: float) -> Operation:
    return Operation(Work.CUT_OUTSIDE, Face.TOP, 17.6, Contour.rectangle(-side / 2, -side / 2, side / 2, side / 2))


def test_a_model_is_called_one_and_says_what_it_lacks(job: Job) -> None:
    left = LeftOut(("P02", "P03"), "2 perçages", "too small", "de 1,2 mm, pour des vis")
    model = replace(job, choices=Choices(scale=5), left_out=(left,))

    assert "maquette au 1:5" in words_of(model, {})
    assert "P02, P03 : 2 perçages (de 1,2 mm, pour des vis)" in words_of(model, {}, page=1)
    assert "maquette" not in words_of(job, {}, page=1)


def test_codes_stay_on_their_part_without_a_cut_through_them(job: Job) -> None:
    parts = {part.code: part for part in job.cut_parts}
    unit = MM / 5
    for code, letters in (("P01", 5), ("P02", 5), ("P03", 5)):
        part = parts[code]
        for turned in (0.0, 90.0, 30.0):
            place = code_place(part, letters, turned, unit)
            x0, y0, x1, y1 = part.outline.bounds
            assert x0 < place.x < x1
            assert y0 < place.y < y1
            assert place.points >= 7, "there is room on each of these"
            for operation in part.operations:
                if operation.work is not Work.CUT_OUTSIDE:
                    hole = Polygon(operation.contour.points(0.5))
                    assert hole.distance(Point(place.x, place.y)) > 0.4 * place.points / unit / 2
