# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The texts of a new site: there, true, linked to each other, and never written over."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Page

from accounts.models import User
from cms.demo_pages import load_pages
from cms.demo_pages.editors import EDITORS, demo_editors, load_editors
from cms.demo_pages.legal import KEPT, period
from cms.models import Audience, NewsPage, Question, SiteImage, StandardPage
from orders.services.retention import KINDS
from tests.streamed import close_file

#: Every editors' page that is written by hand here.
ADDRESSES = (
    "/comment-ca-marche/", "/fabriquer/", "/fabriquer/rejoindre/", "/fabriquer/conventions-de-fichiers/", "/fabriquer/calibration/",
    "/fabriquer/fichiers-machine/", "/questions/", "/actualites/", "/ressources/", "/accessibilite/", "/mentions-legales/",
    "/confidentialite/",
)  # fmt: skip


@pytest.mark.django_db
def test_a_new_site_has_its_texts_and_all_their_links_lead_somewhere(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    load_pages()
    counted = Page.objects.count(), Question.objects.count(), SiteImage.objects.count()
    page = StandardPage.objects.get(slug="rejoindre")
    page.title = "Changé par quelqu’un"
    page.save_revision().publish()
    load_pages()
    assert counted == (Page.objects.count(), Question.objects.count(), SiteImage.objects.count())
    assert StandardPage.objects.get(slug="rejoindre").title == "Changé par quelqu’un"

    assert Question.objects.count() >= 24 and NewsPage.objects.count() >= 4
    assert set(Question.objects.values_list("audience", flat=True)) == set(Audience.values)
    assert all(image.description for image in SiteImage.objects.all())
    for question in Question.objects.all():
        question.full_clean()

    leads: dict[str, str] = {}
    for address in (*ADDRESSES, *(news.url for news in NewsPage.objects.all())):
        html = client.get(address).content.decode()
        main = html.partition("<main")[2].partition("</main>")[0]
        assert main.count("<h1") == 1, address
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", main)]
        assert all(b <= a + 1 for a, b in pairwise(levels)), (address, levels)
        # French spaces: no plain one before high punctuation, none that breaks within guillemets.
        words = re.sub(r"<[^>]*>", "\0", main)
        assert not re.search(r"\w [;!?»]|« ", unescape(words)), (
            address,
            re.findall(r".{20}\w [;!?»]|« .{10}", unescape(words)),
        )
        assert "lorem" not in main.lower() and "None" not in main
        for link in re.findall(r'href="([^"]+)"', main):
            leads.setdefault(unescape(link), address)
    ids = set(re.findall(r'id="([^"]+)"', client.get("/questions/").content.decode()))
    for link, where in leads.items():
        parts = urlsplit(link)
        if parts.scheme in ("http", "https"):
            assert parts.scheme == "https", link
            continue
        if parts.path.startswith("/modeles/"):
            continue  # models are published by another command
        if parts.fragment.startswith("q-"):
            assert parts.fragment in ids, link
        if parts.path:
            answer = client.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
            if parts.path.startswith("/espace/"):  # one's own, once signed in
                assert answer.status_code == 302 and answer["Location"].startswith("/compte/connexion/"), (link, where)
                continue
            assert answer.status_code == 200, (link, where)
            if answer.streaming:
                assert b"".join(answer.streaming_content), link
                close_file(answer)


def test_the_page_on_personal_data_says_every_period_that_the_site_keeps() -> None:
    import cms.retention

    names = {kind.name for kind in KINDS} | {cms.retention.REGISTRATIONS.name, cms.retention.CONTACT_MESSAGES.name}
    assert names == set(KEPT)
    assert [period(days) for days in (365, 730, 1095, 3653, 90, 366, 364)] == [
        "un an", "deux ans", "trois ans", "dix ans", "90 jours", "366 jours", "364 jours",
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_demonstrations_editors_exist_on_a_demonstration_alone(settings: Any) -> None:
    assert load_editors() == [] == demo_editors() and not User.objects.exists()
    settings.TRETEAU_DEMO = True
    load_editors()
    load_editors()
    assert [editor.email for editor in demo_editors()] == [editor.email for editor in EDITORS]
    for editor in EDITORS:
        user = User.objects.get(email=editor.email)
        assert user.is_demo and not user.is_staff and not user.is_superuser
        assert list(user.groups.all()) == [Group.objects.get(name=editor.group)]
        assert user.has_perm("cms.publish_question") == (editor.group == "Modérateurs")
