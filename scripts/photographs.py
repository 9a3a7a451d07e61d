# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which pictures the site shows of each model: what stands there, from where one looks, and what the picture says.

People and things stand by the piece's own sizes, so that they follow when a revision moves a worktop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from designs.catalogue import design
from designs.furniture import Furniture
from designs.joinery import spread
from fabrication.pictures.render import View
from fabrication.pictures.scene import Thing, box_of, furniture_things, placed
from fabrication.pictures.surfaces import plain
from scripts import props
from scripts.figures import BLUE, CREAM, OCHRE, RUST, SEATED, STANDING, Clothes, Pose, in_wheelchair, person

Arranged = Callable[[Furniture], list[Thing]]
Box = tuple[tuple[float, float, float], tuple[float, float, float]]

#: Wall and floor of each model's pictures: one family of quiet colours, with which birch looks warm.
ROOMS: dict[str, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    "chariot": ((130, 154, 146), (180, 187, 178)),
    "porte": ((190, 164, 142), (204, 192, 178)),
    "maisonnette": ((126, 146, 160), (182, 188, 190)),
    "trio": ((146, 158, 152), (192, 194, 186)),
}


@dataclass(frozen=True)
class Photograph:
    """One picture. ``name``: of the view, with the model's identifier the file's. ``around``: what stands beside the
    piece; ``detail``: the corners of what is seen (mm), where it isn't all of it. ``says``: French, for who can't see."""

    model: str
    name: str
    says: str
    view: View
    values: dict[str, Any] = field(default_factory=dict)
    around: Arranged | None = None
    detail: Box | None = None
    back: float = 1700.0  # mm from the piece's middle to the wall
    tilt: float = 0.0  # degrees that the piece leans back on its wheels, as a trolley does


@cache
def _person(pose: Pose, clothes: Clothes) -> tuple[Thing, ...]:
    return tuple(person(pose, clothes))


@cache
def _in_wheelchair(clothes: Clothes, reach: tuple[float, float, float]) -> tuple[Thing, ...]:
    return tuple(in_wheelchair(clothes, reach))


def _at(things: Sequence[Thing], x: float, y: float, z: float = 0.0, turn: float = 0.0) -> list[Thing]:
    where = placed(x, y, z, turn)
    return [thing.moved(where) for thing in things]


def _leaning(table: float, ahead: float = 330.0) -> Pose:
    """Standing with both hands on a worktop of that height."""
    return replace(
        STANDING, elbow=(-262, 60, 1120), hand=(-190, ahead, table + 42), lean=46, nod=22,
        knee=(-100, 14, 500), foot=(-112, -20, 85), other_foot=(104, 30, 85),
    )  # fmt: skip


# The chariot: its front looks to −Y, its leaf stands out at +X


def _laptops(f: Furniture) -> list[Thing]:
    """In the slots of its rack, between the cheeks; two are in use."""
    t, count = f.sheet.thickness, f.parameters["laptops"]
    cheek = next(part for part in f.parts if part.name == "joue").placements[0].toTuple()[0]
    base = next(part for part in f.parts if part.name == "socle").placements[0].toTuple()[0]
    left = cheek[0] + t
    inner = f.parameters["width"] - 2 * left
    found: list[Thing] = []
    for k, x in enumerate(spread(inner, count, 30)):
        if k not in (2, 5):
            case = props.closed_laptop(props.SILVER if k % 3 else props.GRAPHITE)
            found += _at(case, left + x, 0.47 * f.parameters["depth"], base[2] + t)
    return found


def _chariot_in_use(f: Furniture) -> list[Thing]:
    top = f.parameters["height"]
    return [
        *_laptops(f),
        *_at(props.laptop(), 330, 225, top, 180),
        *_at(props.laptop(), 985, 250, top, 70),
        *_at(props.mug(plain(196, 98, 70)), 640, 330, top),
        *_at(props.papers(), 620, 170, top, 14),
        *_at(_person(_leaning(top), BLUE), 330, 760, turn=180),
        *_at(_person(_side_hand(top), OCHRE), 1290, 720, turn=140),
    ]


def _side_hand(table: float) -> Pose:
    """Standing at ease, one hand on a worktop."""
    return replace(
        STANDING, other_elbow=(238, 40, 1110), other_hand=(190, 300, table + 40), lean=22, nod=16, foot=(-110, -40, 85)
    )


def _pushing(f: Furniture) -> list[Thing]:
    top = f.parameters["height"]
    pose = replace(_leaning(top + 20, 350), knee=(-95, 120, 500), foot=(-95, 150, 85), other_knee=(100, -60, 500),
                   other_foot=(100, -260, 110), lean=80)  # fmt: skip
    return [*_laptops(f), *_at(_person(pose, RUST), -420, f.parameters["depth"] / 2, turn=-90)]


# The porte: visitors come from −Y, the agent stands behind; its leaf stands out at +X


