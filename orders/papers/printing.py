# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTML → PDF by WeasyPrint: A4, tagged for screen readers (PDF/UA-1), with our own typeface, fetching nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from designs.typography import SPACE, THIN
from orders.papers.words import TEMPLATES, words_of

_FONTS = Path(__file__).parent / "fonts"
_STYLE = Path(__file__).parents[1] / "templates" / "orders" / "papers" / "paper.css"


def print_paper(kind: str, facts: Mapping[str, Any]) -> bytes:
    """The PDF of a paper (orders.models.Document.Kind) from its facts. Raises KeyError for facts of another kind."""
    return print_html(html_of(kind, facts), hashlib.sha256(_canonical(kind, facts)).digest()[:16])


def html_of(kind: str, facts: Mapping[str, Any]) -> str:
    html = render_to_string(f"orders/papers/{TEMPLATES[kind]}", words_of(kind, facts))
    # Our typeface has no narrow no-break space: another one would be mixed in for it.
    return html.replace(THIN, SPACE)


def print_html(html: str, identifier: bytes) -> bytes:
    """``identifier``: 16 bytes that stand for the content, instead of a random number in the file."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fetcher = _fetcher()
    fonts = FontConfiguration()
    style = CSS(string=_style(), base_url=_FONTS.as_uri() + "/", url_fetcher=fetcher, font_config=fonts)
    content = HTML(string=html, url_fetcher=fetcher).write_pdf(
        stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1", pdf_identifier=identifier
    )
    assert isinstance(content, bytes)
    return content


def _canonical(kind: str, facts: Mapping[str, Any]) -> bytes:
    return json.dumps([kind, facts], sort_keys=True, ensure_ascii=False).encode()


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher

    class OwnFonts(URLFetcher):
        """Nothing from anywhere, whatever somebody wrote into a name, but our own two fonts."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if not url.startswith(_FONTS.as_uri() + "/") or ".." in url:
                raise ValueError(f"a paper fetches nothing: {url[:80]}")
            return super().fetch(url, headers)

    return OwnFonts()


@cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8")
