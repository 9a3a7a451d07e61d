# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The assembly notice: what a person needs is in it, and what reads it back finds what is not."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pypdf
import pytest

from designs.catalogue import design
from fabrication.choices import Choices
from fabrication.exporters import Job, exporter
from fabrication.exporters.notice import PATH
from fabrication.exporters.notice_end import recut
from fabrication.exporters.notice_sketches import sketch
from fabrication.exporters.notice_story import Stage, story
from fabrication.packaging import manifest as made_manifest
from fabrication.pipeline import plan_job
from fabrication.verification.dxf import UnreadableError
from fabrication.verification.manifest import Manifest, parse_manifest
from fabrication.verification.notice import notice_faults
from tests.cutting import Bracket, machine_file

SHEET = {"sheet_mm": (2500, 1250), "measured_thickness_mm": 18.0}


@cache
def job(name: str) -> Job:
    model = Bracket() if name == "equerre" else design(name)
    return plan_job(model, {}, machine_file(stock=SHEET), 2)


@cache
def notice(name: str) -> bytes:
    ((path, data),) = exporter("notice").export(job(name), {})
    assert path == PATH
    return data


@cache
def stages(name: str) -> tuple[Stage, ...]:
    return tuple(story(job(name).furniture, job(name).flat_parts))


def text(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def manifest(of: Job) -> Manifest:
    parsed, _ = parse_manifest(json.dumps(made_manifest(of, {}, ())).encode())
    assert parsed is not None
    return parsed


def faults(tmp_path: Path, data: bytes, read: Manifest) -> list[str]:
    (tmp_path / PATH).write_bytes(data)
    return list(notice_faults(tmp_path / PATH, read))


# The story


def test_steps_are_numbered_and_what_is_done_twice_is_told_once():
    told = stages("chariot")
    assert [stage.number for stage in told] == list(range(1, len(told) + 1))
    twice = [stage for stage in told if stage.times == 2]
    assert [stage.title for stage in twice] == [
        "Montez les rives",
        "Montez la cloison longue",
        "Croisez les cloisons courtes",
    ]
    (last,) = [stage for stage in told if stage.title == "Glissez les plateaux"]
    assert last.sub == ((last.sub[0][0], twice[-1].number),)


@pytest.mark.parametrize("name", ["chariot", "porte", "maisonnette"])
def test_every_part_is_drawn_when_it_comes_and_labelled(name):
    named = {copy for stage in stages(name) for copy in stage.named}
    named |= {copy for stage in stages(name) for copy in stage.again}
    starts = {copy for step in job(name).furniture.steps for copy in step.parts if step.direction is None}
    assert {part.code for part in job(name).furniture.parts} == {code for code, _ in named}
    for stage in stages(name):
        drawn = {body.copy for body in stage.bodies}
        assert set(stage.named) <= drawn
        if stage.travel is not None:
            moving = {body.copy for body in stage.bodies if body.moves and body.copy}
            assert set(stage.step.parts) <= moving
            assert not moving & (starts - set(stage.step.parts)) or stage.step.joins


@pytest.mark.parametrize("name", ["chariot", "porte", "maisonnette"])
def test_what_comes_is_drawn_back_along_its_way(name):
    for stage in stages(name):
        for body in stage.bodies:
            if body.moves and body.copy and stage.travel is not None:
                distance = float(-body.shift @ stage.travel)
                assert distance > 50
                assert np.cross(body.shift, stage.travel) == pytest.approx(np.zeros(3), abs=1e-6 * distance)


@pytest.mark.parametrize("name", ["chariot", "maisonnette"])
def test_as_many_bolts_are_drawn_as_are_screwed_in(name):
    """Each comes along its hole, outside of the wood, in the step that lists it."""
    for stage in stages(name):
        drawn = sum(1 for body in stage.bodies if body.copy is None and body.fresh and len(body.shell.triangles) < 200)
        listed = sum(
            n for reference, n in stage.hardware if re.match(r"(JCBC|ISO 7380-2|ISO 4017) M\d|DIN 7997 5 ×", reference)
        )
        assert drawn >= listed


def test_casters_come_with_the_boards_that_carry_them():
    wheels = Counter()
    for stage in stages("maisonnette"):
        if "roulettes" in stage.title:
            fittings = [body for body in stage.bodies if body.copy is None and body.moves]
            wheels[stage.title] = len(fittings) // 3
            assert len(fittings) % 3 == 0
    assert wheels == {"Montez les roulettes du socle": 4, "Montez les roulettes du pied": 2}


# The paper


@pytest.mark.parametrize("name", ["chariot", "porte", "maisonnette", "equerre"])
def test_it_is_read_back_without_a_fault(name, tmp_path):
    assert faults(tmp_path, notice(name), manifest(job(name))) == []


def test_each_step_has_its_place_and_its_words():
    reader = pypdf.PdfReader(io.BytesIO(notice("porte")))
    words = text(notice("porte"))
    assert len(reader.outline) == len(stages("porte"))
    for stage in stages("porte"):
        assert " ".join(stage.title.split()) in words
        for tool in stage.tools:
            assert " ".join(tool.split()) in words
        if stage.step.warning:
            assert " ".join(stage.step.warning.split()) in words


def test_a_picture_from_behind_says_so():
    """The hatch of the maisonnette comes from there; its printer tray does not."""
    pages = [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(notice("maisonnette"))).pages]
    behind = [page for page in pages if "vu de l’arrière" in page]
    assert any("Fermez le passage des câbles" in page for page in behind)
    assert not any("Accrochez le mur gauche" in page for page in behind)


