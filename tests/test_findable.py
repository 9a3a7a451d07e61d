# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What other programs read of our pages: the head of each, structured data, sitemap, robots.txt, plan of the site, feed."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from wagtail.models import PageViewRestriction

from cms import model_facts
from cms.catalogue import sync_designs
from cms.demo_pages import load_pages
from cms.demo_pages.home import load_home
from cms.findable.rooms import BY_NAME, ELSEWHERE, INDEXED, MANY, ROOMS
from cms.findable.structured import shortened, written
from cms.models import FaqPage, HomePage, NewsIndexPage, NewsPage, Question, StandardPage
from fablabs.models import Workshop
from tests.orders import make_campaign
from tests.people import make_coordinator, make_person, signed_in
from tests.test_accounts_public import PUBLIC
from tests.workshops import make_workshop

BASE = "https://treteau.example.org"
_XML = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def _named(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WAGTAILADMIN_BASE_URL = BASE
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(model_facts, "_GLANCE", 0)  # no worker runs beside these tests: nothing to wait for


@pytest.fixture
def home(db: None) -> HomePage:
    return load_home()


class Head(HTMLParser):
    """What stands in a page that other programs read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language, self.title, self.headings, self.data = "", "", 0, ""
        self.metas: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.titles = 0
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        self._inside = ""
        if tag == "html":
            self.language = attributes.get("lang", "")
        elif tag == "h1":
            self.headings += 1
        elif tag == "title":
            self.titles, self._inside = self.titles + 1, "title"
        elif tag == "meta" and ("name" in attributes or "property" in attributes):
            self.metas[attributes.get("name") or attributes["property"]] = attributes.get("content", "")
        elif tag == "link":
            self.links[attributes.get("rel", "")] = attributes.get("href", "")
        elif tag == "script" and attributes.get("type") == "application/ld+json":
            self._inside = "data"

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif self._inside == "data":
            self.data += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """By kind."""
        found = json.loads(self.data)
        assert found["@context"] == "https://schema.org"
        return {str(one["@type"]): one for one in found["@graph"]}


def read(client: Client, address: str) -> Head:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return Head(answer.content.decode())


def addresses(client: Client) -> dict[str, str]:
    """Path → day of the last change, of the sitemap."""
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    assert root.tag == f"{_XML}urlset"
    found = {}
    for entry in root:
        whole = entry.findtext(f"{_XML}loc") or ""
        assert whole.startswith(f"{BASE}/")
        found[urlsplit(whole).path] = entry.findtext(f"{_XML}lastmod") or ""
    return found


def filled(home: HomePage) -> None:
    """A page of every kind."""
    load_pages()
    sync_designs()
    make_campaign()
    make_workshop(slug="copeaux", name="Les Copeaux", postcode="30000")


def test_every_public_page_has_a_name_of_its_own_and_says_what_it_is(home: HomePage, client: Client) -> None:
    filled(home)
    titles: dict[str, str] = {}
    walked = addresses(client)
    assert len(walked) > 20 and {
        "/",
        "/modeles/chariot/",
        "/ateliers/copeaux/",
        "/campagnes/printemps/",
        "/api/",
    } <= set(walked)
    sentences: dict[str, str] = {}
    kinds: set[str] = set()
    for path in walked:
        head = read(client, path)
        assert head.language == "fr" and head.headings == 1 and head.titles == 1, path
        title, sentence = " ".join(head.title.split()), head.metas.get("description", "")
        assert title not in titles, (path, titles.get(title))
        assert sentence not in sentences, (path, sentences.get(sentence))
        assert 8 <= len(title) <= 90 and 20 <= len(sentence) <= 161, (path, title, sentence)
        titles[title], sentences[sentence] = path, path
        assert head.links["canonical"] == f"{BASE}{path}" == head.metas["og:url"], path
        assert "robots" not in head.metas, path
        assert head.metas["og:title"] and head.metas["og:locale"] == "fr_FR" and head.metas["twitter:card"], path
        assert head.metas["og:image"].startswith(f"{BASE}/"), path
        assert not re.search(r"\.webp$", head.metas["og:image"]), "not every service reads WebP"
        facts = head.facts
        kinds |= facts.keys()
        assert ("WebSite" if path == "/" else "BreadcrumbList") in facts, path
    assert {"Organization", "FAQPage", "Event", "NewsArticle", "LocalBusiness", "Dataset"} <= kinds


def test_a_question_in_the_address_and_a_private_page_are_not_for_search_engines(
    home: HomePage, client: Client
) -> None:
    sync_designs()
    for address in ("/ateliers/?commune=N%C3%AEmes", "/recherche/?q=porte", "/recherche/", "/compte/connexion/"):
        head = read(client, address)
        assert head.metas["robots"] == "noindex" and not head.data, address
    assert read(client, "/ateliers/?page=2").links["canonical"] == f"{BASE}/ateliers/"
    person = signed_in(make_person("a@example.org"))
    for address in ("/espace/",):
        head = read(person, address)
        assert head.metas["robots"] == "noindex" and "canonical" not in head.links
    for odd in ("//[", "//ailleurs.example/", "/é\x00/", "/%5B/"):
        assert client.get("/", PATH_INFO=odd).status_code == 404
    missing = client.get("/nulle-part/")
    assert missing.status_code == 404
    head = Head(missing.content.decode())
    assert head.metas["robots"] == "noindex" and "canonical" not in head.links


def test_facts_of_models_workshops_questions_and_news(home: HomePage, client: Client) -> None:
    sync_designs()
    make_workshop(slug="copeaux", name="Les Copeaux", postcode="30000")
    model = read(client, "/modeles/chariot/").facts["['Product', 'CreativeWork']"]
    assert model["license"] == "https://spdx.org/licenses/CERN-OHL-S-2.0.html" and model["name"] == "Chariot-établi"
    shop = read(client, "/ateliers/copeaux/").facts["LocalBusiness"]
    assert shop["address"]["postalCode"] == "30000" and shop["geo"]["latitude"] == 43.8367
    assert shop["url"] == f"{BASE}/ateliers/copeaux/" and "telephone" not in shop
    home.add_child(instance=FaqPage(title="Questions", slug="questions"))
    Question.objects.create(question="Qui paie ?", answer="<p>L’État, <b>en partie</b>.</p>", live=True)
    Question.objects.create(question="Secret ?", answer="<p>Chut.</p>", live=False)
    faq = read(client, "/questions/").facts["FAQPage"]["mainEntity"]
    assert [(one["name"], one["acceptedAnswer"]["text"]) for one in faq] == [("Qui paie ?", "L’État, en partie.")]
    news = NewsIndexPage(title="Actualités", slug="actualites")
    home.add_child(instance=news)
    news.add_child(instance=NewsPage(title="Première", slug="premiere", summary="Elle est là.", date=date(2026, 5, 4)))
    article = read(client, "/actualites/premiere/")
    assert article.facts["NewsArticle"]["datePublished"] == "2026-05-04" and article.metas["og:type"] == "article"
    start = read(client, "/").facts
    assert start["WebSite"]["potentialAction"]["target"]["urlTemplate"] == f"{BASE}/recherche/?q={{search_term_string}}"
    assert start["Organization"]["name"]


def test_no_text_breaks_out_of_the_facts(home: HomePage, client: Client) -> None:
    nasty = "</script><script>alert(1)</script><!-- & \u2028 \" '"
    make_workshop(slug="copeaux", name=nasty[:110])
    text = client.get("/ateliers/copeaux/").content.decode()
    assert "<script>alert" not in text
    assert Head(text).facts["LocalBusiness"]["name"] == nasty[:110]
    assert json.loads(str(written([{"@type": "Thing", "name": nasty}])))["@graph"][0]["name"] == nasty


def test_the_sitemap_names_what_anybody_may_read_and_nothing_else(home: HomePage, client: Client) -> None:
    sync_designs()
    make_campaign(slug="secrete", published_at=None)
    make_workshop(slug="ouvert")
    make_workshop(slug="ferme", state=Workshop.State.CLOSED)
    draft = StandardPage(title="Brouillon", slug="brouillon", live=False)
    shut = StandardPage(title="Salle", slug="salle")
    for page in (draft, shut):
        home.add_child(instance=page)
    shut.add_child(instance=StandardPage(title="Dessous", slug="dessous"))
    PageViewRestriction.objects.create(page=shut, restriction_type=PageViewRestriction.LOGIN)
    for visitor in (client, signed_in(make_person("tiers@example.org")), signed_in(make_coordinator())):
        found = addresses(visitor)
        assert {"/", "/modeles/", "/modeles/porte/", "/ateliers/ouvert/", "/donnees/", "/plan-du-site/"} <= set(found)
        for hidden in (
            "/brouillon/",
            "/salle/",
            "/salle/dessous/",
            "/ateliers/ferme/",
            "/campagnes/secrete/",
            "/espace/",
        ):
            assert hidden not in found
        plan = visitor.get("/plan-du-site/").content.decode()
        for hidden in ("/brouillon/", "/salle/", "/salle/dessous/", "/campagnes/secrete/"):
            assert f'href="{hidden}"' not in plan
    assert found["/modeles/porte/"].startswith(str(date.today().year))
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_every_public_address_is_a_room_of_the_plan_or_said_to_be_none(home: HomePage, client: Client) -> None:
    named = {
        entry.name or str(entry.pattern) for entry in _all_patterns(get_resolver()) if not entry.pattern.regex.groups
    }
    api = {name for name in PUBLIC if name.startswith("api-") and name != "api-page"}
    assert PUBLIC & named - set(BY_NAME) - MANY - ELSEWHERE - api == set(), (
        "neither in cms/findable/rooms.py ROOMS nor ELSEWHERE"
    )
    assert set(BY_NAME) | INDEXED <= PUBLIC
    plan = client.get("/plan-du-site/").content.decode()
    for room in ROOMS:
        if room.part:
            assert f'href="{reverse(room.name)}"' in plan


def _all_patterns(resolver: Any) -> Any:
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _all_patterns(entry)
        else:
            yield entry


def test_the_plan_follows_the_editors_tree(home: HomePage, client: Client) -> None:
    above = StandardPage(title="Fabriquer", slug="fabriquer")
    home.add_child(instance=above)
    for number in range(14):
        above.add_child(instance=StandardPage(title=f"Page {number}", slug=f"p{number}"))
    text = client.get("/plan-du-site/").content.decode()
    assert (
        'href="/fabriquer/p0/"' in text
        and 'href="/fabriquer/p13/"' not in text
        and "et 2\N{NO-BREAK SPACE}autres" in text
    )


def test_the_feed_has_the_news_newest_first_with_whole_addresses(home: HomePage, client: Client) -> None:
    empty = ElementTree.fromstring(client.get("/actualites/flux.xml").content)
    assert empty.tag == "rss" and empty.find("channel/item") is None
    news = NewsIndexPage(title="Actualités", slug="actualites")
    home.add_child(instance=news)
    for day, title, live in ((4, "Première & belle", True), (9, "Seconde", True), (10, "Brouillon", False)):
        news.add_child(
            instance=NewsPage(title=title, slug=f"n{day}", summary="Un <b>mot</b>.", date=date(2026, 5, day), live=live)
        )
    answer = client.get("/actualites/flux.xml")
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8" and not answer.cookies
    items = ElementTree.fromstring(answer.content).findall("channel/item")
    assert [one.findtext("title") for one in items] == ["Seconde", "Première & belle"]
    assert [one.findtext("link") for one in items] == [f"{BASE}/actualites/n9/", f"{BASE}/actualites/n4/"]
    assert items[0].findtext("guid") == f"{BASE}/actualites/n9/" and "09 May 2026" in (
        items[0].findtext("pubDate") or ""
    )
    assert read(client, "/").links["alternate"] == "/actualites/flux.xml"


def test_the_feed_can_be_read_whatever_was_pasted_into_the_news(home: HomePage, client: Client) -> None:
    news = NewsIndexPage(title="Actualités", slug="actualites")
    home.add_child(instance=news)
    # Word and PowerPoint part the lines of a title by a vertical tab, which XML can't hold.
    news.add_child(
        instance=NewsPage(title="Deux\vlignes", slug="n1", summary="Un\x01mot.\v", date=date(2026, 5, 4), live=True)
    )
    (item,) = ElementTree.fromstring(client.get("/actualites/flux.xml").content).findall("channel/item")
    assert (item.findtext("title"), item.findtext("description")) == ("Deux lignes", "Un mot.")


def test_a_long_text_is_cut_at_a_sentence_or_a_word() -> None:
    assert shortened("Court.") == "Court."
    assert (
        shortened(f"{'Une phrase assez longue pour compter. ' * 3}{'mot ' * 40}")
        == ("Une phrase assez longue pour compter. " * 4)[:113]
    )
    cut = shortened("mot " * 100)
    assert cut.endswith("mot…") and len(cut) <= 160
    assert len(shortened("x" * 400)) <= 161
