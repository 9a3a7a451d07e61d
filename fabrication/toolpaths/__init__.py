# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From operations to what the machine does: paths of the tool's centre, passes, tabs, order, time.

``programs.programs`` is the way in. Lengths in millimetres; Z = 0 is the sheet's top face.
"""
