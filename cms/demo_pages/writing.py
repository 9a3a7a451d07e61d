# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the demonstration's texts become pages: French spaces everywhere, and what an editor has changed since is left alone."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page
from wagtail.rich_text import RichText

from cms.models import SiteImage, SitePage
from designs.typography import spaced

#: A block of a page: its name in cms.blocks.BodyBlock, and its value.
Block = tuple[str, Any]


def under(parent: Page, page: SitePage) -> Page:
    """The page of this slug below ``parent``: the one that is there, else this one, published."""
    found: Page | None = parent.get_children().filter(slug=page.slug).first()
    if found is not None:
        return found.specific
    parent.refresh_from_db()
    page.title = spaced(page.title)
    page.search_description = spaced(page.search_description)
    if getattr(page, "introduction", ""):
        page.introduction = f"<p>{spaced(page.introduction)}</p>"
    added: Page = parent.add_child(instance=page)
    return added


def text(html: str) -> Block:
    return "text", RichText(spaced(html))


def callout(kind: str, title: str, html: str) -> Block:
    """``kind``: callout, info, success, warning or error."""
    return "callout", {"kind": kind, "title": spaced(title), "text": RichText(spaced(html))}


def steps(*of: tuple[str, str]) -> Block:
    """Titles and texts (HTML)."""
    return "steps", {"steps": [{"title": spaced(title), "text": RichText(spaced(html))} for title, html in of]}


def accordion(*of: tuple[str, str]) -> Block:
    return "accordion", {"items": [{"title": spaced(title), "text": RichText(spaced(html))} for title, html in of]}


def table(caption: str, *rows: tuple[str, ...]) -> Block:
    """The first row has the titles of the columns."""
    cells = {"data": [[spaced(cell) for cell in row] for row in rows], "first_row_is_table_header": True}
    return "table", {"caption": spaced(caption), "table": cells, "first_column": True}


def figures(source: str, *of: tuple[str, str]) -> Block:
    """Values with their unit, and what they count."""
    return "figures", {
        "figures": [{"value": spaced(value), "text": spaced(words)} for value, words in of],
        "source": spaced(source),
    }


def picture(image: SiteImage | None, caption: str = "", width: str = "text") -> list[Block]:
    """Nothing without the picture: a checkout may lack it."""
    return (
        [("picture", {"image": image, "alternative": "", "caption": spaced(caption), "width": width})] if image else []
    )


def button(label: str, address: str, *, secondary: bool = False) -> Block:
    return "button", {"label": label, "link": link(address), "secondary": secondary}


def cards(*of: tuple[str, str, str]) -> Block:
    """Title, text, address."""
    return "cards", {
        "cards": [{"title": spaced(t), "text": spaced(words), "image": None, "link": link(a)} for t, words, a in of]
    }


def link(address: str) -> dict[str, Any]:
    return {"page": None, "address": address}
