# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A stranger walks the whole site by its links: no cookie, no foreign request, nothing inline, nothing broken, no more bytes than said."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from tests.streamed import close_file

ROOT = Path(__file__).resolve().parents[1]
SITE = "http://testserver"
#: Where something is typed that only this visitor may send: a token needs a cookie.
NEEDS_A_COOKIE = {"account_login", "account_signup", "account_reset_password"}
#: Bytes of a first visit of the home page, compressed.
HOME_BYTES = 400_000

pytestmark = pytest.mark.django_db


class Page(HTMLParser):
    """The links, the requests and the inline code of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.requests: list[str] = []
        self.inline: list[str] = []
        self.headings: list[str] = []
        self.landmarks: set[str] = set()
        self.ids: list[str] = []
        self.lang = ""
        self._code = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "html":
            self.lang = given.get("lang", "")
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in {"h1"}:
            self.headings.append(tag)
        if tag in {"header", "main", "footer", "nav"}:
            self.landmarks.add(tag)
        if tag == "link" and given.get("rel") in {
            "stylesheet",
            "icon",
            "preload",
            "manifest",
            "apple-touch-icon",
            "shortcut icon",
        }:
            self.requests.append(given["href"])
        if tag in {"img", "script", "iframe", "video", "audio", "source", "embed", "object"}:
            self.requests += [given[name] for name in ("src", "data", "poster") if given.get(name)]
            self.requests += [part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()]
        # Data blocks are no code.
        if (
            tag == "script"
            and "src" not in given
            and given.get("type") not in {"application/json", "application/ld+json"}
        ):
            self.inline.append("script")
        if tag == "style" or "style" in given:
            self.inline.append(f"style of {tag}")
        self.inline += [f"{name} of {tag}" for name in given if name.startswith("on")]


@pytest.fixture
def _demo(settings: Any, tmp_path: Path) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    call_command("demo", stdout=io.StringIO())


def _walk(client: Client, limit: int = 1) -> Iterator[tuple[str, str, HttpResponse]]:
    """Every kind of page that links lead to, from the home page on: name, path, answer; of each kind ``limit`` at most."""
    seen: set[str] = set()
    waiting = ["/"]
    of_a_kind: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0)
        name = resolve(urlsplit(path).path).view_name
        most = 30 if name == "wagtail_serve" else limit
        if path in seen or of_a_kind.get(name, 0) >= most:
            continue
        seen.add(path)
        of_a_kind[name] = of_a_kind.get(name, 0) + 1
        answer = client.get(path)
        yield name, path, answer
        if answer.streaming:
            close_file(answer)
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        for link in Page(answer.content.decode()).links:
            target = urlsplit(urljoin(SITE + path, link))
            if f"{target.scheme}://{target.netloc}" == SITE and not target.path.startswith(
                ("/static/", "/media/", "/gestion/")
            ):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))


@pytest.mark.usefixtures("_demo")
def test_a_stranger_walks_the_site(client: Client) -> None:
    walked: dict[str, int] = {}
    wrong: list[str] = []
    for name, path, answer in _walk(client):
        walked[name] = walked.get(name, 0) + 1
        if answer.status_code == 302:
            if not answer.headers["Location"].startswith("/compte/connexion/?next="):
                client.cookies.clear()  # a redirect of another kind leads to a page that is walked too
            continue
        if answer.status_code != 200:
            wrong.append(f"{path}: {answer.status_code}")
            continue
        if name not in NEEDS_A_COOKIE and answer.cookies:
            wrong.append(f"{path}: sets {sorted(answer.cookies)}")
        client.cookies.clear()
        policy = answer.headers["Content-Security-Policy"]
        if "default-src 'none'" not in policy and "sandbox" not in policy:
            wrong.append(f"{path}: {policy}")
        for header in ("Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy", "X-Content-Type-Options"):
            if header not in answer.headers:
                wrong.append(f"{path}: without {header}")
        if "text/html" not in answer.headers["Content-Type"]:
            continue
        if "unsafe" in policy:
            wrong.append(f"{path}: {policy}")
        page = Page(answer.content.decode())
        wrong += [f"{path}: inline {what}" for what in page.inline]
        wrong += [
            f"{path}: asks {request}" for request in page.requests
            if urlsplit(urljoin(SITE + path, request)).netloc != "testserver" and not request.startswith("data:")
        ]  # fmt: skip
        if len(page.headings) != 1:
            wrong.append(f"{path}: {len(page.headings)} h1")
        if page.lang != "fr" or page.landmarks < {"header", "main", "footer", "nav"}:
            wrong.append(f"{path}: language {page.lang}, landmarks {page.landmarks}")
        twice = {one for one in page.ids if page.ids.count(one) > 1}
        if twice:
            wrong.append(f"{path}: twice {twice}")
    assert wrong == []
    assert {
        "models",
        "model",
        "configure",
        "workshops",
        "workshop",
        "campaigns",
        "eligibility",
        "figures",
        "open-data",
    } <= set(walked)
    assert walked["wagtail_serve"] >= 8


def _bytes(content: bytes, compressed: bool) -> int:
    return len(brotli.compress(content)) if compressed else len(content)


@pytest.mark.usefixtures("_demo")
@pytest.mark.skipif(not (ROOT / "cms/static/bundle/neutral.css").exists(), reason="no bundle yet: make test builds it")
def test_a_first_visit_of_the_home_page_is_light_and_holds_no_view_in_volume(client: Client) -> None:
    html = client.get("/").content
    page = Page(html.decode())
    weights = {"/": _bytes(html, True)}
    for address in {urlsplit(request).path for request in page.requests}:
        file = finders.find(address.removeprefix("/static/"))
        assert file, address
        content = Path(file).read_bytes()
        weights[address] = _bytes(content, Path(file).suffix in {".css", ".js", ".svg"})
    for face in ("figtree-latin-wght-normal.woff2", "young-serif-latin-400-normal.woff2"):
        assert f"/static/bundle/{face}" in weights
    # A browser takes one width of each picture: the widest counts here.
    pictures: dict[str, int] = {}
    for address, size in list(weights.items()):
        if match := re.fullmatch(r"(/static/pictures/.*)-\d+\.webp", address):
            pictures[match.group(1)] = max(pictures.get(match.group(1), 0), size)
            del weights[address]
    assert sum(weights.values()) + sum(pictures.values()) <= HOME_BYTES, (weights, pictures)
    assert sum(weights.values()) < 130_000, weights
    assert not any("viewer" in address or "three" in address for address in weights)


def test_pages_are_sent_compressed_and_files_are_not(client: Client) -> None:
    plain = client.get("/compte/connexion/")
    packed = client.get("/compte/connexion/", headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content).count(b"csrfmiddlewaretoken") == plain.content.count(b"csrfmiddlewaretoken")
    # What is secret in it can't be told from its length.
    assert (
        len({len(client.get("/compte/connexion/", headers={"accept-encoding": "gzip"}).content) for _ in range(12)}) > 3
    )
