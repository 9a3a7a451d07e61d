# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""Porte numérique: a reception counter under an arch, that folds into a two-wheeled trolley.

A case on two wheels and two feet: two equal sides, a counter that overhangs them on all sides, a
front; the back is the agent's, with an open bay (printer, laptop) over a bay that locks. A leaf
hooks into one side and stands on a frame cut as two legs. Two fibreglass rods rise from the counter
and come down at the leaf's end: the arch. Two spreaders ride on the rods and carry the sign.

Decisions that leave the brief or fill it in:
- everything stows upright under the counter's overhang, on two pegs (the ends of the ``repose``):
  leaf and legs on the right, sign and spreaders on the left; rods stand in wells inside. So the
  folded piece is exactly as large as its counter and as high as its height;
- the two legs are one panel: a frame is put up in one movement where two legs take three, and can't
  stand askew; the rods, which pass through the leaf into tubes on the legs, pin it in its place;
- both sides are one part, slotted for the leaf: it hooks to the right or to the left, and there is no
  wrong side. Leaf, legs and spreaders are symmetrical front to back, for the same reason;
- joints made at every outing have ``EASE`` more play than the others, long chamfers, and wedges that
  take the play up. What stays assembled is bolted: a case of 18 mm sheet is lifted as a whole;
- the leaf is as long as what stows under the counter allows, 800 mm at most;
- the arch is a half circle on straight ends: a rod bends to it by itself, and the radius is the one
  figure that says whether it may.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from designs.design import Design
from designs.furniture import Finish, Furniture, Grain
from designs.joinery import (
    barrel_nut,
    cross_lap,
    hinge,
    hinge_screw,
    rod,
    spread,
    stow,
    through_tenon,
    wedged_tenon,
)
from designs.lettering import ALPHABET, text_width
from designs.panel import Corner, Panel
from designs.parameters import Constraint, Kind, Parameter
from designs.piece import Piece
from designs.placing import facing_back, facing_front, facing_right, lying, oriented
from designs.porte_balance import balanced
from designs.porte_bought import rods_and_cloth, wheels
from designs.porte_sizes import (
    AIR,
    ARCH_LIMIT,
    BACK,
    BEYOND,
    BLUNT,
    EASE,
    FRONT,
    LETTERS,
    PEG,
    ROUND,
    SEAT,
    SIGN,
    SPREADER,
    STEP,
    TOE,
    Sizes,
    fits_the_boot,
    knees_fit,
    rod_bends,
    text_fits,
)  # fmt: skip
from designs.porte_steps import porte_steps
from designs.porte_use import porte_measures, porte_use
from designs.sheet import Sheet


