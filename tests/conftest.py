# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rules and fixtures that all tests share, each in a file of its own."""

from __future__ import annotations

pytest_plugins = [
    "tests.in_ci",
    "tests.database",
    "tests.published",
    "tests.demonstrated",
    "tests.longest_first",
    "tests.two_at_once",
    "tests.jailed",
    "tests.at_the_studio",
    "tests.hangs",
    "tests.no_deadlines",
]
