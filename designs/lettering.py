# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An octagonal stroke alphabet: straight strokes on a grid, so that engraved text needs no font,
no spline and no chord. French capitals, digits and the usual signs; small letters become capitals.
"""

from __future__ import annotations

import unicodedata

from designs.contour import Contour, Point
from designs.errors import GeometryError

#: Strokes are separated by "|"; a point is two digits, x then y; capitals are 6 units high.
_GLYPHS = {
    " ": "", "A": "00 05 16 36 45 40|03 43", "B": "00 06 36 45 44 33 03|33 42 41 30 00", "C": "45 36 16 05 01 10 30 41",
    "D": "00 06 36 45 41 30 00", "E": "46 06 00 40|03 33", "F": "46 06 00|03 33", "G": "45 36 16 05 01 10 30 41 43 23",
    "H": "00 06|40 46|03 43", "I": "00 06", "J": "46 41 30 10 01", "K": "00 06|46 03 40", "L": "06 00 40",
    "M": "00 06 23 46 40", "N": "00 06 40 46", "O": "10 01 05 16 36 45 41 30 10", "P": "00 06 36 45 44 33 03",
    "Q": "10 01 05 16 36 45 41 30 10|22 40", "R": "00 06 36 45 44 33 03|23 40",
    "S": "45 36 16 05 04 13 33 42 41 30 10 01", "T": "06 46|26 20", "U": "06 01 10 30 41 46", "V": "06 20 46",
    "W": "06 10 24 30 46", "X": "00 46|06 40", "Y": "06 23 46|23 20", "Z": "06 46 00 40",
    "Œ": "30 10 01 05 16 36|60 30 36 66|33 53", "Æ": "00 05 16 36 66|03 53|36 30 60",
    "0": "10 01 05 16 36 45 41 30 10|12 34", "1": "04 26 20|00 40", "2": "05 16 36 45 44 00 40",
    "3": "05 16 36 45 44 33 13|33 42 41 30 10 01", "4": "30 36 02 42", "5": "46 06 03 33 42 41 30 10 01",
    "6": "45 36 16 05 01 10 30 41 42 33 03", "7": "06 46 20", "8": "13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33",
    "9": "01 10 30 41 45 36 16 05 04 13 43", "-": "03 23", "–": "03 33", ".": "00 01", ",": "11 00", ":": "01 02|04 05",
    "'": "06 04", "’": "06 04", "/": "00 46", "!": "00 01|02 06", "?": "05 16 36 45 44 33 23 22|20 21", "+": "03 43|21 25",
    "(": "20 11 15 26", ")": "00 11 15 06", "&": "40 04 05 16 25 24 01 10 20 43", "×": "01 45|05 41", "°": "04 05 16 26 35 34 23 13 04",
}  # fmt: skip
#: Combining accents: drawn above (or below) a letter four units wide.
_ACCENTS = {
    "\N{COMBINING ACUTE ACCENT}": "17 38", "\N{COMBINING GRAVE ACCENT}": "18 37", "\N{COMBINING CIRCUMFLEX ACCENT}": "17 28 37",
    "\N{COMBINING DIAERESIS}": "17 18|37 38", "\N{COMBINING CEDILLA}": "",
}  # fmt: skip
_UNITS = 6.0
_GAP = 2.0

#: Every character that can be engraved, capitals only.
ALPHABET = "".join(_GLYPHS) + "ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸ"


def _points(code: str) -> list[list[Point]]:
    return [[(float(p[0]), float(p[1])) for p in stroke.split()] for stroke in code.split("|") if stroke]


def strokes(text: str, height: float) -> list[list[Point]]:
    """Centre lines of a line of text as polylines in mm: baseline at y = 0, capitals ``height`` mm
    high, starting at x = 0. Raises GeometryError for a character that the alphabet lacks."""
    scale = height / _UNITS
    pen = 0.0
    lines: list[list[Point]] = []
    for character in unicodedata.normalize("NFD", text.upper()):
        if character in _ACCENTS:
            # Accents stand over the letter before: its cell is four units wide.
            cell = pen - _GAP - 4
            drawn = _points(_ACCENTS[character])
            if character == "\N{COMBINING CEDILLA}":
                drawn = [[(2.0, 0.0), (2.0, -1.0), (1.0, -1.0)]]
            lines += [[((x + cell) * scale, y * scale) for x, y in stroke] for stroke in drawn]
            continue
        if character not in _GLYPHS:
            raise GeometryError(f"the engraving alphabet has no {character!r}")
        drawn = _points(_GLYPHS[character])
        lines += [[((x + pen) * scale, y * scale) for x, y in stroke] for stroke in drawn]
        pen += max((x for stroke in drawn for x, _ in stroke), default=2.0) + _GAP
    return lines


def text_width(text: str, height: float) -> float:
    """Width in mm of the centre lines."""
    return max((x for line in strokes(text, height) for x, _ in line), default=0.0)


def outlines(text: str, height: float, stroke: float) -> list[tuple[Contour, tuple[Contour, ...]]]:
    """The text as closed contours with their islands, strokes ``stroke`` mm wide, straight lines only."""
    from shapely import MultiLineString, Polygon, set_precision
    from shapely.geometry.polygon import orient

    shape = MultiLineString(strokes(text, height)).buffer(
        stroke / 2, cap_style="square", join_style="mitre", mitre_limit=1.5
    )
    shape = set_precision(shape, 1e-4).simplify(1e-3)
    polygons = [p for p in getattr(shape, "geoms", [shape]) if isinstance(p, Polygon) and not p.is_empty]
    result = []
    for polygon in polygons:
        polygon = orient(polygon)
        islands = tuple(Contour.of(list(ring.coords)[:-1]).counter_clockwise() for ring in polygon.interiors)
        result.append((Contour.of(list(polygon.exterior.coords)[:-1]), islands))
    return result
