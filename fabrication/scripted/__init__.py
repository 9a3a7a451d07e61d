# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models that are no code of ours: a designer's script, run in the jail, or flat parts that were drawn elsewhere.

``inside`` is what runs in the jail; ``transport`` is all that comes out of it, data alone, read as hostile; ``design`` makes
a design of it that the rest of the house can't tell from one in code.
"""
