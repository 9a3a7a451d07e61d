# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The family's wedge: a small part that draws a tenon tight.

.. image:: ../../docs/pictures/joint-wedged-tenon.webp
"""

from __future__ import annotations

from designs.furniture import Finish, Grain
from designs.joinery.tenon import WEDGE_OVERHANG, WEDGE_SLOPE, WEDGE_WIDTH
from designs.panel import Corner, Panel


def wedge_panel(code: str, thickness: float) -> Panel:
    """A wedge without placements; ``wedged_tenon`` gives it one for each tenon.

    In its own frame X leads outwards from the held panel's far face (x = 0), Y up through the
    tenon, whose middle plane is y = 0. The straight side lies on the face, the other one tapers.
    """
    low, high = -thickness / 2 - WEDGE_OVERHANG, thickness / 2 + WEDGE_OVERHANG
    return Panel(
        code,
        "clavette",
        thickness,
        [
            Corner(0, low, 3),
            Corner(WEDGE_WIDTH + WEDGE_SLOPE * low, low, 3),
            Corner(WEDGE_WIDTH + WEDGE_SLOPE * high, high, 3),
            Corner(0, high, 3),
        ],
        ("bottom", "taper", "top", "face"),
        (),
        grain=Grain.ACROSS,
        finish=Finish.BOTH,
    )
