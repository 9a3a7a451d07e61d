# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""Chariot-établi: carries a workshop's equipment from room to room, and is the bench once there.

A base on four braked casters, two upright cheeks, a worktop; between the cheeks a rack where laptops
stand in the air, trays that slide on cut runners, a back with slots for hooks. At one end a leaf
folds up on two swinging brackets.

Decisions that leave the brief or fill it in: the base is as long as the worktop, so that the casters
stand far apart and 30 kg at the leaf's edge does not tip the piece; the back is held by the family's
wedges, the rest by M8 bolts in barrel nuts; nothing is glued.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from designs.casters import HEIGHTS, mounted_casters
from designs.chariot_balance import balanced
from designs.chariot_figures import (
    APRON,
    BLUNT,
    BRACKET_ASIDE,
    CASTER_INSET,
    DOOR_PLAY,
    LETTERS,
    OVERHANG,
    bracket_arm,
    extension_stays_up,
    inner_height,
    inner_width,
    needed_height,
    stated_edge_load,
    stated_top_load,
)
from designs.chariot_steps import chariot_steps
from designs.chariot_use import chariot_use
from designs.design import Design
from designs.furniture import Finish, Furniture, Grain, Measure
from designs.joinery import (
    barrel_nut,
    cross_lap,
    hinge,
    hinge_screw,
    screwed,
    slide,
    spread,
    through_tenon,
    wedged_tenon,
)
from designs.lettering import ALPHABET, text_width
from designs.panel import Corner, Panel
from designs.parameters import Constraint, Kind, Parameter
from designs.piece import Piece
from designs.placing import facing_front, facing_right, lying, oriented, to_world
from designs.sheet import Sheet


