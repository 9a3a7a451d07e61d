# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody without a mouse: goes from one thing to the next by the key Tab, as a browser really does it, and sees where they are.

Whatever the focus comes to must have a name, be on the screen with nothing over it, and look otherwise than before.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: More stops than any page has.
_LONGEST = 250

#: What the focus is on: its box in the window, whether it can be seen there, how it looks; and how what it left looks now.
#: A radio button that is drawn by its label shows the focus there.
_HERE = """async () => {
  const drawn = (e) => [e, ...(e.labels ?? [])];
  const look = (e) => e.isConnected ? drawn(e).flatMap((one) => ["", "::before", "::after"].map((part) => {
    const s = getComputedStyle(one, part || null);
    return [s.outlineStyle === "none" ? "" : s.outline, s.boxShadow, s.backgroundColor, s.borderColor].join(" ");
  })).join(" / ") : null;
  const seen = (e) => drawn(e).some((one) => [...one.getClientRects()].some((box) =>
    [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].some(([x, y]) => {
      const [left, top] = [box.left + box.width * x, box.top + box.height * y];
      const hit = document.elementFromPoint(left, top);
      return hit && drawn(e).some((any) => any === hit || any.contains(hit) || hit.shadowRoot?.contains(any));
    })));
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const e = document.activeElement, left = window.leftByTheKeyboard;
  for (let i = 0; i < 10 && !seen(e); i++) await frame();  // what comes into sight when it has the focus
  // A date has several stops within.
  const looks = [look(e), ...(left?.e === e ? left.looks : [])];
  window.leftByTheKeyboard = { e, looks };
  return {
    nowhere: e === document.body,
    seen: seen(e),
    html: e.outerHTML.slice(0, 160),
    left: left && left.e !== e && left.e !== document.body && left.looks.every((one) => one === look(left.e))
      ? left.e.outerHTML.slice(0, 160) : "",
  };
}"""


class Keyboard:
    """A browser window of 1280 px that is only typed into. ``faults``: sentences about what the focus passed."""

    def __init__(self, browser: Browser, address: str) -> None:
        context = browser.new_context(
            locale="fr-FR", base_url=address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        context.set_default_timeout(60_000)
        self.page: Page = context.new_page()
        # From the start on: asked for at the moment of the key, the browser may open a window of its own before it hears.
        self.page.on("filechooser", lambda _: None)
        self.faults: list[str] = []
        self._tree: Any = context.new_cdp_session(self.page)
        self.page.goto("/")

    @property
    def text(self) -> str:
        """With plain spaces, whatever kind stands between a number and its unit."""
        return re.sub(r"[\u00a0\u202f]", " ", self.page.locator("main").inner_text())

    @property
    def name(self) -> str:
        """What a screen reader calls the thing that has the focus, by the browser's own reckoning."""
        thing = self._tree.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
        (node, *_) = self._tree.send("Accessibility.getPartialAXTree", {"objectId": thing, "fetchRelatives": False})[
            "nodes"
        ]
        return _plain(node.get("name", {}).get("value", ""))

    def tab_to(self, *names: str, back: bool = False) -> None:
        """Tab after Tab until something is called so (its beginning is enough; the first of ``names`` that comes);
        AssertionError with all that was passed if the way ends before."""
        passed: list[str] = []
        while len(passed) < _LONGEST:
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            here = self.page.evaluate(_HERE)
            if here["left"]:
                self.faults.append(f"{self.page.url}: the focus does not show on {here['left']}")
            if here["nowhere"]:  # out of the page, into the browser's own bars
                assert "(the page's end)" not in passed, f"{self.page.url}: no {names} among {passed}"
                passed.append("(the page's end)")
                continue
            name = self.name
            if not name:
                self.faults.append(f"{self.page.url}: no name for {here['html']}")
            if not here["seen"]:
                self.faults.append(f"{self.page.url}: not to be seen: {here['html']}")
            if any(name.startswith(_plain(one)) for one in names):
                return
            passed.append(name)
        raise AssertionError(f"{self.page.url}: no {names} among {passed}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, name: str, words: str) -> None:
        """Into the field of this name, in place of what stood there."""
        self.tab_to(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def pick(self, one: str, wanted: str) -> None:
        """Of radio buttons, which are one stop: to ``one``, the chosen or first of them, then by arrows."""
        self.tab_to(one)
        passed = [self.name]
        while not passed[-1].startswith(_plain(wanted)):
            self.page.keyboard.press("ArrowDown")
            assert self.name not in passed, f"{self.page.url}: no {wanted} among {passed}"
            passed.append(self.name)

    def complete(self, name: str, words: str) -> None:
        """Into a field that suggests, and the first of what it suggests."""
        self.type(name, words)
        self.page.locator("[role=option]:visible").first.wait_for()
        self.press("ArrowDown", "Enter")

    def choose(self, name: str, words: str) -> None:
        """In a list of the browser's own, by its first letters."""
        self.tab_to(name)
        self.page.keyboard.type(words)

    def choose_file(self, name: str, file: Path) -> None:
        """A file for the field called so, in the window that Enter opens."""
        self.tab_to(name)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)

    def go(self, name: str, *says: str) -> None:
        """To the link or button, Enter, and what the next page says."""
        self.tab_to(name)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")
        for words in says:
            assert words in self.text, (name, words, self.page.url, self.text)

    def sign_in(self, login: str, password: str) -> None:
        self.go("Se connecter")
        self.type("Adresse électronique", login)
        self.type("Mot de passe", password)
        self.go("Se connecter")


def _plain(words: str) -> str:
    return re.sub(r"\s+,", ",", re.sub(r"\s+", " ", words.replace("’", "'"))).strip()
