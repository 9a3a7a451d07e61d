# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""How the maisonnette is used: who sits at it, what stands in it, who leans on its leaf."""

from __future__ import annotations

from collections.abc import Iterator

from designs.casters import TRAIL, standing
from designs.maisonnette_balance import edges
from designs.maisonnette_figures import (
    ARMS_KG,
    CORE_FRONT,
    KNEES,
    LEAF_FRONT,
    LEANING_KG,
    closed_size,
)
from designs.piece import Piece
from designs.use import Folded, Knees, Load, Support, Use

SHELF_KG = 15.0  # a computer, paper, for months
PRINTER_KG = 12.0


def maisonnette_use(piece: Piece) -> Use:
    values = piece.values
    width, is_open, knees = values["width"], values["state"] == "open", []
    if is_open:
        knees.append(Knees((width / 2, LEAF_FRONT, 0.0), (0.0, 1.0, 0.0)))
    floor, weights = standing(piece)
    return Use(
        floor,
        loads=tuple(_loads(piece)),
        pushes=tuple(edges(values, values["state"])),
        knees=tuple(knees),
        swivel=TRAIL,
        weights=weights,
        folded=(Folded("fermée", {"state": "closed"}, closed_size(values, piece.sheet.thickness)),),
    )


def _loads(piece: Piece) -> Iterator[Load]:
    for panel in piece.panels:
        wide, deep = panel.edge_length(panel.edges[0]), panel.edge_length(panel.edges[1])
        if panel.name == "tablette clavier":
            yield Load(panel.code, LEANING_KG, KNEES, wide, Support.ONE_END, spread=False, limit=100)
            yield Load(panel.code, 2 * ARMS_KG, wide, CORE_FRONT - LEAF_FRONT, spread=False, limit=300)
        elif panel.name == "tablette":
            yield Load(panel.code, SHELF_KG, wide, deep, lasting=True)
        elif panel.name == "plateau d’imprimante":
            yield Load(panel.code, PRINTER_KG, wide, deep, lasting=True)
