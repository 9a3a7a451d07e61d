# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""Une planche aux angles arrondis : de quoi commencer. Le guide dit la suite."""

from designs.piece import Piece
from designs.piece_steps import Assembly
from designs.placing import lying
from designs.use import Use


def draw(values, sheet):
    width, depth = values["width"], 300
    piece = Piece("planche", values, sheet)

    # Les pièces : chacune est une planche, dessinée à plat puis posée à sa place.
    piece.board("planche", width, depth, lying(0, 0, 0), radius=20)

    # Le montage, pas à pas : chaque pièce y arrive une fois.
    told = Assembly(piece)
    told.step("Posez la planche", "À plat.", *told.copies("planche"))
    piece.steps += told.steps

    # L’usage : où le meuble touche le sol. Ajoutez ce qu’il porte, où l’on s’appuie.
    ends, sides = (20, width - 20), (20, depth - 20)
    piece.use = Use(tuple((x, y, 0) for x in ends for y in sides))
    return piece
