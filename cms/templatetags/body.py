# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An editor's blocks as a page: titles in order, French spaces."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import template
from django.template import Context
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.images.shortcuts import get_renditions_or_not_found

from designs.typography import held

register = template.Library()

_EMPTY = re.compile(r"<h([1-6])\b[^>]*>(?:\s|&nbsp;|\u00a0|<br ?/?>)*</h\1>")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_TITLE = re.compile(r"<(/?)h([1-6])\b([^>]*)>")


def in_order(html: str, under: int = 1) -> str:
    """The same with titles that follow each other: the first ones one level below ``under``, none that skips a level, and
    those that were equals stay equals; a title that moved keeps its looks. A title without a word goes."""
    #: The levels that were wished for, from the outermost to the one that is open.
    wished: list[int] = []
    level = under

    def put(found: re.Match[str]) -> str:
        nonlocal level
        closing, wish, attributes = found[1], int(found[2]), found[3]
        if closing:
            return f"</h{level}>"
        while wished and wished[-1] >= wish:
            wished.pop()
        wished.append(wish)
        level = min(under + len(wished), 6)
        look = f' class="fr-h{max(wish, 2)}"' if level != wish and "class=" not in attributes else ""
        return f"<h{level}{look}{attributes}>"

    return _TITLE.sub(put, _EMPTY.sub("", html))


@register.simple_tag(takes_context=True)
def body(context: Context, stream: Any, under: int = 1) -> SafeString:
    """``{% body page.body %}``: all blocks of the field; ``under`` is the level of the title that stands above them."""
    around = context.flatten()
    html = "\n".join(str(block.render(context=around)) for block in stream or ())
    return mark_safe(in_order(held(html), under))


@register.simple_tag
def shown(image: Any, sizes: str, *specs: str, words: str = "", lazy: bool = True) -> SafeString | str:
    """``{% shown image "94vw" "width-480" "width-960" words=… %}``: an <img> that browsers choose a width of, in WebP; a picture that
    has fewer pixels names each width once. ``words``: what it shows; empty beside words that say the same."""
    if image is None:
        return ""
    found = get_renditions_or_not_found(image, [f"{spec}|format-webp" for spec in specs]).values()
    by_width = {rendition.width: rendition for rendition in found}
    widest = by_width[max(by_width)]
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}>',
        widest.url,
        ", ".join(f"{by_width[width].url} {width}w" for width in sorted(by_width)),
        sizes,
        widest.width,
        widest.height,
        words,
        mark_safe(' loading="lazy"') if lazy else "",
    )


@register.filter
def is_blank(rich_text: Any) -> bool:
    """Whether a rich text has no word in it: an editor that was opened and closed leaves ``<p></p>``."""
    source = str(getattr(rich_text, "source", rich_text) or "")
    return not re.sub(r"<[^>]*>|&nbsp;|\s", "", source)


@register.filter
def day(value: date | None) -> str:
    """ "1er avril 2026", "12 octobre 2026"; nothing for no date."""
    if not value:
        return ""
    return date_format(value, "j F Y").replace("1 ", "1er ", 1) if value.day == 1 else date_format(value, "j F Y")


@register.filter
def spaces(text: str) -> str:
    """French spaces before high punctuation and units, and curled apostrophes, whatever was typed: words alone, no HTML."""
    return held(_APOSTROPHE.sub("’", str(text)))
