# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A built piece as data: written inside the jail, read outside as a stranger's.

Parts are flat parts (``flat_data``) with their places in the piece as 12 numbers each (rows of the 3 × 4 matrix, mm), fittings are
recipes of ``designs.hardware``. No solid and no file of the kernel passes: whoever reads builds the solids again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from designs.furniture import Fitting, Furniture, Hardware, Joint, Measure, Part, Step
from designs.hardware import SHAPES
from designs.sheet import Sheet
from designs.use import Folded, Knees, Lift, Load, Push, Support, Use, Weight
from fabrication.plan import FlatPart
from fabrication.scripted.errors import Fault, ScriptError
from fabrication.scripted.flat_data import MAX_COPIES, MAX_PARTS, PartReader, begins_as_formula, part_data, places_rows
from fabrication.scripted.reading import (
    FAR,
    Read,
    fields,
    many,
    matching,
    number,
    one_of,
    optional,
    pair,
    record,
    refuse,
    text,
    unit_vector,
    vector,
    whole,
    yes,
)
from fabrication.scripted.rebuilt import MAX_BOOLEAN_CORNERS, rebuilt

if TYPE_CHECKING:
    import cadquery as cq

_KEYS = ("parts", "joints", "hardware", "fittings", "measures", "steps", "use")


# Inside


def furniture_data(furniture: Furniture, flat: Sequence[FlatPart]) -> dict[str, Any]:
    """The piece as JSON has it; ``flat`` are its parts, flattened. Raises ScriptError for a fitting without a recipe."""
    return {
        "parts": [
            part_data(one) | {"places": _places(part.placements), "volume": part.solid.Volume()}
            for part, one in zip(furniture.parts, flat, strict=True)
        ],
        "joints": [_plain(joint) for joint in furniture.joints],
        "hardware": [_plain(item) for item in furniture.hardware],
        "fittings": [_fitting_data(fitting) for fitting in furniture.fittings],
        "measures": [_plain(measure) for measure in furniture.measures],
        "steps": [_plain(step) for step in furniture.steps],
        "use": _plain(furniture.use),
    }


def _fitting_data(fitting: Fitting) -> dict[str, Any]:
    if fitting.recipe is None:
        name = str(fitting.name)[:60]
        raise ScriptError(
            [
                Fault(
                    "result",
                    f"La ferrure « {name} » est un solide libre : faites-la avec designs.hardware.made, en {', '.join(SHAPES)}.",
                    f"the fitting {name!r} has no recipe: make it with designs.hardware.made",
                )
            ]
        )
    return {
        "name": fitting.name,
        "shape": fitting.recipe.shape,
        "figures": _plain(fitting.recipe.figures),
        "places": _places(fitting.placements),
        "colour": _plain(fitting.colour),
    }


def _places(placements: Sequence[cq.Location]) -> list[list[float]]:
    result = []
    for place in placements:
        turn = place.wrapped.Transformation()
        result.append([turn.Value(row, column) for row in (1, 2, 3) for column in (1, 2, 3, 4)])
    return result


