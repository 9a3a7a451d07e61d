# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Somebody who goes through the site from link to link, in a real browser, and looks at every page that a foreign reader can judge.

A page is one name of address: of an order's page, whose parts depend on the order's state, several are looked at.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urlsplit

from django.urls import Resolver404, resolve

from tests.page_room import room_faults
from tests.screenshots import shoot

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request, Response

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
CHECKER = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"

#: WCAG 2.2 at AA, which RGAA follows, and what axe's authors advise beside it.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_LOOK = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return found.violations.map((v) => `${v.id} (${v.impact}): ${v.help}: ` +
    v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + n.html.slice(0, 160)).join(" | "));
}"""
#: Who asked for less motion gets none: what is left of it is over before the next picture of the screen.
_MOVES = """() => document.getAnimations().filter((a) => a.playState === "running" && a.effect.getComputedTiming().endTime > 16)
  .map((a) => a.effect.target?.outerHTML.slice(0, 120))"""

#: Pages whose content depends on the state of what they show: how many of them are looked at.
SEVERAL = {"order": 6, "making": 4, "quote": 3, "arbitration-decision": 3, "workplace": 1, "studio": 1}
#: Of editors' pages, how many under each main one: each is made of the same blocks.
OF_A_KIND = 4
#: Where the room of the text is looked at closely (tests/page_room.py): names, and addresses of editors' pages.
CLOSELY = {"/", "/questions/", "model", "configure", "order", "making"}
#: Files, other people's forms, and steps that a link takes.
LEFT_OUT = re.compile(
    r"\.(pdf|csv|xlsx|json|xml|zip|png|jpg|webp|svg|glb|step|dxf|toml|ics|txt)$|/archive$|/(fichiers|papiers)/|"
    r"^/(api/v1|documents|gestion|media|static)/|^/compte/proconnect/"
)


@dataclass
class Walk:
    """``faults``: sentences, each with its page; ``pages``: HTML by address, for the checker."""

    address: str
    who: str = "anybody"
    faults: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)
    #: Address → name of a picture that `make screenshots` keeps: of a phone too for strangers' pages.
    pictures: dict[str, str] = field(default_factory=dict)

    def go(self, context: BrowserContext, *starts: str, skip: frozenset[str] = frozenset()) -> None:
        """From these addresses on, every page that is linked; names of ``skip`` are somebody else's to look at."""
        page = context.new_page()
        page.on("request", self._asked)
        page.on("console", lambda said: self._says(page, said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._says(page, str(error)))
        waiting, seen = deque(starts), set(starts)
        while waiting:
            path = waiting.popleft()
            name = _name(path)
            if name is None or name in skip or self.names[name] >= _most(name):
                continue
            answer = self._open(page, path)
            if answer is None:  # a file to keep, no page
                self.names[name] += 1
                continue
            if answer.status >= 400 and path not in starts:
                self.faults.append(f"{self.who} {path}: {answer.status}")
                continue
            landed = urlsplit(page.url).path
            if not answer.headers.get("content-type", "").startswith("text/html") or (
                landed != urlsplit(path).path and _name(landed) is not None and self.names[_name(landed) or ""]
            ):
                self.names[name] += 1
                continue
            self.names[name] += 1
            self.look(page, path, answer.text())
            for link in page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)"):
                onward = urlsplit(urldefrag(link)[0])
                target = onward.path + (f"?{onward.query}" if onward.query else "")
                if f"{onward.scheme}://{onward.netloc}" == self.address and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        page.close()

    def _open(self, page: Page, path: str) -> Response | None:
        from playwright.sync_api import Error

        try:
            return page.goto(self.address + path)
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            return None

    def look(self, page: Page, path: str, html: str) -> None:
        self.pages[f"{self.who} {path}"] = html
        page.evaluate(AXE.read_text(encoding="utf-8"))
        self.faults += [f"{self.who} {path}: {fault}" for fault in page.evaluate(_LOOK, _RULES)]
        self.faults += [f"{self.who} {path}: moves: {moving}" for moving in page.evaluate(_MOVES)]
        name = _name(path) or ""
        closely = path in CLOSELY or (name in CLOSELY and self.names[name] == 1)
        self.faults += [f"{self.who} {path} {fault}" for fault in room_faults(page, closely=closely)]
        if path in self.pictures:
            self._shoot(page, self.pictures[path])

    def _shoot(self, page: Page, name: str) -> None:
        if self.who != "anybody":
            shoot(page, name)
            return
        shoot(page, f"desk-{name}")
        page.set_viewport_size({"width": 390, "height": 844})
        shoot(page, f"phone-{name}")
        page.set_viewport_size({"width": 1280, "height": 900})

    def _asked(self, request: Request) -> None:
        # Chromium's own pages, its reader of PDF among them, come from nowhere.
        if not request.url.startswith((self.address + "/", "data:", "blob:", "chrome")):
            self.faults.append(f"{self.who}: asked {request.url}")

    def _says(self, page: Page, words: str) -> None:
        if "the server responded with a status of 4" in words:
            return  # what was asked for said it already
        self.faults.append(f"{self.who} {page.url}: the browser says {words[:300]}")


def _name(path: str) -> str | None:
    """What the site calls this address; None for what is no page."""
    plain = urlsplit(path).path
    if LEFT_OUT.search(plain):
        return None
    try:
        found = resolve(plain)
    except Resolver404:
        return plain
    if found.url_name == "wagtail_serve":
        return "/" + plain.strip("/").split("/")[0]
    return found.url_name or plain


def _most(name: str) -> int:
    return OF_A_KIND if name.startswith("/") else SEVERAL.get(name, 1)


def html_faults(pages: dict[str, str], folder: Path) -> list[str]:
    """What the Nu checker, by which the W3C validates HTML, has against these pages: errors and warnings."""
    files: dict[str, str] = {}
    for number, (address, html) in enumerate(pages.items()):
        file = folder / f"{number}.html"
        file.write_text(html, encoding="utf-8")
        files[file.as_uri()] = files[file.resolve().as_uri()] = files[f"file:{file}"] = address
    done = subprocess.run(
        ["java", "-Xss4m", "-jar", str(CHECKER), "--format", "json", "--stdout", "--exit-zero-always", str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    messages: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return sorted(
        {
            f"{files.get(m.get('url', ''), m.get('url'))} line {m.get('lastLine')}: {m['message']} {m.get('extract', '')[:160]!r}"
            for m in messages
            if m["type"] == "error" or m.get("subType") == "warning" or m["type"] == "non-document-error"
        }
    )