class Chariot(Design):
    identifier = "chariot"
    title = "Chariot-établi"
    summary = "Un établi sur roulettes qui apporte le matériel de l’atelier là où sont les gens."
    story = (
        "Le matin, il sort du placard avec huit ordinateurs portables, passe les portes et longe le couloir. "
        "L’après-midi, freins serrés et rallonge levée, il est la table autour de laquelle on apprend.\n\n"
        "Les portables tiennent debout dans un râtelier, l’air circule entre eux. Des plateaux coulissent sur des "
        "tasseaux découpés dans le même panneau ; le dos est percé de fentes où accrocher câbles, casques et outils. "
        "Tout se monte sans colle, avec un maillet, une clé et un tournevis, et se répare pièce par pièce."
    )
    credit = "D’après le chariot-atelier d’Emilieu Studio (Paul Emilieu Marchesseau)"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("width", Kind.LENGTH, 900.0, "Longueur", "Longueur du plateau, rallonge repliée.", 660, 1200, 10),
        Parameter("depth", Kind.LENGTH, 500.0, "Profondeur", "C’est elle qui passe la porte.", 375, 780, 5),
        Parameter("height", Kind.LENGTH, 850.0, "Hauteur du plateau", "850 mm pour travailler debout ou sur un tabouret haut.", 635, 1065, 5),
        Parameter("trays", Kind.COUNT, 2, "Plateaux coulissants", "Nombre de plateaux sous l’établi.", 0, 3, 1),
        Parameter("tray_pitch", Kind.LENGTH, 120.0, "Hauteur par plateau", "Distance d’un plateau au suivant.", 90, 150, 5),
        Parameter("dividers", Kind.COUNT, 2, "Cloisons par plateau", "Cloisons croisées à mi-bois qui partagent chaque plateau.", 0, 4, 1),
        Parameter("laptops", Kind.COUNT, 8, "Ordinateurs portables", "Places du râtelier ; 0 laisse le bas libre.", 0, 10, 1),
        Parameter("extension", Kind.CHOICE, "open", "Rallonge", "Un abattant en bout de plateau, sur deux équerres.", choices={"none": "sans", "folded": "repliée", "open": "levée"}, is_state=True),
        Parameter("extension_length", Kind.LENGTH, 220.0, "Longueur de la rallonge", "Ce que l’abattant ajoute au plateau.", 160, 280, 5),
        Parameter("hooks", Kind.FLAG, True, "Dos à crochets", "Perce le dos de fentes pour crochets."),
        Parameter("caster", Kind.CHOICE, "100", "Roulettes", "Diamètre des roulettes à frein ; 125 mm pour l’extérieur.", choices={"75": "75 mm", "100": "100 mm", "125": "125 mm"}),
        Parameter("door", Kind.LENGTH, 830.0, "Passage de porte", "Le plus étroit des passages à franchir.", 700, 1200, 10),
        Parameter("text", Kind.TEXT, "TRÉTEAU", "Texte gravé", "Gravé sur la traverse avant : un lieu, un service.", max_length=24, alphabet=ALPHABET),
    )  # fmt: skip
    constraints: ClassVar[tuple[Constraint, ...]] = (
        Constraint(
            ("depth", "door"),
            lambda v: v["depth"] + DOOR_PLAY <= v["door"],
            "Le chariot ne passerait pas la porte : profondeur {depth:g} mm et 40 mm de jeu, pour un passage de {door:g} mm.",
            "depth {depth:g} mm with 40 mm of play does not pass a door of {door:g} mm",
        ),
        Constraint(
            ("height", "trays", "tray_pitch", "laptops", "caster"),
            lambda v: needed_height(v) <= inner_height(v, 21.6),
            "Il n’y a pas la place en hauteur pour {trays} plateaux de {tray_pitch:g} mm et le râtelier : augmentez la hauteur "
            "ou retirez un plateau.",
            "no room in height {height:g} mm for {trays} trays at {tray_pitch:g} mm and {laptops} laptops: "
            "raise height or take a tray out",
        ),
        Constraint(
            ("width", "depth", "height", "extension", "extension_length"),
            extension_stays_up,
            "Avec 30 kg au bord de la rallonge ({extension_length:g} mm), le chariot basculerait : raccourcissez-la ou "
            "allongez le chariot.",
            "30 kg at the edge of an extension of {extension_length:g} mm would tip the piece over: shorten it or make width larger",
        ),
        Constraint(
            ("depth", "height", "width"),
            balanced,
            "Sur un sol en pente de 10°, quelqu’un qui s’appuie au bord le ferait basculer : augmentez la profondeur ({depth:g} mm) "
            "ou baissez le plateau ({height:g} mm).",
            "on a slope of 10° somebody who leans on its edge would tip it over: make depth ({depth:g} mm) larger or lower "
            "height ({height:g} mm)",
        ),
        Constraint(
            ("text", "width"),
            lambda v: text_width(v["text"], LETTERS) <= inner_width(v, 21.6) - 60,
            "Le texte est trop long pour la traverse de ce chariot.",
            "text does not fit on the apron of a piece of width {width:g} mm",
        ),
    )

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        piece = Piece(self.identifier, values, sheet)
        edge_kg = stated_edge_load(values, sheet) if values["extension"] != "none" else 0.0
        t, c = sheet.thickness, sheet.clearance
        width, depth, height = values["width"], values["depth"], values["height"]
        base_top = HEIGHTS[values["caster"]] + 2 * t
        top_under = height - t
        left, right = OVERHANG + t, width - OVERHANG - t  # inner faces of the cheeks
        inner, rise = right - left, top_under - base_top

        # Two equal cheeks stand on the base and carry the worktop.
        cheek = piece.board(
            "joue", depth, rise, facing_right(OVERHANG, 0, base_top), facing_right(right, 0, base_top),
            grain=Grain.ACROSS, finish=Finish.BOTH,
        )  # fmt: skip
        hinged = BLUNT if values["extension"] != "none" else 25  # the leaf meets a straight edge
        worktop = piece.board("plateau", width, depth, lying(0, 0, top_under), radius=(25, hinged, hinged, 25))
        base = piece.board("socle", width, depth, lying(0, 0, base_top - t), radius=25)
        reach = max(40.0, depth / 2 - 150)
        for edge, board in (("top", worktop), ("bottom", base)):
            centres = [depth / 2 - reach, depth / 2 + reach]
            piece.join(
                through_tenon(cheek, edge, board, at=centres, width=44, clearance=c),
                barrel_nut(cheek, edge, board, at=[depth / 2], clearance=c, head="JCBC"),
            )
        cheek.rounded_slot(depth / 2, rise - 105, 130, 36)

        # The back is drawn tight by wedges.
        back = piece.board("dos", inner, rise, facing_front(left, depth - 50, base_top), finish=Finish.TOP)
        wedge = piece.wedge()
        low, high = 0.16 * rise, 0.42 * rise
        piece.join(*wedged_tenon(back, "left", cheek, wedge, width=60, at=[rise - high, rise - low], clearance=c))
        piece.join(*wedged_tenon(back, "right", cheek, wedge, width=60, at=[low, high], clearance=c))
        back.window(inner / 2, 60, 130, 50, 12)  # power inlet and cables
        if values["hooks"]:
            self._slots_for_hooks(back, inner, rise)

        apron = piece.board(
            "traverse", inner, APRON, facing_front(left, 20 + t, top_under - APRON), grain=Grain.ALONG
        )  # fmt: skip
        for edge in ("left", "right"):
            piece.join(through_tenon(apron, edge, cheek, count=1, width=34, clearance=c))
        if values["text"]:
            apron.engrave(values["text"], inner / 2, APRON / 2, LETTERS)

        worktop.hole(width / 2, depth - 50 - t - 50, 60)  # cable outlet
        piece.buy("Passe-câble Ø 60", "Passe-câble à clapet Ø 60", 1, mass_g=30)

        if values["laptops"]:
            self._rack(piece, cheek, base, values["laptops"], left, inner, base_top)
        if values["trays"]:
            self._trays(piece, cheek, left, right, top_under)
        if values["extension"] != "none":
            self._extension(piece, cheek, worktop)
        dx, dy = CASTER_INSET
        mounted_casters(piece, base, base_top - 2 * t, [(x, y) for x in (dx, width - dx) for y in (dy, depth - dy)])

        length = width + (values["extension_length"] if values["extension"] == "open" else 0)
        if values["extension"] == "folded":
            length += t  # it hangs outside
        piece.measures += [
            Measure("Encombrement", f"{length:.0f} × {depth:.0f} × {height:.0f}"),
            Measure("Charge admise", f"{stated_top_load(values, sheet, piece.mass_g / 1000):.0f}", "kg"),
        ]
        if edge_kg:
            piece.measures.append(Measure("Charge admise au bord de la rallonge", f"{edge_kg:.0f}", "kg"))
        piece.steps += chariot_steps(piece)
        piece.use = chariot_use(piece)
        return piece.furniture()

    @staticmethod
    def _slots_for_hooks(back: Panel, inner: float, rise: float) -> None:
        columns = int((inner - 160) // 96) + 1
        rows = int((rise - 260) // 64) + 1
        for i in range(columns):
            for j in range(rows):
                x = inner / 2 + (i - (columns - 1) / 2) * 96
                back.rounded_slot(x, 140 + j * 64, 32, 9)

    @staticmethod
    def _rack(piece: Piece, cheek: Panel, base: Panel, count: int, left: float, inner: float, base_top: float) -> None:
        """Two combs between the cheeks; the laptops stand on the base, which is slotted for air."""
        t, c, depth = piece.sheet.thickness, piece.sheet.clearance, piece.values["depth"]
        comb = piece.board(
            "râtelier", inner, 90,
            facing_front(left, 0.22 * depth + t, base_top), facing_front(left, 0.66 * depth + t, base_top),
            grain=Grain.ALONG, finish=Finish.BOTH,
        )  # fmt: skip
        for edge in ("left", "right"):
            piece.join(through_tenon(comb, edge, cheek, count=1, width=40, clearance=c))
        for x in spread(inner, count, 30):
            comb.u_notch("top", inner - x, 30, 55, mouth=4)
            base.rounded_slot(left + x, 0.44 * depth + t, min(120.0, 0.3 * depth), 10, 90)

    @staticmethod
    def _trays(piece: Piece, cheek: Panel, left: float, right: float, top_under: float) -> None:
        """Trays with a rim in front and behind, on runners tenoned into the cheeks."""
        t, c, values = piece.sheet.thickness, piece.sheet.clearance, piece.values
        front, behind = 30.0, values["depth"] - 50 - t - 10
        reach, width = behind - front, right - left - 4
        levels = [top_under - APRON - (i + 1) * values["tray_pitch"] for i in range(values["trays"])]
        runner = piece.board(
            "coulisseau", reach, 30,
            *(oriented((left, behind, z - t), (0, -1, 0), (0, 0, 1)) for z in levels),
            *(oriented((right, front, z - t), (0, 1, 0), (0, 0, 1)) for z in levels),
            radius=(0, 0, 8, 8), finish=Finish.BOTH,
        )  # fmt: skip
        piece.join(
            through_tenon(runner, "bottom", cheek, count=2, width=40, clearance=c),
            screwed(runner, "bottom", cheek, at=[reach / 2]),
        )
        tray = piece.board("plateau coulissant", width, reach, *(lying(left + 2, front, z) for z in levels), radius=6)
        tray.rounded_slot(width / 2, 47 + t, 110, 28)
        spots = [(x, (front + behind) / 2, z) for z in levels for x in (left + 15, right - 15)]
        piece.join(slide(tray, runner, at=spots, clearance=4.0))
        rim = piece.board(
            "rive", width - 60, 45,
            *(facing_front(left + 32, y, z + t) for z in levels for y in (front + 20 + t, behind - 20)),
            radius=(0, 0, 14, 14),
        )  # fmt: skip
        sixth = (width - 60) / 6
        piece.join(
            through_tenon(rim, "bottom", tray, count=3, width=50, clearance=c),
            screwed(rim, "bottom", tray, at=[2 * sixth, 4 * sixth]),
        )
        piece.buy("Loqueteau magnétique 4 kg", "Loqueteau magnétique, retient un plateau", len(levels), mass_g=15)
        piece.buy(*hinge_screw(t), 4 * len(levels), mass_g=1)
        if not values["dividers"]:
            return
        middle = (front + 80 + behind) / 2 + t / 2
        long = piece.board(
            "cloison longue", width - 80, 40, *(facing_front(left + 42, middle, z + t) for z in levels),
            radius=(0, 0, 6, 6),
        )  # fmt: skip
        piece.join(
            through_tenon(long, "bottom", tray, at=[60, width - 140], width=40, clearance=c),
            screwed(long, "bottom", tray, at=[105, width - 185]),
        )
        short = piece.board(
            "cloison courte", behind - front - 98 - 2 * t, 40,
            *(facing_right(left + 42 + x - t / 2, front + 75 + t, z + t) for z in levels
              for x in spread(width - 80, values["dividers"], t)),
            radius=(0, 0, 6, 6),
        )  # fmt: skip
        piece.join(cross_lap(long, "top", short, "bottom", clearance=c))

    @staticmethod
    def _extension(piece: Piece, cheek: Panel, worktop: Panel) -> None:
        """A leaf hinged under the worktop's right end, on two brackets hinged to the cheek."""
        t, values = piece.sheet.thickness, piece.values
        width, depth, length = values["width"], values["depth"], values["extension_length"]
        top, face = values["height"], values["width"] - OVERHANG
        is_open = values["extension"] == "open"
        leaf = piece.board(
            "rallonge", length, depth,
            lying(width, 0, top - t) if is_open else oriented((width, 0, top - t), (0, 0, -1), (1, 0, 0)),
            radius=(BLUNT, 25, 25, BLUNT), grain=Grain.ALONG,
        )  # fmt: skip
        leaf.rounded_slot(105, depth / 2, 130, 36, 90)  # over the cheek's hand hole
        arm = bracket_arm(values)
        drop = 190.0
        under = top - t
        near, away = BRACKET_ASIDE, depth - BRACKET_ASIDE
        if is_open:
            places = [facing_front(face, near + t, under - drop), facing_front(face, away, under - drop)]
        else:
            places = [
                # They turn on their inner face's edge, and lie beyond it.
                oriented((face, near + t, under - drop), (0, 1, 0), (1, 0, 0)),
                oriented((face + t, away - t, under - drop), (0, -1, 0), (-1, 0, 0)),
            ]
        bracket = piece.panel(
            "équerre",
            [Corner(0, 0, 10), Corner(46, 0, 20), Corner(arm, drop - 46, 20), Corner(arm, drop, 8), Corner(0, drop, 8)],
            ("bottom", "slope", "tip", "top", "hinge"),
            *places,
            finish=Finish.BOTH,
        )
        # The piano hinge lies under the joint: the bracket leaves room for its knuckle.
        bracket.scoop("top", bracket.edge_length("top") - OVERHANG, 44, 8)
        piece.join(
            hinge(leaf, worktop, at=[(width, y, top - t) for y in (0.2 * depth, 0.8 * depth)]),
            hinge(bracket, cheek, at=[to_world(p, (0, drop / 2, t / 2)) for p in places]),
        )
        piece.buy(
            "Charnière piano 32 mm",
            "Charnière piano, coupée à la profondeur",
            round(depth / 1000, 2),
            unit="m",
            mass_g=400,
        )
        piece.buy("Charnière 60 × 40", "Charnière 60 × 40, deux à chaque équerre", 4, mass_g=35)
        piece.buy(*hinge_screw(t), 40, mass_g=1)
