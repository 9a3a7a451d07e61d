# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The home page says what is so, today, to everybody, and weighs little."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.blocks import StructBlockValidationError

from cms.catalogue import sync_designs
from cms.demo_pages.home import load_home
from cms.home import sections
from cms.home_map import FRAMES, HEIGHT, WIDTH, dots
from cms.models import NewsIndexPage, NewsPage
from cms.models.home import StepBlock
from fablabs.models import Workshop
from orders.disclosure import LEAST
from orders.models import State
from tests.meetings import SECRET_LINK, make_meeting
from tests.orders import make_buyer, make_campaign, make_order
from tests.people import make_person, signed_in
from tests.workshops import make_workshop


def page_of(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def news(title: str, days_ago: int, live: bool = True) -> None:
    index = NewsIndexPage.objects.first()
    if index is None:
        index = NewsIndexPage(title="Actualités", slug="actualites")
        load_home().add_child(instance=index)
    day = timezone.localdate() - timedelta(days=days_ago)
    index.add_child(instance=NewsPage(title=title, date=day, summary="Deux phrases.", live=live))


# What it says


@pytest.mark.django_db
def test_an_empty_site_shows_no_counter_no_news_and_no_meeting(client: Client) -> None:
    load_home()
    page = page_of(client)
    assert "h-figures" not in page and "Actualités</h2>" not in page and "h-meeting" not in page
    assert "Aucun modèle n’est publié" in page and "Voir la carte des ateliers" in page
    assert page.count("<h1") == 1 and not client.cookies


@pytest.mark.django_db
def test_figures_are_counted_and_a_small_group_is_not_shown(client: Client) -> None:
    load_home()
    open_one = make_workshop(name="Les Copeaux")
    paused = make_workshop(name="La Varlope", slug="varlope")
    Workshop.objects.filter(pk=paused.pk).update(state=Workshop.State.PAUSED)
    campaign = make_campaign()
    for number in range(LEAST - 1):
        make_order(make_buyer(f"b{number}@example.org", number=number + 1), State.SUBMITTED, campaign=campaign)
    make_order(make_buyer("d@example.org", number=90), State.DRAFT, campaign=campaign)
    assert Workshop.objects.get(pk=open_one.pk).state == Workshop.State.OPEN
    assert sections()["figures"] == [(1, "atelier en service")]
    make_order(make_buyer("e@example.org", number=91), State.SUBMITTED, campaign=campaign)
    shown = {words: count for count, words in sections()["figures"]}
    assert shown["commandes"] == LEAST and "meubles fabriqués" not in shown
    assert f"<dd>{LEAST}</dd>" in page_of(client)


@pytest.mark.django_db
def test_the_next_meeting_is_the_next_one_that_takes_place(client: Client) -> None:
    now = timezone.now()
    make_meeting("hier", now - timedelta(days=1), title="Hier")
    make_meeting("annulee", now + timedelta(days=1), title="Annulée", is_cancelled=True)
    make_meeting("plus-tard", now + timedelta(days=9), title="Plus tard")
    make_meeting("retiree", now + timedelta(days=2), title="Retirée").unpublish()
    make_meeting("bientot", now + timedelta(days=3), title="Bientôt")
    page = page_of(client)
    assert "Bientôt" in page and "/rencontres/bientot.ics" in page and SECRET_LINK not in page
    assert not any(title in page for title in ("Hier", "Annulée", "Plus tard", "Retirée"))


@pytest.mark.django_db
def test_the_three_latest_news_are_there_and_no_draft(client: Client) -> None:
    load_home()
    for days, title in enumerate(("Une", "Deux", "Trois", "Quatre")):
        news(f"Nouvelle {title}", days)
    news("Nouvelle brouillon", 0, live=False)
    found = re.findall(r"Nouvelle \w+", page_of(client))
    assert found == ["Nouvelle Une", "Nouvelle Deux", "Nouvelle Trois"]


@pytest.mark.django_db
def test_words_of_editors_are_shown_and_never_run(client: Client) -> None:
    home = load_home()
    home.heading = "Des <script>alert(1)</script> meubles !"
    home.steps = [("step", {"title": "Un <b>", "text": "Et alors ?", "address": "/modeles/"})] * 3
    home.save_revision().publish()
    page = page_of(client)
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "Un &lt;b&gt;" in page
    assert "meubles\N{NARROW NO-BREAK SPACE}!" in page and "Et alors\N{NARROW NO-BREAK SPACE}?" in page


@pytest.mark.parametrize(
    "address", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)", "/\\ailleurs", "modeles/"]
)
def test_a_step_leads_nowhere_but_to_this_site(address: str) -> None:
    value = {"title": "Un", "text": "Deux", "address": address}
    with pytest.raises((StructBlockValidationError, ValidationError)):
        StepBlock().clean(value)
    assert StepBlock().clean({**value, "address": "/modeles/"})["address"] == "/modeles/"


