# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pieces of wood of a piece of furniture where they stand, as prisms and as meshes (mm).

A sheet part is a stack of prisms: everything asked of it is asked in its own flat frame, where it is a
polygon, or of a mesh extruded from that polygon. OpenCASCADE is asked for nothing but the flat part, so a whole
piece takes some tens of milliseconds. Engravings are left out: they are shallower than any tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from manifold3d import CrossSection, FillRule, Manifold, OpType
from shapely import Polygon, orient_polygons
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from designs.furniture import Furniture, Part, Vector
from designs.placing import matrix
from fabrication.flatten import flatten_part
from fabrication.plan import Face, FlatPart, Work

if TYPE_CHECKING:
    import cadquery as cq

#: A chord leaves its arc by this much (mm).
CHORD = 0.01
#: Boxes that overlap less than this (mm) only touch.
TOUCH = 0.01


class Layer(NamedTuple):
    """Wood between two levels of a part's own frame; outer rings run counter-clockwise, holes clockwise."""

    low: float
    high: float
    wood: BaseGeometry


@dataclass(frozen=True)
class Shape:
    """A sheet part in its own frame, once for all of its copies."""

    part: Part
    flat: FlatPart
    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, part: Part) -> Shape:
        """Raises NotFlatError for a solid that is no flat part."""
        flat = flatten_part(part)
        outline = Polygon(flat.outline.points(CHORD))
        t = flat.thickness
        through = [Polygon(o.contour.points(CHORD)) for o in flat.operations if o.work is not Work.CUT_OUTSIDE
                   and o.work is not Work.ENGRAVE and o.depth >= t - 1e-6]  # fmt: skip
        whole = outline.difference(unary_union(through)) if through else outline
        blind = [
            ((t - o.depth, t) if o.face is Face.TOP else (0.0, o.depth),
             Polygon(o.contour.points(CHORD), [i.points(CHORD) for i in o.islands]))
            for o in flat.operations if o.work is not Work.ENGRAVE and o.depth < t - 1e-6
        ]  # fmt: skip
        levels = sorted({0.0, t, *(z for span, _ in blind for z in span)})
        layers = []
        for low, high in pairwise(levels):
            gone = [region for (a, b), region in blind if a < (low + high) / 2 < b]
            layers.append(Layer(low, high, orient_polygons(whole.difference(unary_union(gone)) if gone else whole)))
        return cls(part, flat, tuple(layers))

    @property
    def thickness(self) -> float:
        return self.flat.thickness

    @cached_property
    def solid(self) -> Manifold:
        return (
            Manifold.batch_boolean([prism(layer) for layer in self.layers], OpType.Add)
            if len(self.layers) > 1
            else prism(self.layers[0])
        )

    @cached_property
    def volume(self) -> float:
        return float(sum(layer.wood.area * (layer.high - layer.low) for layer in self.layers))

    def wood_at(self, z: float) -> BaseGeometry:
        """The section at a level of the part's frame; empty above and below."""
        return next((layer.wood for layer in self.layers if layer.low <= z <= layer.high), Polygon())


