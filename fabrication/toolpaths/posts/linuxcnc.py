# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""LinuxCNC: tools from its table with their lengths; corners are blended by 0.02 mm at most, so that it keeps going."""

from __future__ import annotations

from fabrication.toolpaths.posts.gcode import Dialect

write = Dialect(
    opening=("G21 G17 G90 G91.1 G94", "G40 G49 G80 G54", "G64 P0.02"),
    changes=True,
    marks=True,
    ending="M2",
).write
