# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""SVG at 1:1, a file a sheet; and small drawings of parts for pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from designs.contour import Contour
from fabrication.exporters import Job
from fabrication.exporters.drawing import Drawing, part_cuts, sheet_drawing
from fabrication.exporters.paths import sheet_path
from fabrication.layers import SHEET
from fabrication.plan import FlatPart


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for sheet in job.plan.sheets:
        yield sheet_path(job.plan, sheet, "svg"), sheet_svg(sheet_drawing(job, sheet)).encode()


def sheet_svg(drawing: Drawing) -> str:
    """One unit is a millimetre; a group a layer, its id the layer's name. SVG's Y runs down: the
    sheet's lower left corner is at (0, sheet height), what stands above the sheet has y < 0."""
    assert drawing.frame is not None
    height = drawing.frame.bounds[3]
    right, top = drawing.bounds[2], drawing.bounds[3]
    # A workshop's own name may hold several layers of the grammar: holes of two diameters.
    groups: dict[tuple[str, str], list[str]] = {}
    for layer in drawing.layers():
        shown = drawing.table.shown(layer)
        paths = groups.setdefault((shown.name, shown.colour.hex), [])
        paths += [path_data(c.contour, height) for c in drawing.cuts if c.layer == layer]
        if layer == SHEET:
            paths.append(path_data(drawing.frame, height))
        for stroke in drawing.strokes:
            if stroke.layer == layer:
                points = (f"{_number(x)} {_number(height - y)}" for x, y in stroke.points)
                paths.append("M" + " L".join(points))
    shown_groups = [
        f'<g id="{name}" stroke="{colour}">\n' + "\n".join(f'<path d="{p}"/>' for p in paths) + "\n</g>"
        for (name, colour), paths in groups.items()
    ]
    w, h = _number(right), _number(top)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}mm" height="{h}mm" '
        f'viewBox="0 {_number(height - top)} {w} {h}">\n'
        f"<title>{escape(drawing.title)}</title>\n<desc>{escape(drawing.geometry)}</desc>\n"
        '<g fill="none" stroke-width="0.2">\n' + "\n".join(shown_groups) + "\n</g>\n</svg>\n"
    )


def part_svg(part: FlatPart) -> str:
    """A small drawing of a part for a page: what goes through, in one tone; pockets, holes and
    engravings above it. It takes its colour from the text around it (``currentColor``)."""
    x0, y0, x1, y1 = part.outline.bounds
    margin = max(x1 - x0, y1 - y0) / 100
    through = "".join(path_data(c.contour, y1) for c in part_cuts(part) if c.work.value.startswith("cut-"))
    blind = "".join(path_data(c.contour, y1) for c in part_cuts(part) if not c.work.value.startswith("cut-"))
    box = " ".join(_number(v) for v in (x0 - margin, -margin, x1 - x0 + 2 * margin, y1 - y0 + 2 * margin))
    style = 'stroke="currentColor" stroke-width="1" vector-effect="non-scaling-stroke" fill-rule="evenodd"'
    second = f'<path d="{blind}" fill="currentColor" fill-opacity=".22" {style}/>' if blind else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" aria-label="{escape(part.code)}">'
        f'<path d="{through}" fill="currentColor" fill-opacity=".08" {style}/>{second}</svg>'
    )


def path_data(contour: Contour, height: float) -> str:
    """Lines and true arcs; y is turned over about ``height / 2``."""
    words = []
    for index, segment in enumerate(contour.segments()):
        if index == 0:
            words.append(f"M{_number(segment.start[0])} {_number(height - segment.start[1])}")
        x, y = _number(segment.end[0]), _number(height - segment.end[1])
        if segment.bulge:
            radius = _number(segment.radius)
            large = int(abs(segment.bulge) > 1)
            # Counter-clockwise with Y up is SVG's sweep 0 with Y down.
            words.append(f"A{radius} {radius} 0 {large} {int(segment.bulge < 0)} {x} {y}")
        else:
            words.append(f"L{x} {y}")
    return "".join(words) + "Z"


def _number(value: float) -> str:
    """To a nanometre, without trailing zeros, never -0."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
