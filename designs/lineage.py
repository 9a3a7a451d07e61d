# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where an adaptation comes from, as its credit says it: CERN-OHL-S asks for it."""

from __future__ import annotations

from designs.typography import spaced

#: Characters of a credit, and of the title in it.
MAX_CREDIT, _MAX_TITLE = 300, 100


def adapted_credit(credit: str, title: str, version: str = "") -> str:
    """Whom the original names, then what it was: « Adapté de … ». ``version`` is empty for what was never published. What is too
    long for a credit is cut from the original's own."""
    after = spaced(f"Adapté de « {title[:_MAX_TITLE]} »{f', version {version}' if version else ''}.")
    first = credit.strip()[: MAX_CREDIT - len(after) - len(". ")].rstrip(". ")
    return f"{first}. {after}" if first else after
