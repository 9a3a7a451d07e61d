# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet's SVG: one unit a millimetre, the same contours as the sheet's DXF."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from fabrication.verification.dxf import UnreadableError
from fabrication.verification.layers import colours_of
from fabrication.verification.pictures import Layers
from fabrication.verification.rings import Point, Ring

Colours = Callable[[str], tuple[int | None, str] | None]

_TOKEN = re.compile(r"[MmLlHhVvAaZzCcSsQqTt]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LENGTH = re.compile(r"\s*([0-9.eE+-]+)\s*mm\s*")
_SVG = "{http://www.w3.org/2000/svg}"
#: All the attributes that are known; any other could show less, or elsewhere, than the path data say.
_KNOWN = {
    "svg": {"width", "height", "viewBox"},
    "g": {"id", "stroke", "stroke-width", "fill"},
    "path": {"d"},
    "circle": {"cx", "cy", "r"},
}
_SILENT = ("title", "desc", "metadata")
#: Wider than this (mm) a line covers what it should show.
WIDEST = 1.0
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "A": 7, "Z": 0}


@dataclass
class Picture:
    """Closed contours by layer, in millimetres, Y up from the page's ``height``. ``remark`` is what it says
    of itself; ``page`` its (x min, y min, x max, y max)."""

    contours: Layers = field(default_factory=dict)
    open_lines: dict[str, int] = field(default_factory=dict)
    remark: str = ""
    page: tuple[float, float, float, float] = (0, 0, 0, 0)

    def cropped(self) -> list[str]:
        """Layers with a contour that the page does not show as a whole."""
        left, low, right, high = self.page

        def shown(box: tuple[float, float, float, float]) -> bool:
            return left - 0.01 <= box[0] and low - 0.01 <= box[1] and box[2] <= right + 0.01 and box[3] <= high + 0.01

        return sorted(layer for layer, rings in self.contours.items() if not all(shown(r.bounds) for r in rings))


@dataclass(frozen=True)
class _Pen:
    """What a group hands on to what is in it."""

    layer: str = ""
    stroke: str | None = None
    width: str | None = None
    fill: str | None = None

    def within(self, group: ElementTree.Element) -> _Pen:
        """Raises ValueError for a layer in a layer."""
        layer = group.get("id")
        if layer and self.layer:
            raise ValueError(f"a group {layer!r} within {self.layer!r}")
        return _Pen(
            layer or self.layer,
            group.get("stroke", self.stroke),
            group.get("stroke-width", self.width),
            group.get("fill", self.fill),
        )

    def check(self, colours_by_name: Colours) -> None:
        """Raises ValueError unless it draws a thin line in the layer's colour."""
        colours = colours_by_name(self.layer)
        if colours and (self.stroke or "").lower() != colours[1]:
            raise ValueError(f"stroke {self.stroke} on {self.layer}, {colours[1]} expected")
        if not 0 < float(self.width or 1) <= WIDEST:
            raise ValueError(f"stroke-width {self.width} on {self.layer!r}: over 0, up to {WIDEST:g} expected")
        if self.fill != "none":
            raise ValueError(f"fill {self.fill} on {self.layer!r}, none expected")


def read_svg(data: bytes, sheet_height: float, colours: Colours = colours_of) -> Picture:
    """``colours`` gives (DXF index, ``#rrggbb``) of a layer, None of a name that is none.

    Raises UnreadableError: no SVG, not 1:1 in millimetres, or drawn with what this reader does not know."""
    try:
        # Decoded first: in UTF-16 an entity would not look like one here.
        text = data.decode("utf-8")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise UnreadableError("an SVG with a document type or entities")
        if "<?xml-stylesheet" in text:
            raise UnreadableError("an SVG with a style sheet")
        root = ElementTree.fromstring(text)
    except UnreadableError:
        raise
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnreadableError(f"no XML: {error}") from None
    if root.tag != f"{_SVG}svg":
        raise UnreadableError("its root is no svg element")
    _one_to_one(root)
    picture = Picture(remark=" ".join((root.findtext(f"{_SVG}desc") or "").split()))
    try:
        x, y, w, h = (float(n) for n in (root.get("viewBox") or "").replace(",", " ").split())
        picture.page = x, sheet_height - y - h, x + w, sheet_height - y
        _walk(root, _Pen(), sheet_height, picture, 0, colours)
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise UnreadableError(f"a path can't be read: {error}") from None
    return picture


