# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The assembly notice: every part and every bought thing is in it, so many of each, and no step is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fabrication.verification.dxf import UnreadableError
from fabrication.verification.manifest import Manifest

PATH = "notice-de-montage.pdf"
#: A4 upright, in points.
_PAPER, _NEAR = (595.28, 841.89), 1.0
_MAX_PAGES, _MAX_TEXT = 300, 5_000_000
#: Strings, which are kept, and paths with what paints them, which pypdf would turn into objects, one a figure.
_DRAWN = re.compile(
    rb"(\((?:[^()\\]|\\.)*\))"
    rb"|(?:[-+.\d]{1,20}\s{1,4}){2,6}(?:m|l|c|v|y|re)(?=\s)"
    rb"|(?<=\s)(?:h|n|S|s|f\*?|B\*?|b\*?|W\*?)(?=\s)"
)
_STEP = re.compile(r"^(\d+)\. \S")


def notice_faults(path: Path, manifest: Manifest) -> Iterator[str]:
    """``path`` is the notice's. A package of single parts has none. Raises UnreadableError."""
    if manifest.only:
        if path.exists():
            yield "a package of single parts has no notice"
        return
    if not path.is_file():
        yield "it is missing"
        return
    pages, steps = _read(path)
    text = " ".join(pages)
    for number, (title, page) in enumerate(steps, start=1):
        match = _STEP.match(title)
        if match is None or int(match[1]) != number:
            yield f"step {number} is called {title[:60]!r}"
        elif title[match.end() - 1 :] not in pages[page]:
            yield f"step {number}: its title is not on page {page + 1}"
    stepped = " ".join(pages[page] for page in sorted({page for _, page in steps}))
    for part in manifest.parts:
        each = part.quantity // manifest.quantity
        if not re.search(rf"\b{re.escape(part.code)} × {each}\b", text):
            yield f"{part.code} × {each} is not on its board"
        if steps and not re.search(rf"\b{re.escape(part.code)}\b", stepped):
            yield f"{part.code} is in no step"
    for item in manifest.hardware:
        amount = _amount(item.quantity / manifest.quantity)
        counted = rf"{amount} ×" if item.unit == "pièce" else rf"{amount} {re.escape(item.unit)}"
        name = re.escape(_plain(item.name))
        if not re.search(rf"(?<![\d,]){counted} (?:dessiné au 1:\d+ )?{name}", text):
            yield f"{item.reference} ({item.name}): {amount} {item.unit} are not shown"
    if f"révision {manifest.revision}" not in text:
        yield f"it does not say revision {manifest.revision}"


def _read(path: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """The text of each page, and the title and page of each step. Raises UnreadableError."""
    import pypdf

    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted:
            raise UnreadableError("it is encrypted")
        if len(reader.pages) > _MAX_PAGES:
            raise UnreadableError(f"it has {len(reader.pages)} pages")
        for number, page in enumerate(reader.pages, start=1):
            size = float(page.mediabox.width), float(page.mediabox.height)
            if max(abs(a - b) for a, b in zip(size, _PAPER, strict=True)) > _NEAR or page.rotation % 360:
                raise UnreadableError(f"page {number} is not A4, upright")
        pages = [_plain(_text(page)[:_MAX_TEXT]) for page in reader.pages]
        return pages, [_step(reader, entry) for entry in reader.outline]
    except UnreadableError:
        raise
    except Exception as error:  # pypdf raises whatever a broken file leads it to
        raise UnreadableError(f"no PDF that can be read: {error}") from None


def _text(page: Any) -> str:
    """A page's words. Line drawings go first: there are fifty times as many of their figures as there are words."""
    from pypdf.generic import DecodedStreamObject, NameObject

    contents = page.get_contents()
    if contents is not None:
        words = DecodedStreamObject()
        words.set_data(_DRAWN.sub(lambda match: match[1] or b"", contents.get_data()))
        page[NameObject("/Contents")] = words
    return str(page.extract_text())


def _step(reader: Any, entry: Any) -> tuple[str, int]:
    """Raises UnreadableError."""
    number = reader.get_destination_page_number(entry)
    if number is None or not 0 <= number < len(reader.pages):
        raise UnreadableError("its table of steps leads to no page")
    return _plain(str(entry.title)), int(number)


def _plain(text: str) -> str:
    """With plain single spaces; a PDF's words come in lines."""
    return " ".join(text.split())


def _amount(value: float) -> str:
    """As French readers write it, to a hundredth: 16, 0,5."""
    text = f"{value:.2f}"
    return re.escape(text.rstrip("0").rstrip(".").replace(".", ","))
