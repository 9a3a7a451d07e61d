# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody in a browser of their own, for the journeys of tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as PlaywrightError

from tests.running import Installation, wait_until
from tests.screenshots import shoot

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

SLOW = 60_000  # ms: two cores may be busy elsewhere


class Person:
    """Somebody in a browser of their own, signed in as the demonstration's people are."""

    def __init__(self, browser: Browser, site: Installation, name: str, size: Any, *, javascript: bool = True) -> None:
        self.site, self.name, self.javascript = site, name, javascript
        address: str = site.address  # type: ignore[attr-defined]
        context = browser.new_context(
            locale="fr-FR", base_url=address, viewport=size, java_script_enabled=javascript, accept_downloads=True
        )
        context.set_default_timeout(SLOW)
        self.page: Page = context.new_page()
        self.answers: list[tuple[int, str]] = []
        self.page.on("response", lambda answer: self.answers.append((answer.status, answer.url)))
        self.open("/compte/connexion/")
        self.fill("login", f"{name}@demo.example")
        self.fill("password", "demonstration-treteau")
        self.page.get_by_role("button", name="Se connecter", exact=True).click()
        self.page.wait_for_url("**/espace/")

    @property
    def text(self) -> str:
        """With plain spaces, whatever kind stands between a number and its unit."""
        return re.sub(r"[\u00a0\u202f]", " ", self.page.locator("main").inner_text())

    def open(self, address: str) -> None:
        """No page is wider than the window."""
        try:
            self.page.goto(address)
        except PlaywrightError as error:
            if "ERR_ABORTED" not in str(error):
                raise
            self.page.goto(address)  # the page that was left had begun to read itself again at this moment
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address

    def fill(self, name: str, value: str) -> None:
        self.page.locator(f"main [name='{name}']").fill(value)

    def tick(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_label(label).first.check(force=True)

    def attach(self, name: str, content: bytes) -> None:
        self.page.locator(f"main input[type=file][name='{name}']").set_input_files(
            {"name": "signe.pdf", "mimeType": "application/pdf", "buffer": content}
        )

    def follow(self, name: str) -> None:
        self._go(self.page.locator("main").get_by_role("link", name=name))

    def press(self, name: str, *says: str) -> None:
        """The button, and what the next page says."""
        self._go(self.page.locator("main").get_by_role("button", name=name))
        for words in says:
            assert words in self.text, (self.name, name, words, self.text)

    def _go(self, found: Locator) -> None:
        with self.page.expect_navigation(wait_until="load"):
            found.locator("visible=true").first.click()
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), self.page.url

    def until(self, address: str, words: str, *, without: str = "\0", shows: str = "main") -> None:
        """Looks again, as one who waits does, until the page says it."""

        def said() -> bool:
            self.open(address)
            if words in self.text and without not in self.text and self.page.locator(shows).count():
                return True
            self.page.wait_for_timeout(400)
            return False

        wait_until(said, 60, lambda: f"{self.text}\n{self.site.logs()}")

    def shoot(self, name: str, at: str = "") -> None:
        shoot(self.page, name if self.javascript else f"without-javascript-{name}", at)

    def fetch(self, address: str) -> bytes:
        answer = self.page.request.get(address)
        assert answer.ok, (self.name, address, answer.status)
        return bytes(answer.body())
