# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The layer grammar of cut files: side, operation, position of the tool, depth."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Layers on which nothing is cut.
QUIET = frozenset({"SHEET", "LABEL", "SCALE", "DONOTCUT"})

#: DXF colour index and SVG colour by operation; programs tell operations by them (docs/package.md).
COLOURS = {
    "OUTSIDE": (1, "#ff0000"),
    "INSIDE": (6, "#ff00ff"),
    "POCKET": (5, "#0000ff"),
    "DRILL": (3, "#00a000"),
    "ENGRAVE": (4, "#00a0a0"),
    "SHEET": (8, "#808080"),
    "LABEL": (2, "#967800"),
    "SCALE": (9, "#a0a0a0"),
    "DONOTCUT": (9, "#a0a0a0"),
}

_NUMBER = r"\d+(?:[._]\d+)?"
_GRAMMAR = re.compile(
    rf"(?P<side>TOP|BOTTOM)-(?:"
    rf"CUT-(?P<position>OUTSIDE|INSIDE)-(?P<cut>{_NUMBER})MM"
    rf"|POCKET-(?P<pocket>{_NUMBER})MM"
    rf"|DRILL-(?P<diameter>{_NUMBER})MM-(?P<drill>{_NUMBER})MM"
    rf"|(?P<engrave>ENGRAVE))"
)


@dataclass(frozen=True)
class Layer:
    """A cutting layer. ``kind`` is OUTSIDE, INSIDE, POCKET, DRILL or ENGRAVE; depth and diameter in mm,
    None where the name has none."""

    name: str
    side: str
    kind: str
    depth: float | None = None
    diameter: float | None = None


def colours_of(name: str, dots: bool = True) -> tuple[int, str] | None:
    """(DXF index, SVG hexadecimal) of a layer; None if its name is not of the grammar."""
    if name in QUIET:
        return COLOURS[name]
    layer = parse_layer(name, dots)
    return COLOURS[layer.kind] if layer else None


def parse_layer(name: str, dots: bool = True) -> Layer | None:
    """The layer that a name stands for; None if it is not of the grammar. ``dots=False``: R12's form, 18_0MM."""
    match = _GRAMMAR.fullmatch(name)
    if not match or ("_" if dots else ".") in name:
        return None

    def number(group: str) -> float | None:
        text = match.group(group)
        return float(text.replace("_", ".")) if text else None

    side = match["side"]
    if match["engrave"]:
        return Layer(name, side, "ENGRAVE")
    if match["position"]:
        return Layer(name, side, match["position"], number("cut"))
    if match["pocket"]:
        return Layer(name, side, "POCKET", number("pocket"))
    return Layer(name, side, "DRILL", number("drill"), number("diameter"))
