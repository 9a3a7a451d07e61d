# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""How the chariot is used: what stands on it, who leans on it, which door it passes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from designs.casters import TRAIL, standing
from designs.chariot_balance import edges
from designs.chariot_figures import (
    DOOR_PLAY,
    OVERHANG,
    bracket_arm,
    inner_width,
    leaf_span,
    stated_edge_load,
    stated_top_load,
)
from designs.piece import Piece
from designs.use import Folded, Load, Push, Support, Use

TRAY_KG = 10.0  # tools, cables, for months
LAPTOP_KG = 2.5


def chariot_use(piece: Piece) -> Use:
    values, sheet = piece.values, piece.sheet
    width, depth, height = values["width"], values["depth"], values["height"]
    pushes = edges(values)
    if values["extension"] == "open":
        beyond = width + values["extension_length"]
        pushes.append(
            Push("bord de la rallonge", (beyond, depth / 2, height), stated_edge_load(values, sheet), tilt=0.0)
        )
    floor, weights = standing(piece)
    away = "none" if values["extension"] == "none" else "folded"
    return Use(
        floor,
        loads=tuple(_loads(piece)),
        pushes=tuple(pushes),
        swivel=TRAIL,
        weights=weights,
        folded=(Folded("par la porte", {"extension": away}, (math.inf, values["door"] - DOOR_PLAY, math.inf)),),
    )


def _loads(piece: Piece) -> Iterator[Load]:
    values, sheet = piece.values, piece.sheet
    depth, inner = values["depth"], inner_width(values, sheet.thickness)
    for panel in piece.panels:
        wide, long = panel.edge_length(panel.edges[0]), panel.edge_length(panel.edges[1])
        if panel.name == "plateau":
            yield Load(panel.code, stated_top_load(values, sheet, piece.mass_g / 1000), inner, depth)
        elif panel.name == "socle" and values["laptops"]:
            yield Load(panel.code, values["laptops"] * LAPTOP_KG, inner, depth, lasting=True)
        elif panel.name == "plateau coulissant":
            yield Load(panel.code, TRAY_KG, wide, long, lasting=True)
        elif panel.name == "rallonge" and values["extension"] == "open":
            kg, length = stated_edge_load(values, sheet), values["extension_length"]
            yield Load(panel.code, kg, leaf_span(values, sheet.thickness), length)
            free = length + OVERHANG - bracket_arm(values)
            yield Load(panel.code, kg, free, depth, Support.ONE_END, spread=False, limit=100)
