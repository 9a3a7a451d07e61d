# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A DXF entity as a CAM program takes it: in the drawing's plane, without thickness, width or colour of its own.

Programs read a height as a depth, a width as a groove of that width, a colour as another operation. So whatever
is not the default is a fault, even where most programs would pass over it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

Tags = Sequence[tuple[int, str]]
#: Group codes that must be absent or nothing, by what they mean; ``None`` is any other entity.
_HEIGHTS: dict[str | None, tuple[int, ...]] = {"LINE": (30, 31), "VERTEX": (30,), "POLYLINE": (30,), None: (30, 38)}
_WIDTHS: dict[str | None, tuple[int, ...]] = {
    "LWPOLYLINE": (40, 41, 43),
    "POLYLINE": (40, 41),
    "VERTEX": (40, 41),
    None: (),
}
_THICKNESS = 39
_COLOUR, _BY_LAYER, _TRUE_COLOURS = 62, 256, (420, 430)
#: A vertex of a fitted curve or of a spline's frame (bits of group 70).
_ODD_VERTEX = 1 | 2 | 8 | 16 | 32 | 64 | 128


def oddities(kind: str, body: Tags, vertices: Sequence[Tags] = ()) -> Iterator[str]:
    """What an entity has that it must not have, e.g. ``a constant or other width of 3 mm``."""
    yield from _of_record(kind, body)
    for vertex in vertices:
        yield from _of_record("VERTEX", vertex)
        flags = _value(dict(vertex).get(70, "0"))
        if math.isnan(flags) or int(flags) & _ODD_VERTEX:
            yield "a vertex of a fitted curve"


def _of_record(kind: str, body: Tags) -> Iterator[str]:
    heights, widths = (table.get(kind, table[None]) for table in (_HEIGHTS, _WIDTHS))
    for code, text in body:
        what = ""
        if code in heights:
            what = "an elevation"
        elif code in widths:
            what = "a width"
        elif code == _THICKNESS:
            what = "a thickness"
        elif code in _TRUE_COLOURS or (code == _COLOUR and _value(text) != _BY_LAYER):
            yield f"a colour of its own, {text.strip()}"
        if what and _value(text) != 0:
            yield f"{what} of {text.strip()} mm"


def _value(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
