# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A telephone at the machine, in a real browser: sheets are ticked by one tap, a tap without network comes through later, what is
typed is never thrown away, and without JavaScript the same button is a form."""

from __future__ import annotations

import contextvars
import mimetypes
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders

from orders.models import Production
from tests.making import Case, finish_package, make_case
from tests.people import signed_in
from tests.revised import publish

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SITE = "http://127.0.0.1"

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(
        not (ROOT / "cms/static/bundle/sheets.js").exists(), reason="no bundle yet: make test builds it"
    ),
]


class Hall:
    """A telephone whose requests the site's own views answer, in this process; ``away``: there is no network."""

    def __init__(self, browser: Browser, case: Case, *, javascript: bool = True) -> None:
        self.client, self.away, self.sent = signed_in(case.maker), False, list[dict[str, str]]()
        self.bench = f"/fabrication/{case.order.public_id}/"
        #: With the test's own connection to the database: the browser's callbacks would get another.
        self.own = contextvars.copy_context()
        self.telephone = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=javascript)
        self.telephone.set_default_timeout(8_000)
        self.telephone.route("**/*", self._answer)
        self.page: Page = self.telephone.new_page()

    def _answer(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        if asked.path.startswith("/static/") and (file := finders.find(asked.path.removeprefix("/static/"))):
            kind = mimetypes.guess_type(str(file))[0] or "application/octet-stream"
            route.fulfill(body=Path(str(file)).read_bytes(), content_type=kind)
        elif self.away:
            route.abort("internetdisconnected")
        else:
            self._from_site(route, asked.path + (f"?{asked.query}" if asked.query else ""))

    def _from_site(self, route: Route, address: str) -> None:
        request = route.request
        accept = request.headers.get("accept", "text/html")
        if request.method == "POST":
            given = {name: values[-1] for name, values in parse_qs(request.post_data or "").items()}
            self.sent.append(given)
            answer = self.own.run(self.client.post, address, given, headers={"accept": accept}, follow=True)
        else:
            answer = self.own.run(self.client.get, address, headers={"accept": accept}, follow=True)
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.getvalue())

    def tick(self, sheet: int) -> None:
        self.page.locator(f"[data-sheet='{sheet}'] .m-tick__button").click()

    def open(self) -> None:
        self.page.goto(f"{SITE}{self.bench}")

    def until(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()

    def words(self, sheet: int) -> str:
        return self.page.locator(f"[data-sheet='{sheet}'] [data-tick-words]").inner_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Its loop runs in this thread, and so do the site's views, one after the other.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def case(browser: Browser, db: None, settings: Any, tmp_path: Path) -> Case:
    settings.TRETEAU_ARTEFACTS, settings.TRETEAU_ORDER_FILES = tmp_path / "artefacts", tmp_path / "orders"
    case = make_case()
    case.act("start")
    finish_package(case.prepared().job, sheets=3)
    return case


def cut(case: Case) -> list[int]:
    return Production.objects.get(line__order=case.order, replaced_at=None).cut_sheets


@pytest.fixture
def hall_of(browser: Browser, case: Case) -> Iterator[Callable[..., Hall]]:
    halls: list[Hall] = []

    def enter(**options: Any) -> Hall:
        halls.append(Hall(browser, case, **options))
        return halls[-1]

    yield enter
    for hall in halls:
        hall.telephone.close()


def test_a_tap_without_network_waits_in_the_telephone_and_comes_through_later(
    case: Case, hall_of: Callable[..., Hall]
) -> None:
    hall = hall_of()
    hall.open()
    assert hall.page.evaluate("document.documentElement.scrollWidth") == 360  # nothing sticks out
    box = hall.page.locator("[data-sheet='1'] .m-tick__button").bounding_box()
    assert box and box["height"] >= 56 and box["width"] >= 250  # for gloves
    hall.tick(1)
    hall.until("1\u00a0panneau sur 3 coupé")
    assert cut(case) == [1] and "à " in hall.words(1)

    hall.away = True
    hall.tick(2)
    hall.until("Gardé dans ce téléphone, pas encore envoyé.")
    assert cut(case) == [1] and hall.page.locator("[data-sheet='2'] .m-tick__button[aria-pressed=true]").count() == 1
    hall.tick(3)
    hall.tick(3)  # a slip of the glove: the last tap counts
    hall.away = False
    hall.page.evaluate("window.dispatchEvent(new Event('online'))")
    hall.page.locator("[data-sheet='2'] [data-tick-words]", has_text="par").wait_for()
    hall.until("2\u00a0panneaux sur 3 coupés")
    assert cut(case) == [1, 2] and hall.page.evaluate("localStorage.length") == 0
    assert [given["coupe"] for given in hall.sent] == ["1", "1", "0"]

    # A telephone that was switched off meanwhile sends what it kept when the page is opened again.
    hall.away = True
    hall.tick(3)
    hall.until("Gardé dans ce téléphone, pas encore envoyé.")
    hall.away = False
    hall.open()
    hall.until("Tous les panneaux sont coupés (3)")
    assert cut(case) == [1, 2, 3]

    # Other files stand there by now: the tap is not taken for theirs, and the page says so.
    hall.away = True
    hall.tick(1)
    hall.until("Gardé dans ce téléphone, pas encore envoyé.")
    case.prepared()
    hall.away = False
    hall.page.evaluate("window.dispatchEvent(new Event('online'))")
    hall.until("Entre-temps, d’autres fichiers ont été préparés")
    assert cut(case) == []


def test_the_page_is_read_again_when_others_changed_it_but_not_while_somebody_types(
    case: Case, browser: Browser
) -> None:
    hall = Hall(browser, case)
    hall.open()
    hall.page.evaluate("window.before = true")
    note = hall.page.locator("textarea[name$=note]")
    note.fill("Un montant fendu")
    finish_package(case.prepared().job, sheets=2)
    hall.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    hall.until("Quelqu’un a changé cette page.")
    assert hall.page.evaluate("window.before") and note.input_value() == "Un montant fendu"
    hall.page.get_by_role("button", name="Recharger la page").click()
    hall.until("sur 2")
    assert not hall.page.evaluate("window.before")
    hall.page.evaluate("window.before = true")
    case.prepared()
    with hall.page.expect_navigation():  # nobody types: it is read again by itself
        hall.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_without_javascript_each_sheet_has_a_button_of_its_own(case: Case, hall_of: Callable[..., Hall]) -> None:
    hall = hall_of(javascript=False)
    hall.open()
    hall.tick(2)
    hall.until("1\u00a0panneau sur 3 coupé")
    assert cut(case) == [2]
    hall.tick(2)
    hall.until("Aucun panneau coupé sur 3")
    assert cut(case) == []


def test_which_revision_is_cut_is_a_question_until_the_first_sheet(case: Case, hall_of: Callable[..., Hall]) -> None:
    publish(design="chariot")  # a later one
    hall = hall_of()
    hall.open()
    question = hall.page.get_by_text("Rien n’est découpé")
    assert question.is_visible()
    hall.tick(1)
    hall.until("1\u00a0panneau sur 3 coupé")
    assert not question.is_visible()
    hall.open()
    assert question.count() == 0
