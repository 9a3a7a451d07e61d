# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""How the porte goes together: what stays assembled first (the case), then what is put up at each outing.

The sides hold front, base, floor, shelves and rest between them: all go into one side that lies on the
bench. The case stands on two feet and two wheels, so the wheels come before it is stood up.
"""

from __future__ import annotations

from designs.furniture import Step
from designs.piece import Piece
from designs.piece_steps import BACK, DOWN, FRONT, LEFT, MALLET, RIGHT, UP, Assembly, kilograms
from designs.porte_sizes import HEMS, Sizes
from designs.typography import unbroken

_DRILL = "mèche de 2 mm"


def porte_steps(piece: Piece) -> list[Step]:
    told = Assembly(piece)
    _front(told)
    _case(told)
    _upright(told)
    if piece.values["state"] == "folded":
        _stowed(told)
    else:
        _deployed(told)
    return told.steps


def _front(told: Assembly) -> None:
    told.step("Prenez la façade", "Posez la façade à plat, belle face contre la table.",
               *told.copies("façade"), group="façade", up=BACK)  # fmt: skip
    told.step(
        "Plantez le fond",
        "Le fond a une encoche ronde au milieu de chaque petit côté. Il va en bas de la façade, tenons à fond : ils affleurent l’autre face.",
        *told.copies("fond"), along=FRONT, group="façade", up=BACK, tools=(MALLET,),
    )  # fmt: skip
    told.step(
        "Plantez le plancher",
        "Il va au-dessus, ses deux passages de câbles du côté de la façade.",
        *told.copies("plancher"), along=FRONT, group="façade", up=BACK, tools=(MALLET,),
    )  # fmt: skip
    if told.has("séparateur"):
        told.step(
            "Plantez le séparateur",
            "Relevez l’ensemble. Le séparateur entre dans le plancher, derrière la fenêtre : les dépliants tiendront entre les deux.",
            *told.copies("séparateur"), along=DOWN, group="façade", tools=(MALLET,),
        )  # fmt: skip


def _case(told: Assembly) -> None:
    left, right = told.copies("côté")
    told.step(
        "Posez un côté",
        "Les deux côtés sont pareils. Posez-en un à plat, le bas hors de la table de 20 cm : les bouts du repose passent à côté.",
        left, group="caisse", up=RIGHT,
    )  # fmt: skip
    told.step(
        "Plantez la façade assemblée",
        "Avec tout ce qu’elle porte. L’un tient l’ensemble droit, l’autre guide les tenons. Frappez à petits coups jusqu’à ce qu’ils affleurent dessous.",
        along=LEFT, joins=("façade",), group="caisse", up=RIGHT, later=True, tools=(MALLET,), hands=2,
    )  # fmt: skip
    if told.has("étagère"):
        many = len(told.copies("étagère")) > 1
        told.step(
            "Plantez les étagères" if many else "Plantez l’étagère",
            ("Elles vont" if many else "Elle va")
            + " entre le fond et le plancher, les passages de câbles du côté de la façade.",
            *told.copies("étagère"), along=LEFT, group="caisse", up=RIGHT, later=True, tools=(MALLET,),
        )  # fmt: skip
    told.step(
        "Plantez le repose",
        "Tout en bas. Son bout traverse le côté et dépasse : les panneaux pliés s’y poseront.",
        *told.copies("repose"), along=LEFT, group="caisse", up=RIGHT, later=True, tools=(MALLET,),
    )  # fmt: skip
    told.step(
        "Coiffez le tout de l’autre côté",
        "L’un tient les planches droites, l’autre descend le côté et engage les tenons l’un après l’autre, le repose d’abord. "
        "C’est juste quand tous affleurent.",
        right, along=LEFT, group="caisse", up=RIGHT, later=True, tools=(MALLET,), hands=2,
        warning="Ne mettez pas les doigts entre le côté et les tenons.",
    )  # fmt: skip


def _upright(told: Assembly) -> None:
    piece = told.piece
    sides = [at.toTuple()[0][0] for at in told.panel("côté").at]
    wide = max(sides) - min(sides) + piece.sheet.thickness
    axle = next(f.solid for f in piece.fittings if f.name == "essieu").BoundingBox().xlen
    told.step(
        "Boulonnez le fond",
        "Couchez la caisse sur sa façade, une couverture dessous. Un écrou noix dans chaque bout du fond, son trou vers le côté, "
        "puis une vis par l’extérieur.",
        joins=("caisse",), up=BACK, hands=2,
    )  # fmt: skip
    told.step(
        "Montez les roues",
        f"Coupez l’essieu à {axle:.0f} mm, {(axle - wide) / 2:.0f} mm de plus que la caisse de chaque côté. Glissez-le par un côté en enfilant, dans la caisse, "
        "contre chaque côté : bague, roue, bague. Serrez les bagues. Clouez un patin sous chaque pied avant. C’est juste quand les roues tournent sans frotter.",
        up=BACK, also={"Roue": None, "ISO 683": None, "DIN 705": None, "Patin": 2}, fittings=("roue", "moyeu", "essieu"),
        tools=("scie à métaux", "clé Allen de 3 mm"),
    )  # fmt: skip
    told.step(
        "Posez le comptoir",
        "Redressez la caisse. Le comptoir s’enfonce sur les tenons, la poignée derrière. Un écrou noix en haut de chaque côté, "
        "puis une vis par-dessus. Enfoncez le passe-câble.",
        *told.copies("comptoir"), along=DOWN, also={"Passe-câble": None}, tools=(MALLET,), hands=2,
        warning=f"À deux pour redresser : la caisse pèse environ {kilograms(_case_g(told))}.",
    )  # fmt: skip
    if told.has("porte"):
        told.step(
            "Posez la porte",
            f"Après un trou de 2 mm, vissez une moitié de charnière sur la porte, l’autre sur le côté gauche (à droite vu de l’arrière), milieux à {_knuckles(told)} mm "
            "au-dessus du fond ; la porte, au ras du bord arrière, a 2 mm de jeu tout autour. Montez la serrure. C’est juste quand elle ferme à clé sans frotter.",
            *told.copies("porte"), along=FRONT, also={"Charnière": None, "DIN 7997 3,5": None, "Serrure": None},
            tools=(_DRILL,),
        )  # fmt: skip
    if piece.values["state"] == "folded":
        told.step("Clouez les derniers patins", "Un patin sous chaque bout du pied.", also={"Patin": None})


def _tubes(told: Assembly, fittings: tuple[str, ...] = ()) -> None:
    """What the rods stand in."""
    told.step(
        "Vissez les fourreaux",
        "Deux sous le comptoir, contre le côté gauche, et deux en haut du pied, chacun par deux colliers, bien en face des trous des joncs. "
        "C’est juste quand un jonc y descend sans forcer.",
        also={"EN 754-7": None, "DIN 3016": None, "DIN 7996": None}, tools=(_DRILL,), fittings=fittings,
    )  # fmt: skip


def _deployed(told: Assembly) -> None:
    piece = told.piece
    in_leaf, in_legs = _wedges(told)
    told.step("Prenez la tablette", "Posez la tablette sur un long chant.",
               *told.copies("tablette"), group="tablette", up=BACK)  # fmt: skip
    told.step(
        "Plantez le pied dans la tablette",
        "Le pied entre par-dessous, du côté des angles arrondis. Ses deux tenons ressortent sur le dessus. Clouez un patin sous chaque bout du pied.",
        *told.copies("pied"), along=UP, group="tablette", up=BACK, also={"Patin": None}, tools=(MALLET,),
    )  # fmt: skip
    told.step(
        "Serrez le pied par deux clavettes",
        "Le petit bout d’abord, jusqu’à ce que le pied ne bouge plus.",
        *in_legs, along=told.wedging(in_legs[0]), group="tablette", up=BACK, tools=(MALLET,),
    )  # fmt: skip
    told.step(
        "Accrochez la tablette",
        "Debout sur son pied, poussez-la vers la caisse : ses deux longs tenons traversent le côté droit.",
        along=LEFT, joins=("tablette",),
    )  # fmt: skip
    told.step(
        "Serrez la tablette par deux clavettes",
        "Par l’arrière, dans la caisse : une clavette dans chaque tenon. La tablette est de niveau et ne bouge plus.",
        *in_leaf, along=told.wedging(in_leaf[0]), tools=(MALLET,), travel=90.0,
    )  # fmt: skip
    if piece.values["arch"]:
        _tubes(told, ("fourreau",))
        told.step(
            "Dressez l’arche",
            f"{_cut(told)} Emboîtez-les dans leurs manchons, glissez les joncs dans les ourlets de la toile ({_hem(told):.0f} mm rabattus de chaque côté). À deux, un bout dans "
            "les trous du comptoir, courbez, l’autre bout dans ceux de la tablette.",
            also={"Jonc": None, "Manchon": None, "Toile": None}, hands=2, fittings=("jonc", "toile"), tools=("scie à métaux",),
            warning="Un jonc courbé se détend fort : gardez le visage à l’écart et ne lâchez pas un bout seul.",
        )  # fmt: skip
        told.step("Posez les entretoises", "À cheval sur les deux joncs, par-dessus, de part et d’autre du sommet. Les deux bouts sont pareils.",
                 *told.copies("entretoise"), along=DOWN)  # fmt: skip
        told.step("Posez l’enseigne", "Ses deux encoches descendent dans celles des entretoises. Elle se lit de l’avant.",
                 *told.copies("enseigne"), along=DOWN)  # fmt: skip
    _road(told)


def _stowed(told: Assembly) -> None:
    if told.has("enseigne"):
        _tubes(told)
    told.step("Rangez la tablette", "Debout contre le côté droit, sous le comptoir, posée sur le bout du repose.",
             *told.copies("tablette"), along=LEFT)  # fmt: skip
    told.step(
        "Rangez le pied", "Contre la tablette, sa traverse sur le bout du repose.", *told.copies("pied"), along=LEFT
    )
    if told.has("enseigne"):
        told.step("Rangez l’enseigne", "Debout contre le côté gauche, les lettres vers la caisse.",
                 *told.copies("enseigne"), along=RIGHT)  # fmt: skip
        told.step("Rangez les entretoises", "Contre le dos de l’enseigne.", *told.copies("entretoise"), along=RIGHT)
        told.step("Rangez les joncs", f"{_cut(told)} Emboîtez-les une fois dans leurs manchons et la toile par-dessus, pour essayer ; "
                "puis rangez-les debout dans le puits, à droite derrière la façade. La toile se roule dans la baie.",
                also={"Jonc": None, "Manchon": None, "Toile": None}, fittings=("jonc",), tools=("scie à métaux",))  # fmt: skip
    told.step("Rangez les clavettes", "À plat dans la baie haute, derrière les dépliants.",
             *told.copies("clavette"), along=FRONT)  # fmt: skip
    _road(told)


def porte_told(piece: Piece) -> tuple[str, ...]:
    """How it is folded and put up again, for who uses it."""
    arch = piece.values["arch"]
    away = ("Pour plier : l’enseigne, les entretoises et les joncs d’abord, puis les clavettes, la tablette et le pied. Tablette et pied se rangent debout "
            "contre le côté droit, enseigne et entretoises contre le gauche, joncs dans la caisse. Deux sangles serrent le tout."
            if arch else
            "Pour plier : les clavettes, puis la tablette et le pied, qui se rangent debout contre le côté droit. Deux sangles serrent le tout.")  # fmt: skip
    back = ("Pour ouvrir : les tenons du pied dans la tablette, ceux de la tablette dans le côté de la caisse, une clavette dans chacun, le petit bout d’abord"
            + (" ; puis l’arche, ses joncs dans les trous, les entretoises et l’enseigne par-dessus." if arch else "."))  # fmt: skip
    return unbroken(away), unbroken(back)


def _cut(told: Assembly) -> str:
    s = Sizes(told.piece.values, told.piece.sheet.thickness)
    return f"Coupez les joncs en {2 * s.sections} sections de {s.run / s.sections:.0f} mm."


def _hem(told: Assembly) -> float:
    """mm of cloth folded around each rod: it is bought 120 mm wider than the rods are apart."""
    return (HEMS - float(told.piece.values["rod"])) / 2


def _knuckles(told: Assembly) -> str:
    """Heights of the door's hinges above the base."""
    joint = next(j for j in told.piece.joints if j.kind == "hinge")
    base = told.panel("fond").at[0].toTuple()[0][2] + told.piece.sheet.thickness
    return " et ".join(f"{z - base:.0f}" for _, _, z in sorted(joint.contacts, key=lambda at: at[2]))


def _road(told: Assembly) -> None:
    told.step(
        "Gardez les sangles pour la route",
        "Mettez les deux sangles dans la caisse : elles serrent ce qui est rangé contre elle. La page « S’en servir » dit comment plier et ouvrir.",
        also={"Sangle": None},
    )


def _wedges(told: Assembly) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """Those that hold the leaf in the side, and those that hold the legs in the leaf."""
    legs = told.panel("pied").at[0].toTuple()[0][0]
    half = (told.panel("côté").at[1].toTuple()[0][0] + legs) / 2
    return told.copies("clavette", lambda m: m[0] < half), told.copies("clavette", lambda m: m[0] > half)


def _case_g(told: Assembly) -> float:
    """The bolted case, a little rounded up by its hardware."""
    carried = {"tablette", "pied", "enseigne", "entretoise", "clavette", "porte", "comptoir"}
    piece = told.piece
    wood = sum(p.volume * len(p.at) for p in piece.panels if p.name not in carried) * piece.sheet.density_kg_m3 * 1e-6
    return wood + sum(h.mass_g * h.quantity for h in piece.hardware if h.name.startswith(("Roue", "Essieu", "Bague")))
