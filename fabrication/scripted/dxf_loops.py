# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A DXF's entities become closed contours, each with its layer (mm)."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from designs.contour import Contour, Point, Segment
from designs.typography import french_number
from fabrication.loops import TOLERANCE, canonical
from fabrication.scripted.errors import Fault, UploadError

if TYPE_CHECKING:
    from ezdxf.document import Drawing

MAX_ENTITIES = 20_000
#: Ends nearer than this (mm) were meant to meet.
MEETS = 0.05
_MOST_FAULTS = 20
#: $INSUNITS → millimetres; 0 is "no unit", which workshops mean as millimetres.
_UNITS = {0: 1.0, 1: 25.4, 4: 1.0, 5: 10.0, 6: 1000.0}
#: Said of a file whose figures are not those of the parts, whatever its author saw on the screen.
_READ_IN = {1: "pouces", 5: "centimètres", 6: "mètres"}
_DRAWN = ("LINE", "ARC", "CIRCLE", "LWPOLYLINE", "POLYLINE")
_REFUSED = {
    "SPLINE": "des courbes libres (splines) : convertissez-les en arcs et en droites",
    "ELLIPSE": "des ellipses : convertissez-les en arcs",
    "INSERT": "des blocs : décomposez-les",
    "3DFACE": "des faces en volume : exportez la vue de dessus, à plat",
    "3DSOLID": "des solides en volume : envoyez plutôt un fichier STEP",
    "MESH": "des maillages en volume : envoyez plutôt un fichier STEP",
    "BODY": "des solides en volume : envoyez plutôt un fichier STEP",
    "REGION": "des régions : décomposez-les en contours",
}


class Loop(NamedTuple):
    layer: str
    contour: Contour  # canonical, counter-clockwise


def loops_of(document: Drawing, ignored: Iterable[str]) -> tuple[list[Loop], list[str]]:
    """All closed contours of the model space, and what is to be told of the rest. ``ignored`` layers (upper case) are not cut.

    Raises UploadError: an unknown unit, entities that are no lines or arcs, contours that don't close.
    """
    unit = int(document.header.get("$INSUNITS", 0))
    if unit not in _UNITS:
        _refuse(
            "L’unité de ce fichier n’est ni le millimètre, ni le centimètre, ni le mètre, ni le pouce : enregistrez-le en millimètres.",
            f"unit {unit}",
        )
    scale, skipped = _UNITS[unit], set(ignored)
    entities = list(itertools.islice(document.modelspace(), MAX_ENTITIES + 1))
    if len(entities) > MAX_ENTITIES:
        _refuse(
            f"Ce fichier contient plus de {french_number(MAX_ENTITIES, thousands=' ')} éléments.", "too many entities"
        )
    entities = [entity for entity in entities if str(entity.dxf.layer).upper() not in skipped]
    _require_lines_and_arcs(entities)
    closed: list[tuple[str, list[Segment]]] = []
    open_: dict[str, list[Segment]] = defaultdict(list)
    for entity in entities:
        if entity.dxftype() not in _DRAWN:
            continue
        segments = [_scaled(segment, scale) for segment in _segments(entity)]
        segments = [s for s in segments if s.chord > TOLERANCE]
        if not segments:
            continue
        layer = str(entity.dxf.layer)[:60]
        if math.dist(segments[0].start, segments[-1].end) <= MEETS and (
            len(segments) > 2 or any(s.bulge for s in segments)
        ):
            closed.append((layer, segments))
        else:
            open_[layer] += segments
    for layer, segments in open_.items():
        closed += [(layer, chain) for chain in _chained(layer, segments)]
    notes: list[str] = []
    loops = _different(closed, notes)
    notes = [*_units_said(unit, loops), *notes]
    other = sorted({e.dxftype() for e in entities} - set(_DRAWN))
    if other:
        notes.append(f"Ne se découpe pas et n’est pas repris : {', '.join(other)}.")
    return loops, notes


def _require_lines_and_arcs(entities: Sequence[Any]) -> None:
    faults = []
    for kind, french in _REFUSED.items():
        layers = sorted({str(e.dxf.layer) for e in entities if e.dxftype() == kind})
        if layers:
            where = ", ".join(layers[:5])
            faults.append(Fault("file", f"Ce fichier contient {french} (calque {where}).", f"{kind} on {where}"))
    if faults:
        raise UploadError(faults)


def _segments(entity: Any) -> list[Segment]:
    """In the entity's own order; of one that is drawn from below (extrusion along −Z) mirrored, as programs show it."""
    kind = entity.dxftype()
    if kind == "LINE":
        start, end = entity.dxf.start, entity.dxf.end
        return [Segment((start.x, start.y), (end.x, end.y), 0.0)]
    if kind == "CIRCLE":
        x, y, radius = entity.dxf.center.x, entity.dxf.center.y, abs(entity.dxf.radius)
        segments = list(Contour.circle(x, y, radius).segments())
    elif kind == "ARC":
        segments = _arc(entity)
    else:
        segments = _polyline(entity)
    if entity.dxf.get("extrusion", (0, 0, 1))[2] < 0:
        return [Segment((-s.start[0], s.start[1]), (-s.end[0], s.end[1]), -s.bulge) for s in segments]
    return segments


def _arc(entity: Any) -> list[Segment]:
    x, y, radius = entity.dxf.center.x, entity.dxf.center.y, entity.dxf.radius
    first, last = math.radians(entity.dxf.start_angle), math.radians(entity.dxf.end_angle)
    angle = (last - first) % (2 * math.pi) or 2 * math.pi
    half = angle / 2

    def at(turn: float) -> Point:
        return x + radius * math.cos(turn), y + radius * math.sin(turn)

    # Two halves: a bulge knows no full circle.
    bulge = math.tan(half / 4)
    return [Segment(at(first), at(first + half), bulge), Segment(at(first + half), at(first + angle), bulge)]


