# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One part at 1:1 as SVG and PDF, drawn from the DXF of its package, which was checked when it was made: nothing is
computed anew. Pure reading and writing: the web process needs no geometry kernel for it."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from xml.sax.saxutils import escape

from fabrication.verification.dxf import Drawing, read_dxf
from fabrication.verification.rings import Ring

#: Around the part, in the files (mm).
_MARGIN = 10.0
_SCALE_MM = 100.0
_Segment = tuple[float, float, float, float, float]  # x, y, x, y, bulge


def part_svg(dxf: bytes, title: str) -> bytes:
    """1:1, a group a layer in the layer's colour, lines and true arcs. Raises UnreadableError."""
    drawing = read_dxf(dxf)
    x0, y0, x1, y1 = _bounds(drawing)
    groups: dict[str, list[str]] = {}
    for contour in drawing.contours:
        groups.setdefault(contour.layer, []).append(_path(contour.ring, y1))
    width, height = _figure(x1 - x0), _figure(y1 - y0)
    shown = [
        f'<g id="{escape(layer, {chr(34): "&quot;"})}" stroke="{_colour(drawing, layer)}">'
        + "".join(f'<path d="{path}"/>' for path in paths)
        + "</g>"
        for layer, paths in groups.items()
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="{_figure(x0)} 0 {width} {height}">\n<title>{escape(title)}</title>\n'
        '<g fill="none" stroke-width="0.2">' + "\n".join(shown) + "</g>\n</svg>\n"
    ).encode()


def part_picture(dxf: bytes, code: str) -> bytes:
    """A small drawing for a page, as the model's page has it: what goes through in one tone."""
    drawing = read_dxf(dxf)
    x0, y0, x1, y1 = _bounds(drawing, 0.0)
    margin = max(x1 - x0, y1 - y0) / 100
    box = " ".join(_figure(v) for v in (x0 - margin, -margin, x1 - x0 + 2 * margin, y1 - y0 + 2 * margin))
    path = "".join(_path(contour.ring, y1) for contour in drawing.contours)
    style = 'stroke="#3a3a3a" stroke-width="1" vector-effect="non-scaling-stroke" fill-rule="evenodd"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" aria-label="{escape(code)}">'
        f'<path d="{path}" fill="#b9803f" fill-opacity=".18" {style}/></svg>'
    ).encode()


def part_pdf(dxf: bytes, title: str) -> bytes:
    """1:1 on a page as large as the part, with a bar of 100 mm to be measured after printing. Raises UnreadableError."""
    from reportlab.lib.units import mm

    from fabrication.exporters.pdf_text import document, write

    drawing = read_dxf(dxf)
    x0, y0, x1, y1 = _bounds(drawing)
    head = 16.0
    # Room for the bar and its words beside a narrow part.
    width = max(x1 - x0, _SCALE_MM + 60.0)
    out = io.BytesIO()
    canvas = document(out, title, "Pièce à l’échelle 1")
    canvas.setPageSize((width * mm, (y1 - y0 + head) * mm))
    canvas.setLineWidth(0.2 * mm)
    for contour in drawing.contours:
        red, green, blue = (int(_colour(drawing, contour.layer)[i : i + 2], 16) / 255 for i in (1, 3, 5))
        canvas.setStrokeColorRGB(red, green, blue)
        path = canvas.beginPath()
        for place, (ax, ay, bx, by, bulge) in enumerate(_segments(contour.ring)):
            if place == 0:
                path.moveTo((ax - x0) * mm, (ay - y0) * mm)
            for curve in _curves(ax - x0, ay - y0, bx - x0, by - y0, bulge):
                path.curveTo(*(v * mm for v in curve))
            if not bulge:
                path.lineTo((bx - x0) * mm, (by - y0) * mm)
        path.close()
        canvas.drawPath(path, stroke=1, fill=0)
    base = y1 - y0 + 4
    canvas.setStrokeGray(0)
    canvas.setLineWidth(0.3 * mm)
    canvas.line(5 * mm, base * mm, (5 + _SCALE_MM) * mm, base * mm)
    for x in (5, 5 + _SCALE_MM):
        canvas.line(x * mm, base * mm, x * mm, (base + 3) * mm)
    write(canvas, 5 + _SCALE_MM + 4, base, "100 mm : mesurez-le", 8)
    write(canvas, 5, base + 5.5, title, 8)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _bounds(drawing: Drawing, margin: float = _MARGIN) -> tuple[float, float, float, float]:
    boxes = [contour.ring.bounds for contour in drawing.contours]
    return (
        min(b[0] for b in boxes) - margin,
        min(b[1] for b in boxes) - margin,
        max(b[2] for b in boxes) + margin,
        max(b[3] for b in boxes) + margin,
    )


def _segments(ring: Ring) -> Iterator[_Segment]:
    ends = (*ring.vertices[1:], ring.vertices[0])
    for (x, y, bulge), (bx, by, _) in zip(ring.vertices, ends, strict=True):
        yield x, y, bx, by, bulge


def _path(ring: Ring, top: float) -> str:
    """SVG's Y runs down from ``top``."""
    words = []
    for place, (x, y, bx, by, bulge) in enumerate(_segments(ring)):
        if place == 0:
            words.append(f"M{_figure(x)} {_figure(top - y)}")
        end = f"{_figure(bx)} {_figure(top - by)}"
        if bulge:
            radius = _figure(math.dist((x, y), (bx, by)) * (1 + bulge**2) / (4 * abs(bulge)))
            # Counter-clockwise with Y up is SVG's sweep 0 with Y down.
            words.append(f"A{radius} {radius} 0 {int(abs(bulge) > 1)} {int(bulge < 0)} {end}")
        else:
            words.append(f"L{end}")
    return "".join(words) + "Z"


def _curves(x: float, y: float, bx: float, by: float, bulge: float) -> Iterator[tuple[float, ...]]:
    """Bézier curves of at most an eighth of a turn: within 0.01 mm of the arc for radii below two metres."""
    if not bulge:
        return
    turn = 4 * math.atan(bulge)
    k = (1 - bulge * bulge) / (4 * bulge)
    cx, cy = (x + bx) / 2 - k * (by - y), (y + by) / 2 + k * (bx - x)
    radius, start = math.dist((x, y), (cx, cy)), math.atan2(y - cy, x - cx)
    count = max(1, math.ceil(abs(turn) / (math.pi / 4)))
    step = turn / count
    pull = 4 / 3 * math.tan(step / 4)
    for number in range(count):
        a, b = start + number * step, start + (number + 1) * step
        yield (
            cx + radius * (math.cos(a) - pull * math.sin(a)),
            cy + radius * (math.sin(a) + pull * math.cos(a)),
            cx + radius * (math.cos(b) + pull * math.sin(b)),
            cy + radius * (math.sin(b) - pull * math.cos(b)),
            cx + radius * math.cos(b),
            cy + radius * math.sin(b),
        )


#: DXF's first indices, as every program shows them; white is black on paper.
_INDEX = {
    1: "#ff0000",
    2: "#96780a",
    3: "#00a000",
    4: "#00a0a0",
    5: "#0000ff",
    6: "#ff00ff",
    8: "#808080",
    9: "#a0a0a0",
}


def _colour(drawing: Drawing, layer: str) -> str:
    return drawing.true_colours.get(layer) or _INDEX.get(drawing.colours.get(layer, 7), "#000000")


def _figure(value: float) -> str:
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
