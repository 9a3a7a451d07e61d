# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""Une table qui se démonte : deux pieds, un plateau, une traverse et ses clavettes."""

from designs.furniture import Finish, Measure
from designs.joinery import barrel_nut, through_tenon, wedged_tenon
from designs.panel import Corner
from designs.piece import Piece
from designs.piece_steps import DOWN, LEFT, MALLET, RIGHT, Assembly
from designs.placing import facing_front, facing_right, lying
from designs.use import Knees, Load, Use, leant_on

OVERHANG, EDGE = 110, 25  # le plateau dépasse des pieds : aux bouts, devant (mm)
RAIL, CARRIES = 140, 30  # hauteur de la traverse (mm), charge du plateau (kg)


def draw(values, sheet):
    width, depth, height = values["width"], values["depth"], values["height"]
    t, play = sheet.thickness, sheet.clearance
    under, wide, inner = height - t, depth - 2 * EDGE, width - 2 * OVERHANG - 2 * t
    piece = Piece("table", values, sheet)

    # Les pièces : où elles sont, de quelle forme.
    foot, arch = 0.16 * wide, 0.25 * under
    shape = [Corner(0, 0, 8), Corner(foot, 0, 8), Corner(foot + 30, arch, 40),
             Corner(wide - foot - 30, arch, 40), Corner(wide - foot, 0, 8),
             Corner(wide, 0, 8), Corner(wide - 20, under), Corner(20, under)]
    edges = "sol", "pente", "arche", "pente 2", "sol 2", "arrière", "haut", "avant"
    ends = facing_right(OVERHANG, EDGE, 0), facing_right(OVERHANG + t + inner, EDGE, 0)
    leg = piece.panel("pied", shape, edges, *ends, finish=Finish.BOTH)
    top = piece.board("plateau", width, depth, lying(0, 0, under), radius=40)
    between = facing_front(OVERHANG + t, (depth + t) / 2, under - RAIL)
    rail = piece.board("traverse", inner, RAIL, between)
    wedge = piece.wedge()

    # Les assemblages : chacun coupe les deux pièces à la fois.
    for side in ("left", "right"):
        piece.join(*wedged_tenon(rail, side, leg, wedge,
                                 width=60, at=[RAIL / 2], clearance=play))
    run = leg.edge_length("haut")
    tabs, bolts = [0.16 * run, 0.84 * run], [0.36 * run, 0.64 * run]
    piece.join(through_tenon(leg, "haut", top, at=tabs, width=50, clearance=play))
    piece.join(barrel_nut(leg, "haut", top, at=bolts, clearance=play, head="JCBC"))
    if values["cable"]:
        top.hole(width / 2, depth - 80, 60)
        piece.buy("Passe-câble Ø 60", "Passe-câble à clapet Ø 60", 1, mass_g=30)

    # Le montage, pas à pas : la notice et la vérification le suivent.
    told = Assembly(piece)
    one, other = told.copies("pied")
    cadre = {"group": "cadre", "up": RIGHT}  # monté à part, un pied couché sur l’établi
    told.step("Posez un pied à plat", "Sur cales, l’intérieur dessus.", one, **cadre)
    told.step("Plantez la traverse", "Son tenon traverse le pied, du côté du haut.",
              *told.copies("traverse"), along=LEFT, **cadre)
    told.step("Coiffez de l’autre pied", "Le tenon de la traverse le traverse aussi.",
              other, along=LEFT, **cadre)
    for copy in told.copies("clavette"):
        told.step("Serrez une clavette", "Petit bout d’abord, puis à petits coups.",
                  copy, along=told.wedging(copy), tools=(MALLET,), **cadre)
    told.step("Relevez le cadre", "Il tient sur ses quatre appuis.", joins=("cadre",))
    told.step("Posez le plateau", "Un écrou noix dans chaque trou, puis les vis.",
              *told.copies("plateau"), along=DOWN, also={"Passe-câble": None})
    piece.steps += told.steps

    # L’usage : ce que les vérifications doivent savoir.
    feet, sides = (OVERHANG, width - OVERHANG), (EDGE + 8, depth - EDGE - 8)
    floor = tuple((x, y, 0) for x in feet for y in sides)
    leant = [("bord du plateau", (width / 2, y, height)) for y in (0, depth)]
    leant += [("bout du plateau", (x, depth / 2, height)) for x in (0, width)]
    load = Load(top.code, CARRIES, inner, depth, limit=300)
    knees = Knees((width / 2, 0, 0), (0, 1, 0), wheelchair=True)
    piece.use = Use(floor, loads=(load,), pushes=tuple(leant_on(leant)),
                    knees=(knees,) if values["seat"] else ())
    piece.measures += [Measure("Encombrement", f"{width:g} × {depth:g} × {height:g}")]
    return piece
