# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""Maisonnette: a vertical case under a pitched roof; two walls roll open and make a private place.

A core stands at the back: two cheeks, a base on casters, a back with a cable channel behind it, a
keyboard leaf that reaches 300 mm out of the cheeks, so that knees find nothing below it. The ceiling, two
gables, two slopes and a crest make the roof; they stay with the core. Each wall is an L, a side and
half of the front, on two casters of its own, hinged to a jamb at the core's rear. Closed, the two Ls
are the house's sides and front; open, they stand out to the left and to the right, half-fronts forward.

Decisions that leave the brief or fill it in:

- the leaf is fixed at 745 mm (the brief's 730–760), since the rules for knees leave it no room to vary;
- the walls turn below the roof and not with it: so they are plain rectangles, short enough for a bed of
  1,300 × 1,300 in the default size, and the sign on the gable is read in both states;
- the sides are symmetrical top to bottom, so that left and right are one part, turned over;
- felt is held like an insect screen: its edge is pressed with a cord into a groove, which costs a
  metre or two of routing where a pocket as large as the felt would cost an hour;
- tip-over is judged in each state, empty and loaded at the leaf's edge: 30 kg on a level floor (somebody who gets up),
  5 kg (arms) on a slope of 10°; so the case is a little deeper than it is wide;
- the screen hangs with its upper edge at the eyes of somebody seated (1,150–1,250 mm).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from designs.casters import mounted_casters
from designs.design import Design
from designs.furniture import Finish, Furniture, Grain, Measure
from designs.hardware import screen
from designs.joinery import barrel_nut, cross_lap, screwed, slide, through_tenon, wedged_tenon
from designs.joinery.trade import nut_distance
from designs.lettering import ALPHABET
from designs.maisonnette_balance import balanced, check_weight
from designs.maisonnette_figures import (
    BLUNT,
    CASTER_ASIDE,
    CHANNEL,
    CORE_FRONT,
    EAVES,
    EAVES_OUT,
    GAP,
    JAMB,
    KNEES,
    LEAF_FRONT,
    LEAF_TOP,
    LETTERS_LEAST,
    OVERHANG,
    PLAY,
    SIGN,
    Heights,
    closed_size,
    heights,
    letter_height,
    room_above_leaf,
    room_for_base,
    screen_height,
)
from designs.maisonnette_steps import maisonnette_steps
from designs.maisonnette_use import maisonnette_use
from designs.maisonnette_walls import walls
from designs.panel import Corner, Panel
from designs.parameters import Constraint, Kind, Parameter
from designs.piece import Piece
from designs.placing import facing_back, facing_front, facing_right, lying, oriented
from designs.sheet import Sheet
from designs.typography import french_number


class Maisonnette(Design):
    identifier = "maisonnette"
    title = "Maisonnette"
    summary = "Une petite maison sur roulettes qui s’ouvre et fait, dans un hall, un coin à soi."
    story = (
        "Fermée, c’est une maison étroite au bout du couloir, avec son toit et son enseigne. Ouverte, ses deux murs roulent "
        "de chaque côté : on s’assied devant l’écran, l’aidant prend place à côté, et le bruit du hall reste derrière.\n\n"
        "Le clavier est à bonne hauteur, rien ne gêne les genoux, l’ordinateur et l’imprimante sont sous la main. Les câbles "
        "courent dans le dos, derrière une trappe. Des feutres tendus dans les murs étouffent les voix. Le soir, on pousse les murs, "
        "on tourne la clé. Tout se monte sans colle, et chaque planche se remplace."
    )
    credit = "D’après La Maizonet d’étrangeOrdinaire, avec le Fablab de Nîmes"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("width", Kind.LENGTH, 760.0, "Largeur", "Largeur fermée, d’un mur à l’autre.", 570, 960, 10),
        Parameter("depth", Kind.LENGTH, 820.0, "Profondeur", "Profondeur fermée, façade comprise.", 615, 1250, 5),
        Parameter("height", Kind.LENGTH, 1700.0, "Hauteur", "Hauteur au faîte du toit.", 1275, 2125, 5),
        Parameter("pitch", Kind.ANGLE, 40.0, "Pente du toit", "Pente des deux versants.", 30, 50, 1),
        Parameter("wall_length", Kind.LENGTH, 545.0, "Longueur des murs", "Ce que chaque mur ajoute à la largeur, une fois ouvert.", 405, 725, 5),
        Parameter("state", Kind.CHOICE, "open", "Murs", "Position des murs dans la vue et les mesures.", choices={"closed": "fermés", "half": "un mur ouvert", "open": "ouverts"}, is_state=True),
        Parameter("side", Kind.CHOICE, "right", "Côté de la serrure", "Le mur qui porte la serrure s’ouvre le premier.", choices={"left": "gauche", "right": "droite"}),
        Parameter("shelves", Kind.COUNT, 1, "Tablettes", "Tablettes sous le clavier, pour l’ordinateur et les papiers.", 0, 3, 1),
        Parameter("printer", Kind.FLAG, True, "Plateau d’imprimante", "Un plateau coulissant au-dessus du socle."),
        Parameter("screen", Kind.CHOICE, "100", "Fixation de l’écran", "Perçages VESA dans le dos, à hauteur des yeux.", choices={"none": "sans", "75": "VESA 75", "100": "VESA 100"}),
        Parameter("felt", Kind.FLAG, True, "Feutres contre le bruit", "Creuse dans les murs les rainures qui tendent les feutres : il faut une fraiseuse. Sans feutres, une découpe laser suffit."),
        Parameter("caster", Kind.CHOICE, "75", "Roulettes", "Diamètre des roulettes à frein.", choices={"75": "75 mm", "100": "100 mm"}),
        Parameter("text", Kind.TEXT, "BIENVENUE", "Enseigne", "Gravée sur le fronton : un lieu, un service.", max_length=24, alphabet=ALPHABET),
    )  # fmt: skip
    router_only: ClassVar[Mapping[str, Any]] = {"felt": True}
    constraints: ClassVar[tuple[Constraint, ...]] = (
        Constraint(
            ("wall_length", "depth"),
            lambda v: v["wall_length"] + JAMB <= v["depth"],
            "Les murs ({wall_length:g} mm) doivent laisser 60 mm de montant pour les charnières dans une profondeur de "
            "{depth:g} mm : raccourcissez-les ou augmentez la profondeur.",
            "walls of {wall_length:g} mm leave no 60 mm for a jamb in a depth of {depth:g} mm: shorten wall_length or make depth larger",
        ),
        Constraint(
            ("depth",),
            room_for_base,
            "Avec 300 mm libres pour les genoux, une profondeur de {depth:g} mm ne laisse pas de place au socle : il faut environ 610 mm.",
            "with 300 mm for knees a depth of {depth:g} mm leaves no room for the base: about 610 mm are needed",
        ),
        Constraint(
            ("height", "width", "pitch", "screen", "caster"),
            room_above_leaf,
            "Sous ce toit, il n’y a pas la place au-dessus du clavier : augmentez la hauteur ou adoucissez la pente.",
            "no room above the keyboard leaf below a roof of {pitch:g}° in a height of {height:g} mm: raise height or lower pitch",
        ),
        Constraint(
            ("depth", "height", "wall_length"),
            lambda v: balanced(v) and balanced(v, t=21.6),
            "Sur un sol en pente de 10°, ou sous 30 kg au bord de la tablette, la maisonnette basculerait : augmentez la profondeur ({depth:g} mm), baissez le toit "
            "({height:g} mm) ou raccourcissez les murs ({wall_length:g} mm).",
            "on a slope of 10°, or with 30 kg at the leaf's edge, the piece would tip over: make depth ({depth:g} mm) larger, lower height ({height:g} mm) or shorten "
            "wall_length ({wall_length:g} mm)",
        ),
        Constraint(
            ("text", "width", "pitch"),
            lambda v: letter_height(v) >= LETTERS_LEAST,
            "L’enseigne est trop longue pour ce fronton.",
            "text does not fit on the gable of a piece of width {width:g} mm",
        ),
    )

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        piece = Piece(self.identifier, values, sheet)
        check_weight(values, sheet)
        h = heights(values, sheet.thickness)
        cheek = self._core(piece, h)
        ceiling = self._roof(piece, h)
        self._under_ceiling(piece, cheek, ceiling)
        walls(piece, h, cheek)
        self._measures(piece, h)
        piece.steps += maisonnette_steps(piece)
        piece.use = maisonnette_use(piece)
        return piece.furniture()

    # The core

    @staticmethod
    def _core(piece: Piece, h: Heights) -> Panel:
        """Cheeks, base, leaf and back; shelves, tray, cable channel. Gives the cheek."""
        t, c, v = piece.sheet.thickness, piece.sheet.clearance, piece.values
        width, depth = v["width"], v["depth"]
        left, right = 2 * t + PLAY, width - 2 * t - PLAY  # inner faces of the cheeks
        inner, reach = right - left, depth - CORE_FRONT
        behind = depth - CHANNEL - t  # front face of the back
        run = behind - CORE_FRONT

        cheek = piece.board(
            "joue", reach, h.ceiling - h.bottom,
            facing_right(t + PLAY, CORE_FRONT, h.bottom), facing_right(right, CORE_FRONT, h.bottom),
            radius=(25, 8, 0, 0), grain=Grain.ACROSS, finish=Finish.BOTH,
        )  # fmt: skip
        base = piece.board("socle", inner, run, lying(left, CORE_FRONT, h.plate + t))
        back = piece.board(
            "dos", inner, h.ceiling - h.bottom, facing_front(left, depth - CHANNEL, h.bottom), grain=Grain.ACROSS
        )
        leaf = piece.board(
            "tablette clavier", inner, run + KNEES, lying(left, LEAF_FRONT, LEAF_TOP - t), radius=(25, 25, 0, 0)
        )
        # Tenons stand towards both ends, the bolt between them.
        for board, start in ((base, 0.0), (leaf, KNEES)):
            near, middle, far = start + 45.0, start + run / 2, start + run - 45.0
            for edge in ("left", "right"):
                ahead = edge == "right"  # edges run counter-clockwise: the left one starts at the back
                length = board.edge_length(edge)
                places = [s if ahead else length - s for s in (near, far)]
                bolt = middle if ahead else length - middle
                piece.join(
                    through_tenon(board, edge, cheek, at=places, width=44, clearance=c),
                    barrel_nut(board, edge, cheek, at=[bolt], clearance=c),
                )
        wedge = piece.wedge()
        aside = max(75.0, 0.16 * inner)
        for board in (base, leaf):
            piece.join(*wedged_tenon(board, "top", back, wedge, width=60, at=[aside, inner - aside], clearance=c))
        above = h.ceiling - h.bottom - 110
        low = (LEAF_TOP - h.bottom) / 2 + 40
        tall = h.ceiling - h.bottom
        piece.join(
            through_tenon(back, "right", cheek, at=[low, above], width=60, clearance=c),
            through_tenon(back, "left", cheek, at=[tall - low, tall - above], width=60, clearance=c),
        )
        leaf.hole(70, KNEES + run - 70, 60)  # a cable of the keyboard's side
        piece.buy("Passe-câble Ø 60", "Passe-câble à clapet Ø 60", 1, mass_g=30)

        first = h.floor + (30 + t if v["printer"] else 0)  # what the shelves stand above
        if v["printer"]:
            Maisonnette._tray(piece, cheek, left, inner, first - t, behind)
        if v["shelves"]:
            free = LEAF_TOP - t - first
            levels = [first + free * (i + 1) / (v["shelves"] + 1) - t / 2 for i in range(v["shelves"])]
            shelf = piece.board("tablette", inner, run - 30, *(lying(left, CORE_FRONT + 30, z) for z in levels))
            for edge in ("left", "right"):
                piece.join(through_tenon(shelf, edge, cheek, count=2, width=36, clearance=c))
        Maisonnette._channel(piece, back, left, inner, h)
        if v["screen"] != "none":
            Maisonnette._screen(piece, back, inner, h)
        spots = [(x, y) for x in (left + 62, right - 62) for y in (CORE_FRONT + 52, behind - CASTER_ASIDE)]
        mounted_casters(piece, base, h.plate, spots)
        return cheek

    @staticmethod
    def _tray(piece: Piece, cheek: Panel, left: float, inner: float, z: float, behind: float) -> None:
        """The printer's tray slides on two runners that are tenoned into the cheeks."""
        t, c = piece.sheet.thickness, piece.sheet.clearance
        front, back = CORE_FRONT + 6, behind - 8
        reach, right = back - front, left + inner
        runner = piece.board(
            "coulisseau", reach, 30,
            oriented((left, back, z - t), (0, -1, 0), (0, 0, 1)), oriented((right, front, z - t), (0, 1, 0), (0, 0, 1)),
            radius=(0, 0, 8, 8), finish=Finish.BOTH,
        )  # fmt: skip
        piece.join(
            through_tenon(runner, "bottom", cheek, count=2, width=40, clearance=c),
            screwed(runner, "bottom", cheek, at=[reach / 2]),
        )
        piece.buy("Loqueteau magnétique 40 N", "Loqueteau magnétique", 1, mass_g=20)  # the tray's
        tray = piece.board("plateau d’imprimante", inner - 4, reach, lying(left + 2, front, z), radius=8)
        tray.rounded_slot((inner - 4) / 2, 45, 130, 36)
        contacts = [(x, (front + back) / 2, z) for x in (left + 15, right - 15)]
        piece.join(slide(tray, runner, at=contacts, clearance=4.0))

    @staticmethod
    def _channel(piece: Piece, back: Panel, left: float, inner: float, h: Heights) -> None:
        """Two battens behind the back and a hatch that is pushed on their tenons: the cables' way up."""
        t, c, depth = piece.sheet.thickness, piece.sheet.clearance, piece.values["depth"]
        low, high, half = h.floor + 30, LEAF_TOP + 130, 95.0
        middle, length = left + inner / 2, high - low
        batten = piece.board(
            "tasseau", CHANNEL - t, length,
            *(facing_right(middle + s * (half - t / 2) - t / 2, depth - CHANNEL, low) for s in (-1, 1)),
            grain=Grain.ACROSS,
        )  # fmt: skip
        hatch = piece.board(
            "trappe", 2 * half + 3 * t, length, facing_back(middle + half + 1.5 * t, depth - t, low), radius=25
        )
        piece.join(
            through_tenon(batten, "left", back, count=3, width=44, clearance=c),
            screwed(batten, "left", back, at=[batten.edge_length("left") * s for s in (3 / 8, 5 / 8)]),
            through_tenon(batten, "right", hatch, count=2, width=44, clearance=c),
        )
        hatch.rounded_slot(half + 1.5 * t, length - 60, 130, 36)
        for z in (LEAF_TOP + 72, (h.floor + LEAF_TOP) / 2):
            back.rounded_slot(inner / 2, z - h.bottom, 130, 36)
        piece.buy("Loqueteau magnétique 40 N", "Loqueteau magnétique", 2, mass_g=20)  # the hatch's
        piece.buy("NF C 61-314, bloc 6 prises", "Bloc multiprise à interrupteur, 6 prises, câble de 3 m", 1, mass_g=650)

    @staticmethod
    def _screen(piece: Piece, back: Panel, inner: float, h: Heights) -> None:
        """Holes of the VESA mount (FDMI MIS-D): M4 screws through Ø 6.5, from behind.

        They reach 5 to 10 mm into the screen, whatever the sheet.
        """
        pattern = float(piece.values["screen"])
        z = screen_height(h)
        for i in (-1, 1):
            for j in (-1, 1):
                back.hole(inner / 2 + i * pattern / 2, z - h.bottom + j * pattern / 2, 6.5)
        width = min(540.0, inner - 50, (h.ceiling - LEAF_TOP - 20) / 0.6)
        face = piece.values["depth"] - CHANNEL - piece.sheet.thickness
        piece.fittings += screen(width, piece.values["width"] / 2, face, z)
        length = 25 if piece.sheet.thickness < 19 else 30
        piece.buy(f"ISO 7045 M4 × {length}", f"Vis VESA M4 × {length}", 4, mass_g=3)
        piece.buy("ISO 7093-1 M4", "Rondelle large M4", 4, mass_g=1)

    # The roof

    @staticmethod
    def _roof(piece: Piece, h: Heights) -> Panel:
        """Ceiling, two gables, two slopes and the crest; gives the ceiling."""
        t, c, v = piece.sheet.thickness, piece.sheet.clearance, piece.values
        width, depth = v["width"], v["depth"]
        slope = math.radians(v["pitch"])
        cos, sin, tan = math.cos(slope), math.sin(slope), math.tan(slope)
        ceiling = piece.board("plafond", width, depth, lying(0, 0, h.ceiling), radius=6)

        flat = 1.5 * t  # half of the gables' flat top, with the crest's slot in its middle
        peak = h.peak - h.attic
        top = peak - flat * tan
        corners = [
            Corner(0, 0), Corner(width, 0), Corner(width, EAVES), Corner(width / 2 + flat, top),
            Corner(width / 2 - flat, top), Corner(0, EAVES),
        ]  # fmt: skip
        edges = ("bottom", "right", "slope right", "ridge", "slope left", "left")
        stands = facing_front(0, 2 * t + 3, h.attic), facing_front(0, depth - t - 3, h.attic)
        if v["text"]:
            fronton = piece.panel("fronton", corners, edges, stands[0])
            gables = [fronton, piece.panel("pignon", corners, edges, stands[1], finish=Finish.BOTTOM)]
        else:
            fronton = piece.panel("pignon", corners, edges, *stands, finish=Finish.BOTH)
            gables = [fronton]
        crest = piece.board(
            "faîtière", depth + 2 * OVERHANG, v["height"] - (h.attic + top - 60),
            facing_right(width / 2 - t / 2, -OVERHANG, h.attic + top - 60),
            radius=(25, 25, 25, 25), finish=Finish.BOTH,
        )  # fmt: skip
        beyond = EAVES_OUT
        long = (width / 2 - t / 2) / cos + beyond - 0.3
        low = h.attic + EAVES - beyond * sin
        pane = piece.board(
            "versant", depth + 2 * OVERHANG, long,
            oriented((-beyond * cos, depth + OVERHANG, low), (0, -1, 0), (-sin, 0, cos)),
            oriented((width + beyond * cos, -OVERHANG, low), (0, 1, 0), (sin, 0, cos)),
            radius=(25, 25, BLUNT, BLUNT),
        )  # fmt: skip
        run = fronton.edge_length("slope left")
        # Along the slope: the barrel nut lies 32 mm above the ceiling, below the sign.
        nut = (8 + nut_distance(t) * cos) / sin
        low, high = SIGN + letter_height(v) * 1.35 + 12, top - 60  # what sign and crest leave for a round window
        radius = min(42.0, (high - low) / 2, 0.5 * (peak - high) / tan)
        for board in gables:
            if radius > 15:
                board.hole(width / 2, high - radius, 2 * radius)
            piece.join(
                through_tenon(board, "bottom", ceiling, count=3, width=60, clearance=c),
                barrel_nut(board, "bottom", ceiling, at=[0.36 * width, 0.64 * width], clearance=c),
                cross_lap(crest, "bottom", board, "ridge", clearance=c),
            )
            for edge in ("slope left", "slope right"):
                places = [s if edge == "slope right" else run - s for s in (nut, 0.48 * run, 0.8 * run)]
                piece.join(
                    barrel_nut(board, edge, pane, at=places[:1], clearance=c),
                    through_tenon(board, edge, pane, at=places[1:], width=50, clearance=c),
                )
        if v["text"]:
            letters = letter_height(v)
            fronton.engrave(v["text"], width / 2, SIGN + letters / 2, letters, stroke=max(2.0, 0.09 * letters))
        return ceiling

    @staticmethod
    def _under_ceiling(piece: Piece, cheek: Panel, ceiling: Panel) -> None:
        c, reach = piece.sheet.clearance, piece.values["depth"] - CORE_FRONT
        piece.join(
            through_tenon(cheek, "top", ceiling, at=[60, reach - 100], width=60, clearance=c),
            barrel_nut(cheek, "top", ceiling, at=[reach / 2 - 20], clearance=c),
        )

    @staticmethod
    def _measures(piece: Piece, h: Heights) -> None:
        v = piece.values
        width, length = v["width"], v["wall_length"]
        opened = {"closed": 0, "half": 1, "open": 2}[v["state"]]
        area = max(panel.outline().area - sum(o.area for o in panel.openings) for panel in piece.panels)
        heaviest = area * piece.sheet.thickness * piece.sheet.density_kg_m3 * 1e-9
        piece.measures += [
            Measure(
                "Encombrement, fermée", " × ".join(f"{size:.0f}" for size in closed_size(v, piece.sheet.thickness))
            ),
            Measure(
                "Largeur, un mur ouvert" if opened == 1 else "Largeur ouverte",
                f"{width + (opened or 2) * (length + GAP / 2):.0f}",
            ),
            Measure("Hauteur du clavier", f"{LEAF_TOP:.0f}"),
            Measure(
                "Passage des genoux, hauteur × profondeur", f"{LEAF_TOP - piece.sheet.thickness:.0f} × {KNEES:.0f}"
            ),
            Measure("Pièce la plus lourde à lever", french_number(heaviest, 1), "kg"),
        ]
        if v["screen"] != "none":
            piece.measures.append(Measure("Milieu de l’écran", f"{screen_height(h):.0f}"))
