# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""GRBL 1.1: no tool changer, no canned cycles, lines of 70 characters at most.

A T word is read and changes nothing; between two tools the program stops (M0) for the hand that changes it.
"""

from __future__ import annotations

from fabrication.toolpaths.posts.gcode import Dialect

write = Dialect(
    opening=("G21 G17 G90 G91.1 G94", "G40 G49 G54"),
    changes=False,
    marks=False,
    ending="M2",
).write