class Porte(Design):
    identifier = "porte"
    title = "Porte numérique"
    summary = "Un comptoir d’accueil et son arche, qui se replient en diable et tiennent dans un coffre de voiture."
    story = (
        "Une personne l’amène, la déplie, et il y a une porte là où il n’y avait qu’une place ou un hall : un comptoir pour "
        "se renseigner debout, une tablette plus basse où s’asseoir ou venir en fauteuil, une enseigne qui se voit de loin.\n\n"
        "Derrière, une baie pour l’imprimante et le portable, une autre qui ferme à clé. La tablette s’accroche par deux "
        "clavettes, l’arche est faite de deux joncs de fibre de verre qui se courbent à la main. Le soir, tout se range "
        "contre la caisse, sous le comptoir, et la caisse repart sur ses deux roues."
    )
    credit = "D’après La Porte Numérique du Studio Idaë"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("width", Kind.LENGTH, 580.0, "Largeur du comptoir", "C’est aussi la largeur une fois replié.", 430, 730, 5),
        Parameter("depth", Kind.LENGTH, 470.0, "Profondeur du comptoir", "C’est aussi la profondeur une fois replié.", 350, 680, 5),
        Parameter("height", Kind.LENGTH, 980.0, "Hauteur du comptoir", "De 900 à 1 050 mm pour parler debout.", 735, 1225, 5),
        Parameter("leaf_drop", Kind.LENGTH, 210.0, "Tablette plus basse de", "Du comptoir à la tablette ; assis, la tablette est entre 740 et 780 mm.", 155, 265, 5),
        Parameter("leaf", Kind.CHOICE, "wheelchair", "Usage de la tablette", "En fauteuil, le vide sous la tablette suit la règle d’accessibilité.", choices={"wheelchair": "assis ou en fauteuil", "chair": "assis sur une chaise", "low": "pour les enfants"}),
        Parameter("shelves", Kind.COUNT, 1, "Étagères", "Étagères de la baie basse, en plus de son fond et de son plafond.", 0, 2, 1),
        Parameter("door", Kind.FLAG, True, "Porte à clé", "Ferme la baie basse, côté agent."),
        Parameter("leaflets", Kind.FLAG, True, "Présentoir à dépliants", "Une fenêtre dans la façade où les dépliants se prennent."),
        Parameter("arch", Kind.FLAG, True, "Arche", "Deux joncs courbés, une toile et une enseigne."),
        Parameter("arch_rise", Kind.LENGTH, 860.0, "Hauteur de l’arche", "Au-dessus du comptoir ; 2 100 mm au plus depuis le sol.", 640, 1080, 10),
        Parameter("rod", Kind.CHOICE, "8", "Diamètre des joncs", "Plus gros, ils tiennent mieux au vent et se courbent moins.", choices={"8": "8 mm", "9": "9 mm", "10": "10 mm"}),
        Parameter("text", Kind.TEXT, "ACCUEIL", "Texte gravé", "Sur l’enseigne, ou sur la façade s’il n’y a pas d’arche.", max_length=28, alphabet=ALPHABET),
        Parameter("wheel", Kind.CHOICE, "160", "Roues", "Diamètre des deux roues ; 200 mm pour les pavés.", choices={"125": "125 mm", "160": "160 mm", "200": "200 mm"}),
        Parameter("boot_length", Kind.LENGTH, 1000.0, "Coffre : longueur", "Du coffre, ou de la camionnette, qui reçoit le meuble replié.", 750, 3000, 10),
        Parameter("boot_width", Kind.LENGTH, 700.0, "Coffre : largeur", "Entre les passages de roues.", 525, 1800, 10),
        Parameter("boot_height", Kind.LENGTH, 600.0, "Coffre : hauteur", "Sous le cache-bagages, ou sans lui.", 450, 1800, 10),
        Parameter("state", Kind.CHOICE, "deployed", "Vue", "Montre le meuble en service ou rangé pour la route.", choices={"deployed": "déplié", "folded": "replié"}, is_state=True),
    )  # fmt: skip
    constraints: ClassVar[tuple[Constraint, ...]] = (
        Constraint(
            ("width", "depth", "height", "boot_length", "boot_width", "boot_height"),
            fits_the_boot,
            "Replié, le meuble mesure {height:g} × {width:g} × {depth:g} mm : il n’entre pas, avec 5 mm de jeu, dans un coffre de "
            "{boot_length:g} × {boot_width:g} × {boot_height:g} mm.",
            "folded, the piece of {height:g} × {width:g} × {depth:g} mm does not go into a boot of "
            "{boot_length:g} × {boot_width:g} × {boot_height:g} mm with 5 mm of air",
        ),
        Constraint(
            ("height", "leaf_drop", "depth", "leaf"),
            knees_fit,
            "Il manque de la place pour les jambes sous la tablette (en fauteuil : 700 mm de haut, 600 de large, 300 de profond ; "
            "sur une chaise : 600, 500 et 300). Relevez le comptoir, descendez moins la tablette ou augmentez la profondeur.",
            "no room for the legs under the leaf (a wheelchair needs 700 mm of height, 600 of width, 300 of depth; a chair "
            "600, 500, 300): raise height, lessen leaf_drop or make depth larger",
        ),
        Constraint(
            ("height", "leaf_drop", "shelves", "wheel"),
            lambda v: Sizes(v).bay >= 100 * (v["shelves"] + 1),
            "La baie basse n’est pas assez haute pour {shelves} étagères : relevez le comptoir ou retirez une étagère.",
            "the locked bay is too low for {shelves} shelves: raise height or take a shelf out",
        ),
        Constraint(
            ("depth", "wheel"),
            lambda v: Sizes(v).rest_to - Sizes(v).rest_from >= 45,
            "Des roues de {wheel} mm ne laissent pas la place de ranger les panneaux : augmentez la profondeur ou prenez des "
            "roues plus petites.",
            "wheels of {wheel} mm leave no room for the pegs that stowed panels stand on: make depth larger or the wheels smaller",
        ),
        Constraint(
            ("height", "arch", "arch_rise"),
            lambda v: not v["arch"] or Sizes(v).crown <= ARCH_LIMIT,
            "L’arche dépasserait 2 100 mm : baissez-la ou baissez le comptoir.",
            "the arch would be higher than 2100 mm: lower arch_rise or height",
        ),
        Constraint(
            ("width", "height", "arch", "arch_rise"),
            lambda v: not v["arch"] or v["arch_rise"] >= Sizes(v, 14.4).radius,
            "L’arche est trop basse pour sa largeur : montez-la ou réduisez la largeur.",
            "an arch of {arch_rise:g} mm is too low for its span: raise arch_rise or make width smaller",
        ),
        Constraint(
            ("width", "height", "arch", "rod"),
            rod_bends,
            "Un jonc de {rod} mm casserait à cette courbure : il faut un rayon de cent fois le sien. Prenez un jonc plus fin.",
            "a rod of {rod} mm does not bend to this arch: its radius must be a hundred times the rod's",
        ),
        Constraint(
            ("depth", "height"),
            balanced,
            "Sur un sol en pente de 10°, quelqu’un qui s’appuie au comptoir le ferait basculer : augmentez la profondeur "
            "({depth:g} mm) ou baissez le comptoir ({height:g} mm).",
            "on a slope of 10° somebody who leans on its counter would tip it over: make depth ({depth:g} mm) larger or lower "
            "height ({height:g} mm)",
        ),
        Constraint(
            ("text", "width", "height", "arch"),
            text_fits,
            "Le texte est trop long pour cette enseigne.",
            "text does not fit on the sign of this piece",
        ),
    )

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        piece, s = Piece(self.identifier, values, sheet), Sizes(values, sheet.thickness)
        side, floor = self._case(piece, s)
        self._bay(piece, s, side)
        rest = self._rest(piece, s, side)
        fixed = len(piece.joints)
        leaf, legs, wedge = self._leaf(piece, s, side)
        sign, spreader = self._arch(piece, s, piece.panels[1], leaf) if values["arch"] else (None, None)
        if values["state"] == "folded":
            del piece.joints[fixed:]
            self._stow(piece, s, rest, leaf, legs)
            self._stow_wedges(piece, s, wedge, floor)
            if sign and spreader:
                self._stow_sign(piece, s, rest, sign, spreader)
        wheels(piece, s)
        piece.measures += porte_measures(piece, s)
        piece.steps += porte_steps(piece)
        piece.use = porte_use(piece, s)
        return piece.furniture()

    @staticmethod
    def _case(piece: Piece, s: Sizes) -> tuple[Panel, Panel]:
        """Sides, counter, front, base and the upper bay's floor."""
        t, c, values = s.t, piece.sheet.clearance, piece.values
        side = piece.panel(
            "côté",
            [Corner(-TOE, 0, 8), Corner(80, 0, 8), Corner(104, 40, 20), Corner(s.side, 40, 25), Corner(s.side, s.under),
             Corner(0, s.under), Corner(0, 84, 30), Corner(-TOE, 44, 30)],
            ("foot", "slope", "bottom", "back", "top", "front", "instep", "toe"),
            facing_right(s.overhang, FRONT, 0), facing_right(s.right, FRONT, 0),
            grain=Grain.ACROSS, finish=Finish.BOTH,
        )  # fmt: skip
        counter = piece.board("comptoir", values["width"], values["depth"], lying(0, 0, s.under), radius=25)
        reach = max(48.0, s.side / 2 - 90)
        piece.join(
            through_tenon(side, "top", counter, at=[s.side / 2 - reach, s.side / 2 + reach], width=40, clearance=c),
            barrel_nut(side, "top", counter, at=[s.side / 2], clearance=c),
        )
        side.rounded_slot(s.side / 2, s.under - 88, 130, 36)
        side.hole(s.axle - FRONT, s.wheel, 12.5)
        counter.rounded_slot(values["width"] / 2, values["depth"] - BACK / 2, 130, 32)  # the trolley's handle
        counter.hole(s.left + 70, FRONT + s.side - 60, 60)  # cables

        depth, face = s.shelf, s.face
        base = piece.board("fond", s.inner, depth, lying(s.left, face, s.base))
        floor = piece.board("plancher", s.inner, depth, lying(s.left, face, s.floor - t))
        for edge in ("left", "right"):
            at = [0.21 * depth, 0.79 * depth]
            piece.join(
                through_tenon(base, edge, side, at=at, width=40, clearance=c),
                barrel_nut(base, edge, side, at=[depth / 2], clearance=c),
                through_tenon(floor, edge, side, at=at, width=40, clearance=c),
            )
        foot = s.base - 30  # the front covers the base's edge
        front = piece.board("façade", s.inner, s.under - foot, facing_front(s.left, face, foot))
        for board in (base, floor):
            piece.join(through_tenon(board, "bottom", front, width=50, clearance=c))
        heights = [0.2 * s.bay, 0.8 * s.bay]
        upper = s.leaf_top - t / 2 + values["leaf_drop"] / 2 - foot
        for edge in ("left", "right"):
            run = [30 + t + h for h in heights] + [upper]
            at = run if edge == "right" else [s.under - foot - h for h in run]
            piece.join(through_tenon(front, edge, side, at=at, width=50, clearance=c))
        piece.join(through_tenon(front, "top", counter, width=60, clearance=c))
        if values["leaflets"]:
            low, high = s.floor + 40 - foot, s.under - 66 - foot
            front.window(s.inner / 2, (low + high) / 2, s.inner - 130, high - low, 25)
            stop = piece.board(
                "séparateur", s.inner - 150, 110, facing_front(s.left + 75, face + 45 + t, s.floor), radius=(0, 0, 20, 20)
            )  # fmt: skip
            piece.join(through_tenon(stop, "bottom", floor, width=36, count=2 if s.inner > 290 else 1, clearance=c))
        if not values["arch"]:
            Porte._letter(front, values["text"], s, s.inner / 2, 30 + t + 0.6 * s.bay)
        base.rounded_slot(110, s.well, 90, 36)  # cables go down on the left, clear of the barrel nut
        floor.rounded_slot(75, s.well, 90, 36)
        floor.rounded_slot(s.inner - 75, s.well, 90, 36)  # the rods' well, on the right; they stand on the base
        piece.buy("Passe-câble Ø 60", "Passe-câble à clapet Ø 60", 1, mass_g=30)
        return side, floor

    @staticmethod
    def _letter(panel: Panel, text: str, s: Sizes, x: float, y: float) -> None:
        """As large as there is room for."""
        if text.strip():
            height = min(LETTERS[1], s.text_room / text_width(text, 1.0))
            panel.engrave(text, x, y, height, stroke=max(2.5, height / 14))

    @staticmethod
    def _bay(piece: Piece, s: Sizes, side: Panel) -> None:
        """Shelves and the door of the lower bay; the lock's cam enters a slot of the side."""
        t, c, values = s.t, piece.sheet.clearance, piece.values
        face, back = s.face, FRONT + s.side
        if values["shelves"]:
            depth = s.shelf - t - 8
            levels = spread(s.bay, values["shelves"], t)
            shelf = piece.board(
                "étagère", s.inner, depth, *(lying(s.left, face, s.base + t + z - t / 2) for z in levels)
            )  # fmt: skip
            for edge in ("left", "right"):
                piece.join(through_tenon(shelf, edge, side, at=[0.21 * depth, 0.79 * depth], width=40, clearance=c))
            for x in (75, s.inner - 75):
                shelf.rounded_slot(x, s.well, 90, 36)
        if not values["door"]:
            return
        height = s.bay - 4
        door = piece.board("porte", s.inner - 4, height, facing_back(s.right - 2, back - t, s.base + t + 2), radius=6)
        level = height - 60 if values["shelves"] == 0 else min(height - 60, height / (values["shelves"] + 1) * 0.5)
        door.hole(32, level, 20)
        side.rounded_slot(s.side - t - 14, s.base + t + 2 + level, 36, 10, 90)
        knuckles = [(s.left + 1, back - t / 2, s.base + t + z) for z in (60, height - 60)]
        piece.join(hinge(door, side, at=knuckles, clearance=2.0))
        piece.buy("Charnière dégondable 60 × 40", "Charnière dégondable 60 × 40, main gauche", 2, mass_g=45)
        piece.buy("Serrure à came Ø 20", "Serrure à came Ø 20, deux clés", 1, mass_g=60)
        piece.buy(*hinge_screw(t), 12, mass_g=1)

    @staticmethod
    def _rest(piece: Piece, s: Sizes, side: Panel) -> Panel:
        """A low shelf between the feet; its ends come out of the sides as the pegs that stowed panels stand on."""
        length = s.rest_to - s.rest_from
        rest = piece.board("repose", s.inner, length, lying(s.left, s.rest_from, PEG))
        for edge in ("left", "right"):
            piece.join(
                through_tenon(rest, edge, side, at=[length / 2], width=length - 16, clearance=piece.sheet.clearance,
                              proud=s.peg_out)
            )  # fmt: skip
        return rest

    @staticmethod
    def _leaf(piece: Piece, s: Sizes, side: Panel) -> tuple[Panel, Panel, Panel]:
        """The leaf, wedged into the side, and the two legs, wedged into the leaf."""
        play = piece.sheet.clearance + EASE
        leaf = piece.board(
            "tablette", s.leaf, s.leaf_depth, lying(s.outer, 0, s.leaf_under), radius=(BLUNT, 25, 25, BLUNT)
        )  # fmt: skip
        wide, high = s.side + 16, s.leaf_under
        legs = piece.panel(
            "pied",
            [Corner(0, 0, 10), Corner(70, 0, 10), Corner(70, STEP, 14), Corner(wide - 70, STEP, 14), Corner(wide - 70, 0, 10),
             Corner(wide, 0, 10), Corner(wide, high, BLUNT), Corner(0, high, BLUNT)],
            ("foot", "in", "rail", "out", "foot2", "right", "top", "left"),
            facing_right(s.legs, 12, 0),
            grain=Grain.ACROSS, finish=Finish.BOTH,
        )  # fmt: skip
        low, up = STEP + 60, high - 110
        legs.window(wide / 2, (low + up) / 2, wide - 140, up - low, min(60.0, wide / 2 - 75))
        wedge = piece.wedge()
        at = [0.3 * s.side + 20, 0.7 * s.side + 20]
        piece.join(*wedged_tenon(leaf, "left", side, wedge, width=60, at=at, clearance=play))
        piece.join(*wedged_tenon(legs, "top", leaf, wedge, width=60, at=[92, wide - 92], clearance=play))
        leaf.rounded_slot(s.leaf / 2 - 40, s.leaf_depth - 45, 130, 36)  # a hand to carry it, cables to plug in
        piece.buy("Patin feutre Ø 30", "Patin de feutre à clouer Ø 30", 4, mass_g=3)
        piece.buy("Sangle 25 mm × 1,5 m", "Sangle à boucle 25 mm × 1,5 m, pour la route", 2, mass_g=60)
        return leaf, legs, wedge

    @staticmethod
    def _arch(piece: Piece, s: Sizes, counter: Panel, leaf: Panel) -> tuple[Panel, Panel]:
        """Holes for the rods, the rods and their cloth, spreaders that ride on them, the sign."""
        t, play, values = s.t, piece.sheet.clearance + EASE, piece.values
        bore, diameter = float(values["rod"]) + 2, float(values["rod"])
        for y in s.rod_y:
            for x in (s.rods[0], values["width"] - s.rods[0]):  # to the left and to the right: no wrong side
                counter.hole(x, y, bore)
            leaf.hole(s.rods[1] - s.outer, y, bore)
        length = s.spreader
        spreader = piece.board(
            "entretoise", length, SPREADER,
            *(facing_right(s.centre + i * s.apart - t / 2, s.middle - length / 2, s.saddle) for i in (-1, 1)),
            radius=ROUND, finish=Finish.BOTH,
        )  # fmt: skip
        for x in (BEYOND, length - BEYOND):
            spreader.u_notch("bottom", x, diameter + 2, SEAT)
        front = s.middle - length / 2 + s.notch
        sign = piece.board(
            "enseigne", s.sign, SIGN[1], facing_front(s.centre - s.sign / 2, front + t / 2, s.saddle + 10), radius=25
        )  # fmt: skip
        piece.join(cross_lap(sign, "bottom", spreader, "top", clearance=play, lip=BLUNT))
        # The same notch at the other end: a spreader turned about is as right, and a second sign may face the back.
        spreader.notch("top", s.notch, t + play, (SPREADER - 10 + play) / 2, BLUNT)
        Porte._letter(sign, values["text"], s, s.sign / 2, SIGN[1] / 2)
        # A rod joins what it passes through: its bores in counter and leaf, its seats in the spreaders.
        seats = [(s.centre + i * s.apart, y, s.saddle + SEAT) for i in (-1, 1) for y in s.rod_y]
        for board, x, z in ((counter, s.rods[0], s.under), (leaf, s.rods[1], s.leaf_under)):
            bores = [(x, y, z + t / 2) for y in s.rod_y]
            piece.join(rod(spreader, board, at=[*seats, *bores], clearance=2.0))
        rods_and_cloth(piece, s, diameter)
        return sign, spreader

    @staticmethod
    def _stow(piece: Piece, s: Sizes, rest: Panel, leaf: Panel, legs: Panel) -> None:
        """Leaf and legs upright beside the right side, on the peg."""
        x, y = s.outer + AIR, (s.rest_from + s.rest_to) / 2
        leaf.at = (oriented((x, 0, s.rest + s.leaf), (0, 0, -1), (1, 0, 0)),)
        legs.at = (facing_right(x + s.t, 12, s.rest - STEP),)
        piece.join(
            stow(leaf, rest, at=[(x + s.t / 2, y, s.rest)]),
            stow(legs, rest, at=[(x + 1.5 * s.t, y, s.rest)]),
        )

    @staticmethod
    def _stow_sign(piece: Piece, s: Sizes, rest: Panel, sign: Panel, spreader: Panel) -> None:
        """The sign beside the left side, letters inwards, and the spreaders strapped to its back."""
        x, y = s.overhang - AIR, s.middle
        sign.at = (oriented((x - s.t, y + SIGN[1] / 2, s.rest), (0, 0, 1), (1, 0, 0)),)
        spreader.at = tuple(oriented((x - s.t, y + d, s.rest), (0, 0, 1), (-1, 0, 0)) for d in (-SPREADER - 1, 1.0))
        half = (s.rest_from + s.rest_to) / 2
        piece.join(
            stow(sign, rest, at=[(x - s.t / 2, half, s.rest)]),
            stow(spreader, sign, at=[(x - s.t, y + d, s.rest + 100) for d in (-30, 30)]),
        )

    @staticmethod
    def _stow_wedges(piece: Piece, s: Sizes, wedge: Panel, floor: Panel) -> None:
        y = s.face + s.t + 45 + 40
        xs = [(s.left + s.right) / 2 + (i - 1.5) * 40 - 13 for i in range(len(wedge.at))]
        wedge.at = tuple(lying(x, y, s.floor) for x in xs)
        piece.join(stow(wedge, floor, at=[(x + 10, y, s.floor) for x in xs]))
