# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Enough wood between any two cuts, and between a cut and the part's edge, in all three designs."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from designs.catalogue import design, identifiers
from designs.design import Design
from designs.errors import ParameterError
from designs.furniture import Furniture
from fablabs.machine import Relief
from fabrication.flatten import flatten_part
from fabrication.plan import FlatPart, Operation, Work
from fabrication.relief import relieve
from tests.pieces import random_values


def webs(flat: FlatPart) -> Iterator[tuple[Operation, float]]:
    """Each cut inside the part, and its distance to the outline and to each later one (mm)."""
    from shapely import LineString, Polygon

    operations = [o for o in flat.operations if o.work is not Work.ENGRAVE]
    edge = next(o for o in operations if o.work is Work.CUT_OUTSIDE).contour.points(0.05)
    border = LineString([*edge, edge[0]])
    cuts = [(o, Polygon(o.contour.points(0.05))) for o in operations if o.work is not Work.CUT_OUTSIDE]
    for i, (operation, cut) in enumerate(cuts):
        yield operation, cut.distance(border)
        yield from ((operation, cut.distance(other)) for _, other in cuts[i + 1 :])


def pieces(model: Design, count: int) -> Iterator[Furniture]:
    """The default one and some random ones."""
    dice = random.Random(5)
    yield model.build()
    while count:
        try:
            values = model.clean(random_values(model, dice))
        except ParameterError:
            continue
        count -= 1
        yield model.build(values)


@pytest.mark.parametrize("identifier", identifiers())
def test_no_web_is_thin(identifier):
    """A joint's slot keeps a sheet's thickness of wood beside it (95 %, for its play); with the reliefs of a
    tool of 6 or 8 mm, no two cuts come closer than 8 mm."""
    seen = 0
    for piece in pieces(design(identifier), 3):
        for part in piece.parts:
            flat = flatten_part(part)
            for operation, web in webs(flat):
                seen += 1
                joint = operation.work is Work.CUT_INSIDE and not any(s.bulge for s in operation.contour.segments())
                least = 0.95 * piece.sheet.thickness if joint and operation.contour.as_circle() is None else 8.0
                assert web >= least, (part.name, web, operation.contour.bounds, piece.parameters)
            for diameter, style in ((6.0, Relief.DOGBONE), (8.0, Relief.TBONE)):
                for operation, web in webs(relieve(flat, diameter, style)):
                    assert web >= 8.0, (part.name, diameter, web, operation.contour.bounds, piece.parameters)
    assert seen > 100
