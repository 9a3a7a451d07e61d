# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A scale model: the piece drawn for a sheet so many times as thick, then made so many times smaller.

A sheet of 3 mm is one of 15 mm at 1:5, so every joint is computed for the sheet that is cut, and its
clearance is the machine file's own. What makes no sense at that size is left out, by rule and by name: parts
that fall through a laser's grid or apart, what only bought hardware holds, holes for screws, pockets.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designs.contour import Contour, Vertex
from designs.furniture import Furniture, Hardware, Joint, Measure, Part
from designs.piece_steps import steps_of_model
from designs.prism import prism
from designs.sheet import Sheet
from designs.typography import typeset
from fablabs.stock import Stock
from fabrication.plan import Face, FlatPart, Operation, Work

if TYPE_CHECKING:
    import cadquery as cq

#: A part narrower than this (mm, as cut) falls through a laser's honeycomb, whose cells are 6 to 10 mm wide.
NARROWEST_PART = 6.0
#: A web thinner than this (mm) chars through and breaks by hand.
THINNEST_WEB = 1.5
#: A round hole up to this diameter (mm) is one for a screw or a bolt, which a model has not.
SMALLEST_HOLE = 2.0
#: Letters with thinner strokes (mm) burn together.
THINNEST_STROKE = 0.3
#: How deep letters are burnt (mm), however deep the real ones are milled.
BURNT = 0.3
#: Joints that want bought hardware: a part that is held by these alone is there for the hardware.
_BOLTED, _RODS = {"bolted"}, {"rod"}
_GLUED = {"barrel-nut", "screwed", "wedge", "bolted"}
_MARGIN = 1e-9


@dataclass(frozen=True)
class LeftOut:
    """``parts`` are codes; ``what`` is French: the part's name, or that of what is missing in them."""

    parts: tuple[str, ...]
    what: str
    reason: str  # English
    french: str


def sheet_for(stock: Stock, scale: int) -> Sheet:
    """The sheet that the piece is drawn for: thickness and clearance ``scale`` times as large, in birch, since
    nobody loads a model and a design may refuse a weaker wood for its loads."""
    sheet = stock.sheet()
    return dataclasses.replace(
        sheet,
        thickness=sheet.thickness * scale,
        nominal_thickness=sheet.nominal_thickness * scale,
        clearance=sheet.clearance * scale,
        material=Sheet().material,
    )


def scale_down(
    furniture: Furniture, flat: Iterable[FlatPart], stock: Stock, scale: int
) -> tuple[Furniture, tuple[LeftOut, ...]]:
    """A piece that was drawn for ``sheet_for(stock, scale)``, in the stock's own sheet, and what it does without.

    ``flat`` are its flat parts. Solids are drawn again from their contours, so that they are exactly as thick as
    the stock. It has no hardware but glue and tape, no fittings and no loads; its steps are those of the piece
    without what is for hardware.
    """
    small = {part.code: _smaller(part, scale, stock.measured_thickness_mm) for part in flat}
    gone = _parts_left_out(furniture, small)
    left = [item for part in furniture.parts if (item := gone.get(part.code))]
    parts, details = [], list[_Detail]()
    for part in furniture.parts:
        if part.code not in gone:
            reduced, without = _without_details(small[part.code])
            details += without
            parts.append(_rebuilt(part, reduced, scale))
    joints = tuple(_joint(joint, scale) for joint in furniture.joints if not {joint.a, joint.b} & gone.keys())
    model = Furniture(
        furniture.design,
        furniture.parameters,
        stock.sheet(),
        tuple(parts),
        joints,
        tuple(_held_by(furniture.joints, gone)),
        measures=tuple(m for measure in furniture.measures if (m := _measure(measure, scale))),
        steps=steps_of_model(furniture.steps, {part.code for part in parts}),
    )
    return model, (*left, *_named(details))


def _smaller(part: FlatPart, scale: int, thickness: float) -> FlatPart:
    def shrunk(operation: Operation) -> Operation:
        through = operation.depth > part.thickness - 1e-6
        return dataclasses.replace(
            operation,
            contour=_shrunk(operation.contour, scale),
            islands=tuple(_shrunk(island, scale) for island in operation.islands),
            depth=thickness if through else operation.depth / scale,
        )

    return dataclasses.replace(part, thickness=thickness, operations=tuple(map(shrunk, part.operations)))


def _shrunk(contour: Contour, scale: int) -> Contour:
    return Contour(tuple(Vertex(x / scale, y / scale, bulge) for x, y, bulge in contour.vertices))


# Parts


