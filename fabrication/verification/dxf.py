# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads a DXF's tags directly: group code, value, line by line.

The files are written with a DXF library; to read them with the same one would let a fault of that library
pass. A cut file needs so little of DXF that its own reader is shorter than the precautions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from fabrication.verification.plainness import oddities
from fabrication.verification.rings import Ring

Tag = tuple[int, str]
Box = tuple[float, float, float, float]
#: More than the fullest sheet of the smallest parts; a hostile file must not cost hours.
MAX_ENTITIES, MAX_TAGS = 30_000, 3_000_000
_VERSIONS = {"AC1009": "R12", "AC1024": "R2010"}
#: 2D polylines only: no fit curves, splines, 3D lines or meshes (bits of group 70).
_POLYLINE_CLOSED, _POLYLINE_ODD = 1, 2 | 4 | 8 | 16 | 64


class UnreadableError(ValueError):
    """A file is not what its name says; the message is one line, without the file's name."""


@dataclass(frozen=True)
class Contour:
    """A closed line as drawn."""

    layer: str
    ring: Ring


@dataclass
class Drawing:
    """What a DXF holds. ``faults`` are one line each, without the file's name. ``remarks`` are its comments,
    ``properties`` its custom ones; ``extents`` is what its header says, ``reach`` what is drawn, both
    (x min, y min, x max, y max); ``colours`` are indices by layer, ``true_colours`` what it says besides
    (``#rrggbb``)."""

    version: str = ""
    header: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    extents: Box | None = None
    reach: Box | None = None
    colours: dict[str, int] = field(default_factory=dict)
    true_colours: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    layers: set[str] = field(default_factory=set)
    contours: list[Contour] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)  # (layer, entity type) of all else
    faults: list[str] = field(default_factory=list)


def read_dxf(data: bytes) -> Drawing:
    """Raises UnreadableError if this is no DXF at all."""
    drawing = Drawing()
    tags = _tags(data)
    drawing.remarks = [value.strip() for code, value in tags if code == 999]
    sections = _sections(tags)
    if "HEADER" not in sections or "ENTITIES" not in sections:
        raise UnreadableError("no DXF with a header and entities")
    _read_header(sections["HEADER"], drawing)
    _read_layers(sections.get("TABLES", []), drawing)
    records = list(_records(sections["ENTITIES"]))
    if len(records) > MAX_TAGS // 20 or sum(kind != "VERTEX" for kind, _ in records) > MAX_ENTITIES:
        raise UnreadableError(f"{len(records)} entities are more than any sheet has")
    position = 0
    while position < len(records):
        position = _read_entity(records, position, drawing)
    for layer in sorted({c.layer for c in drawing.contours} | {layer for layer, _ in drawing.others}):
        if layer not in drawing.layers:
            drawing.faults.append(f"layer {layer!r} is used but not in the layer table")
        elif layer in drawing.hidden:
            drawing.faults.append(f"layer {layer!r} is switched off or frozen")
    return drawing


def _tags(data: bytes) -> list[Tag]:
    if data[:22].startswith(b"AutoCAD Binary DXF"):
        raise UnreadableError("a binary DXF")
    lines = data.decode("utf-8", errors="replace").replace("\r\n", "\n").split("\n")
    tags: list[Tag] = []
    for number in range(0, len(lines) - 1, 2):
        try:
            code = int(lines[number])
        except ValueError:
            raise UnreadableError(f"line {number + 1} is no DXF group code") from None
        tags.append((code, lines[number + 1].strip() if code < 10 or code > 59 else lines[number + 1]))
    if len(tags) > MAX_TAGS:
        raise UnreadableError(f"{len(tags)} groups, {MAX_TAGS} at most")
    if not tags or tags[-1] != (0, "EOF"):
        raise UnreadableError("the DXF is cut off: no EOF")
    return tags


def _sections(tags: list[Tag]) -> dict[str, list[Tag]]:
    sections: dict[str, list[Tag]] = {}
    current: list[Tag] | None = None
    for index, (code, value) in enumerate(tags):
        if code == 0 and value == "SECTION":
            name = tags[index + 1][1] if index + 1 < len(tags) else ""
            if name in sections:
                raise UnreadableError(f"two {name} sections")
            current = sections[name] = []
        elif code == 0 and value == "ENDSEC":
            current = None
        elif current is not None:
            current.append((code, value))
    return sections


def _records(tags: list[Tag]) -> Iterator[tuple[str, list[Tag]]]:
    """(type, tags) of each record; a record starts with group 0."""
    kind, body = "", list[Tag]()
    for code, value in tags:
        if code == 0:
            if kind:
                yield kind, body
            kind, body = value, []
        else:
            body.append((code, value))
    if kind:
        yield kind, body


def _read_header(tags: list[Tag], drawing: Drawing) -> None:
    name, label = "", ""
    corners: dict[tuple[str, int], float] = {}
    for code, value in tags:
        if code == 9:
            name = value
            continue
        if name and name not in drawing.header:
            drawing.header[name] = value.strip()
        if name == "$CUSTOMPROPERTYTAG":
            label = value.strip()
        elif name == "$CUSTOMPROPERTY":
            drawing.properties[label] = value.strip()
        elif name in ("$EXTMIN", "$EXTMAX") and code in (10, 20):
            try:
                corners[name, code] = float(value)
            except ValueError:
                corners[name, code] = math.nan
    if len(corners) == 4:
        left, low, right, high = (corners[n, c] for n in ("$EXTMIN", "$EXTMAX") for c in (10, 20))
        drawing.extents = left, low, right, high
    drawing.version = _VERSIONS.get(drawing.header.get("$ACADVER", ""), drawing.header.get("$ACADVER", "none"))


