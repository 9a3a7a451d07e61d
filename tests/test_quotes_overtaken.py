# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two sessions at one quote: the second is told who changed what, and loses nothing that it typed."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fabrication import services as jobs
from fabrication.models import Quote, QuoteLine
from fabrication.quoting.figures import CutFigures, SheetFigures, TimeSource
from tests import quoting
from tests.people import make_member, make_person, signed_in
from tests.quoting import asked, people_of, priced_workshop

pytestmark = pytest.mark.django_db

#: Of no plan: these tests are about who changes what, not about how it is measured.
FIGURES = CutFigures(
    design="porte", revision=1, quantity=1, process="cnc-router", material="contreplaqué bouleau", nominal_thickness=18.0,
    thickness=17.6, plan_key="0" * 64, sheets=(SheetFigures(2500.0, 1250.0, "", 3_125_000.0, 0.0, Decimal(98)),), parts=12,
    edge_length=40_000.0, passes=3, cut_length=120_000.0, seconds=2_660.0, time_source=TimeSource.LENGTH, unknown=(),
    tool_changes=1, steps=10, person_steps=12, fixings=8, mass_g=21_000.0, hardware=(),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(jobs, "ring", lambda pk, kind: None)
    monkeypatch.setattr(quoting, "figures_of_porte", lambda: FIGURES)


@pytest.fixture
def quote() -> Quote:
    return asked(priced_workshop(), make_person("camille@example.org", "Camille Roux"))


@pytest.fixture
def sacha(quote: Quote) -> Client:
    return signed_in(people_of(quote.workshop))


@pytest.fixture
def farid(quote: Quote) -> Client:
    user = make_person("farid@example.org", "Farid Santoni")
    make_member(user, quote.workshop.maker.organisation)
    return signed_in(user)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(answer.content.decode()).replace("\u202f", " ").replace("\xa0", " "))


def seen_on(client: Client, address: str) -> str:
    found = re.search(r'name="vu" value="(\d+)"', client.get(address).content.decode())
    assert found
    return found[1]


def address_of(line: QuoteLine) -> str:
    return reverse("quote-line", args=[line.quote.public_id, line.pk])


def test_the_second_session_reads_who_corrected_what_and_keeps_its_own_figures(
    quote: Quote, sacha: Client, farid: Client
) -> None:
    line = quote.lines.get(code="machine")
    address = address_of(line)
    seen = seen_on(sacha, address)
    first = {"quantite": "1,5", "prix": "48", "raison": "Broche lente", "vu": seen_on(farid, address)}
    assert farid.post(address, first).status_code == 302
    mine = {"quantite": "2,25", "prix": "51,50", "raison": "Deux passes", "vu": seen}
    refused = sacha.post(address, mine)
    text = text_of(refused)
    assert refused.status_code == 409 and "Farid Santoni a modifié" in text and "« Broche lente »" in text
    assert "quantité 0,74 h → 1,5 h" in text and "1,5 h × 48,00 € = 72,00 €" in text
    assert "Unité : h<" in text and 'value="2,25"' in text and 'value="51,50"' in text and "Deux passes" in text
    line.refresh_from_db()
    assert line.quantity == 1.5 and quote.corrections.count() == 1
    again = re.search(r'name="vu" value="(\d+)"', text)
    assert again and sacha.post(address, {**mine, "vu": again[1]}).status_code == 302
    line.refresh_from_db()
    assert str(line.unit_price_eur) == "51.50"


def test_a_mistake_does_not_hide_a_correction_that_was_never_shown(quote: Quote, sacha: Client, farid: Client) -> None:
    line = quote.lines.get(code="machine")
    address = address_of(line)
    seen = seen_on(sacha, address)
    farid.post(address, {"quantite": "1,5", "prix": "48", "raison": "Broche lente"})
    wrong = sacha.post(address, {"quantite": "deux", "prix": "50", "raison": "x", "vu": seen})
    kept = re.search(r'name="vu" value="(\d+)"', wrong.content.decode())
    assert wrong.status_code == 422 and kept and kept[1] == seen
    assert sacha.post(address, {"quantite": "2", "prix": "50", "raison": "x", "vu": kept[1]}).status_code == 409


def test_a_line_that_was_removed_or_a_quote_that_was_issued_meanwhile_loses_nothing_typed(
    quote: Quote, sacha: Client, farid: Client
) -> None:
    line = quote.lines.get(code="edges")
    address, mine = address_of(line), {"quantite": "2", "prix": "31", "raison": "Chants poncés", "vu": "0"}
    farid.post(address, {"retirer": "1", "retirer-raison": "chants bruts", "vu": "0"})
    gone = sacha.post(address, mine)
    assert gone.status_code == 409 and "Farid Santoni a retiré" in text_of(gone) and "Chants poncés" in text_of(gone)
    other = quote.lines.get(code="machine")
    page = reverse("quote", args=[quote.public_id])
    until = re.search(r'name="valable" value="([0-9-]+)"', farid.get(page).content.decode())
    assert until
    sent = {"valable": until[1], "vu": seen_on(farid, page)}
    assert farid.post(reverse("quote-issue", args=[quote.public_id]), sent).status_code == 302
    late = sacha.post(address_of(other), mine)
    assert late.status_code == 422 and "ne se corrige plus" in text_of(late) and "Chants poncés" in text_of(late)
    new = {"designation": "Huile dure", "quantite": "1", "unite": "forfait", "prix": "45", "raison": "demandée"}
    added = sacha.post(reverse("quote-line-add", args=[quote.public_id]), new)
    assert added.status_code == 422 and "ne se corrige plus" in text_of(added) and "Huile dure" in text_of(added)


def test_nobody_issues_a_quote_that_was_corrected_since_he_read_it(quote: Quote, sacha: Client, farid: Client) -> None:
    page, issue_it = reverse("quote", args=[quote.public_id]), reverse("quote-issue", args=[quote.public_id])
    until = re.search(r'name="valable" value="([0-9-]+)"', sacha.get(page).content.decode())
    assert until
    sent = {"valable": until[1], "vu": seen_on(sacha, page)}
    farid.post(address_of(quote.lines.get(code="machine")), {"quantite": "9", "prix": "48", "raison": "Broche lente"})
    refused = sacha.post(issue_it, sent)
    text = text_of(refused)
    assert refused.status_code == 409 and "Farid Santoni a modifié" in text
    quote.refresh_from_db()
    assert quote.state == Quote.State.CORRECTED
    again = re.search(r'name="vu" value="(\d+)"', text)
    assert again and sacha.post(issue_it, {**sent, "vu": again[1]}).status_code == 302


@pytest.mark.parametrize("seen", ["", "-1", "٣", "9" * 30, "x\0y"])
def test_an_odd_mark_is_no_mark(quote: Quote, sacha: Client, seen: str) -> None:
    line = quote.lines.get(code="machine")
    answer = sacha.post(address_of(line), {"quantite": "2", "prix": "50", "raison": "x", "vu": seen})
    assert answer.status_code == 302  # nothing was corrected before: there is nothing that it has not seen