def _parts_left_out(furniture: Furniture, small: dict[str, FlatPart]) -> dict[str, LeftOut]:
    gone: dict[str, LeftOut] = {}

    def leave(part: Part, reason: str, french: str) -> None:
        gone.setdefault(part.code, LeftOut((part.code,), part.name, reason, typeset(french)))

    for part in furniture.parts:
        kinds = {joint.kind for joint in furniture.joints if part.code in (joint.a, joint.b)}
        reduced, _ = _without_details(small[part.code])
        if kinds and kinds <= _BOLTED:
            leave(part, "it only carries bought hardware, which a model has not", "ne porte que de la quincaillerie")
        elif (width := _width(reduced)) < NARROWEST_PART - _MARGIN:
            leave(
                part,
                f"{width:.3g} mm wide, {NARROWEST_PART:g} at least: it would fall through the laser's grid",
                f"large de {width:.3g} mm : tomberait à travers la grille (au moins {NARROWEST_PART:g} mm)",
            )
        elif not _holds_together(reduced):
            leave(
                part,
                f"it has a web thinner than {THINNEST_WEB:g} mm, which would break",
                f"a un pont de moins de {THINNEST_WEB:g} mm, qui casserait",
            )
    holding = [joint for joint in furniture.joints if joint.kind not in _RODS]
    for part in _hanging(furniture.parts, holding) if furniture.joints else ():
        leave(part, "bought rods alone hold it, which a model has not", "ne tient qu’à des joncs du commerce")
    # What was joined to these alone has nothing to stand on.
    while True:
        for part in furniture.parts:
            others = {o for j in furniture.joints if part.code in (j.a, j.b) for o in (j.a, j.b)} - {part.code}
            if part.code not in gone and others and others <= gone.keys():
                leave(part, f"joined to {', '.join(sorted(others))} alone", "n’est assemblée qu’à des pièces omises")
                break
        else:
            return gone


def _hanging(parts: Sequence[Part], joints: Sequence[Joint]) -> Iterator[Part]:
    """Parts that these joints do not tie to the largest body that they make."""
    bodies: list[set[str]] = []
    for part in parts:
        body = {part.code}
        for other in [b for b in bodies if any({j.a, j.b} & body and {j.a, j.b} & b for j in joints)]:
            bodies.remove(other)
            body |= other
        bodies.append(body)
    volumes = {part.code: part.solid.Volume() * part.quantity for part in parts}
    main = max(bodies, key=lambda body: sum(volumes[code] for code in body))
    yield from (part for part in parts if part.code not in main)


def _width(part: FlatPart) -> float:
    """The narrower side of the smallest rectangle about the outline (mm)."""
    from shapely import Polygon

    corners = list(Polygon(part.outline.points(0.01)).minimum_rotated_rectangle.exterior.coords)
    return min(math.dist(a, b) for a, b in itertools.pairwise(corners))


def _holds_together(part: FlatPart) -> bool:
    """Is it still one piece when all that is thinner than the thinnest web is taken away?"""
    from shapely import Polygon

    body = Polygon(part.outline.points(0.01))
    for operation in part.of(Work.CUT_INSIDE, Work.DRILL):
        body = body.difference(Polygon(operation.contour.points(0.01)))
    # A hair less: a web of exactly that much holds.
    core = body.buffer(-(THINNEST_WEB / 2 - 0.005), quad_segs=8)
    return core.geom_type == "Polygon" and not core.is_empty


# Details


@dataclass(frozen=True)
class _Detail:
    """One thing in a part that the model does without; ``size`` in mm."""

    part: str
    kind: str
    size: float


#: By kind: French name, why not (English), why not (French).
_DETAILS = {
    "hole": (
        "perçages",
        "holes of {} for bought screws, bolts and rods, which a model has not",
        "de {}, pour des vis, boulons et joncs du commerce",
    ),
    "nut": (
        "logements d’écrous",
        "seats of bought barrel nuts, which a model has not",
        "pour des écrous noix du commerce",
    ),
    "pocket": (
        "rainures et poches",
        "{} deep, and a laser cuts only through",
        "de {} de profondeur : un laser ne creuse pas",
    ),
    "letter": ("lettres", "strokes of {} would burn together", "traits de {}, trop fins"),
}


