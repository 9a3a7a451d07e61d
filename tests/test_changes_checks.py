# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design's own checks: what is said of each in French, what keeps it from being published, and which sizes were asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from designs.content import Content
from designs.errors import GeometryError
from designs.furniture import Furniture
from designs.jail.errors import too_long
from designs.sheet import Sheet
from designs.use import Use
from fabrication.comparison import checking
from fabrication.comparison.changes import State, compare
from fabrication.comparison.check_words import in_french
from fabrication.comparison.checking import check_design
from fabrication.fitness.verdict import Colour, Verdict
from fabrication.pipeline import flatten
from fabrication.scripted.design import drawn
from fabrication.scripted.flat_data import part_data
from tests.varied_designs import Bench


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "DRAWS", 4)
    monkeypatch.setattr(checking, "_FAR", 3)


class Sound(Bench):
    """The bench, with the floor that it stands on and its corners rounded."""

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        width = values["width"]
        floor = tuple((x, y, 0.0) for x in (self.inset, width - self.inset) for y in (20.0, 300.0))
        return dataclasses.replace(super().draw(values, sheet), use=Use(floor=floor))


def states(found: checking.Checked) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for check in found.checks:
        told.setdefault(check.name, set()).add(check.state)
    return told


def test_every_check_is_told_once_asked_with_a_sentence_and_a_state() -> None:
    found = check_design(Sound())
    names = states(found)
    assert {
        "build",
        "clash",
        "joints",
        "floating",
        "insertion",
        "mass",
        "tip-over",
        "corners",
        "slot",
        "web",
        "draws",
    } <= set(names)
    assert all(
        check.french.endswith(".") and check.title and check.state in ("ok", "warning", "fault")
        for check in found.checks
    )
    assert found.asked == 4 and found.held + found.refused <= 4
    data = found.data()
    assert data["is_green"] is found.is_green and data["draws"]["asked"] == 4


@pytest.mark.parametrize(
    ("most", "said"), [(2, "à 2 autres dimensions"), (1, "dans d’autres dimensions")], ids=["two", "one"]
)
def test_one_other_size_is_no_plural(monkeypatch: pytest.MonkeyPatch, most: int, said: str) -> None:
    monkeypatch.setattr(checking, "_FAR", most)
    monkeypatch.setattr(checking, "fitness_of", lambda *given, **more: ())
    (far,) = checking._far(Sound(), Sheet(), lambda done: None)
    assert far.state == "ok" and far.french == f"Tout tient aussi {said}."


def test_what_is_red_names_its_part_and_what_to_do() -> None:
    found = check_design(Bench())
    assert not found.is_green, "nobody says what it stands on, nor how it goes together"
    insertion = next(check for check in found.checks if check.name == "insertion")
    assert insertion.state == "fault" and insertion.part in ("P01", "P02") and "En cause" in insertion.french
    assert insertion.detail, "the measurement stays"


@pytest.mark.parametrize("colour", list(Colour))
def test_every_check_has_french_words_in_every_colour(colour: Colour) -> None:
    for name in (
        "flat", "clash", "joints", "floating", "insertion", "mass", "tip-over", "deflection", "knees", "corners", "slot",
        "web", "neck", "folded size", "hands", "a check to come",
    ):  # fmt: skip
        for figure in (None, 3.5):
            told = in_french(Verdict(name, figure, 8.0, "mm", "", colour, "P07-2 ‘rive’ at 3, 4"))
            assert told.french and "{" not in told.french and told.part == ("" if colour is Colour.GREEN else "P07")
            assert ".5" not in told.french, "a decimal comma"


def test_sizes_that_the_drawing_refuses_count_and_too_many_are_a_fault() -> None:
    class Narrow(Sound):
        def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
            if values["width"] > 1000:
                raise GeometryError("no room for the joint")
            return super().draw(values, sheet)

    draws = next(check for check in check_design(Narrow()).checks if check.name == "draws")
    assert draws.state == "fault" and "L’un de ceux qui ne tiennent pas" in draws.french


def test_a_design_that_does_not_draw_at_its_base_is_a_fault_and_no_crash() -> None:
    class Never(Bench):
        def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
            raise GeometryError("P03 ‘fond’: no room")

    (only,) = check_design(Never()).checks
    assert only.state == "fault" and "Ne se dessine pas" in only.french and "P03" in only.detail


def test_the_same_sizes_are_asked_every_time() -> None:
    asked: list[list[float]] = []

    class Noted(Sound):
        def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
            asked[-1].append(values["width"])
            return super().draw(values, sheet)

    for _ in range(2):
        asked.append([])
        check_design(Noted())
    assert asked[0] == asked[1] and len(set(asked[0])) > 4


@pytest.mark.parametrize("slow", [(1390, 1400), (950, 1390)], ids=["far", "drawn"])
def test_a_script_that_does_not_end_at_one_size_is_asked_for_no_other(slow: tuple[int, int]) -> None:
    late = 0

    class Slow(Sound):
        def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
            nonlocal late
            if slow[0] < values["width"] <= slow[1]:
                late += 1
                raise too_long(20)
            return super().draw(values, sheet)

    found = check_design(Slow())
    assert late == 1, "twenty seconds each"
    assert not found.is_green and any("au bout de" in check.french for check in found.checks if check.state == "fault")


def test_flat_parts_drawn_elsewhere_are_warned_of_what_nobody_could_check() -> None:
    parts = [part_data(part) for part in flatten(Bench().build())]
    kit = drawn("kit", 0, Content.parse({"kind": "flat", "parts": parts, "specification": {}}), {})
    found = check_design(kit)
    assert found.is_green and not found.asked, [check for check in found.checks if check.state == "fault"]
    told = {check.name: check.french for check in found.checks if check.state == "warning"}
    assert "dans quel ordre" in told["insertion"] and "tient debout" in told["tip-over"]
    assert {"slot", "web", "neck"} <= {check.name for check in found.checks if check.state == "ok"}
    assert compare(State(kit), State(kit)).proposal.step == "none"
