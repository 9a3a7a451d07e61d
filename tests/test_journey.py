# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the home page to a verified archive, in a real browser, with a real site and real workers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.demonstrated import Demonstrated
from tests.running import ROOT, Installation, wait_until
from tests.screenshots import shoot

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: WebGL without a graphics card is drawn by SwiftShader.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SLOW = 60_000  # ms: two cores may be busy elsewhere

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(
        not (ROOT / "cms/static/bundle/configurator.js").exists(), reason="no bundle yet: make test builds it"
    ),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, demonstrated: Demonstrated) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("site"))
    demonstrated(installation, orders=False)  # whose files workers would make before a visitor's
    installation.start_worker("jobs", "jobs", "sweeps", beat=True)
    installation.start_worker("previews", "previews", "sweeps")
    try:
        installation.address = installation.start_site()  # type: ignore[attr-defined]
        yield installation
    finally:
        installation.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A browser window that notes every request and every complaint."""

    def __init__(self, browser: Browser, site: Installation, **options: Any) -> None:
        self.address: str = site.address  # type: ignore[attr-defined]
        self.context: BrowserContext = browser.new_context(locale="fr-FR", base_url=self.address, **options)
        self.context.set_default_timeout(SLOW)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)

    def close(self) -> None:
        self.context.close()
        assert self.requests
        outside = [
            url for url in self.requests if not url.startswith((self.address + "/", "data:", "blob:" + self.address))
        ]
        assert outside == []
        assert not [url for url in self.requests if "Marianne" in url]  # the State's typeface
        # A 422 on the console is the answer to a refused size.
        assert [c for c in self.complaints if "422" not in c] == []

    def no_sideways_scrolling(self) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture(params=[390, 1280], ids=["phone", "desk"])
def visit(request: pytest.FixtureRequest, browser: Browser, site: Installation) -> Iterator[Visit]:
    visit = Visit(browser, site, viewport={"width": request.param, "height": 900})
    yield visit
    visit.close()


def choose_workshop(page: Any, slug: str) -> None:
    """In its région, which is folded where workshops are many."""
    radio = page.locator(f"input[name=atelier][value={slug}]")
    if not radio.is_visible():
        page.locator("details.t-region", has=radio).locator("> summary").click()
    radio.check()


def _verified(site: Installation, archive: Path) -> None:
    said = site.script(
        f"from pathlib import Path; from fabrication.verification import verify_archive\n"
        f"report = verify_archive(Path({str(archive)!r})); print(report.ok, list(report.faults))"
    )
    assert said.strip() == "True []"


def test_the_whole_journey(site: Installation, visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    page.goto("/")
    visit.no_sideways_scrolling()
    page.get_by_role("link", name="Choisir un modèle").click()
    page.get_by_role("link", name="Chariot-établi").first.click()
    page.wait_for_url("**/modeles/chariot/")
    page.get_by_role("link", name="Choisir la taille").first.click()
    page.wait_for_url("**/modeles/chariot/configurer/")

    # The view in volume, then another size: other pixels, other figures.
    page.wait_for_selector("[data-stage][data-shown^='/apercus/']")
    stage = page.locator("[data-stage]")
    assert stage.get_attribute("data-kind") == "volume"
    first_view, first_picture = stage.get_attribute("data-shown"), page.locator("canvas").screenshot()
    figures = page.locator("[data-figures]")
    assert "1\u202f000\u00a0×" not in figures.inner_text()
    page.get_by_label("Longueur", exact=False).first.fill("1000")
    wait_until(lambda: stage.get_attribute("data-shown") not in (first_view, None), 60, site.logs)
    page.wait_for_timeout(300)
    assert page.locator("canvas").screenshot() != first_picture
    assert page.locator("[data-facts] tr", has_text="Plateau").first.inner_text().count("1\u202f000") == 1
    assert page.url.endswith("?width=1000")  # an address that can be sent to somebody
    visit.no_sideways_scrolling()
    device = "phone" if page.viewport_size == {"width": 390, "height": 900} else "desk"
    shoot(page, f"{device}-configurator")

    # A refused size says why beside its field, and keeps what was typed.
    width = page.locator("#p-width")
    width.fill("99999")
    message = page.locator("#p-width-messages")
    wait_until(lambda: "Entre 660" in message.inner_text(), 60, site.logs)
    assert width.get_attribute("aria-invalid") == "true" and width.input_value() == "99999"
    page.locator("button[name=produire]").click()
    page.wait_for_selector("#erreurs")
    assert page.locator("#p-width").input_value() == "99999"
    assert "Entre 660" in page.locator("#p-width-messages").inner_text()
    visit.no_sideways_scrolling()

    # The files, for a router.
    page.locator("#p-width").fill("1000")
    page.locator("#quantite").fill("2")
    choose_workshop(page, "copeaux-nimes")
    page.locator("button[name=produire]").click()
    page.wait_for_url("**/travaux/*/")
    visit.no_sideways_scrolling()
    seen: set[str] = set()
    title = page.locator("h1")

    from playwright.sync_api import Error as PlaywrightError

    def ready() -> bool:
        try:
            seen.update(page.locator("[data-sentence]").all_inner_texts())
        except PlaywrightError as error:  # asked just while the page went over to its successor
            assert "Execution context was destroyed" in error.message, error
            return False
        heading = title.inner_text()  # waits for it: a locator in one step asks again after a navigation
        assert heading in ("Préparation des fichiers", "Les fichiers sont prêts"), site.logs()
        return heading == "Les fichiers sont prêts"

    wait_until(ready, 120, site.logs)
    if device == "phone":  # the other one finds the package made
        assert len(seen) >= 2, seen  # it moved from stage to stage before our eyes
    visit.no_sideways_scrolling()
    shoot(page, f"{device}-files")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger l’archive complète").click()
    archive = tmp_path / download.value.suggested_filename
    assert re.fullmatch(r"chariot-r\d+-2x-\S+\.zip", archive.name)
    download.value.save_as(archive)
    _verified(site, archive)
    links = [link.get_attribute("href") for link in page.locator(".t-files a").all()]
    assert len(links) > 15
    for link in links:
        assert page.request.get(f"{visit.address}{link}").ok, link
    pictures = page.locator(".m-sheets img")
    assert pictures.count() >= 2
    pictures.first.scroll_into_view_if_needed()
    wait_until(lambda: pictures.first.evaluate("image => image.naturalWidth") > 0, 20, site.logs)


def test_the_same_journey_without_javascript(site: Installation, browser: Browser, tmp_path: Path) -> None:
    visit = Visit(browser, site, viewport={"width": 390, "height": 900}, java_script_enabled=False)
    page = visit.page
    page.goto("/")
    page.get_by_role("link", name="Chariot-établi").first.click()
    page.wait_for_url("**/modeles/chariot/")
    page.get_by_role("link", name="Choisir la taille").first.click()
    page.wait_for_url("**/modeles/chariot/configurer/")

    page.locator("#p-width").fill("1020")
    page.get_by_role("button", name="Actualiser l’aperçu").click()
    page.wait_for_url("**/modeles/chariot/configurer/?width=1020*")
    picture = page.locator("[data-stage] img")
    picture.wait_for()  # the page reloads itself until the picture is there
    wait_until(lambda: picture.evaluate("image => image.naturalWidth") == 960, 60, site.logs)
    assert "1\u202f020" in page.locator("[data-facts]").inner_text()
    shoot(page, "without-javascript-1-size")

    page.locator("#p-width").fill("99999")
    page.locator("#p-text").fill("MAIRIE")
    page.get_by_role("button", name="Actualiser l’aperçu").click()
    page.wait_for_selector("#erreurs")
    assert "Entre 660" in page.locator("#p-width-messages").inner_text()
    assert page.locator("#p-text").input_value() == "MAIRIE"
    shoot(page, "without-javascript-2-refused")

    page.locator("#p-width").fill("1020")
    choose_workshop(page, "petit-faisceau-saint-pierre")
    page.get_by_role("button", name="Produire les fichiers").click()
    assert "s’arrête à 6\u00a0mm" in page.locator("#atelier-messages").inner_text()

    choose_workshop(page, "ligne-claire-saint-die")
    page.get_by_role("button", name="Produire les fichiers").click()
    page.wait_for_url("**/travaux/*/")
    page.get_by_role("heading", name="Les fichiers sont prêts").wait_for(timeout=2 * SLOW)
    shoot(page, "without-javascript-3-files")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger l’archive complète").click()
    archive = tmp_path / download.value.suggested_filename
    download.value.save_as(archive)
    _verified(site, archive)
    visit.close()


def test_an_older_answer_never_replaces_a_newer_one(site: Installation, browser: Browser) -> None:
    visit = Visit(browser, site, viewport={"width": 1280, "height": 900})
    page = visit.page
    late: list[Any] = []

    def hold(route: Any) -> None:
        """The answer for 1040 comes, but only once the answer for 1060 was shown."""
        late.append((route, route.fetch()))

    page.goto("/modeles/chariot/configurer/")
    page.wait_for_selector("[data-stage][data-shown^='/apercus/']")
    page.route("**/apercu.json?width=1040", hold)
    page.locator("#p-width").fill("1040")
    wait_until(lambda: page.wait_for_timeout(50) or late, 60, site.logs)
    page.locator("#p-width").fill("1060")
    facts = page.locator("[data-facts]")
    wait_until(lambda: "1\u202f060" in facts.inner_text(), 60, site.logs)
    (route, answer), *_ = late
    try:
        route.fulfill(response=answer)
    except Exception as error:  # the page has already dropped the request
        assert "closed" in str(error) or "aborted" in str(error).lower() or "handled" in str(error).lower(), error
    page.wait_for_timeout(800)
    assert "1\u202f060" in facts.inner_text() and page.url.endswith("?width=1060")
    visit.close()


def test_the_page_is_reached_and_turned_by_keyboard(site: Installation, browser: Browser) -> None:
    visit = Visit(browser, site, viewport={"width": 1280, "height": 900})
    page = visit.page
    page.goto("/modeles/chariot/configurer/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.wait_for_selector("[data-stage][data-shown^='/apercus/']")
    canvas = page.locator("canvas")
    canvas.focus()
    before = canvas.screenshot()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(400)
    assert canvas.screenshot() != before
    for name in ("Tourner vers la droite", "Rapprocher", "Éloigner", "Vue de départ"):
        assert page.get_by_role("button", name=name).is_visible()
    visit.close()


def test_without_webgl_a_still_picture_follows_the_sizes(site: Installation, browser: Browser) -> None:
    arguments = [argument for argument in ARGUMENTS if "swiftshader" not in argument]
    plain = browser.browser_type.launch(executable_path=CHROMIUM, args=[*arguments, "--disable-3d-apis"])
    visit = Visit(plain, site, viewport={"width": 1280, "height": 900})
    visit.page.goto("/modeles/chariot/configurer/?width=1080")
    visit.page.wait_for_selector("[data-stage][data-kind='picture'][data-shown] img")
    assert (visit.page.locator("[data-stage] img").get_attribute("src") or "").endswith(".png")
    visit.complaints = [complaint for complaint in visit.complaints if "WebGL" not in complaint]
    visit.close()
    plain.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_what_keeps_the_files_from_being_made_is_said_where_the_eyes_are(
    site: Installation, browser: Browser, width: int
) -> None:
    visit = Visit(browser, site, viewport={"width": width, "height": 800})
    page = visit.page
    page.goto("/modeles/chariot/configurer/?width=1000")
    page.wait_for_selector("[data-stage][data-shown^='/apercus/']")

    def produce() -> Any:
        page.get_by_role("button", name="Produire les fichiers").click()
        page.wait_for_load_state()
        page.wait_for_selector("[data-stage][data-shown]")  # the preview has come, and with it its messages
        summary = page.locator("#erreurs")
        assert page.evaluate("document.activeElement.id") == "erreurs"
        box = summary.bounding_box()
        assert box and 0 <= box["y"] < 500, box
        return summary

    summary = produce()
    assert "Choisissez l’atelier" in summary.inner_text()
    choose_workshop(page, "petit-faisceau-saint-pierre")
    assert summary.count() == 0  # settled: its message goes at once
    summary = produce()
    assert "s’arrête à 6\u00a0mm" in summary.inner_text()
    choose_workshop(page, "copeaux-nimes")
    page.locator("#quantite").fill("500")
    page.locator("#p-depth").fill("99")
    summary = produce()
    assert "100 exemplaires au plus" in summary.inner_text() and "Entre" in summary.inner_text()
    page.locator("#p-depth").fill("500")
    wait_until(lambda: "Entre" not in summary.inner_text(), 60, site.logs)
    assert "100 exemplaires au plus" in summary.inner_text()
    page.locator("#quantite").fill("5")
    assert summary.count() == 0
    visit.close()


def test_a_reload_keeps_the_sizes_the_workshop_and_the_quantity(site: Installation, browser: Browser) -> None:
    visit = Visit(browser, site, viewport={"width": 1280, "height": 900})
    page = visit.page
    page.goto("/modeles/chariot/configurer/")
    page.wait_for_selector("[data-stage][data-shown^='/apercus/']")
    page.locator("#p-width").fill("1000")
    page.locator("#p-depth").fill("9")
    choose_workshop(page, "copeaux-nimes")
    page.locator("#quantite").fill("7")
    page.wait_for_selector("#p-depth[aria-invalid]")
    wait_until(lambda: "width=1000" in page.url, 60, site.logs)
    page.reload()
    assert page.locator("#p-width").input_value() == "1000" and page.locator("#quantite").input_value() == "7"
    assert page.locator("input[value=copeaux-nimes]").is_checked()
    visit.close()


def test_a_finger_on_the_view_scrolls_the_page(site: Installation, browser: Browser) -> None:
    visit = Visit(browser, site, viewport={"width": 390, "height": 844}, has_touch=True)
    page = visit.page
    page.goto("/modeles/chariot/configurer/")
    page.wait_for_selector("[data-stage][data-shown^='/apercus/'] canvas")
    # What is too wide for a phone would be cut at its edge.
    assert page.locator(".t-figures").evaluate_all("lists => lists.every(list => list.scrollWidth <= list.clientWidth)")
    assert page.locator("canvas").evaluate("canvas => getComputedStyle(canvas).touchAction") == "pan-y"
    visit.close()
