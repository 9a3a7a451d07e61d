# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the checks found, as who draws reads it: one mistake is one line, and says what to do."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string

from fabrication.comparison.check_words import in_french
from fabrication.fitness.verdict import Colour, Verdict


def row(name: str, part: str, french: str, state: str = "fault") -> dict[str, str]:
    return {"name": name, "state": state, "title": name.title(), "french": french, "part": part}


def test_one_mistake_at_many_sizes_is_one_line_and_another_part_is_another() -> None:
    found = [row("corners", "P02", "Coins vifs."), *[row("corners", "P02", f"{n} mm : coins vifs.") for n in range(8)]]
    found += [row("corners", "P05", "Là aussi."), row("web", "P02", "Trop mince."), row("mass", "", "Lourd.", "ok")]
    html = render_to_string("cms/studio/_checks.html", {"checks": found, "is_green": False})
    assert html.count('<li data-state="fault">') == 3 and "7\N{NO-BREAK SPACE}mm" in html
    assert re.findall(r"<summary>(Aussi[^<]+)", html) == ["Aussi dans 8\N{NO-BREAK SPACE}autres cas"]


@pytest.mark.parametrize(
    ("check", "english", "french", "remedy"),
    [
        ("tip-over", "the design does not say what it stands on", "où il touche le sol", "piece.use"),
        ("insertion", "P01-1 ‘planche’ is never put in place", "dans aucune étape", "copies"),
        ("insertion", "step 2 (Pose): P01-1 ‘a’ comes from no direction, and P02-1 ‘b’ is there", "d’où vient", "along="),
        ("insertion", "the group 'cadre' never joins the piece", "jamais apporté", "joins="),
        ("insertion", "step 3 (Pose): P01-1 ‘a’ is put in place twice", "deux fois", "qu’une"),
    ],
)  # fmt: skip
def test_what_the_script_does_not_say_is_no_measure(check: str, english: str, french: str, remedy: str) -> None:
    said = in_french(Verdict(check, None, 0, "", "", Colour.RED, english)).french
    assert french in said and remedy.replace("qu’une", "que dans une") in said and "mesure inconnue" not in said
