# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The guide as a page, its table to take along, and published revisions as folders: for anybody, the same bytes every time."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import unquote

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from cms.catalogue import sync_designs
from cms.guide import guide
from designs.folder import Stamp, read_zip, write
from designs.folder_files import zipped
from designs.models import DesignRevision
from designs.services import candidates
from designs.templates import template
from tests.studio import studio


def test_the_page_has_a_title_anchors_that_its_links_find_and_pictures_that_are_there(client: Client) -> None:
    page = client.get("/concevoir/")

    assert page.status_code == 200
    html = page.content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    regions = re.findall(r'role="region" aria-label="([^"]+)"', html)
    assert len(regions) > 20 and len(set(regions)) == len(regions)
    for target in re.findall(r'href="#([^"]+)"', html):
        assert unquote(target) in ids, target
    pictures = re.findall(
        r'<img src="/static/(guide/[^"]+)" alt="([^"]{20,})"[^>]*width="[0-9]+" height="[0-9]+"', html
    )
    assert len(pictures) >= 12
    assert all(finders.find(path) for path, _ in pictures)
    assert "style=" not in guide().body
    assert "<script" not in guide().body


def test_prose_is_set_as_french_is_and_code_stays_as_it_is_typed() -> None:
    body = guide().body

    prose = re.sub(r"<code>.*?</code>", "", body, flags=re.DOTALL)
    assert not re.search(r" [:;!?»]|« ", re.sub(r"<[^>]+>", "", prose))
    assert "700\N{NO-BREAK SPACE}mm de haut" in body
    assert "# Les assemblages : chacun coupe" in body
    assert "treteau design new banc-long" in body


def test_the_table_of_the_guide_is_the_template_as_a_folder(client: Client) -> None:
    answer = client.get("/concevoir/table.zip")

    assert answer["Content-Type"] == "application/zip"
    assert read_zip(answer.content) == template("table")
    assert answer.content == zipped(write(template("table")), "table")


@pytest.mark.django_db
def test_a_published_revision_of_the_code_is_a_folder_too(client: Client) -> None:
    DesignRevision.objects.create(
        design="porte", number=1, code_path="designs.porte.Porte", defaults={}, texts={"title": "Porte"}
    )

    address = reverse("model-folder", args=["porte", 1])
    first, again = client.get(address), client.get(address)

    assert first.content == again.content
    folder = read_zip(first.content)
    assert folder.is_as_published
    assert folder.stamp == Stamp("porte", 1, "1.0.0", folder.content.digest)
    assert set(folder.content.sources) >= {"porte.py", "porte_sizes.py"}
    for missing in (
        "porte/revision-2",
        "porte/revision-0",
        "nowhere/revision-1",
        "porte/revision-99999999999999999999",
    ):
        assert client.get(f"/modeles/{missing}.zip").status_code == 404


@pytest.mark.django_db
def test_the_model_s_page_offers_its_folder_and_says_how_to_use_it(client: Client) -> None:
    sync_designs()

    html = client.get("/modeles/porte/").content.decode()
    assert 'href="/modeles/porte/revision-1.zip"' in html
    anchor = re.search(r'href="/concevoir/#([^"]+)"', html)
    assert anchor and f'id="{unquote(anchor[1])}"' in guide().body


@pytest.mark.django_db
def test_nobody_takes_a_draft_or_a_candidate_along_by_the_public_address(client: Client) -> None:
    people = studio()
    draft = people.begin()
    candidates.candidate(draft, actor=people.designer)

    assert client.get(reverse("model-folder", args=[draft.slug, 1])).status_code == 404
