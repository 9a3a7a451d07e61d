# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""How the porte is used: what it stands on in both states, who leans on it, who sits, what is carried."""

from __future__ import annotations

from collections.abc import Iterator

from designs.furniture import Measure
from designs.piece import Piece
from designs.porte_balance import edges, floor
from designs.porte_sizes import LIFT_KG, RISING_KG, Sizes
from designs.porte_steps import porte_told
from designs.typography import french_number
from designs.use import Folded, Knees, Lift, Load, Use, Weight

COUNTER_KG, BAY_KG, SHELF_KG = 30.0, 15.0, 10.0
#: Stowed beside the case, and carried apart from it.
CARRIED = ("tablette", "pied", "enseigne", "entretoise", "clavette", "porte")
#: Names of hardware that is lifted with the case; rods, cloth, straps and the door's own are not.
BOLTED_ON = ("Vis à tête bombée", "Écrou noix", "Passe-câble", "Roue", "Essieu", "Bague")


def case_kg(piece: Piece) -> tuple[float, float]:
    """The empty case without its door: its wood, and what is bolted to it."""
    kg_per_mm3 = piece.sheet.density_kg_m3 * 1e-9
    wood = sum(p.volume * len(p.at) for p in piece.panels if p.name not in CARRIED) * kg_per_mm3
    return wood, sum(h.mass_g * h.quantity for h in piece.hardware if h.name.startswith(BOLTED_ON)) / 1000


def porte_use(piece: Piece, s: Sizes) -> Use:
    values = piece.values
    deployed = values["state"] == "deployed"
    knees = []
    if deployed and values["leaf"] != "low":
        aside = (s.outer + s.peg_out + s.legs) / 2
        knees.append(Knees((aside, 0.0, 0.0), (0.0, 1.0, 0.0), wheelchair=values["leaf"] == "wheelchair"))
    _, bolted = case_kg(piece)
    kg = sum(case_kg(piece))
    return Use(
        tuple(floor(values, s)),
        loads=tuple(_loads(piece, s)),
        pushes=tuple(edges(values, s)),
        knees=tuple(knees),
        weights=tuple(_weights(piece, s, deployed)),
        lifts=(Lift("la caisse vide, sans sa porte", tuple(p.code for p in piece.panels if p.name not in CARRIED), bolted,
                    1 if kg <= LIFT_KG else 2),),
        folded=(Folded("dans le coffre, avec 5 mm de jeu", {"state": "folded"},
                       (values["boot_length"] - 10, values["boot_width"] - 10, values["boot_height"] - 10), any_side=True),),
        told=porte_told(piece),
    )  # fmt: skip


def porte_measures(piece: Piece, s: Sizes) -> tuple[Measure, ...]:
    values = piece.values
    wide, deep, high = s.folded(values)
    case = sum(case_kg(piece))
    people = "" if case <= LIFT_KG else ", à porter à deux"
    knee = " × ".join(f"{x:.0f}" for x in s.knee)
    top = s.sign_top if values["arch"] else values["height"]
    ahead = max(0.0, s.spreader / 2 - s.middle) if values["arch"] else 0.0
    deployed = f"{s.outer + s.leaf:.0f} × {values['depth'] + ahead:.0f} × {top:.0f}"
    bay = f"{s.inner:.0f} × {s.shelf:.0f} × {s.under - s.floor:.0f}"
    return (
        Measure("Encombrement plié", f"{high:.0f} × {wide:.0f} × {deep:.0f}"),
        Measure("Encombrement déplié", deployed),
        Measure("Hauteurs du comptoir et de la tablette", f"{values['height']:.0f} et {s.leaf_top:.0f}"),
        Measure("Vide sous la tablette (largeur × profondeur × hauteur)", knee),
        Measure("Baie haute (largeur × profondeur × hauteur)", bay),
        Measure(
            "Pièce la plus lourde : la caisse vide, sans sa porte", french_number(case, 1, zeros=True) + people, "kg"
        ),
    )


def _loads(piece: Piece, s: Sizes) -> Iterator[Load]:
    for panel in piece.panels:
        if panel.name == "comptoir":
            yield Load(panel.code, COUNTER_KG, s.inner, piece.values["depth"], limit=300)
        elif panel.name in ("plancher", "fond"):
            yield Load(panel.code, BAY_KG, s.inner, s.shelf, lasting=True)
        elif panel.name == "étagère":
            yield Load(panel.code, SHELF_KG, s.inner, panel.edge_length("right"), lasting=True)
        elif panel.name == "tablette" and piece.values["state"] == "deployed":
            yield Load(panel.code, RISING_KG, s.knee[0], s.leaf_depth, spread=False)


def _weights(piece: Piece, s: Sizes, deployed: bool) -> Iterator[Weight]:
    """Wheels low, rods and cloth up in the arch."""
    wheel = next(h.mass_g for h in piece.hardware if h.reference.startswith("Roue caoutchouc")) / 1000
    for x in (s.left + 28, s.right - 28):
        yield Weight("roue", (x, s.axle, s.wheel), wheel)
    if deployed and piece.values["arch"]:
        light = sum(h.mass_g * h.quantity for h in piece.hardware if h.name.startswith(("Jonc", "Toile"))) / 1000
        # A half circle's middle is 2/π of its radius up.
        yield Weight("arche", (s.centre, s.middle, s.spring + 0.64 * s.radius), light)
