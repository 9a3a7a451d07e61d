# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every page that somebody of each role is led to: axe finds nothing, the Nu checker finds nothing, nothing is wider than
320 px, nothing moves for who asked for less motion, the browser has nothing to say, and no other site is asked. On the pages of
most work the text keeps its room at 200 % and with wide spacing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.demonstrated import Demonstrated
from tests.page_walk import SEVERAL, Walk, html_faults
from tests.running import Installation

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here"),
    pytest.mark.skipif(shutil.which("java") is None, reason="no java here: the checker of HTML needs it"),
]

PICTURES = {"/": "home", "/modeles/porte/": "model", "/questions/": "questions", "/ateliers/": "map"}
#: A model that a designer is drawing: the demonstration has none yet.
DRAFT = """
from accounts.models import Organisation, User
from designs.services.drafting import drafts_of, start
from designs.templates import template
ada = User.objects.get(email="design@demo.example")
if not drafts_of(ada).exists():
    table = template("table")
    start(slug="table-haute", organisation=Organisation.objects.filter(memberships__user=ada)[0], actor=ada,
          data={"content": table.content.as_data(), "texts": dict(table.texts)})
"""
ROLES = ("mairie", "prefecture", "atelier", "design", "coordination")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, demonstrated: Demonstrated) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("site"), TRETEAU_PAGE_SECONDS="0")
    demonstrated(installation)
    installation.script(DRAFT)
    installation.address = installation.start_site()  # type: ignore[attr-defined]
    try:
        yield installation
    finally:
        installation.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def test_no_page_has_a_fault(site: Installation, browser: Browser, tmp_path: Path) -> None:
    address: str = site.address  # type: ignore[attr-defined]
    anybody = Walk(address, pictures=PICTURES)
    anybody.go(
        _context(browser), "/", "/nulle-part/", "/plan-du-site/", "/recherche/?q=chariot", "/recherche/?q=chariott"
    )
    walks = [anybody]
    seen = frozenset(anybody.names) - SEVERAL.keys()  # a stranger who is sent to sign in has seen nothing of it
    for role in ROLES:
        context = _context(browser)
        page = context.new_page()
        page.goto(f"{address}/compte/connexion/")
        page.locator("main [name=login]").fill(f"{role}@demo.example")
        page.locator("main [name=password]").fill("demonstration-treteau")
        page.get_by_role("button", name="Se connecter", exact=True).click()
        page.wait_for_url("**/espace/")
        walk = Walk(address, role, pictures={"/espace/": f"workplace-{role}"})
        walk.go(context, "/espace/", skip=seen)
        seen |= frozenset(walk.names) - SEVERAL.keys()
        walks.append(walk)
        context.close()
    faults = [fault for walk in walks for fault in walk.faults]
    faults += html_faults({k: v for walk in walks for k, v in walk.pages.items()}, tmp_path)
    assert not faults, "\n".join(faults)


def _context(browser: Browser) -> Any:
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    return context