def _polyline(entity: Any) -> list[Segment]:
    if entity.dxftype() == "LWPOLYLINE":
        rows = [(x, y, bulge) for x, y, bulge in entity.get_points("xyb")]
        is_closed = bool(entity.closed)
    else:
        if not entity.is_2d_polyline:
            _refuse("Ce fichier contient des lignes en volume : exportez la vue de dessus, à plat.", "a 3D polyline")
        rows = [(v.dxf.location.x, v.dxf.location.y, v.dxf.get("bulge", 0.0)) for v in entity.vertices]
        is_closed = bool(entity.is_closed)
    ends = rows[1:] + rows[:1]
    pairs = list(zip(rows, ends, strict=True))[: len(rows) if is_closed else max(0, len(rows) - 1)]
    return [Segment((a[0], a[1]), (b[0], b[1]), a[2]) for a, b in pairs]


def _scaled(segment: Segment, scale: float) -> Segment:
    (x0, y0), (x1, y1), bulge = segment
    figures = (x0 * scale, y0 * scale, x1 * scale, y1 * scale, bulge)
    if not all(math.isfinite(figure) and abs(figure) < 1e6 for figure in figures):
        _refuse("Ce fichier contient des points à plus d’un kilomètre : vérifiez son unité.", "a point too far")
    return Segment(figures[:2], figures[2:4], bulge)


def _chained(layer: str, segments: Sequence[Segment]) -> list[list[Segment]]:
    """Closed chains of loose lines and arcs: every end meets exactly one other."""
    nodes = _Nodes()
    ends: dict[int, list[int]] = defaultdict(list)
    keys = []
    for index, segment in enumerate(segments):
        pair = (nodes.of(segment.start), nodes.of(segment.end))
        keys.append(pair)
        for node in pair:
            ends[node].append(index)
    wrong = [node for node, there in ends.items() if len(there) != 2]
    if wrong:
        raise UploadError([_open_end(layer, nodes.points[node], len(ends[node])) for node in wrong[:_MOST_FAULTS]])
    left, chains = set(range(len(segments))), []
    while left:
        first = min(left)
        chain, node, index = [], keys[first][0], first
        while index in left:
            left.discard(index)
            start, end = keys[index]
            segment = segments[index]
            forward = start == node
            node = end if forward else start
            bulge = segment.bulge if forward else -segment.bulge
            chain.append(Segment(nodes.points[start if forward else end], nodes.points[node], bulge))
            index = next((other for other in ends[node] if other in left), -1)
        chains.append(chain)
    return chains


def _open_end(layer: str, point: Point, count: int) -> Fault:
    x, y = (french_number(v, 1) for v in point)
    what = "un contour n’est pas fermé" if count == 1 else f"{count} lignes se rejoignent"
    return Fault("file", f"Calque {layer} : {what} en x = {x} mm, y = {y} mm.", f"{layer}: {count} ends at {point}")


class _Nodes:
    """Numbers points; two within ``MEETS`` get the same number and the place of the first."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._cells: dict[tuple[int, int], list[int]] = defaultdict(list)

    def of(self, point: Point) -> int:
        i, j = round(point[0] / MEETS), round(point[1] / MEETS)
        for di, dj in itertools.product((0, -1, 1), (0, -1, 1)):
            for node in self._cells.get((i + di, j + dj), ()):
                if math.dist(self.points[node], point) <= MEETS:
                    return node
        self.points.append(point)
        self._cells[i, j].append(len(self.points) - 1)
        return len(self.points) - 1


def _units_said(unit: int, loops: Sequence[Loop]) -> list[str]:
    """With how large the largest contour came out: by that a wrong unit is seen at once, and not at the machine."""
    if unit and unit not in _READ_IN:
        return []
    if unit:
        said = f"Le fichier est lu en {_READ_IN[unit]}, et converti en millimètres."
    else:
        said = "Le fichier ne dit pas son unité : les nombres sont lus en millimètres."
    if not loops:
        return [said]
    x0, y0, x1, y1 = max((loop.contour for loop in loops), key=lambda contour: contour.area).bounds
    size = " × ".join(french_number(side, 1) for side in (x1 - x0, y1 - y0))
    return [f"{said} Le plus grand contour mesure {size} mm : si ce n’est pas sa taille, corrigez l’unité du fichier."]


def _different(closed: Sequence[tuple[str, list[Segment]]], notes: list[str]) -> list[Loop]:
    """Canonical contours; a line drawn twice is cut once."""
    found: list[Loop] = []
    seen: dict[tuple[Any, ...], str] = {}
    twice = 0
    for layer, segments in closed:
        contour = canonical(_joined(segments))
        x0, y0, x1, y1 = contour.bounds
        key: tuple[Any, ...] = (layer, round(contour.area, 1), *(round(v, 1) for v in (x0, y0, x1, y1)))
        if key in seen:
            twice += 1
            continue
        seen[key] = layer
        found.append(Loop(layer, contour))
    if twice:
        notes.append(f"{twice} contours étaient dessinés deux fois : ils ne sont repris qu’une fois." if twice > 1 else "Un contour était dessiné deux fois : il n’est repris qu’une fois.")  # fmt: skip
    return found


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Ends put exactly onto the starts that follow."""
    starts = [segment.start for segment in segments]
    joined = [
        Segment(start, after, segment.bulge)
        for segment, start, after in zip(segments, starts, starts[1:] + starts[:1], strict=True)
    ]
    return [segment for segment in joined if segment.chord > TOLERANCE]


def _refuse(french: str, english: str) -> NoReturn:
    raise UploadError([Fault("file", french, english)])
