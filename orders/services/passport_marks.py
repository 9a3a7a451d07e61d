# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The QR code of a passport: to be printed, and to be engraved into the wood as closed contours that a laser fills."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from designs.typography import french_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segno import QRCode

    from designs.contour import Contour

#: Light modules all around, which a reader needs (ISO/IEC 18004).
QUIET_MODULES = 4
#: Sides of an engraved code (mm): below, a telephone does not read it from wood; above, it is a picture.
SMALLEST_MM, USUAL_MM, LARGEST_MM = 18, 30, 120


def code_of(text: str) -> QRCode:
    """Level M: a label that is scratched by a seventh is read all the same, and its modules are large."""
    import segno

    return segno.make(text, error="m", micro=False, boost_error=False)


def svg_of(text: str) -> bytes:
    """For a page; it scales."""
    out = io.BytesIO()
    code_of(text).save(out, kind="svg", border=QUIET_MODULES, xmldecl=False, omitsize=True, light="#fff")
    return out.getvalue()


def png_of(text: str, scale: int = 12) -> bytes:
    """For a label maker's program; ``scale`` pixels a module."""
    out = io.BytesIO()
    code_of(text).save(out, kind="png", border=QUIET_MODULES, scale=scale)
    return out.getvalue()


def dark_squares(text: str, x: float, y: float, side: float) -> Iterator[tuple[float, float, float, float]]:
    """(x, y, width, height) of runs of dark modules, row by row; the code's lower left corner lies at (x, y), without the
    quiet zone. Y runs up."""
    rows = [list(row) for row in code_of(text).matrix]
    step = side / len(rows)
    for number, row in enumerate(rows):
        start = None
        for place, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = place
            elif not dark and start is not None:
                yield x + start * step, y + side - (number + 1) * step, (place - start) * step, step
                start = None


def engraved_contours(text: str, side_mm: float) -> list[Contour]:
    """The dark squares as one shape a patch: no two contours share an edge. Islands run clockwise. The code's lower left
    corner lies at (0, 0)."""
    from shapely import box, set_precision, union_all
    from shapely.geometry.polygon import orient

    from designs.contour import Contour

    squares = [box(x, y, x + w, y + h) for x, y, w, h in dark_squares(text, 0.0, 0.0, side_mm)]
    whole = set_precision(union_all([set_precision(square, 1e-6) for square in squares], grid_size=1e-6), 1e-6)
    found = []
    for polygon in sorted(getattr(whole, "geoms", [whole]), key=lambda p: p.bounds):
        turned = orient(polygon.simplify(0.0))
        for ring in (turned.exterior, *turned.interiors):
            found.append(Contour.of([(round(px, 6), round(py, 6)) for px, py in list(ring.coords)[:-1]]))
    return found


def engraving_dxf(text: str, side_mm: float, serial: str) -> bytes:
    """DXF R2010 in millimetres, everything on TOP-ENGRAVE."""
    from fablabs.machine import DxfVersion
    from fabrication.exporters.drawing import Cut, Drawing
    from fabrication.exporters.dxf import dxf_bytes
    from fabrication.layers import COLOURS, Layer
    from fabrication.plan import Face, Work

    layer = Layer("TOP-ENGRAVE", COLOURS[Work.ENGRAVE], Work.ENGRAVE)
    cuts = tuple(Cut(layer, c, Work.ENGRAVE, Face.TOP) for c in engraved_contours(text, side_mm))
    drawing = Drawing(
        f"Treteau: passport of {serial}, {side_mm:g} mm, mm",
        "closed contours, islands in them stay light: fill the inside, do not cut",
        (0.0, 0.0, side_mm, side_mm),
        cuts,
        (),
    )
    return dxf_bytes(drawing, DxfVersion.R2010)


def engraving_svg(text: str, side_mm: float, serial: str) -> bytes:
    """SVG at 1:1, filled black, with the quiet zone around it."""
    from fabrication.exporters.svg import path_data

    border = QUIET_MODULES * side_mm / len(code_of(text).matrix)
    whole, edge = _figure(side_mm + 2 * border), _figure(-border)
    path = "".join(path_data(contour, side_mm) for contour in engraved_contours(text, side_mm))
    words = f"{serial}, {french_number(side_mm)} mm"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}mm" height="{whole}mm" '
        f'viewBox="{edge} {edge} {whole} {whole}">\n<title>{words}</title>\n'
        f'<g id="TOP-ENGRAVE"><path d="{path}" fill="#000" fill-rule="evenodd" stroke="none"/></g>\n</svg>\n'
    ).encode()


def _figure(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
