# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Parts → sheets. What a layout has to keep and what it is worth stands in problem.py."""

from __future__ import annotations

from fabrication.nesting.items import allowed_turns, bounds_as_cut
from fabrication.nesting.layouts import as_stored, improve, nest

__all__ = ["allowed_turns", "as_stored", "bounds_as_cut", "improve", "nest"]
