# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""The one way in which a piece stands on casters: a plate doubles the board above each, four bolts go
through caster, plate and board."""

from __future__ import annotations

from collections.abc import Sequence

from designs.contour import Point
from designs.furniture import Finish, Grain
from designs.hardware import caster
from designs.joinery.bolt import bolted
from designs.panel import Panel
from designs.piece import Piece
from designs.placing import Vector, oriented
from designs.use import Weight

PAD = (110.0, 90.0)
PLATE = (80.0, 60.0)  # hole pattern of the casters' plates, the trade's usual one
PLATE_THICKNESS = 4.0
HEIGHTS = {"75": 100.0, "100": 128.0, "125": 155.0}  # wheel diameter → overall height
#: A swivelling wheel stands this far beside its pivot, as pictures show it (``hardware.caster``).
TRAIL = 30.0
BEARS_KG = {"75": 50.0, "100": 70.0, "125": 100.0}  # each, the least that the trade sells in that size


def mounted_casters(
    piece: Piece, board: Panel, level: float, spots: Sequence[Point], turns: Sequence[int] | None = None
) -> None:
    """Braked swivel casters of the piece's parameter ``caster`` below a board.

    ``level`` is the height of the casters' plates, one thickness below the board's lower face; ``spots``
    are the pivots (x, y) in the piece; ``turns`` are quarter turns of each mount. All mounts of a piece
    share one part, "platine".
    """
    wheel = str(piece.values["caster"])
    places = [
        oriented((x - i * PAD[0] / 2 + j * PAD[1] / 2, y - j * PAD[0] / 2 - i * PAD[1] / 2, level), (i, j, 0), (0, 0, 1))
        for (x, y), quarter in zip(spots, turns or [0] * len(spots), strict=True)
        for i, j in [((1, 0), (0, 1), (-1, 0), (0, -1))[quarter % 4]]
    ]  # fmt: skip
    pad = next((p for p in piece.panels if p.name == "platine"), None)
    if pad is None:
        pad = piece.board("platine", *PAD, radius=12, grain=Grain.FREE, finish=Finish.BOTH)
    pad.at = (*pad.at, *places)
    holes = [(PAD[0] / 2 + i * PLATE[0] / 2, PAD[1] / 2 + j * PLATE[1] / 2) for i in (-1, 1) for j in (-1, 1)]
    piece.join(bolted(pad, board, at=holes, head="ISO 4017", between=PLATE_THICKNESS, washers=2))
    piece.buy(
        f"Roulette pivotante à frein Ø {wheel}, platine 100 × 80",
        f"Roulette pivotante à frein Ø {wheel} mm", len(spots), mass_g=6.5 * float(wheel),
    )  # fmt: skip
    piece.fittings += caster(float(wheel), HEIGHTS[wheel], spots)


def standing(piece: Piece) -> tuple[tuple[Vector, ...], tuple[Weight, ...]]:
    """Where the casters of a drawn piece stand on the floor, below their pivots, and what each weighs."""
    spots = [at.toTuple()[0] for f in piece.fittings if f.name == "platine de roulette" for at in f.placements]
    kg = next(h.mass_g for h in piece.hardware if h.reference.startswith("Roulette pivotante")) / 1000
    height = HEIGHTS[str(piece.values["caster"])] / 2
    return tuple((x, y, 0.0) for x, y, _ in spots), tuple(Weight("roulette", (x, y, height), kg) for x, y, _ in spots)
