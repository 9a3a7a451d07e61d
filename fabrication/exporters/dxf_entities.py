# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The three kinds of entity that are drawn, as text, tag for tag as ezdxf writes them (a test holds them equal).

Thousands of contours are three kinds of records: building an object for each and for each of an R12's vertices, and asking
it for every attribute that it might have, took ten times as long as this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from fablabs.machine import DxfVersion
from fabrication.exporters.drawing import Drawing
from fabrication.layers import SHEET, Layer

#: Handles of entities count from here; the document's own stay far below.
FIRST_HANDLE = 0x1000
#: The owner of all that is drawn, in every document of ezdxf's.
MODEL_SPACE = "1F"

#: X, Y, bulge, as they are written.
_Row = tuple[float, float, float]


def entities(drawing: Drawing, names: Mapping[Layer, str], version: DxfVersion) -> Iterator[str]:
    """Closed contours, then strokes, with handles in the order of drawing."""
    handles = (f"{number:X}" for number in count(FIRST_HANDLE))
    old = version is DxfVersion.R12
    polyline = _polyline if old else _lwpolyline
    closed = [(drawing.frame, names[SHEET])] if drawing.frame else []
    closed += [(cut.contour, names[cut.layer]) for cut in drawing.cuts]
    for contour, layer in closed:
        circle = contour.as_circle()
        if circle:
            x, y, radius = (round(float(v), 7) for v in circle)
            mark = "" if old else "100\nAcDbCircle\n"
            yield (f"{_head('CIRCLE', next(handles), layer, old)}{mark} 10\n{x}\n 20\n{y}\n 30\n0.0\n 40\n{radius}\n")
        else:
            yield polyline(handles, layer, [_row(*vertex) for vertex in contour.vertices], closed=True)
    for stroke in drawing.strokes:
        yield polyline(handles, names[stroke.layer], [_row(x, y, 0.0) for x, y in stroke.points], closed=False)


def _row(x: float, y: float, bulge: float) -> _Row:
    """Without the last digits, in which processors differ."""
    return round(float(x), 7), round(float(y), 7), round(float(bulge), 12)


def _head(kind: str, handle: str, layer: str, old: bool) -> str:
    if old:
        return f"  0\n{kind}\n  5\n{handle}\n  8\n{layer}\n"
    return f"  0\n{kind}\n  5\n{handle}\n330\n{MODEL_SPACE}\n100\nAcDbEntity\n  8\n{layer}\n"


def _lwpolyline(handles: Iterator[str], layer: str, rows: Sequence[_Row], closed: bool) -> str:
    head = _head("LWPOLYLINE", next(handles), layer, old=False)
    points = [f" 10\n{x}\n 20\n{y}\n 42\n{bulge}\n" if bulge else f" 10\n{x}\n 20\n{y}\n" for x, y, bulge in rows]
    return f"{head}100\nAcDbPolyline\n 90\n{len(rows)}\n 70\n{int(closed)}\n{''.join(points)}"


def _polyline(handles: Iterator[str], layer: str, rows: Sequence[_Row], closed: bool) -> str:
    """R12 has a record a vertex, and one that says that there are no more."""
    head = _head("POLYLINE", next(handles), layer, old=True)
    lines = [f"{head} 66\n1\n 10\n0.0\n 20\n0.0\n 30\n0.0\n 70\n{int(closed)}\n"]
    for x, y, bulge in rows:
        curve = f" 42\n{bulge}\n" if bulge else ""
        lines.append(f"  0\nVERTEX\n  5\n{next(handles)}\n  8\n{layer}\n 10\n{x}\n 20\n{y}\n 30\n0.0\n{curve} 70\n0\n")
    lines.append(f"  0\nSEQEND\n  5\n{next(handles)}\n  8\n{layer}\n")
    return "".join(lines)
