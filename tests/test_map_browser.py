# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The map and the commune field in a real browser, fed with the site's own answers: by mouse, by keys, and without
JavaScript."""

from __future__ import annotations

import mimetypes
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from fablabs.demo import load_workshops

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SITE = "http://127.0.0.1"
TYPED = ["saint-den", "saint-denis", "zzzz", "Saint-Denis (Seine-Saint-Denis)x"]
NEAR = "/ateliers/?commune=N%C3%AEmes+%28Gard%29&commune_insee=30189"
ASKED = ["/ateliers/", NEAR, *(f"/communes.json?{urlencode({'q': typed})}" for typed in TYPED)]

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(not (ROOT / "cms/static/bundle/map.js").exists(), reason="no bundle yet: make test builds it"),
]

Answers = dict[str, tuple[int, dict[str, str], bytes]]


@pytest.fixture(scope="module")
def answers(django_db_setup: Any, django_db_blocker: Any) -> Answers:
    """What the site says, asked for before the browser's own loop runs in this thread."""
    from django.db import transaction

    found: Answers = {}
    with django_db_blocker.unblock(), transaction.atomic():
        load_workshops(ROOT / "examples" / "machines")
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
    """A window that gets the site's answers and its static files, and nothing from anywhere else."""

    def __init__(self, browser: Browser, answers: Answers, width: int = 1280, javascript: bool = True) -> None:
        self.answers = answers
        self.strange: list[str] = []
        self.complaints: list[str] = []
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=javascript)
        context.set_default_timeout(10_000)
        context.route("**/*", self._answer)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)

    def _answer(self, route: Route) -> None:
        address = route.request.url
        parts = urlsplit(address)
        path = address.removeprefix(SITE)
        if parts.path.startswith("/static/") and (file := finders.find(parts.path.removeprefix("/static/"))):
            kind = mimetypes.guess_type(str(file))[0] or "application/octet-stream"
            route.fulfill(body=Path(str(file)).read_bytes(), content_type=kind)
        elif path in self.answers:
            status, headers, body = self.answers[path]
            route.fulfill(status=status, headers=headers, body=body)
        else:
            self.strange.append(address)
            route.abort()

    def open(self, path: str) -> Page:
        self.page.goto(SITE + path)
        return self.page


@pytest.mark.django_db  # asks for the database, and so runs before the browser starts
def test_the_site_answers(answers: Answers) -> None:
    assert {status for status, _, _ in answers.values()} == {200}


def test_the_map_shows_every_workshop_and_asks_nobody_else(browser: Browser, answers: Answers) -> None:
    visit = Visit(browser, answers)
    page = visit.open("/ateliers/")
    page.wait_for_selector("[data-map='976'] .t-pin")
    listed = page.locator("[data-place]").count()
    total = int(page.locator("#liste-titre").inner_text().split("\u00a0")[0])
    assert total > listed > 20  # the list has pages, the map has them all
    named = page.locator(".t-pin").evaluate_all(
        "pins => pins.map(pin => pin.getAttribute('aria-label').match(/\\d+\\. /g).length)"
    )
    assert sum(named) == total  # those that would lie on one another share a pin
    name = page.locator("[data-place] h3 a").nth(4).inner_text()
    assert page.get_by_role("button", name=f"5. {name},").inner_text() in (
        "5",
        "5+",
    )  # the list's numbers are the map's
    assert page.locator("[data-map='973'] .t-pin").count() == 2
    assert visit.strange == [] and visit.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_pins_do_not_lie_on_one_another_and_part_as_one_looks_closer(
    browser: Browser, answers: Answers, width: int
) -> None:
    visit = Visit(browser, answers, width)
    page = visit.open("/ateliers/")
    page.wait_for_selector("[data-map='976'] .t-pin")
    metropole = page.locator("[data-map='metropole'] .t-pin")
    before = metropole.count()
    boxes = metropole.evaluate_all("pins => pins.map(pin => pin.getBoundingClientRect().toJSON())")
    assert len(boxes) > 10
    for place, one in enumerate(boxes):
        assert one["width"] >= 24 and one["height"] >= 24
        for other in boxes[place + 1 :]:
            assert abs(one["x"] - other["x"]) >= 24 or abs(one["y"] - other["y"]) >= 24
    for _ in range(3):
        page.get_by_role("button", name="Rapprocher").click()
        page.wait_for_timeout(400)
    assert metropole.count() > before
    assert visit.strange == [] and visit.complaints == []


