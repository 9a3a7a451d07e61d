# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Parts → sheets. What a layout has to keep and what it is worth stands in problem.py; layouts.py is the way in.

Nothing is imported here: the background search starts processes that need the plain geometry alone.
"""
