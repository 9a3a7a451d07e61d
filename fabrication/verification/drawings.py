# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every cut drawing, of a sheet or a part: units, version, layers, clean contours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fabrication.verification.comparison import DEPTH, Line
from fabrication.verification.dxf import Drawing
from fabrication.verification.layers import Layer, Table, index_fits
from fabrication.verification.manifest import Machine, Manifest
from fabrication.verification.nominal import nominal_faults

#: No segment of a contour is shorter (mm): CAM programs stumble over them.
SHORTEST = 0.05
#: The header's extents may reach so far beyond what is drawn (mm): lines of text have room above them.
ROOM = 100.0
#: What a cut drawing may hold on layers that are not cut.
_STROKES = frozenset({"LWPOLYLINE", "POLYLINE", "LINE", "ARC", "CIRCLE"})


@dataclass(frozen=True)
class CutDrawing:
    """A drawing's cutting contours and its sheet frames, sorted out."""

    lines: tuple[Line, ...]
    frames: tuple[Line, ...] = ()


def unit_faults(drawing: Drawing, machine: Machine) -> Iterator[str]:
    for name, value, meaning in (("$INSUNITS", "4", "millimetres"), ("$MEASUREMENT", "1", "metric")):
        found = drawing.header.get(name)
        if found != value:
            yield f"{name} is {found or 'missing'}, {value} ({meaning}) expected"
    if drawing.version != machine.dxf_version:
        yield f"DXF version {drawing.version}, {machine.dxf_version} expected"


def head_faults(drawing: Drawing, manifest: Manifest) -> Iterator[str]:
    """Units, nominal or compensated, and extents: controllers zoom to them."""
    yield from unit_faults(drawing, manifest.machine)
    yield from nominal_faults(drawing.remarks, manifest, "the comment at its head")
    if manifest.machine.dxf_version != "R12":
        yield from nominal_faults(list(drawing.properties.values()), manifest, "its custom property")
    drawn, said = drawing.reach, drawing.extents
    if drawn is None:
        yield "nothing is drawn"
    elif said is None:
        yield "$EXTMIN or $EXTMAX is missing"
    else:
        beyond = (drawn[0] - said[0], drawn[1] - said[1], said[2] - drawn[2], said[3] - drawn[3])
        if not all(-0.001 <= b <= ROOM for b in beyond):
            boxes = (" to ".join(f"({x:.2f}, {y:.2f})" for x, y in (box[:2], box[2:])) for box in (said, drawn))
            yield "$EXTMIN and $EXTMAX say {}, drawn is {}".format(*boxes)


def sort_out(
    drawing: Drawing, machine: Machine, thickness: float, table: Table
) -> tuple[CutDrawing, list[str], list[str]]:
    """The contours by layer; layer faults; contour faults."""
    dots = machine.dxf_version != "R12"
    layer_faults, contour_faults = list(drawing.faults), []
    lines, frames = [], []
    unknown: set[str] = set()
    for contour in drawing.contours:
        if quiet := table.quiet(contour.layer, dots):
            if quiet == "SHEET":
                frames.append(Line(Layer("SHEET", "TOP", "SHEET"), contour.ring))
            continue
        layer = table.parse(contour.layer, dots)
        if layer is None:
            unknown.add(contour.layer)
            continue
        faults = list(_ring_faults(Line(layer, contour.ring)))
        contour_faults += faults
        if len(contour.ring.vertices) >= 2:
            lines.append(Line(layer, contour.ring))
        if layer.depth is not None and layer.depth > thickness + DEPTH:
            layer_faults.append(f"layer {layer.name} is deeper than the sheet's {thickness:g} mm")
        if layer.kind in ("OUTSIDE", "INSIDE") and layer.depth is not None and abs(layer.depth - thickness) > DEPTH:
            layer_faults.append(f"layer {layer.name}: the measured thickness is {thickness:g} mm")
    layer_faults += [f"layer {name!r} is not of the grammar" for name in sorted(unknown)]
    for name in sorted(drawing.layers):
        layer_faults += _colour_faults(drawing, name, table.colour(name, dots), dots)
    for layer_name, kind in drawing.others:
        if table.quiet(layer_name, dots):
            if kind not in _STROKES:
                layer_faults.append(f"a {kind} on {layer_name}: text and marks are strokes")
        elif table.parse(layer_name, dots) is None:
            layer_faults.append(f"a {kind} on layer {layer_name!r}, which is not of the grammar")
        elif kind in ("LWPOLYLINE", "POLYLINE"):
            contour_faults.append(f"an open {kind} on {layer_name}")
        else:
            contour_faults.append(f"a {kind} on {layer_name}: closed polylines and circles only")
    contour_faults += _crossings(lines)
    return CutDrawing(tuple(lines), tuple(frames)), list(dict.fromkeys(layer_faults)), contour_faults