@pytest.mark.django_db
def test_it_costs_the_same_whatever_there_is(client: Client, django_assert_max_num_queries: Any) -> None:
    load_home()
    sync_designs()
    for number in range(6):
        news(f"N{number}", number)
        make_workshop(name=f"Atelier {number}", slug=f"a{number}")
        make_meeting(f"m{number}", timezone.now() + timedelta(days=number + 1))
    page_of(client)
    with django_assert_max_num_queries(24):
        page_of(client)


# What it weighs


@pytest.mark.skipif(not Path("cms/static/bundle/neutral.css").exists(), reason="no bundle yet: make test builds it")
@pytest.mark.django_db
def test_the_first_visit_weighs_less_than_400_kb_and_fetches_nothing_in_volume(client: Client) -> None:
    load_home()
    sync_designs()
    for number in range(40):
        make_workshop(name=f"Atelier {number}", slug=f"a{number}", latitude=43 + number / 10, longitude=number / 10)
    page = page_of(client)
    assert "three" not in page and ".glb" not in page and "leaflet" not in page and "departements" not in page
    weight = len(gzip.compress(page.encode()))
    names = set(re.findall(r'(?:src|href)="/static/([^"]+)"', page))
    # Of each picture one is fetched: the largest, to be sure.
    for choices in re.findall(r'srcset="([^"]+)"', page):
        offered = [choice.split(" ")[0].removeprefix("/static/") for choice in choices.split(", ")]
        names = names.difference(offered) | {offered[-1]}
    assert len(names) > 6
    for name in names:
        found = finders.find(name)
        assert found, f"{name} is not there: make .venv/.bundle .venv/.style"
        data = Path(found).read_bytes()
        weight += len(data if name.endswith((".webp", ".woff2", ".jpg")) else gzip.compress(data))
        for font in set(re.findall(rb"url\(\.?/?([\w-]+\.woff2)\)", data)):
            assert Path(found).with_name(font.decode()).is_file()
    assert 20_000 < weight <= 400_000, weight


@pytest.mark.django_db
def test_who_is_signed_in_sees_the_same_page_with_a_way_to_the_own_place() -> None:
    load_home()
    page = page_of(signed_in(make_person("a@example.org")))
    assert "Mon espace" in page and "Par où commencer" in page


# The map


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_dot_lies_within_the_map(longitude: float, latitude: float) -> None:
    for x, y in dots([(longitude, latitude)]):
        assert 0 <= x <= WIDTH and 0 <= y <= HEIGHT


def test_a_dot_is_where_its_town_is_and_what_is_unknown_has_none() -> None:
    (paris, nimes, ajaccio, cayenne) = dots([(2.35, 48.86), (4.36, 43.84), (8.74, 41.93), (-52.33, 4.92)])
    assert paris[1] < nimes[1] < ajaccio[1] and paris[0] < nimes[0] < ajaccio[0] and cayenne[0] < 100
    assert dots([(None, None), (2.35, None), (0.0, 0.0), (139.7, 35.7)]) == []
    assert len(dots([(2.35, 48.86), (2.3501, 48.8601)])) == 1


def test_the_outline_and_the_frames_agree() -> None:
    """The coast of every frame stands in it: the file was made with these very frames."""
    from scripts.home_map import SOURCE, path

    assert SOURCE.is_file()
    drawn = Path("cms/templates/cms/_france.html").read_text(encoding="utf-8")
    assert drawn.count("<path") == 18
    from shapely.geometry import box

    for frame in FRAMES[1:]:
        square = path(box(frame.west, frame.south, frame.east, frame.north), frame)
        left, top = map(int, re.findall(r"M(\d+) (\d+)", square)[0])
        assert left <= WIDTH and top <= HEIGHT and frame.top + frame.height <= HEIGHT
        starts = [(int(x), int(y)) for x, y in re.findall(r"M(\d+)[ ](\d+)", drawn)]
        inside = [
            1
            for x, y in starts
            if frame.left <= x <= frame.left + frame.width and frame.top <= y <= frame.top + frame.height
        ]
        assert inside, frame.name