@dataclass(frozen=True)
class Body:
    """One copy of a part where it stands. ``matrix`` (3 × 4) leads from its own frame to the piece's."""

    shape: Shape
    copy: int  # from 1
    matrix: np.ndarray = field(compare=False)

    @property
    def code(self) -> str:
        return self.shape.part.code

    @property
    def name(self) -> str:
        return f"{self.code}-{self.copy}"

    @property
    def title(self) -> str:
        """For people: "P07-2 ‘rive’"."""
        return f"{self.name} ‘{self.shape.part.name}’"

    @cached_property
    def solid(self) -> Manifold:
        return self.shape.solid.transform(self.matrix)

    @cached_property
    def box(self) -> Box:
        return Box.around(self.solid)

    @cached_property
    def centre(self) -> np.ndarray:
        """Of gravity, in the piece's frame."""
        parts = [(layer.wood.centroid, (layer.low + layer.high) / 2, layer.wood.area * (layer.high - layer.low))
                 for layer in self.shape.layers]  # fmt: skip
        total = sum(volume for *_, volume in parts)
        local = np.sum([np.array([c.x, c.y, z]) * volume for c, z, volume in parts], axis=0) / total
        return self.to_world(local)

    def to_world(self, point: np.ndarray | Vector) -> np.ndarray:
        return np.asarray(self.matrix[:, :3] @ np.asarray(point) + self.matrix[:, 3])

    def to_local(self, point: np.ndarray | Vector) -> np.ndarray:
        return np.asarray(self.matrix[:, :3].T @ (np.asarray(point) - self.matrix[:, 3]))

    def turned(self, direction: np.ndarray | Vector) -> np.ndarray:
        """A direction of the piece, in this body's own frame."""
        return np.asarray(self.matrix[:, :3].T @ np.asarray(direction))

    @property
    def normal(self) -> np.ndarray:
        """Of the top face, in the piece's frame."""
        return np.asarray(self.matrix[:, 2])


class Box(NamedTuple):
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def around(cls, solid: Manifold) -> Box:
        figures = solid.bounding_box()
        return cls(np.array(figures[:3]), np.array(figures[3:]))

    def meets(self, other: Box, least: float = TOUCH) -> bool:
        """Whether the two overlap by more than ``least`` mm in each direction."""
        return bool((np.minimum(self.high, other.high) - np.maximum(self.low, other.low) > least).all())


@dataclass(frozen=True)
class Bought:
    """One fitting where it stands."""

    name: str
    solid: Manifold

    @cached_property
    def box(self) -> Box:
        return Box.around(self.solid)


def bodies(furniture: Furniture) -> list[Body]:
    """All copies of all sheet parts. Raises NotFlatError."""
    found = []
    for part in furniture.parts:
        shape = Shape.of(part)
        found += [Body(shape, i, matrix(at)) for i, at in enumerate(part.placements, 1)]
    return found


def bought(furniture: Furniture) -> list[Bought]:
    """The fittings that have solids, meshed; cylinders become prisms inside of them."""
    found = []
    for fitting in furniture.fittings:
        solid = meshed(fitting.solid)
        found += [Bought(fitting.name, solid.transform(matrix(at))) for at in fitting.placements]
    return found


def prism(layer: Layer) -> Manifold:
    solid = Manifold.extrude(section(layer.wood), layer.high - layer.low)
    return solid.translate((0, 0, layer.low)) if layer.low else solid


def section(wood: BaseGeometry) -> CrossSection:
    return CrossSection([np.array(ring.coords)[:-1] for ring in rings(wood)], FillRule.EvenOdd)


def rings(wood: BaseGeometry) -> Iterator[Any]:
    for polygon in getattr(wood, "geoms", [wood]):
        if not polygon.is_empty:
            yield polygon.exterior
            yield from polygon.interiors


def meshed(shape: cq.Shape) -> Manifold:
    """A closed mesh of a CadQuery shape: OpenCASCADE meshes face by face, equal corners are made one."""
    from manifold3d import Mesh

    vertices, triangles = shape.tessellate(0.1, 0.3)
    points = np.round(np.array([v.toTuple() for v in vertices]), 5)
    unique, index = np.unique(points, axis=0, return_inverse=True)
    corners = index.reshape(-1)[np.array(triangles)]
    corners = corners[
        (corners[:, 0] != corners[:, 1]) & (corners[:, 1] != corners[:, 2]) & (corners[:, 2] != corners[:, 0])
    ]
    return Manifold(Mesh(unique.astype(np.float32), corners.astype(np.uint32)))


def window(low: Vector, high: Vector) -> Manifold:
    """The box between two corners."""
    size = [b - a for a, b in zip(low, high, strict=True)]
    return Manifold.cube(size).translate(low)


def shared(one: Manifold, other: Manifold) -> float:
    """mm³ that two solids have in common."""
    return float((one ^ other).volume())