def test_it_says_how_to_mend_and_what_becomes_of_it_without_a_word_of_drawing_programs():
    words = text(notice("chariot"))
    assert "treteau cut chariot --machine MACHINE.toml --part P05" in words
    for word in ("Réparer", "Quand il ne sert plus", "CERN-OHL-S-2.0", "50 mm", "Charge admise"):
        assert word in words
    assert not re.search(r"\b(CAO|STEP|DXF|G-code|solide|maillage|extrusion)\b", words)


def test_the_command_that_cuts_a_part_again_has_what_was_chosen_for_this_piece():
    chosen = {"width": 1012.5, "hooks": False, "trays": 1, "text": "ATELIER D'EN HAUT"}
    other = plan_job(design("chariot"), chosen, machine_file(stock=SHEET), 1)
    line = " ".join(recut(other, "P05"))
    _, *arguments = shlex.split(line)
    read = dict(pair.split("=", 1) for pair in arguments if "=" in pair)
    assert read == {"width": "1012.5", "hooks": "no", "trays": "1", "text": "ATELIER D'EN HAUT"}
    again = plan_job(design("chariot"), read, machine_file(stock=SHEET), 1)
    assert again.furniture.parameters == other.furniture.parameters
    ((_, data),) = exporter("notice").export(other, {})
    words = text(data)
    assert "--part P05" in words and "--set width=1012.5" in words and "--set hooks=no" in words


