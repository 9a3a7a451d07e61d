# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Figures as French readers write them, and what is asked of any site: its mark, what is gone, what broke."""

from __future__ import annotations

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from cms.templatetags import french
from cms.views import errors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("grain", "length", "width", "shown"),
    [("along", 300, 1050, "300 × 1 050"), ("across", 300, 1050, "1 050 × 300"), ("free", 300, 1050, "1 050 × 300"),
     ("free", 450.5, 320, "450,5 × 320")],
)  # fmt: skip
def test_a_part_has_its_length_along_the_grain(grain: str, length: float, width: float, shown: str) -> None:
    size = french.part_size({"grain": grain, "length_mm": length, "width_mm": width})
    assert size.replace("\u202f", " ").replace("\u00a0", " ") == shown


def test_figures_in_a_sentence_are_grouped_and_never_broken_from_their_unit() -> None:
    assert french.figures("1270 × 500 × 850") == "1\u202f270\u00a0× 500\u00a0× 850"
    assert french.figures("760\u00a0×\u00a01700") == "760\u00a0× 1\u202f700"  # a line may end after ×
    assert french.figures("Entre 660 et 1200.5 mm") == "Entre 660 et 1\u202f200,5\u00a0mm"
    assert french.figures("SIRET 35600000000048") == "SIRET 35600000000048"
    for digits in (13, 400, 5000):  # what was typed is told as it was typed
        assert french.figures(f"Pas {'9' * digits} ici") == f"Pas {'9' * digits} ici"


def test_another_page_of_a_list_keeps_what_narrows_it(rf: RequestFactory) -> None:
    request = rf.get("/", {"q": "Nîmes & co", "voir": "servies", "page": "2"})
    shown = render_to_string("cms/_pages.html", {"page": Paginator(range(3), 1).page(2)}, request)
    assert 'href="?q=N%C3%AEmes+%26+co&amp;voir=servies&amp;page=1">Page précédente' in shown
    assert "Page 2 sur 3" in shown
    assert 'page=3">Page suivante' in shown
    assert "<nav" not in render_to_string("cms/_pages.html", {"page": Paginator(range(3), 3).page(1)}, request)


def test_browsers_and_robots_find_what_they_ask_for(client: Client) -> None:
    mark = client.get("/favicon.ico", follow=True)
    assert mark["Content-Type"] == "image/svg+xml" and b"<svg" in b"".join(mark)
    mark.close()
    assert "Disallow: /travaux/" in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize("name", ["00000000-0000-4000-8000-000000000000", "00000000-0000"])
def test_files_that_are_gone_are_said_to_be_made_again(client: Client, name: str) -> None:
    html = client.get(f"/travaux/{name}/").content.decode()
    assert "refaites-les depuis le modèle" in html and 'href="/modeles/"' in html


def test_the_page_for_a_server_error_needs_nothing_and_has_a_way_out() -> None:
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500 and b'href="/"' in response.content
