# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design's choices without asking its script: whoever tries hundreds of sizes asks the bounds and the written rules first, and
learns the script's own rules where the piece is built anyway."""

from __future__ import annotations

from designs.design import Design
from designs.parameters import Parametric


def keeps_its_rules(design: Design) -> bool:
    """Has a model of the studio rules in its script, which no data says?"""
    parsed = getattr(getattr(design, "content", None), "parsed", None)
    return bool(getattr(parsed, "rules_in_script", False))


def asks_a_jail(design: Design) -> bool:
    """Does each question about sizes start a script (fabrication/scripted/design.py)?"""
    return keeps_its_rules(design) and getattr(design, "shipped", None) is None


def bounded(design: Design) -> Parametric:
    """Who is asked about many sizes: the design itself, or its written rules where each question would start a script."""
    return design.written if asks_a_jail(design) else design
