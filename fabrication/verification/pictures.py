# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same contours in another format: SVG and PDF against the sheet's DXF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fabrication.verification.comparison import Line
from fabrication.verification.rings import Ring

#: Contours by layer, names with dots.
Layers = dict[str, list[Ring]]
#: Areas and lengths agree this well, relative: figures with six decimals, arcs as Bézier curves.
FIGURES = 1e-3


def layers_of(lines: Sequence[Line]) -> Layers:
    """A DXF's cutting contours by layer; R12's underscores become dots."""
    found: Layers = {}
    for line in lines:
        found.setdefault(re.sub(r"(?<=\d)_(?=\d)", ".", line.layer.name), []).append(line.ring)
    return found


def compare_pictures(found: Layers, wanted: Layers, tolerance: float) -> Iterator[tuple[str, Ring | None]]:
    """Faults, each with the DXF's contour that it is about: one that has no twin in ``found`` that runs
    within ``tolerance`` (mm) of it all the way, or a count that differs."""
    for layer in sorted(found.keys() | wanted.keys()):
        ours, theirs = found.get(layer, []), wanted.get(layer, [])
        if len(ours) != len(theirs):
            yield f"{len(ours)} contours on {layer}, the DXF has {len(theirs)}", None
        for ring in _without_twin(theirs, ours, tolerance):
            left, low, right, high = ring.bounds
            yield (
                f"the contour of {right - left:.2f} × {high - low:.2f} mm at ({left:.2f}, {low:.2f}) on {layer} "
                "of the DXF is not the same here",
                ring,
            )


def _without_twin(wanted: list[Ring], found: list[Ring], tolerance: float) -> list[Ring]:
    places: dict[tuple[int, int], list[int]] = {}
    for i, ring in enumerate(found):
        x, y = ring.middle
        places.setdefault((round(x), round(y)), []).append(i)
    used: set[int] = set()
    missing = []
    for ring in wanted:
        x, y = ring.middle
        near = (
            i
            for dx in (0, -1, 1)
            for dy in (0, -1, 1)
            for i in places.get((round(x) + dx, round(y) + dy), ())
            if i not in used and _alike(ring, found[i], tolerance)
        )
        twin = next(near, None)
        if twin is None:
            missing.append(ring)
        else:
            used.add(twin)
    return missing


def _alike(a: Ring, b: Ring, tolerance: float) -> bool:
    """The same line: neither strays further than ``tolerance`` (mm) from the other.

    A box, an area and a length are those of a mirrored outline too, so they only save the work."""
    if max(abs(p - q) for p, q in zip(a.bounds, b.bounds, strict=True)) > tolerance:
        return False
    if abs(abs(a.signed_area) - abs(b.signed_area)) > FIGURES * abs(a.signed_area) + tolerance:
        return False
    if abs(a.length - b.length) > FIGURES * a.length + tolerance:
        return False
    return a.same(b) or _same_shape(a, b, tolerance)


def _same_shape(a: Ring, b: Ring, tolerance: float) -> bool:
    if len(a.points) < 3 or len(b.points) < 3 or not (a.polygon.is_valid and b.polygon.is_valid):
        return False
    one, other = a.polygon.exterior, b.polygon.exterior
    # Bands, not the distances of vertices: all of one line lies beside the other, and the reverse. Then what
    # only one of them encloses is a sliver of that width; to measure it as well would cost four times as much.
    return bool(one.buffer(tolerance).covers(other) and other.buffer(tolerance).covers(one))
