# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The public strip-packing instances' JSON, read with suspicion (docs/nesting.md)."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from fabrication.nesting.problem import Item
from fabrication.plan import Ring

MAX_FILE_BYTES = 50_000_000
MAX_ITEMS, MAX_CORNERS, MAX_TURNS = 5_000, 5_000, 360
#: Beyond this (mm) a coordinate is a mistake; below the other a shape has no area worth the name.
MAX_COORDINATE, LEAST_AREA = 1e6, 1e-6
#: An item that may be turned by any angle is laid on sheets at every so many degrees.
ANY_STEP = 15


class InstanceError(ValueError):
    """The file is no instance: one English sentence that says where."""


@dataclass(frozen=True)
class Instance:
    """``items`` are single copies, ``ids`` their identifiers in the file; ``free`` (index) may be turned by any angle."""

    name: str
    items: tuple[Item, ...]
    ids: tuple[int | str, ...]
    free: frozenset[int]
    strip_height: float | None


def read_instance(path: Path) -> Instance:
    """Raises OSError, and InstanceError for anything that is no instance."""
    if path.exists() and not path.is_file():
        raise InstanceError(f"{path}: is no file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise InstanceError(f"{path}: too large to be an instance")
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InstanceError(f"{path}: not JSON: {error}") from error
    try:
        return _instance(data, path.stem)
    except InstanceError as error:
        raise InstanceError(f"{path}: {error}") from error


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _instance(data: Any, stem: str) -> Instance:
    if not isinstance(data, dict) or not isinstance(data.get("items"), list) or not data["items"]:
        raise InstanceError("an object with a list of items is expected")
    items: list[Item] = []
    ids: list[int | str] = []
    free: set[int] = set()
    for kind, entry in enumerate(data["items"]):
        where = f"items[{kind}]"
        if not isinstance(entry, dict):
            raise InstanceError(f"{where}: an object is expected")
        identifier = entry.get("id", kind)
        if isinstance(identifier, bool) or not isinstance(identifier, int | str):
            raise InstanceError(f"{where}.id: a number or a name is expected")
        if identifier in ids:
            raise InstanceError(f"{where}.id: {identifier!r} is there twice")
        demand = entry.get("demand", 1)
        if isinstance(demand, bool) or not isinstance(demand, int) or demand < 0:
            raise InstanceError(f"{where}.demand: a whole number is expected, not {demand!r}")
        if len(items) + demand > MAX_ITEMS:
            raise InstanceError(f"{where}.demand: more than {MAX_ITEMS} items in all")
        turns = _turns(entry.get("allowed_orientations"), f"{where}.allowed_orientations")
        outline = _outline(entry.get("shape"), f"{where}.shape")
        if turns is None:
            free.update(range(len(items), len(items) + demand))
            turns = _any(outline)
        items += [Item(str(identifier), kind, outline, turns)] * demand
        ids += [identifier] * demand
    if not items:
        raise InstanceError("there is no item: every demand is 0")
    height = data.get("strip_height")
    if height is not None and (not _finite(height) or not 0 < height <= MAX_COORDINATE):
        raise InstanceError(f"strip_height: a length is expected, not {height!r}")
    name = data.get("name", stem)
    return Instance(
        name if isinstance(name, str) else stem,
        tuple(items),
        tuple(ids),
        frozenset(free),
        None if height is None else float(height),
    )


def _turns(value: Any, where: str) -> tuple[float, ...] | None:
    """None, or nothing at all, is any angle; an empty list is as drawn, as sparrow and spyrrow have it."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MAX_TURNS or not all(_finite(v) for v in value):
        raise InstanceError(f"{where}: a list of at most {MAX_TURNS} angles in degrees is expected")
    return tuple(dict.fromkeys(float(v) % 360.0 for v in value)) or (0.0,)


def _any(outline: Ring) -> tuple[float, ...]:
    """Angles for any angle: evenly spread, and those that lay the item flat."""
    from shapely import Polygon

    corners = list(Polygon(outline).minimum_rotated_rectangle.exterior.coords)
    (ax, ay), (bx, by) = max(itertools.pairwise(corners), key=lambda side: math.dist(*side))
    flat = -math.degrees(math.atan2(by - ay, bx - ax)) % 360.0
    return tuple(dict.fromkeys((*(float(t) for t in range(0, 360, ANY_STEP)), flat, (flat + 180.0) % 360.0)))


def _outline(value: Any, where: str) -> Ring:
    if not isinstance(value, dict):
        raise InstanceError(f"{where}: an object is expected")
    if value.get("type") != "simple_polygon":
        raise InstanceError(f"{where}.type: only simple_polygon is known, not {value.get('type')!r}")
    data = value.get("data")
    if not isinstance(data, list) or not 3 <= len(data) <= MAX_CORNERS:
        raise InstanceError(f"{where}.data: a list of 3 to {MAX_CORNERS} corners is expected")
    corners: list[tuple[float, float]] = []
    for n, corner in enumerate(data):
        if not isinstance(corner, list) or len(corner) != 2 or not all(_finite(v) for v in corner):
            raise InstanceError(f"{where}.data[{n}]: a corner [x, y] is expected")
        if max(abs(corner[0]), abs(corner[1])) > MAX_COORDINATE:
            raise InstanceError(f"{where}.data[{n}]: beyond {MAX_COORDINATE:g} mm")
        corners.append((float(corner[0]), float(corner[1])))
    ring = tuple(a for a, b in itertools.pairwise([*corners, corners[0]]) if a != b)
    return _simple(ring, where)


def _simple(ring: Sequence[tuple[float, float]], where: str) -> Ring:
    from shapely import Polygon

    polygon = Polygon(ring) if len(ring) >= 3 else Polygon()
    if polygon.area < LEAST_AREA:
        raise InstanceError(f"{where}.data: the polygon has no area")
    if not polygon.is_valid:
        raise InstanceError(f"{where}.data: the polygon crosses or touches itself")
    return tuple(ring) if polygon.exterior.is_ccw else (ring[0], *reversed(ring[1:]))


def _finite(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False