def _one_to_one(root: ElementTree.Element) -> None:
    box = (root.get("viewBox") or "").replace(",", " ").split()
    sizes = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    if len(box) != 4 or not all(sizes):
        raise UnreadableError("its size is not in millimetres, or it has no viewBox")
    for name, size, units in zip(("width", "height"), sizes, box[2:], strict=True):
        assert size is not None
        try:
            millimetres, unit_count = float(size[1]), float(units)
        except ValueError:
            raise UnreadableError(f"its {name} is no number") from None
        if not unit_count or abs(millimetres / unit_count - 1) > 1e-6:
            raise UnreadableError(f"its {name} is {millimetres:g} mm for {unit_count:g} units: not 1:1")


def _walk(
    element: ElementTree.Element, pen: _Pen, height: float, picture: Picture, depth: int, colours: Colours
) -> None:
    if depth > 20:
        raise ValueError("groups nested too deep")
    tag = element.tag.removeprefix(_SVG)
    if element.get("transform"):
        raise ValueError(f"a transformed {tag}")
    if tag not in _KNOWN and tag not in _SILENT:
        raise ValueError(f"a {tag} element")
    if strange := sorted(set(element.keys()) - _KNOWN.get(tag, set())):
        raise ValueError(f"a {tag} with {strange[0]}")
    if depth and tag == "svg":
        raise ValueError("an svg within the svg")
    if len(element) and tag not in ("svg", "g"):
        raise ValueError(f"elements inside a {tag}, which are not shown")
    if tag == "g":
        pen = pen.within(element)
    elif tag == "path":
        pen.check(colours)
        _path(element.get("d") or "", pen.layer, height, picture)
    elif tag == "circle":
        pen.check(colours)
        x, y, r = (float(element.get(name) or 0) for name in ("cx", "cy", "r"))
        picture.contours.setdefault(pen.layer, []).append(Ring.circle(x, height - y, r))
    for child in element:
        _walk(child, pen, height, picture, depth + 1, colours)


def _path(data: str, layer: str, height: float, picture: Picture) -> None:
    vertices: list[tuple[float, float, float]] = []
    for command, numbers in _commands(data):
        if command == "M":
            if vertices:
                picture.open_lines[layer] = picture.open_lines.get(layer, 0) + 1
            vertices = [(numbers[0], height - numbers[1], 0.0)]
        elif command == "Z":
            if len(vertices) > 1 and math.dist(vertices[0][:2], vertices[-1][:2]) < 1e-9:
                vertices.pop()
            picture.contours.setdefault(layer, []).append(Ring(tuple(vertices)))
            vertices = []
        else:
            x, y, _ = vertices[-1]
            if command == "H":
                end = (numbers[0], y)
            elif command == "V":
                end = (x, height - numbers[0])
            else:
                end = (numbers[-2], height - numbers[-1])
            if command == "A":
                vertices[-1] = (x, y, _bulge((x, y), end, numbers))
            vertices.append((*end, 0.0))
    if vertices:
        picture.open_lines[layer] = picture.open_lines.get(layer, 0) + 1


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Absolute commands with their numbers; a repeated command may leave out its letter."""
    if _TOKEN.sub("", data).strip(" ,\t\n\r"):
        raise ValueError("what is no path data")
    tokens = _TOKEN.findall(data)
    position, command = 0, ""
    while position < len(tokens):
        if tokens[position].isalpha():
            command = tokens[position]
            position += 1
        elif command in ("", "Z"):
            raise ValueError("numbers without a command")
        if command not in _ARGUMENTS:
            raise ValueError(f"path command {command}")
        count = _ARGUMENTS[command]
        numbers = [float(t) for t in tokens[position : position + count]]
        if len(numbers) != count or not all(math.isfinite(n) and abs(n) < 1e7 for n in numbers):
            raise ValueError(f"path command {command} without its numbers")
        position += count
        yield command, numbers
        if command == "M":
            command = "L"


def _bulge(start: Point, end: Point, numbers: list[float]) -> float:
    """An SVG arc as a bulge: tan of a quarter of its angle. Y is already up, so sweep 0 is counter-clockwise."""
    rx, ry, _, large, sweep = numbers[:5]
    chord = math.dist(start, end)
    if abs(rx - ry) > 1e-6 or rx <= 0 or not chord:
        raise ValueError("an arc that is not round")
    ratio = chord / 2 / rx
    # Six decimals can't tell a half circle from nearly one: 1.2e-6 mm are lost of chord and radius.
    half = math.pi / 2 if ratio > 1 - 2e-6 / rx else math.asin(ratio)
    angle = 2 * (math.pi - half) if large else 2 * half
    return math.tan(angle / 4) * (1 if sweep == 0 else -1)
