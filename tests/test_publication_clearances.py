# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workshops' coupons measured is told to designers in groups, and no workshop can be found in one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.template.loader import render_to_string

from cms.measured_clearances import clearances_shown
from cms.templatetags.studio import felt, joint_words
from designs.furniture import Furniture
from designs.joinery import through_tenon
from designs.piece import Piece
from designs.placing import facing_right, lying
from designs.sheet import Sheet
from fablabs.machine import Process
from fablabs.models import Workshop
from fablabs.services.measuring import measure
from fabrication.clearances.services import measured_clearances
from fabrication.previews import make_preview
from orders.disclosure import LEAST
from tests.cutting import Bracket
from tests.revised import ROUTER
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db


def _measuring(number: int, clearance_mm: float, machine_file: str = ROUTER) -> Workshop:
    workshop = make_workshop(machine_file, slug=f"w{number}")
    person = make_maker_person(workshop, f"atelier-{number}@example.org")
    measure(workshop.stock.get(), None, actor=person, clearance_mm=clearance_mm)
    return workshop


def test_the_middle_and_the_spread_of_workshops_that_measured_and_no_small_group(
    django_assert_num_queries: Any,
) -> None:
    make_workshop(ROUTER, slug="sans")  # its 0.2 mm is the default
    for number, clearance in enumerate((0.1, 0.12, 0.15, 0.3), 1):
        _measuring(number, clearance)
    assert measured_clearances(LEAST) == () and len(measured_clearances(4)) == 1
    _measuring(5, 0.18)
    with django_assert_num_queries(3):
        (found,) = measured_clearances(LEAST)
    assert (found.process, found.material, found.workshops) == (Process.ROUTER, "contreplaqué bouleau", 5)
    assert (found.median_mm, found.low_mm, found.high_mm) == pytest.approx((0.15, 0.12, 0.18))
    (row,) = clearances_shown()
    assert (row.machine, row.median, row.spread) == ("Fraiseuse", "0,15\u00a0mm", "de 0,12 à 0,18\u00a0mm")


def test_a_workshop_counts_once_with_what_its_record_says_today() -> None:
    for number in range(1, 6):
        workshop = _measuring(number, 0.1)
    person = workshop.maker.organisation.memberships.get().user
    for clearance in (0.3, 0.25):
        measure(workshop.stock.get(), None, actor=person, clearance_mm=clearance)
    (found,) = measured_clearances(LEAST)
    assert (found.workshops, found.median_mm) == (5, 0.1)
    workshop.stock.update(is_active=False)
    assert measured_clearances(LEAST) == ()


def test_without_enough_of_them_the_page_says_so() -> None:
    assert "Pas encore assez d’ateliers" in render_to_string("cms/studio/_clearances.html", {"clearances": []})


class Stool(Bracket):
    """A seat on one leg, by a through tenon."""

    parameters = ()

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        piece = Piece("tabouret", values, sheet)
        leg = piece.board("pied", 200, 300, facing_right(100, 0, 0))
        seat = piece.board("assise", 300, 200, lying(0, 0, 300))
        piece.join(through_tenon(leg, "top", seat, at=[100], width=50, clearance=sheet.clearance))
        return piece.furniture()


def test_a_preview_says_which_joints_each_part_has() -> None:
    _, facts = make_preview(Stool(), {}, lambda stage, done: None)
    parts = {part["name"]: part["joints"] for part in json.loads(facts)["parts"]}
    assert parts == {"pied": ["through-tenon"], "assise": ["through-tenon"]}
    _, facts = make_preview(Bracket(), {}, lambda stage, done: None)
    assert {tuple(part["joints"]) for part in json.loads(facts)["parts"]} == {()}
    assert joint_words(["through-tenon", "cross-lap"]) == "tenon traversant, mi-bois" and felt(["cross-lap"])
    assert joint_words(None) == "" and not felt(["bolted"]) and not felt(None)
