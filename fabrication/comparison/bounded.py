# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design's choices without asking its script: whoever tries hundreds of sizes asks the bounds and the written rules first, and
learns the script's own rules where the piece is built anyway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designs.design import Design
from designs.furniture import Furniture
from designs.parameters import clean_parameters
from designs.sheet import Sheet


def keeps_its_rules(design: Design) -> bool:
    """Has a model of the studio rules in its script, which no data says?"""
    parsed = getattr(getattr(design, "content", None), "parsed", None)
    return bool(getattr(parsed, "rules_in_script", False))


def asks_a_jail(design: Design) -> bool:
    """Does each question about sizes start a script (fabrication/scripted/design.py)?"""
    return keeps_its_rules(design) and getattr(design, "shipped", None) is None


def bounded(design: Design) -> Design:
    """The same parameters, bounds and written rules; of a design that asks no jail the design itself."""
    return _Bounded(design) if asks_a_jail(design) else design


class _Bounded(Design):
    """Cleans and draws nothing."""

    def __init__(self, design: Design) -> None:
        fields = vars(self)  # class variables of ``Design`` are the instance's here
        fields["identifier"] = design.identifier
        fields["parameters"], fields["constraints"] = design.parameters, design.constraints

    def clean(self, given: Mapping[str, object]) -> dict[str, Any]:
        return clean_parameters(self.parameters, self.constraints, given)

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        raise NotImplementedError("asked for sizes only")