def _without_details(part: FlatPart) -> tuple[FlatPart, list[_Detail]]:
    """The part without screw holes, barrel nuts, pockets, and letters that are too fine."""
    kept: list[Operation] = []
    left: list[_Detail] = []
    for operation in part.operations:
        circle = operation.contour.as_circle()
        through = operation.depth > part.thickness - 1e-6
        if operation.work is Work.CUT_OUTSIDE:
            outline, nuts = without_keyholes(operation.contour)
            kept.append(dataclasses.replace(operation, contour=outline))
            left += [_Detail(part.code, "nut", 0.0)] * nuts
        elif circle and 2 * circle[2] <= SMALLEST_HOLE + 1e-6 and through:
            left.append(_Detail(part.code, "hole", 2 * circle[2]))
        elif operation.work is Work.ENGRAVE and operation.face is Face.TOP:
            stroke = _stroke(operation)
            if stroke < THINNEST_STROKE - _MARGIN:
                left.append(_Detail(part.code, "letter", stroke))
            else:
                kept.append(dataclasses.replace(operation, depth=BURNT))
        elif through:
            kept.append(operation)
        else:
            left.append(_Detail(part.code, "pocket", operation.depth))
    return dataclasses.replace(part, operations=tuple(kept)), left


def _named(details: list[_Detail]) -> list[LeftOut]:
    """A line a kind: how many, in which parts, how large."""
    found = []
    for kind, (what, reason, french) in _DETAILS.items():
        those = [d for d in details if d.kind == kind]
        if those:
            sizes = [f"{d.size:.1f}".removesuffix(".0") for d in sorted(those, key=lambda d: d.size)]
            span = " to ".join(dict.fromkeys((sizes[0], sizes[-1]))) + " mm"
            codes = tuple(dict.fromkeys(d.part for d in those))
            words = french.format(span.replace(" to ", " à "))
            name = what if kind == "letter" else f"{len(those)} {what}"
            found.append(LeftOut(codes, name, reason.format(span), typeset(words)))
    return found


def _stroke(operation: Operation) -> float:
    """How wide a letter's strokes are, about: its area over half its edge."""
    edge = operation.contour.length + sum(island.length for island in operation.islands)
    return (operation.contour.area - sum(island.area for island in operation.islands)) / (edge / 2)


def without_keyholes(outline: Contour) -> tuple[Contour, int]:
    """An outline without the seats of barrel nuts (a channel from the edge to a round hole); how many there were.

    Such a seat is an arc of more than half a turn, with its hollow outside, between two straight flanks."""
    vertices = list(outline.vertices)
    count = len(vertices)
    dropped: set[int] = set()
    for k, segment in enumerate(outline.segments()):
        flanks = vertices[k - 1].bulge, vertices[(k + 1) % count].bulge
        if segment.bulge < -1 and 2 * segment.radius <= 2 * SMALLEST_HOLE and not any(flanks):
            # The channel's two ends on the edge, and the arc's two.
            dropped |= {(k - 1) % count, k, (k + 1) % count, (k + 2) % count}
    if not dropped:
        return outline, 0
    return Contour(tuple(v for k, v in enumerate(vertices) if k not in dropped)), len(dropped) // 4


# The piece


def _rebuilt(part: Part, flat: FlatPart, scale: int) -> Part:
    openings = [o.contour for o in flat.operations if o.work in (Work.CUT_INSIDE, Work.DRILL)]
    letters = [(o.contour, o.depth, o.islands) for o in flat.of(Work.ENGRAVE)]
    solid = prism(flat.outline, openings, letters, flat.thickness)
    return dataclasses.replace(part, solid=solid, placements=tuple(_nearer(at, scale) for at in part.placements))


def _nearer(location: cq.Location, scale: int) -> cq.Location:
    import cadquery as cq
    from OCP.gp import gp_Trsf, gp_Vec

    moved: gp_Trsf = location.wrapped.Transformation()
    moved.SetTranslationPart(gp_Vec(moved.TranslationPart().Divided(scale)))
    return cq.Location(moved)


def _joint(joint: Joint, scale: int) -> Joint:
    contacts = tuple((x / scale, y / scale, z / scale) for x, y, z in joint.contacts)
    return dataclasses.replace(joint, clearance=joint.clearance / scale, contacts=contacts, hardware=())


def _held_by(joints: Iterable[Joint], gone: dict[str, LeftOut]) -> list[Hardware]:
    """Glue instead of bolts and wedges, tape instead of hinges."""
    hinges = sum(j.kind == "hinge" and not {j.a, j.b} & gone.keys() for j in joints)
    bought = [Hardware("Colle vinylique", "Colle à bois, pour ce que vis et clavettes tiennent en vrai", 1)]
    if not any(j.kind in _GLUED for j in joints):
        bought = []
    if hinges:
        bought.append(Hardware("Ruban textile 19 mm", "Ruban adhésif, une bande pour chaque charnière", hinges))
    return bought


def _measure(measure: Measure, scale: int) -> Measure | None:
    """Lengths in the model's own size; what is no length says nothing of a model."""
    if measure.unit != "mm":
        return None
    value = re.sub(r"\d+", lambda m: f"{int(m[0]) / scale:.0f}", measure.value)
    return dataclasses.replace(measure, value=value)
