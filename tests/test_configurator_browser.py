# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The configurator in a real browser: keys, the newest answer alone, the piece apart, parts that light up, people, the link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route

from tests.running import ROOT, Installation, wait_until
from tests.test_journey import CHROMIUM, Visit, browser  # noqa: F401  (a fixture)

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(
        not (ROOT / "cms/static/bundle/viewer.js").exists(), reason="no bundle yet: make test builds it"
    ),
]

PUBLISHED = """
from django.conf import settings
from cms.catalogue import sync_designs
from fablabs.demo import load_workshops
sync_designs()
load_workshops(settings.ROOT / "examples" / "machines")
"""
#: Small, so that it is drawn quickly.
SMALL = "?width=700&height=700&trays=0&dividers=0&laptops=0&extension=none"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("configurator"))
    installation.migrate()
    installation.script(PUBLISHED)
    installation.start_worker("previews", "previews", "sweeps")
    try:
        installation.address = installation.start_site()  # type: ignore[attr-defined]
        yield installation
    finally:
        installation.stop()


def _data(page: Page, name: str) -> str:
    return page.locator("[data-stage]").get_attribute(f"data-{name}") or ""


def _shown(page: Page, site: Installation, other_than: str = "") -> str:
    return str(
        wait_until(lambda: (v := _data(page, "shown")) != other_than and v.startswith("/apercus/") and v, 60, site.logs)
    )


