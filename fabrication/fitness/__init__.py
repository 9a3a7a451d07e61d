# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Is a piece fit for use? Checks that measure the built solids (docs/fitness.md)."""

from fabrication.fitness.verdict import Colour, Verdict

__all__ = ["Colour", "Verdict"]
