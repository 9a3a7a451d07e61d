# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The designers' guide as a page: docs/concevoir.md, which readers of the repository see as it is, with the site's typography."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from designs.typography import held, spaced

FILE = Path("docs/concevoir.md")
#: Where static files have the pictures of docs/pictures.
PICTURES = "guide"
_REMARK = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_FENCES = {"python": "Python", "toml": "TOML", "console": "Dans un terminal"}


@dataclass(frozen=True)
class Section:
    anchor: str
    title: str


@dataclass(frozen=True)
class Guide:
    """``body`` is HTML of our own file, without its first heading; ``sections`` are those of the second level."""

    title: str
    body: str
    sections: tuple[Section, ...]


def guide() -> Guide:
    path = Path(settings.ROOT) / FILE
    return _rendered(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _rendered(path: Path, changed: int) -> Guide:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(_REMARK.sub("", path.read_text(encoding="utf-8"), count=1))
    title, tokens = tokens[1].content, tokens[3:]
    sections = tuple(_headed(tokens))
    _typeset(tokens)
    _framed(tokens)
    _pictured(tokens, path.parent)
    body = parser.renderer.render(tokens, parser.options, {})
    return Guide(spaced(title), body, sections)


def _headed(tokens: Sequence[Token]) -> list[Section]:
    """Every heading gets the anchor that GitHub gives it, so that one link serves both."""
    found = []
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            words = tokens[number + 1].content
            name = anchor(words)
            token.attrSet("id", name)
            if token.tag == "h2":
                found.append(Section(name, spaced(words)))
    return found


def anchor(words: str) -> str:
    """Of a heading, as GitHub makes it."""
    kept = "".join(c for c in words.lower() if c.isalnum() or c in " -_")
    return kept.strip().replace(" ", "-")


def _typeset(tokens: Sequence[Token]) -> None:
    """In prose, never in code."""
    for token in tokens:
        for inner in token.children or ():
            if inner.type == "text":
                inner.content = held(inner.content)


def _framed(tokens: list[Token]) -> None:
    """What is wider than a phone scrolls in a frame of its own, which a keyboard reaches and a name announces."""
    number, heading = 0, ""
    named: Counter[str] = Counter()

    def region(css: str, what: str) -> str:
        """Its opening tag. No two of a page have one name: who goes from region to region hears where it is."""
        name = f"{what} – {heading}"
        named[name] += 1
        said = escape(name if named[name] == 1 else f"{name} ({named[name]})")
        return f'<div class="{css}" tabindex="0" role="region" aria-label="{said}">'

    while number < len(tokens):
        token = tokens[number]
        if token.type == "heading_open":
            heading = spaced(tokens[number + 1].content)
        elif token.type == "fence":
            language, _, of = token.info.partition(" ")
            name = f"{_FENCES.get(language, language)}{'' if of in ('', 'exemple') else f', {of}'}"
            code = escape(token.content, quote=False)
            tokens[number] = _raw(f"{region('g-code', name)}<pre><code>{code}</code></pre></div>\n")
        elif token.type == "table_open":
            tokens.insert(number, _raw(region("g-table", "Tableau")))
            token.attrSet("class", "t-parts")
            number += 1
        elif token.type == "table_close":
            tokens.insert(number + 1, _raw("</div>\n"))
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        number += 1


def _raw(html: str) -> Token:
    return Token("html_block", "", 0, content=html)


def _pictured(tokens: Sequence[Token], folder: Path) -> None:
    for token in tokens:
        for inner in token.children or ():
            if inner.type != "image":
                continue
            file = folder / str(inner.attrs["src"])
            with Image.open(file) as picture:
                inner.attrs |= {"width": picture.width, "height": picture.height}
            inner.attrs |= {
                "src": static(f"{PICTURES}/{file.name}"),
                "loading": "lazy",
                "decoding": "async",
                "class": "g-picture",
            }
