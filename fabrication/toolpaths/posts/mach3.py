# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mach3: tools from its table with their lengths; constant velocity, relative centres whatever its settings say."""

from __future__ import annotations

from fabrication.toolpaths.posts.gcode import Dialect

write = Dialect(
    opening=("G21 G17 G90 G91.1 G94", "G40 G49 G80 G54 G64"),
    changes=True,
    marks=False,
    ending="M30",
).write