def _plain(value: Any) -> Any:
    """Records, tuples and numbers of numpy as what JSON has; a door has no end upwards, which is null there."""
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields_of(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return " ".join(value.split()) if "\n" in value else value  # a text that was written over several lines
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and math.isinf(value) else value


# Outside


def furniture_read(value: object, identifier: str, parameters: Mapping[str, Any], sheet: Sheet) -> Furniture:
    """The piece, its solids built again for this sheet. Raises TransportError for anything that is no piece,
    ScriptGeometryError for parts that are no solids. What the piece is called and which values it was drawn with is
    said by who asked, not by what comes back."""
    data = fields(value, "", _KEYS)
    room = [MAX_COPIES]
    parts = _parts_read(data["parts"], sheet.thickness, room)
    copies = {part.code: part.quantity for part in parts}
    known = one_of(copies)
    hardware = many(_hardware, 300)(data["hardware"], "hardware")
    contacts = many(vector(), 500, 1)
    joint: Read[Joint] = record(
        Joint,
        kind=matching(r"[a-z][a-z-]{0,39}"),
        a=known,
        b=known,
        clearance=number(-5, 100),
        contacts=contacts,
        hardware=many(_hardware, 20),
    )
    fittings = tuple(_fitting(f, f"fittings.{n}", room) for n, f in enumerate(_all(data["fittings"], "fittings", 200)))
    return Furniture(
        design=identifier,
        parameters=dict(parameters),
        sheet=sheet,
        parts=parts,
        joints=many(joint, 500)(data["joints"], "joints"),
        hardware=hardware,
        fittings=fittings,
        measures=many(_measure, 60)(data["measures"], "measures"),
        steps=many(_step(copies), 200)(data["steps"], "steps"),
        use=_use(known)(data["use"], "use"),
    )


def _all(value: object, path: str, most: int) -> Sequence[object]:
    return many(lambda item, _: item, most)(value, path)


def _parts_read(value: object, thickness: float, room: list[int]) -> tuple[Part, ...]:
    """All is read before the first solid is built: building is what takes time."""
    reader, read = PartReader(thickness), []
    for index, item in enumerate(_all(value, "parts", MAX_PARTS)):
        path = f"parts.{index}"
        if not isinstance(item, dict) or not {"places", "volume"} <= item.keys():
            refuse(path, "no part", "Une pièce est mal formée")
        flat = reader.read({key: given for key, given in item.items() if key not in ("places", "volume")}, path)
        places = places_read(item["places"], f"{path}.places", room)
        if len(places) != flat.quantity:
            refuse(f"{path}.places", f"{len(places)} places for {flat.quantity} copies", "Une pièce n’a pas autant de places que d’exemplaires")  # fmt: skip
        read.append((flat, places, _cubic_millimetres(item["volume"], f"{path}.volume")))
    if not read:
        refuse("parts", "no part", "Le meuble n’a aucune pièce")
    corners = [MAX_BOOLEAN_CORNERS]
    return tuple(
        Part(flat.code, flat.name, rebuilt(flat, corners, volume), places, flat.grain, flat.finish)
        for flat, places, volume in read
    )


_cubic_millimetres = number(1e-3, 1e12)


def places_read(value: object, path: str, room: list[int]) -> tuple[cq.Location, ...]:
    """At least one; ``room`` is how many are left for the piece."""
    rows = places_rows(value, path, room[0])
    room[0] -= len(rows)
    return tuple(_place(row) for row in rows)


def _place(row: tuple[float, ...]) -> cq.Location:
    import cadquery as cq
    from OCP.gp import gp_Trsf

    transformation = gp_Trsf()
    transformation.SetValues(*row)
    return cq.Location(transformation)


def _fitting(value: object, path: str, room: list[int]) -> Fitting:
    data = fields(value, path, ("name", "shape", "figures", "places", "colour"))
    shape = one_of(SHAPES)(data["shape"], f"{path}.shape")
    figures = many(number(-FAR, FAR), 8)(data["figures"], f"{path}.figures")
    places = places_read(data["places"], f"{path}.places", room)
    red, green, blue = many(number(0, 1), 3, 3)(data["colour"], f"{path}.colour")
    name = text(80, empty=False)(data["name"], f"{path}.name")
    from designs.hardware import made

    try:
        fitting = made(name, shape, figures, places, (red, green, blue))
        sound = fitting.solid.isValid() and fitting.solid.Volume() > 0
    except Exception:  # the kernel's own, of every kind; and figures too few or too many
        sound = False
    if not sound:
        refuse(f"{path}.figures", f"they make no {shape}", "Les mesures d’une ferrure ne font pas un solide")
    return fitting


def _listed(most: int) -> Read[str]:
    """A text of the list of hardware."""
    read = text(most, empty=False)

    def read_it(value: object, path: str) -> str:
        found = read(value, path)
        if begins_as_formula(found):
            refuse(
                path,
                f"{found[:40]!r} begins as a formula",
                "Le nom d’une quincaillerie ne commence pas par =, +, - ou @",
            )
        return found

    return read_it


_hardware: Read[Hardware] = record(
    Hardware,
    reference=_listed(160),
    name=_listed(200),
    quantity=number(0, 100_000),
    unit=_listed(12),
    mass_g=number(0, 1e6),
)
_measure: Read[Measure] = record(Measure, label=text(120, empty=False), value=text(120), unit=text(12))
_sentence, _word = text(2000), text(160)


def _step(copies: Mapping[str, int]) -> Read[Step]:
    def copy(value: object, path: str) -> tuple[str, int]:
        found = pair(one_of(copies), whole(1, MAX_COPIES))(value, path)
        if found[1] > copies[found[0]]:
            refuse(path, f"there is no copy {found[1]} of {found[0]}", "Une étape nomme un exemplaire qui n’existe pas")
        return found

    return record(
        Step,
        title=text(300, empty=False),
        text=_sentence,
        parts=many(copy, MAX_COPIES),
        direction=optional(unit_vector),
        group=_word,
        joins=many(_word, 60),
        hardware=many(pair(_word, number(0, 100_000)), 100),
        tools=many(_word, 40),
        hands=whole(1, 20),
        warning=_sentence,
        up=optional(unit_vector),
        fittings=many(_word, 200),
        travel=optional(number(0, FAR)),
    )


def _use(known: Read[str]) -> Read[Use | None]:
    kg, millimetres = number(0, 10_000), number(0, FAR)
    scalar: Read[Any] = _scalar
    return optional(
        record(
            Use,
            floor=many(vector(), 200),
            loads=many(
                record(
                    Load,
                    part=known,
                    kg=kg,
                    span=millimetres,
                    width=millimetres,
                    support=lambda value, path: Support(one_of([str(s) for s in Support])(value, path)),
                    spread=yes,
                    lasting=yes,
                    limit=number(1, 10_000),
                ),
                200,
            ),
            pushes=many(record(Push, name=_word, at=vector(), kg=kg, tilt=number(0, 45)), 200),
            knees=many(record(Knees, at=vector(), into=unit_vector, wheelchair=yes), 40),
            hands=whole(1, 20),
            swivel=millimetres,
            weights=many(record(Weight, name=_word, at=vector(), kg=kg), 200),
            lifts=many(record(Lift, name=_word, parts=many(known, 200), kg=kg, hands=whole(1, 20)), 40),
            folded=many(record(Folded, name=_word, given=_mapping(scalar), room=_room, any_side=yes), 10),
            told=many(_sentence, 60),
        )
    )


def _room(value: object, path: str) -> tuple[float, float, float]:
    x, y, z = many(optional(number(0, FAR)), 3, 3)(value, path)
    return tuple(math.inf if side is None else side for side in (x, y, z))  # type: ignore[return-value]


def _scalar(value: object, path: str) -> Any:
    if isinstance(value, str):
        return _word(value, path)
    return value if isinstance(value, bool) else number(-1e6, 1e6)(value, path)


def _mapping(read: Read[Any]) -> Read[Mapping[str, Any]]:
    name = matching(r"[a-z][a-z0-9_]{0,39}")

    def read_all(value: object, path: str) -> Mapping[str, Any]:
        if not isinstance(value, dict) or len(value) > 60:
            refuse(path, "no object", "Un objet est mal formé")
        return {name(key, path): read(item, f"{path}.{key[:40]}") for key, item in value.items()}

    return read_all
