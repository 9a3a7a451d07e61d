# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""How the maisonnette goes together: the core lying on one cheek, then upright its tray, hatch and roof, then
the two walls, each made on the bench and hinged to its jamb.

Back, base and leaf are wedged to one another first: a wedge goes in from above its tenon, so
the base's come before the leaf, whose tenons stand in their way.
"""

from __future__ import annotations

from designs.furniture import Step
from designs.piece import Piece
from designs.piece_steps import BACK, DOWN, FRONT, LEFT, MALLET, RIGHT, UP, Assembly, kilograms, opposite

_DRILL = "mèche de 2 mm"
_CASTER = ("roue", "platine de roulette", "chape")
#: Small screws for catches, lock and latch, beside those of the hinges.
_SMALL = {"trappe": 8, "plateau d’imprimante": 4}


def maisonnette_steps(piece: Piece) -> list[Step]:
    told = Assembly(piece)
    pads = set(_near(told, "platine", "socle"))
    _middle(told, tuple(sorted(pads)))
    _core(told)
    _fitted(told)
    _roof(told)
    for side in ("left", "right"):
        _foot(told, side)
    for side in ("left", "right"):
        _wall(told, side)
    _hung(told)
    return told.steps


def _middle(told: Assembly, pads: tuple[tuple[str, int], ...]) -> None:
    told.step("Préparez le socle", "Posez le socle à l’envers, les angles hors de la table.",
               *told.copies("socle"), group="socle", up=DOWN)  # fmt: skip
    told.step(
        "Montez les roulettes du socle",
        "À chaque angle, empilez la platine et la roulette, puis passez quatre vis : la tête et une rondelle côté roulette, "
        "une rondelle et l’écrou frein dessous. C’est juste quand chaque roulette tourne sans toucher.",
        *pads, along=UP, group="socle", up=DOWN, also={"Roulette": 4}, fittings=_CASTER,
    )  # fmt: skip
    told.step(
        "Prenez le dos", "Posez le dos à plat, face arrière vers le haut.", *told.copies("dos"), group="dos", up=BACK
    )
    told.step(
        "Posez les deux tasseaux",
        "Ils bordent le passage des câbles, leurs tenons courts dans le dos. Levez le dos sur chant et vissez par l’autre face.",
        *told.copies("tasseau"), along=FRONT, group="dos", up=BACK, tools=(MALLET, "mèche de 3 mm"),
    )  # fmt: skip
    low, high = (sorted(_near(told, "clavette", name)) for name in ("socle", "tablette clavier"))
    told.step(
        "Plantez le socle dans le dos",
        "Retournez le dos sur deux tréteaux, face avant en haut. Le socle va en bas, roulettes vers l’extérieur : ses longs tenons ressortent dessous.",
        along=BACK, joins=("socle",), group="dos", up=FRONT, tools=(MALLET,), hands=2,
    )  # fmt: skip
    told.step(
        "Serrez le socle par deux clavettes",
        "Freins serrés, relevez l’ensemble sur ses roulettes. Par-derrière, une clavette dans chaque tenon, le petit bout d’abord.",
        *low, along=told.wedging(low[0]), group="dos", tools=(MALLET,), hands=2,
        warning="L’un tient le dos, l’autre frappe : sans la tablette, il bascule vers l’arrière.",
    )  # fmt: skip
    told.step(
        "Plantez la tablette du clavier",
        "Ses angles arrondis sont devant, sa belle face dessus. L’un la tient de niveau, l’autre frappe.",
        *told.copies("tablette clavier"), along=BACK, group="dos", tools=(MALLET,), hands=2,
    )  # fmt: skip
    told.step(
        "Serrez la tablette par deux clavettes",
        "Par-derrière, comme pour le socle. Les trois panneaux tiennent ensemble, d’équerre.",
        *high, along=told.wedging(high[0]), group="dos", tools=(MALLET,),
    )  # fmt: skip


def _core(told: Assembly) -> None:
    left, right = told.copies("joue")
    runners = told.copies("coulisseau")
    told.step("Posez une joue", "Les deux joues sont pareilles, l’angle arrondi en bas devant. Posez-en une à plat.",
               left, group="caisse", up=RIGHT)  # fmt: skip
    if runners:
        told.step(
            "Posez le premier coulisseau",
            "En bas, à l’intérieur. Levez la joue sur chant et vissez par l’extérieur.",
            runners[0], along=LEFT, group="caisse", up=RIGHT, tools=(MALLET, "mèche de 3 mm"),
        )  # fmt: skip
    told.step(
        "Plantez le dos, le socle et la tablette",
        "Tous les tenons entrent ensemble. Frappez à petits coups jusqu’à ce qu’ils affleurent dessous.",
        along=LEFT, joins=("dos",), group="caisse", up=RIGHT, later=True, tools=(MALLET,), hands=2,
    )  # fmt: skip
    if told.has("tablette"):
        many = len(told.copies("tablette")) > 1
        told.step("Plantez les tablettes" if many else "Plantez la tablette", "Entre le socle et la tablette du clavier.",
                 *told.copies("tablette"), along=LEFT, group="caisse", up=RIGHT, later=True, tools=(MALLET,))  # fmt: skip
    if runners:
        told.step(
            "Prenez l’autre joue",
            "Posez l’autre joue à plat, sa face intérieure vers le haut.",
            right,
            group="joue droite",
            up=LEFT,
        )
        told.step(
            "Posez le second coulisseau",
            "En face du premier : même hauteur, l’autre face de la joue.",
            runners[1], along=RIGHT, group="joue droite", up=LEFT, tools=(MALLET, "mèche de 3 mm"),
        )  # fmt: skip
    told.step(
        "Coiffez le tout de l’autre joue",
        "L’un tient les panneaux droits, l’autre descend la joue et engage les tenons l’un après l’autre. C’est juste quand tous affleurent.",
        *(() if runners else (right,)), joins=("joue droite",) if runners else (), along=LEFT, group="caisse",
        up=RIGHT, later=True, tools=(MALLET,), hands=2, warning="Ne mettez pas les doigts entre la joue et les tenons.",
    )  # fmt: skip
    told.step(
        "Redressez la caisse et boulonnez-la",
        "Freins serrés, relevez-la sur ses roulettes. Un écrou noix dans chaque bout du socle et de la tablette du clavier, son trou vers la joue, "
        "puis une vis par l’extérieur. Enfoncez le passe-câble.",
        joins=("caisse",), also={"Passe-câble": None}, hands=2, warning="À deux : pliez les genoux, pas le dos.",
    )  # fmt: skip


def _fitted(told: Assembly) -> None:
    if told.has("plateau d’imprimante"):
        told.step(
            "Glissez le plateau d’imprimante",
            "Posez-le sur ses coulisseaux, la poignée devant, et poussez. Vissez un loqueteau au fond : on entend un clic.",
            *told.copies("plateau d’imprimante"), along=BACK,
            also={"Loqueteau": 1, "DIN 7997 3,5": _SMALL["plateau d’imprimante"]}, tools=(_DRILL,),
        )  # fmt: skip
    if told.left("ISO 7045"):
        told.step(
            "Fixez l’écran",
            "Présentez l’écran devant le dos : ses quatre trous VESA sont en face de ceux du dos. Vissez par-derrière, une rondelle sous chaque tête.",
            also={"ISO 7045": None, "ISO 7093-1": None}, hands=2, fittings=("écran", "dalle", "fixation de l’écran"),
        )  # fmt: skip
    told.step(
        "Fermez le passage des câbles",
        "Fixez la multiprise dans le passage, faites descendre les câbles, puis poussez la trappe sur les tenons des tasseaux, la poignée en haut. "
        "Deux loqueteaux la retiennent.",
        *told.copies("trappe"), along=FRONT,
        also={"NF C 61-314": None, "Loqueteau": 2, "DIN 7997 3,5": _SMALL["trappe"]}, tools=(_DRILL,),
    )  # fmt: skip


def _roof(told: Assembly) -> None:
    high = "À deux, sur un marchepied stable."
    told.step(
        "Posez le plafond",
        "Ses mortaises descendent sur les tenons des joues. Un écrou noix en haut de chaque joue, une vis par-dessus.",
        *told.copies("plafond"), along=DOWN, tools=(MALLET,), hands=2, warning=high,
    )  # fmt: skip
    lettered = told.has("fronton")
    told.step(
        "Plantez les deux pignons",
        ("Celui qui est gravé va devant et se lit de l’avant. " if lettered else "")
        + "Dans chacun, deux écrous noix en bas ; les vis montent à travers le plafond. Les encoches du faîte sont en haut.",
        *told.copies("fronton"), *told.copies("pignon"), along=DOWN, tools=(MALLET,), hands=2,
    )  # fmt: skip
    told.step("Posez la faîtière", "Ses deux encoches descendent dans celles des pignons. Elle dépasse autant devant que derrière.",
             *told.copies("faîtière"), along=DOWN, hands=2, warning=high)  # fmt: skip
    for copy, side in zip(told.copies("versant"), ("gauche", "droit"), strict=True):
        told.step(
            f"Posez le versant {side}",
            "Ses mortaises se posent sur les tenons des pignons, son bord droit contre la faîtière. Un écrou noix dans chaque pente, une vis par-dessus.",
            copy, along=opposite(told.turned("versant", UP, copy[1])), tools=(MALLET,), hands=2, warning=high,
        )  # fmt: skip


def _foot(told: Assembly, side: str) -> None:
    feet = told.copies("pied")
    copy = feet[0] if side == "left" else feet[1]
    group, up = _bench("pied", side), DOWN
    told.step("Prenez un pied", "Posez un pied à l’envers, les bords hors de la table.", copy, group=group, up=up)
    told.step(
        "Montez les roulettes du pied",
        "Comme celles du socle : platine, roulette, quatre vis, huit rondelles, quatre écrous frein.",
        *sorted(_near(told, "platine", "pied", copy[1])), along=UP, group=group, up=up, also={"Roulette": 2}, fittings=_CASTER,
    )  # fmt: skip


def _wall(told: Assembly, side: str) -> None:
    index = 1 if side == "left" else 2
    where = "gauche" if side == "left" else "droit"
    wall, bracket = (told.copies(name)[index - 1] for name in ("mur", "équerre"))
    front = "façade gauche" if side == "left" else "façade droite"
    group = _bench("mur", side)
    outside = told.outward("pied", "side", index)
    inside = opposite(outside)
    told.step(f"Posez le mur {where}", "Posez le mur à plat, sa face intérieure vers le haut"
               + (" : celle des rainures." if told.left("Feutre") and side == "left" else
                  " : cette fois, l’autre face que pour le premier mur." if side == "right" else "."),
               wall, group=group, up=inside)  # fmt: skip
    told.step(
        "Plantez le pied et l’équerre",
        "Le pied en bas, l’équerre en haut, tous deux contre le bord à encoches. Les tenons affleurent dessous.",
        bracket, along=outside, joins=(_bench("pied", side),), group=group, up=inside, later=True, tools=(MALLET,),
    )  # fmt: skip
    told.step(
        "Plantez la façade",
        "Ses doigts entrent dans les encoches du mur et ses mortaises sur les tenons du pied et de l’équerre. Puis un écrou noix "
        "derrière chaque trou, et une vis par l’extérieur : mur et façade. C’est d’équerre quand les doigts affleurent.",
        *told.copies(front), along=opposite(told.outward("pied", "front", index)), group=group, up=inside,
        tools=(MALLET,), hands=2,
    )  # fmt: skip
    if told.left("Feutre"):
        share = 0.5 if side == "left" else 1.0
        told.step(
            f"Tendez les feutres du mur {where}",
            "Coupez le feutre plus grand que sa rainure de 12 mm tout autour. Posez-le, rabattez le bord dans la rainure et pressez le jonc par-dessus, "
            "des angles vers les milieux.",
            group=group, up=inside,
            also={r: round(told.left(r) * share, 2) for r in ("Feutre", "Jonc de caoutchouc")},
            tools=("ciseaux", "roulette à joint"),
        )  # fmt: skip


def _hung(told: Assembly) -> None:
    knuckles = told.left("DIN 7997 3,5") - (12 if told.has("plateau d’imprimante") else 16)
    length = told.left("Charnière piano")
    for i, (copy, along) in enumerate(zip(told.copies("montant"), (RIGHT, LEFT), strict=True)):
        told.step(
            f"Boulonnez le montant {'gauche' if not i else 'droit'}",
            "Contre la joue, par l’extérieur, au ras de l’arrière, le bord aux angles arrondis vers l’arrière. Têtes dehors, écrous freins dedans.",
            copy, along=along,
        )  # fmt: skip
    for i, side in enumerate(("left", "right")):
        told.step(
            f"Accrochez le mur {'gauche' if not i else 'droit'}",
            "Coupez la charnière piano à la hauteur du mur. Vissez-la sur le chant du mur, puis roulez le mur contre son montant, 3 mm entre les deux, et vissez-la. "
            "C’est juste quand le mur roule d’un bout à l’autre sans frotter le plafond.",
            along=told.outward("mur", "right", i + 1), joins=(_bench("mur", side),),
            also={"Charnière piano": round(length / 2, 2) if not i else None, "DIN 7997 3,5": knuckles / 2},
            tools=("scie à métaux", _DRILL), hands=2,
            warning="Les murs pincent : tenez-les par leur poignée, gardez les doigts loin de la charnière.",
        )  # fmt: skip
    told.step(
        "Posez la serrure et le verrou",
        f"La serrure dans le trou de la façade {'droite' if told.piece.values['side'] == 'right' else 'gauche'}, le verrou en haut de l’autre, vers le plafond. "
        "C’est juste quand la maison, fermée, ne s’ouvre plus qu’avec la clé.",
        also={"Serrure": None, "Verrou": None, "DIN 7997 3,5": None}, tools=(_DRILL,),
        warning=f"La maisonnette pèse {kilograms(told.piece.mass_g)} : roulez-la fermée, à deux, sans la soulever.",
    )  # fmt: skip


def _bench(name: str, side: str) -> str:
    return f"{name} {'gauche' if side == 'left' else 'droit'}"


def _near(told: Assembly, name: str, other: str, copy: int = 1) -> list[tuple[str, int]]:
    """Copies of a small part that a copy of another part holds, by the joints between the two parts."""
    held, holder = told.panel(name), told.panel(other)
    found = set()
    for joint in told.piece.joints:
        if {joint.a, joint.b} == {held.code, holder.code}:
            for point in joint.contacts:
                if told.nearest(holder.code, point)[1] == copy:
                    found.add(told.nearest(held.code, point))
    return sorted(found)
