# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Slips of the hand in scripts and rules: what is said leads to what to do, never past it."""

from __future__ import annotations

import json

import pytest

from designs.panel import Panel
from designs.piece import Piece
from designs.rules import RuleError, rule
from designs.specification import Specification, SpecificationError
from fabrication.scripted import inside
from fabrication.scripted.answers import answered
from fabrication.scripted.endless import stopped_in_time
from fabrication.scripted.errors import ScriptTimeError
from tests.scripting import SPECIFICATION, TABLE, asked, faults


def said(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("old", "new", "says", "not_says"),
    [
        ("radius=20", "rayon=20", "On peut lui donner name, width, height, at, radius, grain, finish.", "Vouliez-vous"),
        ("radius=20", "radiu=20", "Vouliez-vous « radius » ?", "On peut lui donner"),
        ('values["depth"]', 'values["profondeur"]', "Les paramètres sont width, depth, height.", "Vouliez-vous"),
        ('values["depth"]', 'values["dept"]', "Vouliez-vous « depth » ?", "Les paramètres sont"),
    ],
)
def test_where_nothing_is_alike_all_that_there_is_is_named(old: str, new: str, says: str, not_says: str) -> None:
    french = said(faults(old, new)[0]["french"])
    assert says in french and not_says not in french


@pytest.mark.parametrize(
    ("cut", "says"),
    [
        ("leg.hole(leg_depth, 100, 30)", "la découpe en 440 × 100 mm sort"),
        ("top.slot(100, 100, 50, 20, 0); top.slot(20, 800, 50, 20)", "la découpe en 20 × 800 mm sort"),
        ("top.groove(895, 250, 40, 20, 6)", "la découpe en 895 × 250 mm sort"),
        ("top.engrave('trop long pour ce plateau', 450, 250, 80)", "sort de la pièce"),
        ("top.hole(400, 200, 30)\n    top.hole(410, 205, 30)", "deux découpes se touchent en 400 × 200 mm"),
        ("leg.tab('top', 5, 60, 18)", "pas de place pour ce qui est à -25,0–35,0 mm"),
        ("drilled(top)", "la découpe en 450 × 2 mm sort"),
    ],
)
@pytest.mark.parametrize("end", ["return piece", "return piece.furniture()"])
def test_a_cut_that_does_not_fit_is_shown_where_it_is_written(cut: str, says: str, end: str) -> None:
    """Not at the part that it is cut in, nor at the end, where it is found out."""
    before = "def drilled(panel):\n    panel.hole(450, 2, 10)\n\n\ndef draw("
    script = TABLE.replace("def draw(", before, 1).replace(
        "    return piece", f"    leg_depth = depth - 60\n    {cut}\n    {end}"
    )
    (fault,) = asked({"table.py": script})["errors"]
    written = "panel.hole" if "drilled" in cut else cut.splitlines()[-1]
    line = next(n for n, text in enumerate(script.splitlines(), start=1) if written in text)
    assert says in said(fault["french"]), fault
    assert (fault["file"], fault["line"]) == ("table.py", line)


def test_a_joint_too_wide_for_its_place_is_shown_at_the_joint() -> None:
    joint = TABLE[TABLE.index("    piece.join") : TABLE.index("    return piece")]
    script = TABLE.replace(
        "    return piece", joint.replace("count=2, width=60", "count=1, width=430") + "    return piece"
    )
    (fault,) = asked({"table.py": script})["errors"]
    assert fault["line"] == 13, fault


def test_a_script_that_speaks_as_a_panel_does_is_answered_all_the_same() -> None:
    sentence = "P01 'plateau': no room on edge 'top' for what stands at 0.0–5.0 mm (free: 0.0–1.0 mm)"
    raised = f'    from designs.errors import GeometryError\n    raise GeometryError("{sentence}")\n'
    script = TABLE.replace("    return piece", f"    top.shape_edge('top', [(0, 0), 'x'])\n{raised}    return piece")
    (fault,) = asked({"table.py": script})["errors"]
    assert fault["line"] == 15 and fault["kind"] == "geometry"


def test_what_is_noted_of_a_script_leaves_nothing_behind() -> None:
    before = dict(vars(Panel)), Piece.next_code
    assert asked({"table.py": TABLE})["ok"]
    assert faults("width=60", "width=6000")
    assert (dict(vars(Panel)), Piece.next_code) == before


def test_a_file_that_hides_the_library_s_is_named() -> None:
    answer = asked({"piece.py": TABLE})
    assert "piece.py cache celui de la bibliothèque" in said(answer["errors"][0]["french"]), answer


@pytest.mark.parametrize("text", ["", "\n\n", "# plus tard\n"])
def test_an_empty_script_is_called_empty(text: str) -> None:
    assert "table.py est vide" in said(asked({"table.py": text})["errors"][0]["french"])


def test_a_loop_without_end_is_shown_at_its_line_and_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "stopped_in_time", lambda: stopped_in_time(0.3))
    answer = asked({"table.py": TABLE.replace("    return piece", "    while t:\n        t += 0\n    return piece")})
    fault = answer["errors"][0]
    assert fault["kind"] == "time" and fault["line"] in (13, 14) and "boucle" in fault["french"]
    with pytest.raises(ScriptTimeError) as stopped:
        answered(json.dumps(answer).encode(), ["table.py"])
    assert stopped.value.kind == "time" and stopped.value.line == fault["line"]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("width = 3", "écrivez == et non ="),
        ("width ≥ 3", "Écrivez >= au lieu de ≥."),
        ("width => 3", "Écrivez >= au lieu de =>."),
        ("width >= 3 × depth", "Écrivez * au lieu de ×."),
        ("width >= 17,5", "un point tient lieu de la virgule"),
        ("width >=", "vérifiez parenthèses et signes"),
    ],
)
def test_a_rule_that_is_written_as_on_paper_says_how_it_is_written_here(text: str, remedy: str) -> None:
    with pytest.raises(RuleError) as refused:
        rule(text)
    assert remedy in said(refused.value.french)


def test_a_sentence_that_names_a_parameter_that_is_gone_names_it() -> None:
    rules = [{"holds": "width > 3", "french": "Pas à {largeur:g} mm.", "english": "not at {width:d(} mm"}]
    with pytest.raises(SpecificationError) as refused:
        Specification.parse(SPECIFICATION | {"rules": rules})
    messages = {path: said(text) for path, text in refused.value.messages.items()}
    assert messages["rules.0.french"] == "« largeur » n’est pas un paramètre de ce modèle."
    assert messages["rules.0.english"].startswith("Entre accolades")