def _porte_desk(f: Furniture) -> list[Thing]:
    top = f.parameters["height"]
    leaf = top - f.parameters["leaf_drop"]
    return [
        *_at(props.laptop(), 300, 250, top, 180),
        *_at(props.leaflets(), 290, 88, 707),
        *_at(props.papers(), 930, 170, leaf, -6),
    ]


def _porte_in_use(f: Furniture) -> list[Thing]:
    top = f.parameters["height"]
    leaf = top - f.parameters["leaf_drop"]
    return [
        *_porte_desk(f),
        *_at(_person(_leaning(top, 300), BLUE), 300, 760, turn=180),
        *_at(_in_wheelchair(OCHRE, (-140, 330, leaf + 40)), 905, -330),
    ]


def _porte_welcome(f: Furniture) -> list[Thing]:
    top = f.parameters["height"]
    return [
        *_porte_desk(f),
        *_at(_person(_leaning(top, 300), BLUE), 300, 760, turn=180),
        *_at(_person(_side_hand(top), RUST), 60, -440, turn=-22),
    ]


def _porte_trio(f: Furniture) -> list[Thing]:
    leaf = f.parameters["height"] - f.parameters["leaf_drop"]
    return [
        *_porte_desk(f),
        *_at(_person(_leaning(f.parameters["height"], 300), CREAM), 300, 760, turn=180),
        *_at(_in_wheelchair(OCHRE, (-140, 330, leaf + 40)), 905, -330),
    ]


def _porte_agent(f: Furniture) -> list[Thing]:
    return [*_porte_desk(f), *_at(props.printer(), 290, 235, 190, 180)]


def _porte_rolled(f: Furniture) -> list[Thing]:
    pose = replace(
        _leaning(870, 330),
        knee=(-95, 90, 500),
        foot=(-95, 60, 85),
        other_knee=(100, -30, 500),
        other_foot=(100, -200, 100),
    )
    return _at(_person(pose, RUST), f.parameters["width"] / 2, 1230, turn=180)


# The maisonnette: one sits before its leaf, at −Y


def _maisonnette_desk(f: Furniture) -> list[Thing]:
    middle = f.parameters["width"] / 2
    return [
        *_at(props.keyboard(), middle - 40, 150, 745),
        *_at(props.printer(), middle, 540, 184),
        *_at(props.mug(plain(206, 170, 96)), middle - 270, 240, 745),
    ]


def _maisonnette_in_use(f: Furniture) -> list[Thing]:
    middle = f.parameters["width"] / 2
    seated = replace(SEATED, hand=(-120, 330, 775), elbow=(-240, 70, 760), lean=24)
    pose = replace(STANDING, other_elbow=(235, 50, 1120), other_hand=(150, 190, 1190), lean=20, nod=24)
    return [
        *_maisonnette_desk(f),
        *_at(props.stool(452), middle, -170),
        *_at(_person(seated, RUST), middle, -170),
        *_at(_person(pose, BLUE), middle - 640, -40, turn=-52),
    ]


def _maisonnette_pushed(f: Furniture) -> list[Thing]:
    pose = replace(_leaning(1010, 300), knee=(-95, 120, 500), foot=(-95, 150, 85), other_foot=(100, -230, 100), lean=60)
    return _at(_person(pose, CREAM), -440, f.parameters["depth"] / 2, turn=-90)