def _read_layers(tags: list[Tag], drawing: Drawing) -> None:
    for kind, body in _records(tags):
        if kind != "LAYER":
            continue
        name = _first(body, 2)
        if name is None:
            continue
        drawing.layers.add(name)
        drawing.colours[name] = abs(_integer(body, 62, 7))
        if any(code in (420, 430) for code, _ in body):
            drawing.true_colours[name] = f"#{_integer(body, 420, -1) & 0xFFFFFF:06x}"
        if _integer(body, 62, 7) < 0 or _integer(body, 70, 0) & 1:
            drawing.hidden.add(name)


def _read_entity(records: list[tuple[str, list[Tag]]], position: int, drawing: Drawing) -> int:
    kind, body = records[position]
    layer = _first(body, 8) or "0"
    position += 1
    vertices: list[list[Tag]] = []
    if kind == "POLYLINE":
        while position < len(records) and records[position][0] == "VERTEX":
            vertices.append(records[position][1])
            position += 1
        if position < len(records) and records[position][0] == "SEQEND":
            position += 1
    if _integer(body, 67, 0):
        drawing.faults.append(f"a {kind} on {layer!r} lies in a paper space")
        return position
    if _integer(body, 60, 0):
        drawing.faults.append(f"a {kind} on {layer!r} is invisible")
    if _real(body, 230, 1.0) != 1.0 or _real(body, 210, 0.0) or _real(body, 220, 0.0):
        drawing.faults.append(f"a {kind} on {layer!r} lies in a turned plane (extrusion direction)")
    for oddity in dict.fromkeys(oddities(kind, body, vertices)):
        drawing.faults.append(f"a {kind} on {layer!r} has {oddity}")
    try:
        ring = _ring(kind, body, vertices)
        _reach(drawing, ring.bounds if ring else _ends(kind, body, vertices))
    except ValueError as error:
        drawing.faults.append(f"a {kind} on {layer!r}: {error}")
        return position
    if ring is None:
        drawing.others.append((layer, kind))
    else:
        drawing.contours.append(Contour(layer, ring))
    return position


def _ring(kind: str, body: list[Tag], vertices: list[list[Tag]]) -> Ring | None:
    """The closed line that an entity is; None for an open line and any other entity."""
    if kind == "CIRCLE":
        radius = _real(body, 40)
        if radius <= 0:
            raise ValueError(f"radius {radius:g}")
        return Ring.circle(_real(body, 10), _real(body, 20), radius)
    if kind == "LWPOLYLINE":
        if not _integer(body, 70, 0) & _POLYLINE_CLOSED:
            return None
        return Ring(tuple(_lwpolyline_vertices(body)))
    if kind == "POLYLINE":
        flags = _integer(body, 70, 0)
        if flags & _POLYLINE_ODD:
            raise ValueError("a curve-fitted, spline, 3D or mesh polyline")
        if not flags & _POLYLINE_CLOSED:
            return None
        return Ring(tuple((_real(v, 10), _real(v, 20), _real(v, 42, 0.0)) for v in vertices))
    return None


def _ends(kind: str, body: list[Tag], vertices: list[list[Tag]]) -> Box | None:
    """The box of an open line's points."""
    points: list[tuple[float, float]] = []
    if kind == "LWPOLYLINE":
        points = [(x, y) for x, y, _ in _lwpolyline_vertices(body)]
    elif kind == "POLYLINE":
        points = [(_real(v, 10), _real(v, 20)) for v in vertices]
    elif kind == "LINE":
        points = [(_real(body, 10), _real(body, 20)), (_real(body, 11), _real(body, 21))]
    if not points:
        return None
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _reach(drawing: Drawing, box: Box | None) -> None:
    had = drawing.reach
    if box and had:
        drawing.reach = min(had[0], box[0]), min(had[1], box[1]), max(had[2], box[2]), max(had[3], box[3])
    else:
        drawing.reach = box or had


def _lwpolyline_vertices(body: list[Tag]) -> list[tuple[float, float, float]]:
    result: list[tuple[float, float, float]] = []
    for code, value in body:
        if code == 10:
            result.append((_number(value), math.nan, 0.0))
        elif code == 20 and result:
            result[-1] = (result[-1][0], _number(value), result[-1][2])
        elif code == 42 and result:
            result[-1] = (*result[-1][:2], _number(value))
    if any(math.isnan(y) for _, y, _ in result):
        raise ValueError("a vertex without y")
    return result


def _first(body: list[Tag], code: int) -> str | None:
    return next((value for c, value in body if c == code), None)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > 1e7:
        raise ValueError(f"coordinate {text.strip()}")
    return value


def _real(body: list[Tag], code: int, default: float | None = None) -> float:
    text = _first(body, code)
    if text is None:
        if default is None:
            raise ValueError(f"no group {code}")
        return default
    return _number(text)


def _integer(body: list[Tag], code: int, default: int) -> int:
    text = _first(body, code)
    try:
        return default if text is None else int(text)
    except ValueError:
        return default
