# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An editor writes a piece of news with a picture, in a real browser; a moderator reads and publishes it; a visitor sees it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.editing import png
from tests.journey_people import Person
from tests.running import Installation
from tests.screenshots import shoot

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DESK = {"width": 1280, "height": 900}
TITLE = "Un atelier rejoint le réseau"

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium")

LOAD = """
from cms.demo_pages.editors import load_editors
from cms.demo_pages.home import load_home
from cms.models import NewsIndexPage
home = load_home()
home.refresh_from_db()
home.add_child(instance=NewsIndexPage(title="Actualités", slug="actualites"))
assert len(load_editors()) == 2
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("editors"))
    installation.migrate()
    installation.script(LOAD)
    try:
        installation.address = installation.start_site()  # type: ignore[attr-defined]
        yield installation
    finally:
        installation.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def test_news_are_written_read_and_published(site: Installation, browser: Browser) -> None:
    visitor = browser.new_context(base_url=site.address, locale="fr-FR").new_page()  # type: ignore[attr-defined]
    visitor.goto("/actualites/")
    assert "Rien de neuf" in visitor.locator("main").inner_text()

    editor = Person(browser, site, "redaction", DESK)
    page = editor.page
    [(index,)] = site.rows("SELECT page_ptr_id FROM cms_newsindexpage")
    page.goto(f"/gestion/pages/{index}/")
    page.locator("a[href$='/add_subpage/']").first.click()
    page.wait_for_url("**/add/cms/newspage/**")
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_summary").fill("Les Copeaux découpent désormais à Nîmes.")

    # The picture, sent from the page itself: refused without its words, then taken.
    page.get_by_role("button", name="Choisir une image").first.click()
    page.get_by_role("tab", name="Transférer").click()
    form = page.locator("form[data-chooser-modal-creation-form]")
    file = {"name": "atelier.png", "mimeType": "image/png", "buffer": png(1200, 800)}
    for words in ("", "Une fraiseuse et des panneaux dans un hall"):
        form.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        form.locator("[name$=title]").fill("Atelier")
        form.locator("[name$=description]").fill(words)
        form.get_by_role("button", name="Transférer").click()
        if not words:
            form.get_by_text("Ce champ est requis.").wait_for()
    page.locator("[id$=picture-chooser] img").first.wait_for()
    shoot(page, "editor-1-write")

    page.get_by_role("button", name="Plus d'actions").click()
    page.get_by_role("button", name="Soumettre à Relecture").click()
    page.locator(".messages .success").first.wait_for()
    shoot(page, "editor-2-submit")
    assert visitor.goto("/actualites/un-atelier-rejoint-le-reseau/").status == 404  # type: ignore[union-attr]

    page = Person(browser, site, "moderation", DESK).page
    page.goto("/gestion/")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("button", name="Plus d'actions").click()
    approve = page.get_by_role("button", name="Approuver", exact=True)
    approve.wait_for()
    shoot(page, "editor-3-moderate")
    approve.click()
    page.locator(".messages .success").first.wait_for()

    visitor.goto("/actualites/")
    assert TITLE in visitor.locator("main").inner_text()
    visitor.get_by_role("link", name=TITLE).click()
    picture = visitor.get_by_role("img", name="Une fraiseuse et des panneaux dans un hall")
    picture.wait_for()
    visitor.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    shoot(visitor, "editor-4-published")
    assert visitor.locator("time").first.get_attribute("datetime") == date.today().isoformat()
    assert not visitor.context.cookies()