def test_the_same_job_gives_the_same_bytes_in_any_process():
    program = (
        "import hashlib; from fabrication.exporters import exporter; from fabrication.pipeline import plan_job; "
        "from tests.cutting import machine_file; from tests.test_notice import SHEET; "
        "job = plan_job('porte', {}, machine_file(stock=SHEET), 2); "
        "print(hashlib.sha256(dict(exporter('notice').export(job, {}))['notice-de-montage.pdf']).hexdigest())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert ran.stdout.strip() == hashlib.sha256(notice("porte")).hexdigest()
    assert b"CreationDate (D:2026" not in notice("porte")


def test_single_parts_have_none(tmp_path):
    alone = plan_job("chariot", {}, machine_file(stock=SHEET), 1, choices=Choices(only=("P05",)))
    assert list(exporter("notice").export(alone, {})) == []
    read = manifest(alone)
    assert list(notice_faults(tmp_path / PATH, read)) == []
    assert faults(tmp_path, notice("chariot"), read) == ["a package of single parts has no notice"]


def test_a_scale_model_has_its_own(tmp_path):
    laser = machine_file(
        "laser", stock={"nominal_thickness_mm": 3, "measured_thickness_mm": 3.0, "sheet_mm": (900, 600)}
    )
    model = plan_job("chariot", {}, laser, 1, choices=Choices(scale=5))
    ((_, data),) = exporter("notice").export(model, {})
    assert "Maquette au 1:5" in text(data)
    assert "posez une vis" not in text(data)
    boxes = [part.solid.located(at).BoundingBox() for part in model.furniture.parts for at in part.placements]
    high = max(box.zmax for box in boxes) - min(box.zmin for box in boxes)
    assert re.search(rf"Encombrement de la maquette : [\d ×]+ × {high:.0f} mm", text(data).replace("\xa0", " "))
    assert faults(tmp_path, data, manifest(model)) == []


@pytest.mark.parametrize("name", ["chariot", "porte", "maisonnette"])
def test_the_loads_that_it_warns_of_are_listed(name):
    use, words = job(name).furniture.use, text(notice(name)).replace("\xa0", " ")
    assert use is not None and use.loads
    for load in use.loads:
        assert re.search(rf"\({load.part}\) \d+ kg", words)
    assert "Ne dépassez pas les charges ci-dessus" in words


@pytest.mark.parametrize(("name", "gesture", "tool"), [
    ("chariot", "Charnière piano", "scie"), ("chariot", "Loqueteau", "mèche de 2"), ("porte", "Jonc", "scie"),
    ("porte", "ISO 683", "scie"), ("porte", "Patin", "marteau"), ("maisonnette", "Écrou noix", "tournevis plat"),
])  # fmt: skip
def test_each_step_names_the_tool_that_its_hardware_wants(name, gesture, tool):
    wanting = [stage for stage in stages(name) if any(item.startswith(gesture) for item, _ in stage.hardware)]
    assert wanting
    for stage in wanting:
        assert any(tool in one.replace("\xa0", " ") for one in stage.tools), stage.title


def test_only_what_stands_there_is_lifted():
    """The chariot is stood up before its leaf and its trays come."""
    (stage,) = (one for one in stages("chariot") if one.title == "Redressez le chariot")
    said = int(re.search(r"(\d+)\skg", stage.step.warning)[1])
    furniture, there = job("chariot").furniture, [body.copy for body in stage.bodies if body.copy]
    wood = sum(furniture.part(code).solid.Volume() for code, _ in there) * furniture.sheet.density_kg_m3 * 1e-9
    assert wood < said < wood + 8 < furniture.mass_g / 1000


def test_a_piece_without_steps_is_shown_taken_apart():
    words = text(notice("equerre"))
    assert "Vue éclatée" in words
    assert "P02 × 2" in words


# What is bought


@pytest.mark.parametrize("name", ["chariot", "porte", "maisonnette"])
def test_everything_bought_has_a_drawing(name):
    for item in job(name).furniture.hardware:
        drawn = sketch(item.reference)
        assert drawn is not None, item.reference
        assert max(drawn.size) <= 120, item.reference  # three in a row of the page


@pytest.mark.parametrize(
    ("reference", "along", "across"),
    [
        ("ISO 7380-2 M8 × 60", 60 + 4.4, 17.8),
        ("JCBC M8 × 60", 60 + 2.6, 17),
        ("DIN 7997 5 × 35", 35, 10),
        ("ISO 7089 M8", 16, 16),
        ("ISO 7045 M4 × 25", 25 + 3, 8),
    ],
)
def test_small_things_are_drawn_as_large_as_they_are(reference, along, across):
    drawn = sketch(reference)
    assert drawn is not None
    assert drawn.ratio == 1
    assert drawn.size == pytest.approx((along, across), abs=0.1)


def test_a_name_that_nobody_knows_has_no_drawing():
    assert sketch("Bidule 42") is None


# What reads it back


def changed(data: bytes, keep: slice = slice(None), outline: bool = True, turn: int = 0) -> bytes:
    """The notice with pages or its table of steps taken out, or turned."""
    reader, writer, stream = pypdf.PdfReader(io.BytesIO(data)), pypdf.PdfWriter(), io.BytesIO()
    if keep == slice(None) and outline:
        writer.append(reader)
    else:
        for page in reader.pages[keep]:
            writer.add_page(page)
    if turn:
        writer.pages[2].rotate(turn)
    writer.write(stream)
    return stream.getvalue()


def test_a_part_or_a_screw_that_is_missing_is_a_fault(tmp_path):
    read = manifest(job("chariot"))
    more = read.model_copy(update={"parts": [*read.parts, read.parts[0].model_copy(update={"code": "P77"})]})
    assert faults(tmp_path, notice("chariot"), more) == ["P77 × 2 is not on its board", "P77 is in no step"]
    twice = [item.model_copy(update={"quantity": 2 * item.quantity}) for item in read.hardware[:1]]
    more = read.model_copy(update={"hardware": [*twice, *read.hardware[1:]]})
    (fault,) = faults(tmp_path, notice("chariot"), more)
    assert fault.startswith("JCBC M8") and "8 pièce are not shown" in fault
    fewer = [read.parts[0].model_copy(update={"quantity": 2}), *read.parts[1:]]
    assert faults(tmp_path, notice("chariot"), read.model_copy(update={"parts": fewer})) == [
        "P01 × 1 is not on its board"
    ]


def test_pages_that_are_missing_are_a_fault(tmp_path):
    found = faults(tmp_path, changed(notice("chariot"), slice(0, 3)), manifest(job("chariot")))
    assert "P01 × 2 is not on its board" in found
    (tmp_path / PATH).unlink()
    assert list(notice_faults(tmp_path / PATH, manifest(job("chariot")))) == ["it is missing"]


def test_another_revision_is_a_fault(tmp_path):
    other = manifest(job("porte")).model_copy(update={"revision": 9})
    assert faults(tmp_path, notice("porte"), other) == ["it does not say revision 9"]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\nnothing", b"PK\x03\x04"])
def test_what_is_no_pdf_is_unreadable(data, tmp_path):
    with pytest.raises(UnreadableError):
        faults(tmp_path, data, manifest(job("chariot")))


def test_a_page_that_is_turned_is_unreadable(tmp_path):
    with pytest.raises(UnreadableError, match="page 3 is not A4"):
        faults(tmp_path, changed(notice("chariot"), turn=90), manifest(job("chariot")))


def test_steps_out_of_order_are_a_fault(tmp_path):
    reader, writer, stream = pypdf.PdfReader(io.BytesIO(notice("porte"))), pypdf.PdfWriter(), io.BytesIO()
    for page in reader.pages:
        writer.add_page(page)
    for title in ("1. Plantez le fond", "3. Plantez le séparateur"):
        writer.add_outline_item(title=title, page_number=5 if title.startswith("1") else 6)
    writer.write(stream)
    found = faults(tmp_path, stream.getvalue(), manifest(job("porte")))
    assert "step 2 is called '3. Plantez le séparateur'" in found
    assert "P10 is in no step" in found
