# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Flat parts as data: contours of lines and arcs, cuts with their face and depth (mm).

One part: ``{"code", "name", "thickness", "grain", "finish", "quantity", "outline": contour, "cuts": [{"face", "depth",
"contour", "islands"}]}``; a contour is ``[[x, y, bulge], …]``, counter-clockwise. A cut as deep as the part goes through.
What an operation is (a drill, a pocket) follows from these and is not said twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designs.contour import Contour, Vertex, chord_turn
from designs.furniture import Finish, Grain
from designs.typography import french_number
from fabrication.loops import TOLERANCE
from fabrication.plan import DRILL_MAX_DIAMETER, ENGRAVE_MAX_DEPTH, Face, FlatPart, Operation, Work
from fabrication.scripted.reading import FAR, fields, many, matching, number, one_of, refuse, text, whole

if TYPE_CHECKING:
    from shapely import Polygon

#: A solid's faces cost the kernel a millisecond each: our largest model has 1,200 vertices.
MAX_PARTS, MAX_COPIES, MAX_VERTICES = 200, 2000, 20_000
#: Corners of all contours as chords, and of one, which is what every check and every drawing afterwards costs. Our largest
#: model has 4,000, and 300.
MAX_CHORDS, MAX_CHORDS_OF_ONE = 100_000, 20_000
#: Of one contour: the kernel joins edges to a wire in time that grows with their square, 4,000 in 2 s and 18,000 in 100 s.
MAX_VERTICES_OF_ONE = 4000
#: Chords of the checks leave their arcs by this (mm), as those of ``Panel``.
CHORD = 0.05
#: Cuts shallower than this (mm) are a fault of the drawing (``fabrication.flatten``).
SHALLOWEST = 0.05
MAX_NAME = 60
#: tan(angle / 4) of an arc of 355°: beyond, its centre is noise.
MAX_BULGE = 50.0

code = matching(r"P[0-9]{2,3}")
#: A turned place may differ from a true rotation by this, in any element.
RIGID = 1e-6
_KEYS = ("code", "name", "thickness", "grain", "finish", "quantity", "outline", "cuts")
_vertex = many(number(-FAR, FAR), 3, 3)


def part_data(part: FlatPart) -> dict[str, Any]:
    """A flat part, as JSON has it."""
    return {
        "code": part.code,
        "name": part.name,
        "thickness": part.thickness,
        "grain": str(part.grain),
        "finish": str(part.finish),
        "quantity": part.quantity,
        "outline": _contour_data(part.outline),
        "cuts": [
            {
                "face": str(cut.face),
                "depth": cut.depth,
                "contour": _contour_data(cut.contour),
                "islands": [_contour_data(island) for island in cut.islands],
            }
            for cut in part.operations
            if cut.work is not Work.CUT_OUTSIDE
        ],
    }


def _contour_data(contour: Contour) -> list[list[float]]:
    return [[x, y, bulge] for x, y, bulge in contour.vertices]


class PartReader:
    """Reads the parts of one piece: codes differ, and there is so much room for all of them together."""

    def __init__(self, thickness: float | None = None) -> None:
        self.thickness = thickness  # mm that every part has to have; None: the first one's
        self.codes: set[str] = set()
        self.vertices, self.chords, self.copies = MAX_VERTICES, MAX_CHORDS, MAX_COPIES

    def read_all(self, value: object, path: str = "parts") -> tuple[FlatPart, ...]:
        return many(self.read, MAX_PARTS, 1)(value, path)

    def read(self, value: object, path: str) -> FlatPart:
        """Raises TransportError."""
        data = fields(value, path, _KEYS)
        found = code(data["code"], f"{path}.code")
        if found in self.codes:
            refuse(f"{path}.code", f"two parts are {found}", f"Deux pièces s’appellent {found}")
        self.codes.add(found)
        name = part_name(data["name"], f"{path}.name")
        thickness = number(0.5, 100.0)(data["thickness"], f"{path}.thickness")
        if self.thickness is None:
            self.thickness = thickness
        elif abs(thickness - self.thickness) > 1e-3:
            refuse(f"{path}.thickness", f"{found} is {thickness:g} mm thick, the sheet {self.thickness:g} mm", f"{found} « {name} » a une épaisseur de {french_number(thickness)} mm, le panneau {french_number(self.thickness)} mm")  # fmt: skip
        quantity = whole(1, self.copies)(data["quantity"], f"{path}.quantity")
        self.copies -= quantity
        outline = self._contour(data["outline"], f"{path}.outline")
        cuts = many(lambda cut, where: self._cut(cut, where, thickness), 2000)(data["cuts"], f"{path}.cuts")
        self._inside(outline, cuts, path)
        whole_part = Operation(Work.CUT_OUTSIDE, Face.TOP, thickness, outline)
        return FlatPart(
            found,
            name,
            thickness,
            (*cuts, whole_part),
            quantity,
            Grain(one_of([str(g) for g in Grain])(data["grain"], f"{path}.grain")),
            Finish(one_of([str(f) for f in Finish])(data["finish"], f"{path}.finish")),
        )

    def _cut(self, value: object, path: str, thickness: float) -> Operation:
        data = fields(value, path, ("face", "depth", "contour", "islands"))
        depth = number(SHALLOWEST, thickness + TOLERANCE)(data["depth"], f"{path}.depth")
        face = Face(one_of([str(f) for f in Face])(data["face"], f"{path}.face"))
        contour = self._contour(data["contour"], f"{path}.contour")
        islands = many(self._contour, 200)(data["islands"], f"{path}.islands")
        return operation(face, min(depth, thickness), contour, islands, thickness)

    def _contour(self, value: object, path: str) -> Contour:
        rows = many(_vertex, max(2, self.vertices), 2)(value, path)
        self.vertices -= len(rows)
        if self.vertices < 0 or len(rows) > MAX_VERTICES_OF_ONE:
            most = f"more than {MAX_VERTICES} vertices, or {MAX_VERTICES_OF_ONE} in one contour"
            refuse(path, most, "Le dessin a trop de sommets")
        contour = Contour(tuple(Vertex(*row) for row in rows))
        before = self.chords
        for segment in contour.segments():
            if segment.chord <= TOLERANCE or abs(segment.bulge) > MAX_BULGE or (segment.bulge and segment.radius > 1e9):
                refuse(path, "a segment without length, or an arc without a centre", "Un contour a un segment sans longueur ou un arc mal défini")  # fmt: skip
            self.chords -= 1
            if segment.bulge:
                self.chords -= math.ceil(abs(segment.angle) / chord_turn(segment.radius, CHORD))
            if self.chords < 0 or before - self.chords > MAX_CHORDS_OF_ONE:
                refuse(path, "too many chords", "Le dessin a trop d’arcs")
        if len(contour.points(CHORD)) < 3 or not polygon(contour).is_valid or contour.signed_area <= 0:
            refuse(path, "it crosses itself, or runs clockwise", "Un contour se croise lui-même")
        return contour

    def _inside(self, outline: Contour, cuts: Sequence[Operation], path: str) -> None:
        """Cuts may reach the outline (an open pocket) and never leave it."""
        body = polygon(outline).buffer(2 * CHORD)
        for index, cut in enumerate(cuts):
            if not body.covers(polygon(cut.contour)):
                refuse(f"{path}.cuts.{index}", "it leaves the part", "Un usinage sort de la pièce")


