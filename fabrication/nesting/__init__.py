# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Parts → sheets. What a layout has to keep and what it is worth stands in problem.py."""

from __future__ import annotations

from fabrication.nesting.rectangles import allowed_turns, bounds_as_cut, nest

__all__ = ["allowed_turns", "bounds_as_cut", "nest"]
