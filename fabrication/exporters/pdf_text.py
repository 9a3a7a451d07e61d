# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words on a PDF page: Helvetica, which every reader has, in its Western European encoding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from designs.parameters import Kind
from designs.typography import french_number
from fabrication.exporters import Job

REGULAR, BOLD, FIXED = "Helvetica", "Helvetica-Bold", "Courier"
INK, QUIET, HAIR = 0.1, 0.42, 0.75  # greys, black is 0


def document(stream: BinaryIO, title: str, subject: str) -> Canvas:
    """An empty one, without a date or a random id in it."""
    canvas = Canvas(stream, invariant=1, pageCompression=1)
    canvas.setTitle(plain(title))
    canvas.setSubject(plain(subject))
    canvas.setCreator("Tréteau")
    canvas.setAuthor("")
    return canvas


def plain(text: str) -> str:
    """Text in Windows-1252: narrow spaces widened, what has no character there as a question mark."""
    return text.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}").encode("cp1252", "replace").decode("cp1252")


def write(
    canvas: Canvas, x: float, y: float, text: str, size: float = 8, font: str = REGULAR, grey: float = INK
) -> float:
    """Write at (x, y) mm from the page's lower left corner; the width in mm."""
    canvas.setFillGray(grey)
    canvas.setFont(font, size)
    canvas.drawString(x * mm, y * mm, plain(text))
    return width_of(text, size, font)


def write_right(
    canvas: Canvas, x: float, y: float, text: str, size: float = 8, font: str = REGULAR, grey: float = INK
) -> None:
    write(canvas, x - width_of(text, size, font), y, text, size, font, grey)


def width_of(text: str, size: float, font: str = REGULAR) -> float:
    """mm"""
    return float(stringWidth(plain(text), font, size)) / float(mm)


def shortened(text: str, width: float, size: float, font: str = REGULAR) -> str:
    """The text, cut with an ellipsis if it is wider than ``width`` mm."""
    if width_of(text, size, font) <= width:
        return text
    while text and width_of(text + "…", size, font) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(words: list[str], width: float, size: float, joint: str = " · ", font: str = REGULAR) -> list[str]:
    """Lines of at most ``width`` mm, broken between words only."""
    lines: list[str] = []
    for word in words:
        if lines and width_of(lines[-1] + joint + word, size, font) <= width:
            lines[-1] += joint + word
        else:
            lines.append(shortened(word, width, size, font))
    return lines


def rule(canvas: Canvas, x0: float, x1: float, y: float, grey: float = HAIR, thickness: float = 0.4) -> None:
    canvas.setStrokeGray(grey)
    canvas.setLineWidth(thickness)
    canvas.line(x0 * mm, y * mm, x1 * mm, y * mm)


def lines_of(text: str, width: float, size: float, font: str = REGULAR) -> list[str]:
    """A sentence broken at its plain spaces; no-break spaces hold."""
    return wrapped(text.split(" "), width, size, " ", font)


def parameter_words(job: Job) -> list[str]:
    """``Largeur : 900 mm`` for each parameter, in the design's order."""
    values: Mapping[str, Any] = job.furniture.parameters
    words = []
    for parameter in job.design.parameters:
        value = values[parameter.name]
        if parameter.kind is Kind.FLAG:
            shown = "oui" if value else "non"
        elif parameter.kind is Kind.CHOICE:
            shown = (parameter.choices or {}).get(value, str(value))
        elif parameter.kind is Kind.TEXT:
            shown = f"«\N{NO-BREAK SPACE}{value}\N{NO-BREAK SPACE}»" if value else "aucun"
        else:
            # A length keeps its distance from its unit, an angle from its sign does not.
            gap = "" if parameter.kind is Kind.ANGLE else "\N{NO-BREAK SPACE}"
            unit = f"{gap}{parameter.unit}" if parameter.unit else ""
            shown = f"{french_number(float(value))}{unit}"
        words.append(f"{parameter.label}\N{NO-BREAK SPACE}: {shown}")
    return words
