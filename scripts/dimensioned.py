# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model from the front and from the side, as lines with its outer sizes: an SVG drawn from the placed solids."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from designs.furniture import Furniture
from designs.typography import french_number
from fabrication.flatten import flatten_part
from fabrication.linework.exploded import fitting_bodies, part_bodies
from fabrication.linework.hidden import Placed, joined, seen_edges, seen_engraving
from fabrication.linework.views import Window, frame, see, window

_PIXELS = 1.6  # of the depth picture, a mm of the piece
_APART, _EDGE, _OFF = (
    360.0,
    60.0,
    130.0,
)  # mm of the piece: between both views, round the drawing, to a dimension's line
_MORE = 8.0  # mm round a view that is looked at
_TEXT = 84.0  # mm of the piece


def dimensioned(furniture: Furniture, title: str, drawn_from: str) -> str:
    """``drawn_from`` is kept in the drawing, so that one of an older revision is found."""
    bodies = part_bodies(furniture, [flatten_part(part) for part in furniture.parts])
    still = np.zeros(3)
    placed = [Placed(shell, matrix, still) for shell, matrix in bodies.values()]
    placed += [Placed(shell, matrix, still) for _, shell, matrix in fitting_bodies(furniture)]
    views = [(_window(placed, azimuth), azimuth) for azimuth in (0.0, 90.0)]
    high = max(shown.height for shown, _ in views)
    left = _EDGE + _OFF + _TEXT
    lines, sizes = [], []
    for shown, azimuth in views:
        lines += _lines(placed, shown, azimuth, left, high)
        sizes.append(_across(left, left + shown.width, high + _EDGE + _OFF, shown.width))
        if azimuth == 0.0:
            sizes.append(_upright(left - _OFF, _EDGE, _EDGE + high, high))
        left += shown.width + _APART
    wide, tall = left - _APART + _EDGE, high + 2 * _EDGE + _OFF + _TEXT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {tall:.0f}" width="{wide / 2:.0f}" '
        f'height="{tall / 2:.0f}" role="img"><title>{escape(title)}</title><desc>{escape(drawn_from)}</desc>'
        '<g fill="none" stroke="#322e29" stroke-width="3" stroke-linecap="round" stroke-linejoin="round">'
        f'{"".join(lines)}</g><g fill="none" stroke="#8a5a1f" stroke-width="3">{"".join(line for line, _ in sizes)}</g>'
        f'<g fill="#322e29" font-family="Figtree, Arial, sans-serif" font-size="{_TEXT:.0f}" text-anchor="middle">'
        f'{"".join(text for _, text in sizes)}</g></svg>\n'
    )  # fmt: skip


def _window(placed: Sequence[Placed], azimuth: float) -> Window:
    return window(placed, frame(azimuth, elevation_deg=0.0))


def _lines(placed: Sequence[Placed], shown: Window, azimuth: float, left: float, high: float) -> list[str]:
    # A little more than the piece: a line at the very border of the picture would be held to be hidden.
    picture = see(placed, frame(azimuth, elevation_deg=0.0), shown.grown(_MORE), _PIXELS)
    found = []
    for one in placed:
        for width, stretches in (("", seen_edges(picture, one)), (' stroke-width="2"', seen_engraving(picture, one))):
            paths = []
            for run in joined(stretches):
                # Pixels of the picture, from its lower left corner.
                points = np.asarray(run) / _PIXELS - _MORE
                x, y = points[:, 0] + left, _EDGE + high - points[:, 1]
                paths.append("M" + "L".join(f"{a:.0f} {b:.0f}" for a, b in zip(x, y, strict=True)))
            if paths:
                found.append(f'<path{width} d="{"".join(paths)}"/>')
    return found


def _across(x0: float, x1: float, y: float, size: float) -> tuple[str, str]:
    line = f'<path d="M{x0:.0f} {y:.0f}H{x1:.0f}M{x0:.0f} {y - 18:.0f}v36M{x1:.0f} {y - 18:.0f}v36"/>'
    return line, f'<text x="{(x0 + x1) / 2:.0f}" y="{y + _TEXT:.0f}">{_figure(size)}</text>'


def _upright(x: float, y0: float, y1: float, size: float) -> tuple[str, str]:
    line = f'<path d="M{x:.0f} {y0:.0f}V{y1:.0f}M{x - 18:.0f} {y0:.0f}h36M{x - 18:.0f} {y1:.0f}h36"/>'
    middle = (y0 + y1) / 2
    return (
        line,
        f'<text x="{x - 16:.0f}" y="{middle:.0f}" transform="rotate(-90 {x - 16:.0f} {middle:.0f})">{_figure(size)}</text>',
    )


def _figure(size: float) -> str:
    return french_number(round(size), 0, thousands="\u202f") + "\u00a0mm"
