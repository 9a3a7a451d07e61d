# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Long work says how far it is in one shape, and pages that others change can tell that they did."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.progress import Progress, version_of
from cms.stages import Stage
from fabrication.models import Job
from orders.models import QuoteRequest, State
from orders.services.cutting import tick_sheet
from tests.making import Case, finish_package, make_case
from tests.orders import make_buyer, make_order
from tests.people import make_person, signed_in
from tests.workshops import make_maker_person, make_workshop

KEYS = {"state", "finished", "progress", "sentence", "stages", "version"}


@pytest.fixture
def case(settings: Any, tmp_path: Path) -> Case:
    settings.TRETEAU_ARTEFACTS, settings.TRETEAU_ORDER_FILES = tmp_path / "artefacts", tmp_path / "orders"
    return make_case()


def test_one_shape_says_how_far_any_work_is() -> None:
    found = Progress("running", False, 40, "Mise à plat", (Stage("Calcul", "done"), Stage("Mise à plat", "current")))
    assert found.as_json() == {
        "state": "running", "finished": False, "progress": 40, "sentence": "Mise à plat",
        "stages": ["done", "current"], "version": "",
    }  # fmt: skip


def test_a_version_is_of_what_is_there_in_its_order_and_of_nothing_else() -> None:
    assert version_of([1, "a", None]) == version_of((1, "a", None))
    different = [version_of(parts) for parts in ([1, 23], [12, 3], [3, 12], [], [1, 23, None], ["1', '23"])]
    assert len(set(different)) == len(different)


@pytest.mark.django_db
def test_a_package_that_is_made_says_so_on_its_page_and_to_the_script(case: Case) -> None:
    case.act("start")
    job = case.prepared().job
    page = Client()
    answer = page.get(f"/travaux/{job.public_id}/etat.json")
    assert set(answer.json()) == KEYS and answer.json()["finished"] is False and "no-store" in answer["Cache-Control"]
    text = page.get(f"/travaux/{job.public_id}/").content.decode()
    assert f'data-progress-url="/travaux/{job.public_id}/etat.json"' in text and 'aria-live="polite"' in text
    assert '<noscript><meta http-equiv="refresh"' in text and "bundle/progress.js" in text
    assert text.count("data-state=") == len(answer.json()["stages"])
    bench = signed_in(case.maker).get(f"/fabrication/{case.order.public_id}/").content.decode()
    assert f'data-progress-url="/travaux/{job.public_id}/etat.json"' in bench
    finish_package(job)
    assert page.get(f"/travaux/{job.public_id}/etat.json").json()["finished"] is True
    assert "data-progress-url" not in page.get(f"/travaux/{job.public_id}/").content.decode()


@pytest.mark.django_db
def test_the_bench_and_the_board_notice_what_others_did_and_nothing_else(case: Case) -> None:
    case.act("start")
    page = signed_in(case.maker)
    bench, board = f"/fabrication/{case.order.public_id}/", "/fabrication/"

    def versions() -> tuple[str, str]:
        """As the pages say them, which is as their states do."""
        found = []
        for address in (bench, board):
            shown = re.search(r'data-version="([0-9a-f]{16})"', page.get(address).content.decode())
            state = page.get(f"{address}etat.json").json()
            assert shown and set(state) == KEYS and state["version"] == shown[1] and state["finished"] is False
            found.append(shown[1])
        return found[0], found[1]

    first = versions()
    assert versions() == first
    production = case.prepared()
    second = versions()
    assert second[0] != first[0] and second[1] != first[1]
    Job.objects.filter(pk=production.job_id).update(progress=30)
    assert versions() == second  # how far it is, the work’s own state says
    finish_package(production.job)
    third = versions()
    assert third[0] != second[0] and third[1] == second[1]
    tick_sheet(case.order, production.pk, 1, actor=case.maker, most=2)
    fourth = versions()
    assert fourth[0] != third[0] and fourth[1] == third[1]  # the board counts pieces
    make_order(make_buyer("autre@example.org", number=9), State.COMMITTED, workshop=case.workshop)
    fifth = versions()
    assert fifth[0] == fourth[0] and fifth[1] != fourth[1]


@pytest.mark.django_db
def test_states_of_others_are_not_there_and_cost_little(case: Case) -> None:
    case.act("start")
    case.prepared()
    addresses = [f"/fabrication/{case.order.public_id}/etat.json", "/fabrication/etat.json"]
    for who in (case.buyer, make_person("tiers@example.org", "Tiers Inconnu")):
        assert [signed_in(who).get(address).status_code for address in addresses] == [404, 404]
    assert {Client().get(address).status_code for address in addresses} == {302}
    page = signed_in(case.maker)
    for address in addresses:
        with CaptureQueriesContext(connection) as seen:
            page.get(address)
        assert len(seen) <= 12, address


@pytest.mark.django_db
def test_who_waits_for_quotes_is_told_when_one_is_asked_for_and_nobody_else_is() -> None:
    buyer, workshop = make_buyer(), make_workshop()
    order = make_order(buyer, State.SELF_FUNDED)
    page, address = signed_in(buyer), f"/commandes/{order.public_id}/choix/"
    text = page.get(address).content.decode()
    first = page.get(f"{address}etat.json").json()
    assert set(first) == KEYS and f'data-version="{first["version"]}"' in text and "bundle/progress.js" in text
    asked = QuoteRequest.objects.create(order=order, workshop=workshop, answer_by=timezone.localdate())
    second = page.get(f"{address}etat.json").json()["version"]
    assert second != first["version"]
    QuoteRequest.objects.filter(pk=asked.pk).update(declined_at=timezone.now(), declined_reason="Complet.")
    assert page.get(f"{address}etat.json").json()["version"] not in (first["version"], second)
    type(order).objects.filter(pk=order.pk).update(state=State.CANCELLED, ended_at=timezone.now())
    assert page.get(f"{address}etat.json").json()["version"] == ""  # another page by now
    for who in (make_person("tiers@example.org", "Tiers Inconnu"), make_maker_person(workshop)):
        assert signed_in(who).get(f"{address}etat.json").status_code == 404
