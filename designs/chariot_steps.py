# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""How the chariot goes together: casters under the base, all that the cheeks hold into one cheek, the other
cheek over it; then base and worktop onto the frame that lies on its back, the leaf, the trays.

The cheeks hold back, apron and racks between them, so these can't come in later; the frame lies on its back
while it is bolted, because each bolt comes from outside, through base and worktop.
"""

from __future__ import annotations

from designs.chariot_figures import BRACKET_ASIDE
from designs.furniture import Step
from designs.piece import Piece
from designs.piece_steps import BACK, DOWN, FRONT, LEFT, MALLET, RIGHT, UP, Assembly, kilograms

_DRILL_2, _DRILL_3 = "mèche de 2 mm", "mèche de 3 mm"
HINGE_END = 15  # mm from a bracket's ends to its hinges


def chariot_steps(piece: Piece) -> list[Step]:
    told, values = Assembly(piece), piece.values
    middle = values["width"] / 2
    _casters(told)
    _cheeks(told, middle)
    _frame(told)
    told.step("Couchez le cadre", "Couchez le cadre sur le dos : l’avant regarde le plafond.",
              joins=("cadre",), up=FRONT, hands=2)  # fmt: skip
    wedges = told.copies("clavette")
    told.step(
        "Serrez le dos par quatre clavettes",
        "Une dans chaque tenon, le petit bout d’abord. Frappez jusqu’à ce que les joues soient tirées contre le dos : le cadre ne bouge plus.",
        *wedges, along=told.wedging(wedges[0]), up=FRONT, tools=(MALLET,), hands=2,
        warning="Gardez les doigts loin du maillet.",
    )  # fmt: skip
    told.step(
        "Boulonnez le socle",
        "Approchez le socle par le bas du cadre : ses quatre mortaises reçoivent les tenons des joues. Posez un écrou noix "
        "dans chaque joue, son trou vers le socle, puis serrez les vis par le côté des roulettes. C’est juste quand rien ne bâille.",
        along=UP, joins=("socle",), up=FRONT, tools=(MALLET,), hands=2,
    )  # fmt: skip
    told.step(
        "Boulonnez le plateau",
        "De même en haut, belle face vers l’extérieur, le trou du passe-câble du côté du dos. Enfoncez le passe-câble dans son trou.",
        *told.copies("plateau"), along=DOWN, up=FRONT, also={"Passe-câble": None}, tools=(MALLET,), hands=2,
    )  # fmt: skip
    told.step(
        "Redressez le chariot",
        "Serrez les quatre freins, puis relevez le chariot sur ses roulettes. Il est d’équerre s’il pose sur les quatre.",
        hands=2, warning=f"À deux : il pèse déjà {kilograms(told.mass_g())}. Pliez les genoux, pas le dos.",
    )  # fmt: skip
    if told.has("rallonge"):
        _extension(told)
    if told.has("plateau coulissant"):
        _trays(told)
    return told.steps


def _casters(told: Assembly) -> None:
    told.step("Préparez le socle", "Posez le socle à l’envers, les angles hors de la table.",
               *told.copies("socle"), group="socle", up=DOWN)  # fmt: skip
    told.step(
        "Montez les roulettes",
        "À chaque angle, empilez la platine et la roulette, puis passez quatre vis : la tête et une rondelle côté roulette, "
        "une rondelle et l’écrou frein dessous. C’est juste quand chaque roulette tourne sans toucher.",
        *told.copies("platine"), along=UP, group="socle", up=DOWN, also={"Roulette": None},
        fittings=("roue", "platine de roulette", "chape"),
    )  # fmt: skip


def _cheeks(told: Assembly, middle: float) -> None:
    """Runners, while each cheek can still be turned over."""
    left, right = told.copies("joue")
    on_left = told.copies("coulisseau", lambda m: m[0] < middle)
    on_right = told.copies("coulisseau", lambda m: m[0] > middle)
    if not on_left:
        return
    for cheek, runners, group, along, up, which in (
        (left, on_left, "joue gauche", LEFT, RIGHT, "la première joue"),
        (right, on_right, "joue droite", RIGHT, LEFT, "l’autre joue"),
    ):
        first = group == "joue gauche"
        told.step("Prenez une joue" if first else "Prenez l’autre joue",
                   "Posez une joue à plat, tournée comme sur le dessin : la poignée est en haut, les deux longues mortaises du dos à l’arrière." if first else
                   "Les deux joues sont pareilles, mais retournez celle-ci comme sur le dessin : elle est le reflet de la première.",
                   cheek, group=group, up=up)  # fmt: skip
        told.step(
            f"Posez les coulisseaux sur {which}",
            "Enfoncez les tenons jusqu’à ce qu’ils affleurent l’autre face. Levez la joue sur chant et vissez par l’extérieur.",
            *runners, along=along, group=group, up=up, tools=(MALLET, _DRILL_3),
        )  # fmt: skip


def _frame(told: Assembly) -> None:
    left, right = told.copies("joue")
    trays = told.has("coulisseau")
    told.step(
        "Posez la première joue",
        "Posez la première joue à plat"
        + (", coulisseaux vers vous." if trays else ", la poignée en haut.")
        + " Son bord arrière dépasse de la table de 10 cm : les tenons du dos passent à côté.",
        *(() if trays else (left,)), joins=("joue gauche",) if trays else (), group="cadre", up=RIGHT,
    )  # fmt: skip
    told.step(
        "Plantez le dos",
        "Ses deux longs tenons traversent la joue, près du bord arrière. L’ouverture des câbles est en bas.",
        *told.copies("dos"), along=LEFT, group="cadre", up=RIGHT, tools=(MALLET,),
    )  # fmt: skip
    apron = "La traverse va devant, en haut : sa gravure se lit de l’avant." if told.piece.values["text"] else (
        "La traverse va devant, en haut.")  # fmt: skip
    told.step("Plantez la traverse", f"{apron} Son tenon affleure l’autre face de la joue.",
             *told.copies("traverse"), along=LEFT, group="cadre", up=RIGHT, tools=(MALLET,))  # fmt: skip
    if told.has("râtelier"):
        told.step("Plantez les deux râteliers", "Ils vont en bas, encoches vers le haut du chariot. Ils sont pareils.",
                 *told.copies("râtelier"), along=LEFT, group="cadre", up=RIGHT, tools=(MALLET,))  # fmt: skip
    told.step(
        "Coiffez le tout de l’autre joue",
        "L’un tient les planches droites, l’autre descend la joue"
        + (", coulisseaux dessous," if trays else "")
        + " et engage les tenons l’un après l’autre. Frappez à petits coups, partout. C’est juste quand tous affleurent.",
        *(() if trays else (right,)), joins=("joue droite",) if trays else (),
        along=LEFT, group="cadre", up=RIGHT, tools=(MALLET,), hands=2,
        warning="Ne mettez pas les doigts entre la joue et les tenons.",
    )  # fmt: skip


def _extension(told: Assembly) -> None:
    opened = told.piece.values["extension"] == "open"
    told.step(
        "Posez les équerres",
        f"Percez à 2 mm, puis vissez deux charnières sur la face de chaque équerre qui regarde l’autre, à {HINGE_END} mm de ses bouts, nœud contre la joue. "
        f"Vissez-les à la joue : le dehors de l’équerre à {BRACKET_ASIDE:.0f} mm du bord de la joue, son haut au ras du dessous du plateau. "
        "C’est juste quand elle se plie contre la joue.",
        *told.copies("équerre"), along=LEFT, also={"Charnière 60": None, "DIN 7997 3,5": 24},
        tools=(_DRILL_2,),
    )  # fmt: skip
    told.step(
        "Posez la rallonge",
        "Coupez la charnière piano à la profondeur du plateau. Vissez-la sous la rallonge et sous le plateau, au ras des deux bords. "
        + ("Levez la rallonge : les équerres ouvertes la portent, de niveau avec le plateau." if opened else
           "Pliez les équerres contre la joue : la rallonge pend devant."),
        *told.copies("rallonge"), along=LEFT, also={"Charnière piano": None, "DIN 7997 3,5": 16}, hands=2,
        tools=(_DRILL_2,), warning="La rallonge pince : tenez-la par sa poignée.",
    )  # fmt: skip


def _trays(told: Assembly) -> None:
    trays = told.copies("plateau coulissant")
    groups = tuple(f"plateau coulissant {i}" for i in range(1, len(trays) + 1))
    tray = told.panel("plateau coulissant")
    for copy, group in zip(trays, groups, strict=True):
        z = tray.at[copy[1] - 1].toTuple()[0][2]
        rims, long, short = (_upon(told, name, z) for name in ("rive", "cloison longue", "cloison courte"))
        told.step("Prenez un plateau", "Posez le plateau, belle face dessus.", copy, group=group)
        told.step(
            "Montez les rives",
            "Enfoncez les tenons des deux rives, angles arrondis en haut. Retournez et vissez par-dessous, après un trou de 3 mm.",
            *rims, along=DOWN, group=group, tools=(MALLET, _DRILL_3),
        )  # fmt: skip
        if long:
            told.step(
                "Montez la cloison longue",
                "Ses encoches sont en haut. Enfoncez les tenons, retournez et vissez par-dessous, après un trou de 3 mm.",
                *long, along=DOWN, group=group, tools=(MALLET, _DRILL_3),
            )  # fmt: skip
        if short:
            told.step("Croisez les cloisons courtes", "Chaque encoche entre dans une encoche de la longue, jusqu’au plateau. Rien à visser.",
                     *short, along=DOWN, group=group)  # fmt: skip
    many = len(trays) > 1
    told.step(
        "Glissez les plateaux" if many else "Glissez le plateau",
        ("Posez chaque plateau" if many else "Posez le plateau")
        + " sur ses coulisseaux, la poignée devant, et poussez. Vissez un loqueteau au dos, sous le plateau, et sa plaque dessous, "
        "chacun par deux vis, après un trou de 2 mm : on entend un clic quand il est au fond.",
        along=BACK, joins=groups, also={"Loqueteau": None, "DIN 7997 3,5": None}, tools=(_DRILL_2,),
    )  # fmt: skip


def _upon(told: Assembly, name: str, z: float) -> tuple[tuple[str, int], ...]:
    """Copies that stand on the tray at that height; the next tray is 90 mm higher, at least."""
    return told.copies(name, lambda middle: z < middle[2] < z + 80)
