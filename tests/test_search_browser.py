# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The search box in a real browser, fed with the site's own answers: by keys, on a phone, with an answer that comes late. And structured
data, which the page's policy lets stand though it allows no script in the page."""

from __future__ import annotations

import json
import mimetypes
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from cms.catalogue import sync_designs
from cms.search.index import rebuild
from tests.workshops import make_workshop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SITE = "http://127.0.0.1"
ASKED = [
    "/plan-du-site/", "/recherche/?q=maisonnette", "/recherche/", "/ateliers/copeaux/",
    "/recherche/suggestions.json?q=mai", "/recherche/suggestions.json?q=maiso", "/recherche/suggestions.json?q=zzzz",
]  # fmt: skip

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(
        not (Path(__file__).parents[1] / "cms/static/bundle/search.js").exists(),
        reason="no bundle yet: make test builds it",
    ),
]
Answers = dict[str, tuple[int, dict[str, str], bytes]]


@pytest.fixture(scope="module")
def answers(django_db_setup: Any, django_db_blocker: Any) -> Answers:
    """What the site says, asked for before the browser's own loop runs in this thread."""
    from django.db import transaction

    found: Answers = {}
    with django_db_blocker.unblock(), transaction.atomic():
        sync_designs()
        make_workshop(slug="copeaux", name="Les Copeaux")
        make_workshop(slug="maisons", name="L’atelier des maisons")
        rebuild()
        for address in ASKED:
            response = Client().get(address)
            found[address] = (response.status_code, dict(response.headers), response.content)
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def browser(answers: Answers) -> Iterator[Browser]:  # after the answers: they want no loop in this thread
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Visit:
    """A window that gets the site's answers and its static files, and nothing from anywhere else. Requests whose query is in
    ``held`` wait until they are let go."""

    def __init__(self, browser: Browser, answers: Answers, width: int = 1280) -> None:
        self.answers = answers
        self.held: set[str] = set()
        self.waiting: list[Route] = []
        self.asked: list[str] = []
        self.complaints: list[str] = []
        context = browser.new_context(viewport={"width": width, "height": 900})
        context.set_default_timeout(10_000)
        context.route("**/*", self._answer)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def _answer(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        path = route.request.url.removeprefix(SITE)
        if parts.path.startswith("/static/"):
            file = finders.find(parts.path.removeprefix("/static/"))
            kind = mimetypes.guess_type(parts.path)[0] or "application/octet-stream"
            route.fulfill(status=200 if file else 404, content_type=kind, body=Path(file).read_bytes() if file else b"")
            return
        if parts.path.endswith("suggestions.json"):
            self.asked.append(parse_qs(parts.query)["q"][0])
            if self.asked[-1] in self.held:
                self.waiting.append(route)
                return
        self.let_go(route, path)

    def let_go(self, route: Route, path: str) -> None:
        status, headers, body = self.answers.get(
            path, (200, {"Content-Type": "text/html"}, b"<title>Une autre page</title>")
        )
        route.fulfill(status=status, headers=headers, body=body)


@pytest.mark.django_db  # the mark that has the database made which the answers come from
def test_the_site_answers_what_the_browser_is_fed_with(answers: Answers) -> None:
    assert {status for status, _, _ in answers.values()} == {200}


def test_pages_are_offered_while_one_types_and_opened_by_keys(browser: Browser, answers: Answers) -> None:
    visit = Visit(browser, answers)
    page = visit.page
    page.goto(f"{SITE}/plan-du-site/")
    box = page.get_by_role("combobox", name="Rechercher sur le site")
    assert box.get_attribute("aria-expanded") == "false"
    box.press_sequentially("maiso", delay=20)
    offers = page.get_by_role("option")
    offers.first.wait_for()
    assert visit.asked == ["maiso"], "one question for a word typed at once"
    assert (
        offers.first.inner_text().split("\n")[0].startswith("Maisonnette")
        and box.get_attribute("aria-expanded") == "true"
    )
    assert page.get_by_role("status").first.inner_text().endswith("propositions")
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == offers.first.get_attribute("id")
    assert offers.first.get_attribute("aria-selected") == "true"
    box.press("Escape")
    assert not offers.first.is_visible() and box.input_value() == "maiso"
    box.press("ArrowDown")
    offers.first.wait_for()
    box.press("ArrowDown")
    with page.expect_navigation(url="**/modeles/maisonnette/"):
        box.press("Enter")
    page.goto(f"{SITE}/plan-du-site/")
    box.fill("maisonnette")
    with page.expect_navigation(url="**/recherche/?q=maisonnette"):
        box.press("Enter")
    assert page.get_by_role("heading", level=2).first.inner_text().startswith("Modèles")
    assert visit.complaints == []


def test_an_older_answer_never_stands_over_a_newer_one(browser: Browser, answers: Answers) -> None:
    visit = Visit(browser, answers)
    visit.held = {"mai"}
    page = visit.page
    page.goto(f"{SITE}/plan-du-site/")
    box = page.get_by_role("combobox", name="Rechercher sur le site")
    # Even where the request can't be taken back.
    page.evaluate("AbortController.prototype.abort = () => {}")
    with page.expect_request("**/suggestions.json?q=mai"):
        box.press_sequentially("mai")
    with page.expect_response("**/suggestions.json?q=zzzz"):
        box.fill("zzzz")
    visit.let_go(visit.waiting[0], "/recherche/suggestions.json?q=mai")
    page.wait_for_timeout(150)
    assert json.loads(answers["/recherche/suggestions.json?q=mai"][2])["suggestions"]
    assert page.get_by_role("option").count() == 0 and box.get_attribute("aria-expanded") == "false"


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_of_the_search_fits_its_window(browser: Browser, answers: Answers, width: int) -> None:
    visit = Visit(browser, answers, width)
    visit.page.goto(f"{SITE}/recherche/?q=maisonnette")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    box = visit.page.get_by_role("combobox", name="Rechercher sur le site")
    box.fill("maiso")
    visit.page.get_by_role("option").first.wait_for()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


def test_structured_data_stands_under_the_policy_and_runs_nothing(browser: Browser, answers: Answers) -> None:
    visit = Visit(browser, answers)
    page = visit.page
    page.goto(f"{SITE}/ateliers/copeaux/")
    assert "'unsafe-inline'" not in answers["/ateliers/copeaux/"][1]["Content-Security-Policy"]
    facts = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
    assert {"LocalBusiness", "BreadcrumbList"} <= {one["@type"] for one in facts["@graph"]}
    assert visit.complaints == [], "the policy blocked something"