@pytest.mark.parametrize(
    ("words", "link", "place"),
    [
        ("Le Rabot, Artisan, Limoges (Haute-Vienne)", "/ateliers/rabot-limoges/", ".leaflet-popup"),
        ("Bois-lélé, Fablab, Fort-de-France (Martinique)", "/ateliers/bois-lele-fort-de-france/", ".t-chosen"),
    ],
)
def test_a_pin_is_opened_and_left_by_keys(
    browser: Browser, answers: Answers, words: str, link: str, place: str
) -> None:
    visit = Visit(browser, answers)
    page = visit.open("/ateliers/")
    pin = page.get_by_role("button", name=words)
    pin.focus()
    page.keyboard.press("Enter")
    opened = page.locator(f"{place} a[href='{link}']")
    assert opened.evaluate("link => link === document.activeElement")
    page.keyboard.press("Escape")
    opened.wait_for(state="detached")
    assert pin.evaluate("pin => pin === document.activeElement")
    assert visit.strange == [] and visit.complaints == []


def test_a_search_near_a_commune_marks_it_and_keeps_it_in_the_links(browser: Browser, answers: Answers) -> None:
    visit = Visit(browser, answers)
    page = visit.open(NEAR)
    page.wait_for_selector(".t-pin--origin")
    page.get_by_role("button", name="Les Copeaux, Fablab, Nîmes (Gard)").press("Enter")
    link = page.locator(".leaflet-popup a", has_text="Les Copeaux")
    assert "commune_insee=30189" in str(link.get_attribute("href"))
    assert visit.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways(browser: Browser, answers: Answers, width: int) -> None:
    visit = Visit(browser, answers, width)
    page = visit.open("/ateliers/")
    page.wait_for_selector("[data-map='976'] .t-pin")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_there_is_the_list_and_no_empty_map(browser: Browser, answers: Answers) -> None:
    visit = Visit(browser, answers, javascript=False)
    page = visit.open("/ateliers/")
    assert page.locator("[data-place]").count() > 20
    assert not page.locator("[data-atlas]").is_visible()
    assert page.get_by_role("button", name="Chercher", exact=True).is_visible()


def test_communes_are_offered_and_taken_by_keys(browser: Browser, answers: Answers) -> None:
    visit = Visit(browser, answers)
    page = visit.open("/ateliers/")
    field = page.get_by_role("combobox", name="Près de")
    field.press_sequentially("saint-den")
    page.wait_for_selector("[role=listbox] [role=option]")
    assert field.get_attribute("aria-expanded") == "true"
    options = page.locator("[role=option]").all_inner_texts()
    assert options[0].startswith("Saint-Denis (La Réunion)")
    field.press("ArrowDown")
    field.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    assert page.locator(f"[id='{active}']").get_attribute("aria-selected") == "true"
    field.press("Enter")
    assert field.input_value() == "Saint-Denis (Seine-Saint-Denis)"
    assert page.locator("input[name=commune_insee]").input_value() == "93066"
    assert page.url == SITE + "/ateliers/"  # Enter chose, it did not submit
    field.press("x")
    assert page.locator("input[name=commune_insee]").input_value() == ""
    assert visit.complaints == []


def test_a_commune_is_taken_by_a_click_and_escape_closes_the_list(browser: Browser, answers: Answers) -> None:
    visit = Visit(browser, answers)
    page = visit.open("/ateliers/")
    field = page.get_by_role("combobox", name="Près de")
    field.press_sequentially("saint-denis")
    page.locator("[role=option]", has_text="Gard").click()
    assert page.locator("input[name=commune_insee]").input_value() == "30247"
    field.fill("saint-den")
    page.wait_for_selector("[role=option]")
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    field.fill("zzzz")
    page.get_by_role("status").get_by_text("Aucune commune", exact=True).wait_for(state="attached")
