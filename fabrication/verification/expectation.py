# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a part's solid asks of every drawing of it: outline, through holes, recesses by side and depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fabrication.verification.rings import full_circle
from fabrication.verification.slabs import NotFlatSolidError, Slab, slabs
from fabrication.verification.step import Body, measures

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

#: Differences thinner than twice this (mm) are rounding, not geometry.
ROUNDING = 0.01


@dataclass(frozen=True)
class Recess:
    """All blind work of one side and depth (mm). ``floor`` is what has exactly this depth, ``reach``
    what is this deep or deeper, through holes included."""

    side: str
    depth: float
    floor: BaseGeometry
    reach: BaseGeometry


@dataclass(frozen=True)
class Expected:
    """A part in its own frame (mm). ``outline`` has no holes; ``holes`` go through."""

    code: str
    thickness: float
    volume: float
    outline: Polygon
    holes: tuple[Polygon, ...]
    recesses: tuple[Recess, ...]
    slabs: tuple[Slab, ...]


def expectation(code: str, solid: Body) -> Expected:
    """Raises NotFlatSolidError for a solid that is no flat part."""
    import shapely
    from shapely import Polygon

    levels = slabs(solid)
    silhouette = shapely.union_all([slab.section for slab in levels])
    if silhouette.geom_type != "Polygon":
        parts = [p for p in silhouette.geoms if substance(p)]
        if len(parts) != 1:
            raise NotFlatSolidError(f"it falls into {len(parts)} pieces")
        silhouette = parts[0]
    outline = Polygon(silhouette.exterior)
    holes = tuple(Polygon(ring) for ring in silhouette.interiors if substance(Polygon(ring)))
    thickness = levels[-1].top
    volume = measures(solid)[0]
    filled = sum(slab.section.area * (slab.top - slab.bottom) for slab in levels)
    if abs(filled - volume) > 1e-4 * volume:
        raise NotFlatSolidError(f"its sections fill {filled:.0f} mm³, its volume is {volume:.0f} mm³")
    voids = [outline.difference(slab.section) for slab in levels]
    from_top, from_bottom = list(_reached(voids[::-1]))[::-1], list(_reached(voids))
    for slab, void, top, bottom in zip(levels, voids, from_top, from_bottom, strict=True):
        if substance(void.difference(top).difference(bottom)):
            raise NotFlatSolidError(f"it is hollow or undercut between z = {slab.bottom:.2f} and {slab.top:.2f}")
    recesses = [
        *_recesses("TOP", levels[::-1], from_top[::-1], thickness),
        *_recesses("BOTTOM", levels, from_bottom, thickness),
    ]
    return Expected(code, thickness, volume, outline, holes, tuple(recesses), levels)


def _reached(voids: list[BaseGeometry]) -> Iterator[BaseGeometry]:
    """From one face inwards: what a tool that comes from this face has removed so far."""
    reached: BaseGeometry | None = None
    for void in voids:
        reached = void if reached is None else reached.intersection(void)
        yield reached


def _recesses(side: str, levels: tuple[Slab, ...], reached: list[BaseGeometry], thickness: float) -> Iterator[Recess]:
    for slab, here, deeper in zip(levels, reached, reached[1:], strict=False):
        floor = here.difference(deeper)
        if substance(floor):
            depth = thickness - slab.bottom if side == "TOP" else slab.top
            yield Recess(side, depth, floor, here)


def substance(shape: BaseGeometry, rounding: float = ROUNDING) -> BaseGeometry | None:
    """The shape if it is more than slivers of rounding, as thin as twice ``rounding``; else None."""
    if shape.is_empty or shape.area < rounding * rounding:
        return None
    core = shape.buffer(-rounding, quad_segs=2)
    return None if core.is_empty else core


def polygons_of(shape: BaseGeometry) -> list[Any]:
    """The polygons in any geometry."""
    if shape.geom_type == "Polygon":
        return [] if shape.is_empty else [shape]
    return [p for part in getattr(shape, "geoms", ()) for p in polygons_of(part)]


def circle_of(shape: Any) -> tuple[float, float, float] | None:
    """(x, y, radius) of a polygon that is one full circle without holes."""
    return None if shape.interiors else full_circle(list(shape.exterior.coords)[:-1])