def _colour_faults(drawing: Drawing, name: str, wanted: tuple[int | None, str] | None, in_full: bool) -> Iterator[str]:
    """A workshop's own colour is said in full, but for R12, which has the nearest index only."""
    if wanted is None:
        return
    index, colour = wanted
    found, full = drawing.colours.get(name), drawing.true_colours.get(name)
    if index is not None:
        if found != index or full:
            yield f"layer {name!r} has colour {'a true colour' if full else found}, {index} expected"
    elif full != (colour if in_full else None):
        yield f"layer {name!r} has the true colour {full}, {colour if in_full else None} expected"
    elif not index_fits(found or 0, colour):
        yield f"layer {name!r} has colour {found}, which is not the index nearest to {colour}"


def _ring_faults(line: Line) -> Iterator[str]:
    ring, name = line.ring, line.layer.name
    if len(ring.vertices) < 2:
        yield f"a contour of {len(ring.vertices)} vertices on {name}"
        return
    x, y, _ = ring.vertices[0]
    where = f"the contour at ({x:.2f}, {y:.2f}) on {name}"
    if ring.shortest < SHORTEST:
        yield f"{where} has a segment of {ring.shortest:.4f} mm, {SHORTEST} at least"
    if len(ring.points) < 3:
        yield f"{where} encloses nothing"
    elif not ring.polygon.is_valid:
        yield f"{where} touches or crosses itself"
    elif abs(ring.signed_area) < 1e-3:
        yield f"{where} encloses nothing"


def _crossings(lines: Sequence[Line]) -> Iterator[str]:
    """Duplicates, whatever their layers, and contours that cross where both cut through."""
    from shapely import STRtree

    sound = [line for line in lines if len(line.ring.points) >= 3 and line.ring.polygon.is_valid]
    if len(sound) < 2:
        return
    rings = [line.ring.polygon.exterior for line in sound]
    tree = STRtree(rings)
    for i, j in zip(*tree.query(rings, predicate="intersects"), strict=True):
        if i >= j:
            continue
        a, b = sound[i], sound[j]
        left, low, right, high = rings[i].bounds
        where = f"({(left + right) / 2:.2f}, {(low + high) / 2:.2f})"
        if max(abs(p - q) for p, q in zip(rings[i].bounds, rings[j].bounds, strict=True)) < 0.02 and (
            rings[i].hausdorff_distance(rings[j]) < 0.02
        ):
            yield f"the contour around {where} is drawn twice, on {a.layer.name} and {b.layer.name}"
        elif _cut_through(a) and _cut_through(b):
            yield f"two through cuts meet or cross near {where}: {a.layer.name} and {b.layer.name}"
        elif a.layer.name == b.layer.name and a.layer.kind != "ENGRAVE" and rings[i].crosses(rings[j]):
            yield f"two contours on {a.layer.name} cross near {where}"


def _cut_through(line: Line) -> bool:
    return line.layer.kind in ("OUTSIDE", "INSIDE")
