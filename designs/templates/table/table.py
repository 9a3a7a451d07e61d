# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""Une table qui se démonte : deux pieds, un plateau, une traverse que deux clavettes serrent."""

from designs.furniture import Finish, Measure
from designs.joinery import barrel_nut, through_tenon, wedged_tenon
from designs.panel import Corner
from designs.piece import Piece
from designs.piece_steps import DOWN, LEFT, MALLET, RIGHT, Assembly
from designs.placing import facing_front, facing_right, lying
from designs.use import Knees, Load, Use, leant_on

OVERHANG, EDGE = 110, 25  # ce dont le plateau dépasse des pieds, aux bouts et devant (mm)
RAIL = 140  # hauteur de la traverse
CARRIES = 30  # charge du plateau (kg)


def draw(values, sheet):
    width, depth, height = values["width"], values["depth"], values["height"]
    t, play = sheet.thickness, sheet.clearance
    under, wide, inner = height - t, depth - 2 * EDGE, width - 2 * OVERHANG - 2 * t
    piece = Piece("table", values, sheet)

    # Les pièces : où elles sont, de quelle forme.
    foot, arch = 0.16 * wide, 0.25 * under
    leg = piece.panel(
        "pied",
        [Corner(0, 0, 8), Corner(foot, 0, 8), Corner(foot + 30, arch, 40), Corner(wide - foot - 30, arch, 40),
         Corner(wide - foot, 0, 8), Corner(wide, 0, 8), Corner(wide - 20, under), Corner(20, under)],
        ("sol", "pente", "arche", "autre pente", "autre sol", "arrière", "haut", "avant"),
        facing_right(OVERHANG, EDGE, 0), facing_right(OVERHANG + t + inner, EDGE, 0), finish=Finish.BOTH,
    )  # fmt: skip
    top = piece.board("plateau", width, depth, lying(0, 0, under), radius=40)
    rail = piece.board("traverse", inner, RAIL, facing_front(OVERHANG + t, (depth + t) / 2, under - RAIL))
    wedge = piece.wedge()

    # Les assemblages : chacun coupe les deux pièces à la fois.
    for side in ("left", "right"):
        piece.join(*wedged_tenon(rail, side, leg, wedge, width=60, at=[RAIL / 2], clearance=play))
    run = leg.edge_length("haut")
    piece.join(
        through_tenon(leg, "haut", top, at=[0.16 * run, 0.84 * run], width=50, clearance=play),
        barrel_nut(leg, "haut", top, at=[0.36 * run, 0.64 * run], clearance=play, head="JCBC"),
    )
    if values["cable"]:
        top.hole(width / 2, depth - 80, 60)
        piece.buy("Passe-câble Ø 60", "Passe-câble à clapet Ø 60", 1, mass_g=30)

    # Le montage, pas à pas : la notice et la vérification le suivent.
    told = Assembly(piece)
    one, other = told.copies("pied")
    told.step("Posez un pied à plat", "Sur deux cales, la face intérieure dessus.", one, group="cadre", up=RIGHT)
    told.step("Plantez la traverse", "Son tenon traverse le pied, la traverse du côté du haut.",
              *told.copies("traverse"), along=LEFT, group="cadre", up=RIGHT)  # fmt: skip
    told.step("Coiffez de l’autre pied", "Le tenon de la traverse le traverse aussi.",
              other, along=LEFT, group="cadre", up=RIGHT)  # fmt: skip
    for copy in told.copies("clavette"):
        told.step("Serrez une clavette", "Le petit bout d’abord, jusqu’à ce que plus rien ne bouge.",
                  copy, along=told.wedging(copy), group="cadre", up=RIGHT, tools=(MALLET,))  # fmt: skip
    told.step("Relevez le cadre", "Il tient debout sur ses quatre appuis.", joins=("cadre",))
    told.step("Posez le plateau", "Un écrou noix dans chaque trou des pieds, puis les vis, par le dessus.",
              *told.copies("plateau"), along=DOWN, also={"Passe-câble": None})  # fmt: skip
    piece.steps += told.steps

    # L’usage : ce que les vérifications doivent savoir.
    floor = [(x, y, 0.0) for x in (OVERHANG, width - OVERHANG) for y in (EDGE + 8, depth - EDGE - 8)]
    edges = [("bord du plateau", (width / 2, y, height)) for y in (0, depth)]
    edges += [("bout du plateau", (x, depth / 2, height)) for x in (0, width)]
    knees = (Knees((width / 2, 0.0, 0.0), (0.0, 1.0, 0.0), wheelchair=True),) if values["seat"] else ()
    piece.use = Use(tuple(floor), loads=(Load(top.code, CARRIES, inner, depth, limit=300),),
                    pushes=tuple(leant_on(edges)), knees=knees)  # fmt: skip
    piece.measures += [Measure("Encombrement", f"{width:.0f} × {depth:.0f} × {height:.0f}")]
    return piece