def test_a_piece_is_shaped_taken_apart_and_passed_on(site: Installation, browser: Browser) -> None:  # noqa: F811
    visit = Visit(
        browser, site, viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    page = visit.page
    page.goto(f"/modeles/chariot/configurer/{SMALL}")
    first = _shown(page, site)
    assert _data(page, "kind") == "volume"
    _a_slider_by_keys_shows_its_last_value_alone(page, site, first)
    _sheets_and_price_are_the_newest_too(page, site)
    _a_refused_size_has_a_way_out(page, site)
    _the_piece_comes_apart_and_its_parts_light_up(page)
    _measures_and_people_come_and_go(page, site)
    _the_link_holds_it_all(page, site)
    visit.no_sideways_scrolling()
    visit.close()


def _a_slider_by_keys_shows_its_last_value_alone(page: Page, site: Installation, first: str) -> None:
    held: list[Any] = []

    def hold(route: Route) -> None:
        """The answer for 720 comes once the one for 740 was shown."""
        held.append((route, route.fetch()))

    page.route(re.compile(r"apercu\.json\?.*width=720"), hold)
    slider = page.get_by_label("Longueur, curseur")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("#p-width").input_value() == "720"
    assert slider.get_attribute("aria-valuetext") == "720 mm"
    wait_until(lambda: page.wait_for_timeout(20) or held, 60, site.logs)
    assert "c-outdated" in (page.locator("[data-figures]").get_attribute("class") or "")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    second = _shown(page, site, other_than=first)
    assert page.locator("#p-width").input_value() == "740" and "width=740" in page.url
    _too_late(*held[0])
    page.wait_for_timeout(300)
    assert _data(page, "shown") == second and "width=740" in page.url
    assert "c-outdated" not in (page.locator("[data-figures]").get_attribute("class") or "")
    asked = _requests(page, "apercu.json")
    page.wait_for_timeout(500)
    assert _requests(page, "apercu.json") == asked  # what is shown asks for nothing more


def _sheets_and_price_are_the_newest_too(page: Page, site: Installation) -> None:
    held: list[Any] = []
    page.route(re.compile(r"chiffres\.json\?.*width=750"), lambda route: held.append((route, route.fetch())))
    page.locator("#p-width").fill("750")
    wait_until(lambda: page.wait_for_timeout(20) or held, 60, site.logs)
    page.locator("#p-width").fill("740")
    needs = page.locator("[data-needs]")
    wait_until(lambda: "width=740" in (needs.get_attribute("data-shown") or ""), 60, site.logs)
    _too_late(*held[0])
    page.wait_for_timeout(300)
    assert "width=740" in (needs.get_attribute("data-shown") or "")
    assert "1 panneau" in needs.inner_text().replace("\u00a0", " ")


def _too_late(route: Route, answer: Any) -> None:
    try:
        route.fulfill(response=answer)
    except Error as error:  # the page has already dropped the request
        assert re.search("closed|aborted|handled", str(error).lower()), error


def _requests(page: Page, name: str) -> list[str]:
    found: list[str] = page.evaluate(
        "name => performance.getEntriesByType('resource').map(e => e.name).filter(n => n.includes(name))", name
    )
    return found


def _a_refused_size_has_a_way_out(page: Page, site: Installation) -> None:
    before = _data(page, "shown")
    page.locator("#p-depth").fill("780")
    page.locator("#p-door").fill("700")
    link = page.locator("[data-field=depth] [data-remedy] a")
    link.wait_for()
    assert "Le chariot ne passerait pas la porte" in page.locator("#p-depth-messages").inner_text()
    assert _data(page, "shown") == "invalid"
    link.click()
    assert page.locator("#p-depth").input_value() == "660"
    _shown(page, site, other_than=before)
    assert page.locator("#p-depth-messages").inner_text() == ""
    page.get_by_role("button", name="Revenir à 500 mm").click()
    page.get_by_role("button", name="Revenir à 830 mm").click()
    assert page.get_by_role("button", name="Revenir à 500 mm").count() == 0
    wait_until(lambda: _data(page, "shown") == before, 60, site.logs)  # as it was


def _the_piece_comes_apart_and_its_parts_light_up(page: Page) -> None:
    canvas = page.locator("canvas")
    whole = canvas.screenshot()
    apart = page.get_by_label("Écarter les pièces")
    apart.focus()
    page.keyboard.press("End")
    assert _data(page, "apart") == "100" and apart.get_attribute("aria-valuetext") == "100 %"
    page.wait_for_timeout(150)
    assert canvas.screenshot() != whole
    apart.press("Home")
    # From the list, by keys.
    button = page.locator("tr[data-part=P02] .c-part")
    button.focus()
    assert _data(page, "lit") == "P02"
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    page.locator("#p-width").focus()
    assert _data(page, "lit") == "P02"  # it was chosen, not only pointed at
    assert "P02" in page.locator("[data-lit-name]").inner_text()
    page.keyboard.press("Escape")
    assert _data(page, "lit") == "" and button.get_attribute("aria-pressed") == "false"
    # From the view: something is in its middle.
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    code = _data(page, "lit")
    assert re.fullmatch(r"P\d\d", code)
    assert page.locator(f"tr[data-part={code}] .c-part").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Voir dans la liste").click()
    assert page.evaluate("document.activeElement.closest('tr').dataset.part") == code
    page.keyboard.press("Escape")


def _measures_and_people_come_and_go(page: Page, site: Installation) -> None:
    assert not any("people.glb" in url for url in _requests(page, ".glb"))
    for name, key in (("Mesures", "measures"), ("Personne debout", "standing"), ("Personne en fauteuil", "wheelchair")):
        toggle = page.get_by_role("button", name=name)
        toggle.focus()
        page.keyboard.press("Enter")
        wait_until(lambda key=key: key in _data(page, "shows"), 20, site.logs)  # type: ignore[misc]
        assert toggle.get_attribute("aria-pressed") == "true"
    said = [label.inner_text().removesuffix("mm").strip() for label in page.locator(".c-measure").all()]
    figures = re.sub(r"\s+", " ", page.locator("[data-figures]").inner_text())
    assert f" × {said[1]} × {said[2]} mm" in figures  # the arrows say what the design says
    assert 740 <= int(said[0]) <= 780  # its wedges stand out of its sides
    page.get_by_role("button", name="Mesures").click()
    assert not page.locator(".c-measure").first.is_visible() and "measures" not in _data(page, "shows")


def _the_link_holds_it_all(page: Page, site: Installation) -> None:
    page.get_by_label("Votre commune").fill("30000")
    page.get_by_role("option", name="Nîmes").click()
    page.wait_for_url("**commune=30189**")
    wait_until(lambda: "Prix près de Nîmes" in page.locator("[data-needs]").inner_text(), 60, site.logs)
    page.get_by_role("button", name="Copier le lien").click()
    page.get_by_text("Lien copié.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url.split("#")[0]
    page.goto(link)
    assert (
        page.locator("#p-width").input_value() == "740"
        and page.get_by_label("Votre commune").input_value() == "Nîmes (Gard)"
    )
    _shown(page, site)
    page.get_by_role("link", name="Revenir aux dimensions de base").click()
    assert page.locator("#p-width").input_value() == "900"
    page.wait_for_url("**/configurer/?commune=30189")
