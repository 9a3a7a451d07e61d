# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A layout as one SVG drawing, in millimetres: sheets one above the other, items with their identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from fabrication.nesting.problem import Put
    from treteau.instances import Instance

#: Fills that stay apart in black and white too, by kind of item in turn.
_FILLS = ("#e8d7b9", "#cfe0d4", "#d5dbe8", "#eadfe6", "#f0e9c8", "#d9e4ea")


def draw(instance: Instance, sheets: Sequence[tuple[tuple[float, float], tuple[Put, ...]]]) -> str:
    """``sheets`` are their sizes and what lies on them. Y points up on each, as in placements.json."""
    largest = max(max(size) for size, _ in sheets)
    gap, line = largest * 0.03, largest * 0.0008
    width = max(size[0] for size, _ in sheets) + 2 * gap
    height = sum(size[1] for size, _ in sheets) + gap * (len(sheets) + 1)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.3f}mm" height="{height:.3f}mm" '
        f'viewBox="0 0 {width:.3f} {height:.3f}">',
        f"<title>{escape(_plain(instance.name))}</title>",
        f'<rect width="{width:.3f}" height="{height:.3f}" fill="#ffffff"/>',
    ]
    top = gap
    for number, (size, puts) in enumerate(sheets, start=1):
        lines += [
            f'<g transform="translate({gap:.3f} {top + size[1]:.3f})" stroke="#222222" stroke-width="{line:.3f}">',
            f'<rect y="{-size[1]:.3f}" width="{size[0]:.3f}" height="{size[1]:.3f}" fill="none" '
            f'stroke-width="{2 * line:.3f}"/>',
        ]
        for put in puts:
            lines += _item(instance, put, largest)
        if len(sheets) > 1:
            lines.append(
                f'<text x="0" y="{-size[1] - gap * 0.2:.3f}" font-size="{gap * 0.6:.3f}" font-family="sans-serif" '
                f'fill="#222222" stroke="none">{number}</text>'
            )
        lines.append("</g>")
        top += size[1] + gap
    return "\n".join([*lines, "</svg>", ""])


def _item(instance: Instance, put: Put, largest: float) -> list[str]:
    from shapely import Polygon

    from fabrication.nesting.turned import turned_ring

    item = instance.items[put.item]
    ring = [(put.x + x, -(put.y + y)) for x, y in turned_ring(item.outline, put.turn)]
    path = "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in ring) + "Z"
    polygon = Polygon(ring)
    inside = polygon.representative_point()
    x0, y0, x1, y1 = polygon.bounds
    name = _plain(str(instance.ids[put.item]))
    size = min(largest * 0.012, 0.4 * min(x1 - x0, y1 - y0), 1.2 * (x1 - x0) / max(1, len(name)))
    return [
        f'<path d="{path}" fill="{_FILLS[item.kind % len(_FILLS)]}"/>',
        f'<text x="{inside.x:.3f}" y="{inside.y + 0.35 * size:.3f}" font-size="{size:.3f}" text-anchor="middle" '
        f'font-family="sans-serif" fill="#222222" stroke="none">{escape(name)}</text>',
    ]


def _plain(text: str) -> str:
    """XML has no way to say control characters."""
    return "".join(c if c.isprintable() else "�" for c in text)
