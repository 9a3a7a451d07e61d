# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The PDF of all sheets: what a page's drawing operators draw, in points, brought to millimetres of sheet."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fabrication.verification.dxf import UnreadableError
from fabrication.verification.pictures import Layers
from fabrication.verification.rings import Point, Ring

_MM = 72 / 25.4
_DIGEST = re.compile(r"SHA-256 ([0-9a-f]{16})")
_SCALE = re.compile(r"1\s*:\s*(\d+)")
_TOKEN = re.compile(
    rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>|/[^\s()<>\[\]{}/%]+|[-+]?(?:\d+\.?\d*|\.\d+)|[A-Za-z'\"*]+[0-9*]*|[\[\]]|<<|>>"
)
_MAX_CONTENT = 50_000_000

Matrix = tuple[float, float, float, float, float, float]


@dataclass
class Page:
    """One page: ``scale`` as printed (10 for 1:10, None if not), contours by layer in points of paper,
    the start of the SHA-256 of the file that it belongs to, as printed."""

    scale: int | None = None
    digest: str = ""
    contours: Layers = field(default_factory=dict)


def read_pdf(path: Path) -> list[Page]:
    """Raises UnreadableError."""
    import pypdf

    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted:
            raise UnreadableError("it is encrypted")
        return [_page(page) for page in reader.pages]
    except UnreadableError:
        raise
    except Exception as error:  # pypdf raises whatever a broken file leads it to
        raise UnreadableError(f"no PDF that can be read: {error}") from None


def _page(page: Any) -> Page:
    if page.rotation % 360:
        raise UnreadableError("a page is turned")
    if float(page.user_unit or 1) != 1:
        raise UnreadableError("a page has units of its own")
    contents = page.get_contents()
    data = contents.get_data() if contents is not None else b""
    if len(data) > _MAX_CONTENT:
        raise UnreadableError("a page's content is too long")
    return _Interpreter().run(data)


class _Interpreter:
    """The few operators that a drawing needs: matrices, paths, marked content, text."""

    def __init__(self) -> None:
        self.matrix: Matrix = (1, 0, 0, 1, 0, 0)
        self.stack: list[Matrix] = []
        self.marks: list[str] = []
        self.subpaths: list[list[Point]] = []
        self.page = Page()

    def run(self, data: bytes) -> Page:
        operands: list[bytes] = []
        for match in _TOKEN.finditer(data):
            token = match.group()
            first = token[:1]
            if first in b"(<[]>/" or first in b"+-." or first.isdigit():
                operands.append(token)
                continue
            self._operator(token.decode("latin-1"), operands)
            operands = []
        return self.page

    def _operator(self, name: str, operands: list[bytes]) -> None:
        if name == "q":
            self.stack.append(self.matrix)
        elif name == "Q":
            self.matrix = self.stack.pop() if self.stack else (1, 0, 0, 1, 0, 0)
        elif name == "cm":
            self.matrix = _times(tuple(float(o) for o in operands[-6:]), self.matrix)  # type: ignore[arg-type]
        elif name == "m":
            self.subpaths.append([self._point(operands[-2:])])
        elif name == "l" and self.subpaths:
            self.subpaths[-1].append(self._point(operands[-2:]))
        elif name == "c" and self.subpaths:
            self.subpaths[-1] += self._curve(operands[-6:])
        elif name == "re":
            x, y, w, h = (float(o) for o in operands[-4:])
            self.subpaths.append([_apply(self.matrix, p) for p in ((x, y), (x + w, y), (x + w, y + h), (x, y + h))])
        elif name in ("BMC", "BDC"):
            self.marks.append(next((o[1:].decode("latin-1") for o in operands if o[:1] == b"/"), ""))
        elif name == "EMC" and self.marks:
            self.marks.pop()
        elif name in ("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n"):
            self._painted(visible=name != "n")
        elif name in ("Tj", "TJ", "'", '"'):
            self._text(b"".join(o[1:-1] for o in operands if o[:1] == b"(").decode("latin-1"))

    def _painted(self, visible: bool) -> None:
        if visible and self.marks:
            layer = self.page.contours.setdefault(self.marks[-1], [])
            for points in self.subpaths:
                if len(points) > 1 and math.dist(points[0], points[-1]) < 1e-4:
                    points = points[:-1]
                if len(points) > 2:
                    layer.append(Ring(tuple((x, y, 0.0) for x, y in points)))
        self.subpaths = []

    def _text(self, text: str) -> None:
        if "chelle" in text and (match := _SCALE.search(text)):
            self.page.scale = int(match[1])
        if match := _DIGEST.search(text):
            self.page.digest = match[1]

    def _point(self, operands: list[bytes]) -> Point:
        return _apply(self.matrix, (float(operands[0]), float(operands[1])))

    def _curve(self, operands: list[bytes]) -> Iterator[Point]:
        p0 = self.subpaths[-1][-1]
        p1, p2, p3 = (self._point(operands[i : i + 2]) for i in (0, 2, 4))
        # Lengths are points of paper: at 1:10 a tenth of the real ones.
        count = max(4, math.ceil(math.sqrt(120 * (math.dist(p0, p1) + math.dist(p1, p2) + math.dist(p2, p3)))))
        for i in range(1, count + 1):
            t, s = i / count, 1 - i / count
            a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
            yield (
                a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0],
                a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1],
            )


def _apply(m: Matrix, p: Point) -> Point:
    return m[0] * p[0] + m[2] * p[1] + m[4], m[1] * p[0] + m[3] * p[1] + m[5]


def _times(a: Matrix, b: Matrix) -> Matrix:
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


def on_sheet(page: Page, width: float, height: float, frame: str = "SHEET") -> tuple[Layers, list[str]]:
    """The page's contours in millimetres of the sheet, from its lower left corner, and what is wrong with
    scale and frame; ``frame`` is the name of the sheet's own layer."""
    if not page.scale:
        return {}, ["no scale is printed on it"]
    edge = edge_on_sheet(page, frame)
    if edge is None:
        return {}, [f"{len(page.contours.get(frame, []))} sheets drawn, 1 expected"]
    sizes = edge.bounds[2:]
    faults = []
    if max(abs(sizes[0] - width), abs(sizes[1] - height)) > 0.05:
        faults.append(
            f"at its printed scale 1:{page.scale} the sheet is {sizes[0]:.2f} × {sizes[1]:.2f} mm, "
            f"{width:g} × {height:g} expected"
        )
    layers = {
        name: [_from_corner(ring, page, frame) for ring in rings]
        for name, rings in page.contours.items()
        if name != frame
    }
    return layers, faults


def edge_on_sheet(page: Page, frame: str = "SHEET") -> Ring | None:
    """The edge of the sheet in its own millimetres; None unless just one is drawn, at a printed scale."""
    edges = page.contours.get(frame, [])
    return _from_corner(edges[0], page, frame) if len(edges) == 1 and page.scale else None


def _from_corner(ring: Ring, page: Page, frame: str) -> Ring:
    """Points of paper → millimetres of sheet, from the lower left corner of the sheet's bounds."""
    unit = (page.scale or 1) / _MM
    left, low, _, _ = page.contours[frame][0].bounds
    return Ring(tuple(((x - left) * unit, (y - low) * unit, b) for x, y, b in ring.vertices))
