# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of intentions in a real browser, fed with the site's own answers: it follows what one types, an older answer is
never shown, the address says what stands there, and without JavaScript the button does it all."""

from __future__ import annotations

import mimetypes
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from orders.models import State
from tests.orders import make_buyer, make_campaign, make_envelope, make_order, make_prefecture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SITE = "http://127.0.0.1"
FIRST, SECOND = "recherche=commune&campagne=printemps", "recherche=commune+2&campagne=printemps"
ASKED = [
    "/arbitrage/", f"/arbitrage/liste/?{FIRST}", f"/arbitrage/liste/?{SECOND}",
    "/arbitrage/liste/?tri=-estimation&campagne=printemps",
    "/arbitrage/?recherche=commune+2&etat=&eligibilite=&modele=&campagne=printemps&receveur=&minimum=&maximum="
    "&poids_eligibility=&poids_frr_plus=&poids_qpv=&poids_small_commune=&poids_first_order=&poids_near_maker=",
]  # fmt: skip

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(
        not (ROOT / "cms/static/bundle/arbitration.js").exists(), reason="no bundle yet: make test builds it"
    ),
]

Answers = dict[str, tuple[int, dict[str, str], bytes]]


@pytest.fixture(scope="module")
def answers(django_db_setup: Any, django_db_blocker: Any) -> Answers:
    """What the site says, asked for before the browser's own loop runs in this thread."""
    from django.db import transaction

    found: Answers = {}
    with django_db_blocker.unblock(), transaction.atomic():
        campaign = make_campaign()
        make_envelope(campaign, 1_500)
        for number in (1, 2, 3):
            buyer = make_buyer(f"m{number}@example.org", number=number)
            make_order(buyer, State.SUBMITTED, campaign=campaign, high_eur=Decimal(1_000 * number))
        client = Client()
        client.force_login(make_prefecture())
        for address in ASKED:
            response = client.get(address)
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
    """A window that gets the site's answers; those whose address begins with ``late`` wait until they are let go."""

    def __init__(self, browser: Browser, answers: Answers, *, late: str = "-", javascript: bool = True) -> None:
        self.answers, self.late, self.held = answers, late, list["Route"]()
        self.strange: list[str] = []
        context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=javascript)
        context.set_default_timeout(10_000)
        context.route("**/*", self._answer)
        self.page: Page = context.new_page()
        self.page.goto(f"{SITE}/arbitrage/")

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        static = urlsplit(path).path
        if static.startswith("/static/") and (file := finders.find(static.removeprefix("/static/"))):
            kind = mimetypes.guess_type(str(file))[0] or "application/octet-stream"
            route.fulfill(body=Path(str(file)).read_bytes(), content_type=kind)
        elif path == self.late:
            self.held.append(route)
        else:
            self._fulfil(route, path)

    def _fulfil(self, route: Route, path: str) -> None:
        if path not in self.answers:
            self.strange.append(path)
            route.abort()
            return
        status, headers, body = self.answers[path]
        route.fulfill(status=status, headers=headers, body=body)

    def let_go(self) -> None:
        for route in self.held:
            self._fulfil(route, self.late)

    def buyers(self) -> list[str]:
        return [str(text) for text in self.page.locator("tbody th > a").all_inner_texts()]


@pytest.mark.django_db  # asks for the database, and so runs before the browser starts
def test_the_site_answers(answers: Answers) -> None:
    assert {status for status, _, _ in answers.values()} == {200}


def test_the_list_follows_what_one_types_and_an_older_answer_never_comes_after(
    browser: Browser, answers: Answers
) -> None:
    visit = Visit(browser, answers, late=f"/arbitrage/liste/?{FIRST}")
    page = visit.page
    # An older browser, or a proxy, may answer what was given up: here nothing can be given up.
    page.evaluate("AbortController.prototype.abort = () => {}")
    assert len(visit.buyers()) == 3
    page.fill("#recherche", "commune")
    page.wait_for_function("() => document.querySelector('[data-live-target]').getAttribute('aria-busy') === 'true'")
    page.wait_for_timeout(300)
    assert len(visit.held) == 1
    page.fill("#recherche", "commune 2")
    page.wait_for_function("() => document.querySelectorAll('tbody tr').length === 1")
    visit.let_go()
    page.wait_for_timeout(200)
    assert visit.buyers() == ["Commune 2"]
    assert page.url == f"{SITE}/arbitrage/?{SECOND}" and visit.strange == []


def test_a_heading_sorts_in_place_and_what_is_ticked_stays_ticked_and_counted(
    browser: Browser, answers: Answers
) -> None:
    visit = Visit(browser, answers)
    page = visit.page
    page.get_by_label("Commune 1").check()
    page.get_by_label("Commune 3").check()
    told = page.locator("[data-ticked]")
    words = told.inner_text().replace("\u202f", " ").replace("\u00a0", " ")
    assert words == "2 cochées : 3 200,00 € de subvention, il manquerait 1 700,00 €"
    page.get_by_role("link", name="Estimation HT").click()
    page.wait_for_function("() => document.querySelector('tbody th > a').textContent === 'Commune 3'")
    assert page.locator("input[name=commande]:checked").count() == 2 and "2 cochées" in told.inner_text()
    assert page.url == f"{SITE}/arbitrage/?tri=-estimation&campagne=printemps" and visit.strange == []


def test_without_javascript_the_button_filters(browser: Browser, answers: Answers) -> None:
    visit = Visit(browser, answers, javascript=False)
    visit.page.fill("#recherche", "commune 2")
    visit.page.get_by_role("button", name="Filtrer").click()
    visit.page.wait_for_load_state()
    assert visit.buyers() == ["Commune 2"] and visit.strange == []
