# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A message that stays one line of a terminal."""

from __future__ import annotations


def one_line(text: object) -> str:
    """What a file or an argument smuggled in can't break the line or colour it."""
    return "".join(c if c.isprintable() else "�" for c in " ".join(str(text).split()))
