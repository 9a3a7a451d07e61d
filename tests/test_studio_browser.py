# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The studio in a real browser: a mistake is marked where it is, mended, saved and seen; two windows; no network; a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from designs.jail import why_not
from tests.page_walk import AXE
from tests.running import ROOT, Installation, wait_until
from tests.test_journey import CHROMIUM, Visit, browser  # noqa: F401  (a fixture)

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(
        not (ROOT / "cms/static/bundle/studio.js").exists(), reason="no bundle yet: make test builds it"
    ),
]

DRAFT = """
from designs.services.drafting import start
from designs.templates import template
from accounts.models import Organisation
from tests.people import make_member, make_organisation, make_person
bureau = make_organisation(Organisation.Kind.DESIGNER, "Bureau des Copeaux")
ada = make_person("ada@example.org", "Ada Varlet")
make_member(ada, bureau)
table = template("table")
start(slug="table-haute", organisation=bureau, actor=ada,
      data={"content": table.content.as_data(), "texts": dict(table.texts)})
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    if why := why_not():
        pytest.skip(f"needs bubblewrap (scripts/install-test-tools.sh installs it): {why}")
    installation = Installation(tmp_path_factory.mktemp("studio"))
    installation.migrate()
    installation.script(DRAFT)
    installation.start("-m", "designs.jail", name="jail")
    installation.start_worker("tries", "tries", "sweeps")
    try:
        installation.address = installation.start_site()  # type: ignore[attr-defined]
        yield installation
    finally:
        installation.stop()


def _opened(visit: Visit) -> Page:
    page = visit.page
    page.goto("/compte/connexion/?next=/espace/studio/table-haute/")
    page.locator("main [name=login]").fill("ada@example.org")
    page.locator("main [name=password]").fill("treize tabourets bleus")
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url("**/espace/studio/table-haute/")
    return page


def _stage(page: Page, name: str) -> str:
    return page.locator("[data-stage]").get_attribute(f"data-{name}") or ""


def _shown(page: Page, site: Installation, other_than: str = "") -> str:
    return str(
        wait_until(
            lambda: (v := _stage(page, "shown")) != other_than and v.startswith("/apercus/") and v, 60, site.logs
        )
    )


def _said(page: Page) -> str:
    return page.locator("[data-save-state]").inner_text().replace("\u00a0", " ")


def _saved(page: Page, site: Installation) -> None:
    wait_until(lambda: re.fullmatch("Enregistré à [0-9:]{5}", _said(page)), 30, site.logs)


def _after(page: Page, line: str, text: str) -> None:
    """Types at the end of a line of the script, as a hand does."""
    page.locator(".cm-line", has_text=line).first.click()
    page.keyboard.press("End")
    page.keyboard.insert_text(text)


def test_a_designer_writes_sees_and_loses_nothing(site: Installation, browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    visit = Visit(browser, site, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = _opened(visit)
    first = _shown(page, site)
    assert page.locator("tr[data-part]").count() >= 4 and _stage(page, "kind") == "volume"
    _is_accessible(page)
    second = _a_mistake_is_marked_and_mended(page, site, first)
    _the_keyboard_leaves_the_editor(page)
    _another_size_moves_the_view_and_not_the_model(page, site, second)
    _a_parameter_half_typed_keeps_nothing_else_back(page, site)
    _what_is_typed_without_network_comes_back(visit, site)
    _two_windows_are_laid_side_by_side(visit, site)
    _a_file_joins_the_model(page, site, tmp_path)
    _is_accessible(page)
    page.set_viewport_size({"width": 320, "height": 700})
    visit.no_sideways_scrolling()
    # A 409 on the console is the answer to the second window.
    visit.complaints = [c for c in visit.complaints if "409" not in c and "ERR_INTERNET_DISCONNECTED" not in c]
    visit.close()


def _is_accessible(page: Page) -> None:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }))"
        ".violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(' | '))"
    )
    assert found == []
    assert page.locator("style:not([nonce])").count() == 0


def _a_mistake_is_marked_and_mended(page: Page, site: Installation, first: str) -> str:
    _after(page, "def draw(values", "\n    longueur = inconnue + 1")
    link = page.locator("[data-problems] a")
    link.wait_for()
    assert link.inner_text() == "table.py, ligne 18", page.locator("[data-problems]").inner_text()
    assert "inconnue" in page.locator("[data-problems]").inner_text()
    assert not page.locator("[data-checks-wait]").is_visible(), "nothing is checked that does not draw"
    assert page.locator(".cm-lint-marker-error").count() == 1
    assert _stage(page, "run") == "refused" and _stage(page, "shown") == first  # the last good view stays
    _saved(page, site)  # a wrong script is kept as any
    page.locator(".cm-line", has_text="OVERHANG, EDGE").first.click()
    link.click()
    assert page.evaluate("document.activeElement.className").startswith("cm-content")
    assert "longueur = inconnue" in page.locator(".cm-activeLine").inner_text()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    page.keyboard.insert_text("marge = 1")  # Home goes to where the line begins, after its indent
    page.locator("[data-problems-box]").wait_for(state="hidden")
    wait_until(lambda: _stage(page, "run") == "ready", 60, site.logs)
    assert page.locator(".cm-lint-marker-error").count() == 0
    _saved(page, site)
    page.reload()
    page.locator(".cm-line", has_text="marge = 1").first.wait_for()
    return _shown(page, site)


def _the_keyboard_leaves_the_editor(page: Page) -> None:
    page.locator(".cm-content").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('.cm-editor')")


def _another_size_moves_the_view_and_not_the_model(page: Page, site: Installation, before: str) -> None:
    field = page.locator("#p-width")
    was = field.input_value()
    said = _said(page)
    field.fill("5")
    page.locator("#p-width-messages .fr-message--error").wait_for()
    field.fill(str(int(was) + 40))
    other = _shown(page, site, other_than=before)
    assert page.locator("#p-width-messages").inner_text() == "" and _said(page) == said
    page.get_by_role("tab", name="Paramètres et règles").click()
    assert page.locator('[data-cell="default"]').first.input_value() == was
    page.get_by_role("tab", name="Script", exact=True).click()
    field.fill(was)
    _shown(page, site, other_than=other)


def _a_parameter_half_typed_keeps_nothing_else_back(page: Page, site: Installation) -> None:
    page.get_by_role("tab", name="Paramètres et règles").click()
    page.get_by_role("button", name="Ajouter un paramètre").click()
    page.keyboard.type("Tablette")
    wait_until(lambda: "sauf ce qui est à corriger" in _said(page), 30, site.logs)
    row = page.locator('[data-rows="parameter"] [data-row]').last
    assert "Un nom de paramètre" in row.inner_text()
    row.locator('[data-cell="name"]').fill("shelf")
    row.locator('[data-cell="kind"]').select_option("flag")
    assert not row.locator('[data-cell="minimum"]').is_visible()
    _saved(page, site)
    page.locator("#p-shelf").wait_for(state="attached")  # a size to try, at once
    row.get_by_role("button", name="Retirer").click()
    page.locator("#p-shelf").wait_for(state="detached")
    _saved(page, site)
    page.get_by_role("tab", name="Script", exact=True).click()


def _what_is_typed_without_network_comes_back(visit: Visit, site: Installation) -> None:
    page = visit.page
    visit.context.set_offline(True)
    _after(page, "marge = 1", "\n    secours = 2")
    wait_until(lambda: "hors ligne" in _said(page), 30, site.logs)
    visit.context.set_offline(False)
    page.goto("about:blank")
    page.goto("/espace/studio/table-haute/")
    page.locator(".cm-line", has_text="secours = 2").first.wait_for()
    _saved(page, site)
    page.reload()
    page.locator(".cm-line", has_text="secours = 2").first.wait_for()
    _saved(page, site)


def _two_windows_are_laid_side_by_side(visit: Visit, site: Installation) -> None:
    page = visit.page
    other = visit.context.new_page()
    other.goto("/espace/studio/table-haute/")
    _after(other, "marge = 1", "  # ailleurs")
    wait_until(lambda: "# ailleurs" in _texts(site), 30, site.logs)
    _after(page, "secours = 2", "  # ici")
    question = page.get_by_role("heading", name="Deux versions du même brouillon")
    question.wait_for()
    assert "a changé ailleurs" in _said(page)
    both = page.locator("[data-differences] pre").all_inner_texts()
    assert len(both) == 2 and "# ici" in both[0] and "# ailleurs" in both[1]
    page.get_by_role("button", name="Tout prendre de l’autre version").click()
    page.locator("#conflit-0-mine + label").click()
    page.get_by_role("button", name="Continuer avec ces choix").click()
    question.wait_for(state="hidden")
    _saved(page, site)
    assert "# ici" in _texts(site) and "# ailleurs" not in _texts(site)
    other.close()


def _texts(site: Installation) -> str:
    return str(site.rows("SELECT content FROM wagtailcore_revision ORDER BY id DESC LIMIT 1"))


def _a_file_joins_the_model(page: Page, site: Installation, folder: Path) -> None:
    file = folder / "sizes.py"
    file.write_text("EDGE = 25\n", encoding="utf-8")
    page.locator("#fichier").set_input_files(file)
    page.get_by_role("button", name="Importer", exact=True).click()
    page.wait_for_url(re.compile("vu=1"))
    page.get_by_role("tab", name="sizes.py").wait_for()
    big = folder / "gros.py"
    big.write_text("# " + "x" * 250_000, encoding="utf-8")
    page.locator("#fichier").set_input_files(big)
    page.get_by_role("button", name="Importer", exact=True).click()
    page.locator("#fichier-messages .fr-message--error", has_text="trop gros").wait_for()
    assert page.get_by_role("tab", name="sizes.py").count() == 1