_plain_name = text(MAX_NAME, empty=False)


def part_name(value: object, path: str) -> str:
    """A part's name goes onto labels, into names of files and into tables: no way to another folder, no formula, and something
    that is seen."""
    name = _plain_name(value, path)
    if any(sign in name for sign in '/\\<>:"|?*') or name.startswith(".") or ".." in name:
        refuse(path, f"{name!r} is no part's name", 'Le nom d’une pièce n’a ni / ni \\ ni .. ni <, >, :, ", |, ?, *')
    if not any(sign.isalnum() for sign in name) or begins_as_formula(name):
        refuse(
            path,
            f"{name!r} is no part's name",
            "Le nom d’une pièce a une lettre ou un chiffre, et ne commence pas par =, +, - ou @",
        )
    return name


def begins_as_formula(text: str) -> bool:
    """Whether a spreadsheet would calculate it: lists of parts and hardware are opened in one."""
    return text.lstrip().startswith(("=", "+", "-", "@"))


def operation(face: Face, depth: float, contour: Contour, islands: Sequence[Contour], thickness: float) -> Operation:
    """The operation that ``fabrication.flatten`` recognises in such a cut."""
    circle = contour.as_circle()
    drilled = circle is not None and 2 * circle[2] <= DRILL_MAX_DIAMETER + TOLERANCE
    if depth >= thickness - TOLERANCE:
        return Operation(Work.DRILL if drilled else Work.CUT_INSIDE, Face.TOP, thickness, contour)
    if depth <= ENGRAVE_MAX_DEPTH + TOLERANCE:
        work = Work.ENGRAVE
    else:
        work = Work.DRILL if drilled and not islands else Work.POCKET
    return Operation(work, face, depth, contour, tuple(islands))


def polygon(contour: Contour) -> Polygon:
    from shapely import Polygon

    return Polygon(contour.points(CHORD))


_turn = many(number(-FAR, FAR), 12, 12)


def places_rows(value: object, path: str, most: int) -> tuple[tuple[float, ...], ...]:
    """Places as 12 numbers each, rows of the 3 × 4 matrix (mm): at least one, all of them turns without stretch or mirror.
    Raises TransportError."""
    found = many(_turn, most, 1)(value, path)
    for index, row in enumerate(found):
        x, y, z = (row[0::4], row[1::4], row[2::4])
        cross = (x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0])
        # Two unit vectors that are square to each other, and the third where a right hand has it.
        faults = [_dot(x, x) - 1, _dot(y, y) - 1, _dot(x, y), *(a - b for a, b in zip(cross, z, strict=True))]
        if max(map(abs, faults)) > RIGID:
            refuse(f"{path}.{index}", "a part is neither stretched nor mirrored", "Une pièce est déformée ou retournée comme dans un miroir")  # fmt: skip
    return found


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(a, b, strict=True))


def parts_read(data: Sequence[Mapping[str, Any]]) -> tuple[FlatPart, ...]:
    """Flat parts of a content; each may have ``places`` (``places_rows``), as many as copies. Raises TransportError."""
    parts = PartReader().read_all([{key: value for key, value in part.items() if key != "places"} for part in data])
    for index, (part, given) in enumerate(zip(parts, data, strict=True)):
        if "places" in given:
            path = f"parts.{index}.places"
            if len(places_rows(given["places"], path, part.quantity)) != part.quantity:
                refuse(path, "not a place for each copy", "Une pièce n’a pas autant de places que d’exemplaires")
    return parts
