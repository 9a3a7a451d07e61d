# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people typed, on its way into a table that a spreadsheet opens."""

from __future__ import annotations

#: A cell that begins so is run as a formula (OWASP, "CSV injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text as a cell shows it: nothing is run, and nothing that no XLSX may hold is left in."""
    bare = "".join(sign for sign in text if sign in "\t\n\r" or sign.isprintable() or sign in "\u00a0\u202f")
    return f"'{bare}" if bare.startswith(_FORMULA) else bare
