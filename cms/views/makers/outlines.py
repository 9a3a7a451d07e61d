# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An offcut as a maker sees it: a small drawing, and its size in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cms.maker_forms.polygons import written_polygon
from cms.templatetags.french import figures
from designs.typography import SPACE

#: The longer side of a drawing, in its own units: the page's style says how large that is.
_DRAWN = 100.0
_RIM = 2  # so that the outermost lines are drawn whole


@dataclass(frozen=True)
class Outline:
    """An offcut's contour: words, and what an SVG of it needs. ``faults`` are the places that nothing is cut from."""

    words: str
    points: str
    faults: tuple[str, ...]
    view_box: str


def outline_of(offcut: Mapping[str, Any]) -> Outline:
    """Of an ``[[stock.offcuts]]`` (corners in mm, y upwards as in a drawing)."""
    corners = offcut["outline_mm"]
    xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
    length, width = max(xs) - min(xs), max(ys) - min(ys)
    scale = _DRAWN / (max(length, width) or 1)

    def drawn(contour: Any) -> str:
        return " ".join(f"{(x - min(xs)) * scale:.1f},{(max(ys) - y) * scale:.1f}" for x, y in contour)

    if "×" in written_polygon(corners):
        words = f"{written_polygon(corners)}{SPACE}mm"
    else:
        words = f"{len(corners)} angles, dans un rectangle de {length:g} × {width:g}{SPACE}mm".replace(".", ",")
    keep_out = tuple(drawn(contour) for contour in offcut.get("keep_out_mm") or ())
    view_box = f"{-_RIM} {-_RIM} {length * scale + 2 * _RIM:.1f} {width * scale + 2 * _RIM:.1f}"
    return Outline(figures(words), drawn(corners), keep_out, view_box)