PHOTOGRAPHS: tuple[Photograph, ...] = (
    Photograph(
        "chariot", "hero",
        "Chariot-établi en bouleau, rallonge levée : une personne debout y travaille sur un ordinateur portable, une autre se tient au bout de la rallonge.",
        View(28, 13, 0.06), around=_chariot_in_use,
    ),
    Photograph(
        "chariot", "front", "Le chariot de face : râtelier d’ordinateurs, deux plateaux coulissants, roulettes à frein.",
        View(0, 5, 0.10), around=_laptops,
    ),
    Photograph(
        "chariot", "quarter", "Le chariot de trois quarts, rallonge levée sur ses deux équerres.", View(38, 17, 0.09),
        around=_laptops,
    ),
    Photograph(
        "chariot", "back", "Le dos du chariot, percé de fentes où accrocher câbles, casques et outils.",
        View(-150, 14, 0.09), {"extension": "folded"},
    ),
    Photograph(
        "chariot", "moved", "Rallonge repliée, une personne pousse le chariot d’une pièce à l’autre.",
        View(24, 9, 0.07), {"extension": "folded"}, _pushing,
    ),
    Photograph(
        "chariot", "joint", "Détail : deux clavettes tiennent le dos à la joue ; elles se posent et s’ôtent au maillet.",
        View(58, 12, 0.02, light=8), detail=((840, 330, 190), (890, 500, 520)),
    ),
    Photograph(
        "chariot", "rack", "Détail : les ordinateurs tiennent debout dans le râtelier, l’air passe entre eux.",
        View(24, 14, 0.02), around=_laptops, detail=((70, 20, 150), (640, 120, 560)),
    ),
    Photograph(
        "porte", "hero",
        "Porte numérique dépliée sous son arche : un agent accueille derrière le comptoir, une personne en fauteuil roulant est installée à la tablette.",
        View(15, 2, 0.05), around=_porte_in_use,
    ),
    Photograph(
        "porte", "front", "La Porte numérique de face : le comptoir, la tablette plus basse, l’arche et son enseigne.",
        View(0, 4, 0.08), around=_porte_desk,
    ),
    Photograph(
        "porte", "welcome", "Une personne se renseigne debout au comptoir, l’agent est derrière.", View(52, 5, 0.07),
        around=_porte_welcome,
    ),
    Photograph(
        "porte", "back", "Côté agent : une baie pour le portable, une autre pour l’imprimante, montrée sans sa porte à clé.", View(-152, 10, 0.08),
        {"door": False}, _porte_agent,
    ),
    Photograph(
        "porte", "rolled", "Repliée, la Porte numérique se penche et roule : une personne seule l’emmène.", View(62, 9, 0.08),
        {"state": "folded"}, _porte_rolled, tilt=24.0,
    ),
    Photograph(
        "porte", "folded", "Repliée : la tablette, le pied et l’enseigne sont sanglés contre la caisse.", View(32, 14, 0.14),
        {"state": "folded"},
    ),
    Photograph(
        "porte", "joint", "Détail : le pied traverse la tablette, deux clavettes l’y tiennent.", View(-28, 16, 0.02),
        detail=((1130, 20, 640), (1330, 420, 840)),
    ),
    Photograph(
        "maisonnette", "hero",
        "Maisonnette ouverte : une personne assise devant l’écran, une autre debout qui l’aide, entre deux murs tendus de feutre.",
        View(32, 8, 0.05), around=_maisonnette_in_use,
    ),
    Photograph(
        "maisonnette", "front", "La Maisonnette ouverte, de face : écran, tablette, imprimante, murs de feutre.",
        View(0, 4, 0.08), around=_maisonnette_desk,
    ),
    Photograph(
        "maisonnette", "quarter", "La Maisonnette ouverte, de trois quarts : le clavier et l’écran, l’imprimante en bas.",
        View(34, 12, 0.08), around=_maisonnette_desk,
    ),
    Photograph(
        "maisonnette", "back", "L’arrière de la Maisonnette : le conduit des câbles et sa trappe.", View(-150, 10, 0.08),
    ),
    Photograph(
        "maisonnette", "half", "Un mur ouvert, l’autre encore fermé : chacun tourne sur ses roulettes.",
        View(30, 11, 0.08),
        {"state": "half"},
        _maisonnette_desk,
    ),
    Photograph(
        "maisonnette", "closed", "Fermée, la Maisonnette est une armoire sous un toit, qu’une personne pousse.",
        View(28, 9, 0.08), {"state": "closed"}, _maisonnette_pushed,
    ),
    Photograph(
        "maisonnette", "joint", "Détail : le pignon, la faîtière et le mot gravé.", View(20, 12, 0.02),
        detail=((100, -20, 1310), (660, 200, 1700)),
    ),
)  # fmt: skip


def things_of(photograph: Photograph) -> tuple[list[Thing], np.ndarray]:
    """All that stands there, and the points (n, 3) that the picture has to hold."""
    furniture = design(photograph.model).build(photograph.values)
    things = furniture_things(furniture)
    if photograph.tilt:
        on_wheels = _tilted(furniture, photograph.tilt)
        things = [thing.moved(on_wheels) for thing in things]
    if photograph.around is not None:
        things += photograph.around(furniture)
    if photograph.detail is not None:
        low, high = np.array(photograph.detail)
        seen = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    else:
        seen = np.concatenate([thing.triangles.reshape(-1, 3) for thing in things])
    return things, seen


def _tilted(furniture: Furniture, degrees: float) -> np.ndarray:
    """The rigid (4, 4) matrix that leans a piece back about the axle of its wheels."""
    wheel = next(f for f in furniture.fittings if f.name == "roue")
    _, y, z = wheel.solid.moved(wheel.placements[0]).Center().toTuple()
    a = np.radians(-degrees)
    matrix = np.eye(4)
    matrix[1:3, 1:3] = [[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]
    matrix[1:3, 3] = np.array([y, z]) - matrix[1:3, 1:3] @ [y, z]
    return matrix


def trio() -> tuple[list[Thing], np.ndarray, View]:
    """The three models in one room, with people at them."""
    found: list[Thing] = []
    for name, x, y, turn, around in (
        ("maisonnette", 0.0, 500.0, -8.0, _maisonnette_in_use),
        ("porte", -1900.0, 0.0, -13.0, _porte_trio),
        ("chariot", 1720.0, 0.0, -24.0, _chariot_in_use),
    ):
        furniture = design(name).build({})
        alone = furniture_things(furniture)
        box = box_of(alone)
        middle = placed(-(box[0, 0] + box[1, 0]) / 2, -(box[0, 1] + box[1, 1]) / 2)
        where = placed(x, y, turn=turn) @ middle
        found += [thing.moved(where) for thing in [*alone, *around(furniture)]]
    seen = np.concatenate([thing.triangles.reshape(-1, 3) for thing in found])
    return found, seen, View(0, 5, 0.015)
