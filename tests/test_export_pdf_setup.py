# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scale and list to tick off of a sheet's page, on several machines, with the planner's own paths."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fabrication.exporters import Job
from fabrication.exporters.pdf_setup import left_at_edge
from fabrication.exporters.pdf_sheet import page_for
from fabrication.pipeline import plan_job
from fabrication.plan import SheetLayout
from tests.cutting import Bracket, machine_file
from tests.pdf_words import FEEDS, MM, words_of

CUTS = {"controller": "grbl", "zero": "sheet-top", "travel_height_mm": 15.0, "tools": [{"name": "fraise 6 mm", "diameter_mm": 6.0, "number": 1, **FEEDS}]}  # fmt: skip
V_BIT = {"name": "fraise en V", "diameter_mm": 12.0, "kind": "v-bit", "number": 3, **FEEDS}


def cut(hold_down: str = "tabs", tools: Sequence[dict[str, object]] = (), **machine: object) -> Job:
    """With the planner's own paths."""
    known = {**CUTS, "hold_down": hold_down, **machine}
    known["tools"] = [*CUTS["tools"], *tools]
    return plan_job(Bracket(), {}, machine_file(**known), 1)


def at_the_edge(job: Job) -> float:
    """What the tool's own moves leave of the sheet's edge, arcs by their ends (mm)."""
    sheet = job.plan.sheets[0]
    low = [(m.x, m.y) for run in job.programs[0].runs for m in run.moves if m.z < 15 - 1e-6]
    return min(min(x, y, sheet.width - x, sheet.height - y) for x, y in low) - 3


def test_the_page_says_what_the_cutter_leaves_of_the_edge_not_where_the_parts_are() -> None:
    wide, narrow, none = (cut(margin_mm=margin, spacing_mm=9.0) for margin in (25.0, 10.0, 6.0))

    assert "la fraise y laisse 16" in words_of(wide, {}) or "la fraise y laisse 17" in words_of(wide, {})
    assert left_at_edge(wide, wide.plan.sheets[0]) == pytest.approx(at_the_edge(wide), abs=0.11)
    assert 16 < at_the_edge(wide) <= 19, "the way in bites beyond the parts' own kerf"
    assert left_at_edge(narrow, narrow.plan.sheets[0]) == pytest.approx(at_the_edge(narrow), abs=0.11)
    assert left_at_edge(none, none.plan.sheets[0]) == 0.0, "and never less"
    assert "la fraise y passe" in words_of(none, {})
    for some in (wide, narrow, none):
        assert "il reste" not in words_of(some, {})


@pytest.mark.parametrize(
    ("controller", "said"),
    [
        ("linuxcnc", "sa longueur dans la table d’outils"),
        ("mach3", "sa longueur dans la table d’outils"),
        ("grbl", "refaire le zéro Z avec le nouvel outil"),
        ("shopbot", "refaire le zéro Z avec le nouvel outil"),
    ],
)
def test_two_tools_ask_for_their_lengths(controller: str, said: str) -> None:
    drill = {"name": "foret 5 mm", "diameter_mm": 5.0, "kind": "drill", "number": 2, **FEEDS}
    assert said in words_of(cut(tools=[drill, V_BIT], controller=controller), {})
    assert said not in words_of(cut(controller=controller), {})


def test_an_onion_skin_is_told_where_it_stays_and_how_it_is_opened() -> None:
    words = words_of(cut("onion-skin", onion_skin_mm=0.5), {})

    assert "TOP-CUT-OUTSIDE-17.6MM 17,6 – 0,5" in words
    assert "contours et grandes ouvertures s’arrêtent 0,5 mm au-dessus du martyr" in words
    assert "libérer les pièces : trancher la peau de 0,5 mm" in words
    held = words_of(cut(), {})
    assert "TOP-CUT-OUTSIDE-17.6MM 17,6 + 0,3" in held
    assert "peau" not in held


def test_the_laser_s_page_speaks_of_the_beam() -> None:
    job = plan_job(Bracket(through_only=True), {}, machine_file("laser"), 1)
    words = words_of(job, {})

    assert "Trait de 0,3 mm déjà compensé" in words
    assert "contour, sur le trait" in words
    for absent in ("martyr", "outil", "Brider", "tr/min", "+ 0,3"):
        assert absent not in words, absent


def test_a_page_shows_the_workshop_s_own_names_of_layers() -> None:
    mine = {"cut_outside": {"name": "DECOUPE_{depth}", "colour": [0, 0, 255]}}
    job = plan_job(Bracket(), {}, machine_file(layers=mine), 1)
    words = words_of(job, {})

    assert "DECOUPE_17.6" in words
    assert "TOP-CUT-OUTSIDE" not in words


@pytest.mark.parametrize(
    ("size", "paper", "scale"),
    [
        ((2500, 1250), "A4", 10),
        ((1250, 2500), "A3", 10),
        ((3000, 1500), "A3", 10),
        ((1300, 1300), "A4", 10),
        ((1000, 600), "A4", 5),
        ((600, 300), "A4", 5),
        ((5000, 2000), "A4", 20),
        ((20000, 20000), "A3", 100),
    ],
)
def test_a_round_scale_that_fits(size: tuple[int, int], paper: str, scale: int) -> None:
    page = page_for(SheetLayout(1, *size, ()))

    assert page.scale == scale
    assert round(page.size[0] / MM) == {"A4": 297, "A3": 420}[paper]
    # With room for a column of text beside the sheet, or under it.
    assert size[0] / page.scale < page.size[0] / MM - (110 if page.beside else 20)
    assert size[1] / page.scale < page.size[1] / MM - (30 if page.beside else 75)
