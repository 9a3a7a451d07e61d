# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Slips of the hand in scripts and rules: what is said leads to what to do, never past it."""

from __future__ import annotations

import json

import pytest

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
