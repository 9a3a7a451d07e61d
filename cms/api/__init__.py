# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The public API: read-only JSON under /api/v1/, nothing of persons. shapes.py says what is given, one module gives each room, problems.py
says what is wrong, answering.py is what every answer has; docs/api.md has the rules."""
