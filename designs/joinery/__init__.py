# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The joints of the family. Each cuts both panels from where they stand, so tab and slot can't
disagree; each gives the ``Joint`` that the piece declares. Sizes in mm; ``clearance`` is total play."""

from designs.joinery.bolt import barrel_nut, bolted, screwed
from designs.joinery.cross_lap import cross_lap
from designs.joinery.dado import dado
from designs.joinery.finger import finger
from designs.joinery.loose import hinge, rod, slide, stow
from designs.joinery.meeting import spread
from designs.joinery.tenon import through_tenon, wedged_tenon
from designs.joinery.trade import hinge_screw
from designs.joinery.wedge import wedge_panel

__all__ = [
    "barrel_nut", "bolted", "cross_lap", "dado", "finger", "hinge", "hinge_screw", "rod", "screwed", "slide", "spread",
    "stow", "through_tenon", "wedge_panel", "wedged_tenon",
]  # fmt: skip
