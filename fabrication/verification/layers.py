# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The layers of cut files: side, operation, position of the tool, depth; under the names and in the colours
that the machine's table gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fabrication.verification.manifest import LayerRow, LayerStyles, Machine, Manifest

#: Layers on which nothing is cut.
QUIET = frozenset({"SHEET", "LABEL", "SCALE", "DONOTCUT"})

#: DXF colour index and SVG colour by operation; programs tell operations by them (docs/package.md).
COLOURS = {
    "OUTSIDE": (1, "#ff0000"),
    "INSIDE": (6, "#ff00ff"),
    "POCKET": (5, "#0000ff"),
    "DRILL": (3, "#00a000"),
    "ENGRAVE": (4, "#00a0a0"),
    "SCORE": (5, "#0000ff"),
    "SHEET": (8, "#808080"),
    "LABEL": (2, "#967800"),
    "SCALE": (9, "#a0a0a0"),
    "DONOTCUT": (9, "#a0a0a0"),
}
#: Of the other presets; what is not here keeps the colour above.
PRESETS = {
    "treteau": "",
    "rgb": "OUTSIDE=#ff0000 INSIDE=#ff0000 DRILL=#ff0000 POCKET=#00ff00 ENGRAVE=#000000 SCORE=#0000ff",
    "six-colours": "ENGRAVE=#ff0000 SCORE=#00ff00 POCKET=#0000ff DRILL=#00ffff INSIDE=#ffff00 OUTSIDE=#ff00ff",
}
_KEYS = {"cut_outside": "OUTSIDE", "cut_inside": "INSIDE"}

_NUMBER = r"\d+(?:[._]\d+)?"
_GRAMMAR = re.compile(
    rf"(?P<side>TOP|BOTTOM)-(?:"
    rf"CUT-(?P<position>OUTSIDE|INSIDE)-(?P<cut>{_NUMBER})MM"
    rf"|POCKET-(?P<pocket>{_NUMBER})MM"
    rf"|DRILL-(?P<diameter>{_NUMBER})MM-(?P<drill>{_NUMBER})MM"
    rf"|(?P<engrave>ENGRAVE|SCORE))(?:-MILL(?P<mill>{_NUMBER}))?"
)


@dataclass(frozen=True)
class Layer:
    """A cutting layer. ``kind`` is OUTSIDE, INSIDE, POCKET, DRILL or ENGRAVE (a score is one); depth and
    diameter in mm, None where the name has none. ``mill``: which other mill than the main one cuts it (mm)."""

    name: str
    side: str
    kind: str
    depth: float | None = None
    diameter: float | None = None
    mill: float | None = None


def parse_layer(name: str, dots: bool = True) -> Layer | None:
    """The layer that a name of the grammar stands for; None if it is none. ``dots=False``: R12's form, 18_0MM."""
    match = _GRAMMAR.fullmatch(name)
    if not match or ("_" if dots else ".") in name:
        return None

    def number(group: str) -> float | None:
        text = match.group(group)
        return float(text.replace("_", ".")) if text else None

    side, mill = match["side"], number("mill")
    if match["engrave"]:
        return Layer(name, side, "ENGRAVE", mill=mill)
    if match["position"]:
        return Layer(name, side, match["position"], number("cut"), mill=mill)
    if match["pocket"]:
        return Layer(name, side, "POCKET", number("pocket"), mill=mill)
    return Layer(name, side, "DRILL", number("drill"), number("diameter"), mill)


def colours_of(name: str) -> tuple[int | None, str] | None:
    """(DXF index, SVG hexadecimal) of a layer of the grammar, with dots; None if it is none."""
    if name in QUIET:
        return COLOURS[name]
    layer = parse_layer(name)
    return COLOURS["SCORE" if name.endswith("-SCORE") else layer.kind] if layer else None


@dataclass(frozen=True)
class Table:
    """What the names in the files stand for, from the manifest's machine and its list of layers."""

    styles: LayerStyles
    scored: bool
    rows: tuple[LayerRow, ...]

    @classmethod
    def of(cls, manifest: Manifest) -> Table:
        machine: Machine = manifest.machine
        return cls(
            machine.layers, machine.process == "laser" and machine.layers.letters == "score", tuple(manifest.layers)
        )

    @cached_property
    def _cut(self) -> dict[str, Layer]:
        return {row.name: layer for row in self.rows if (layer := _meaning(row))}

    @cached_property
    def _quiet(self) -> dict[str, str]:
        named = {kind: getattr(self.styles, kind.lower()) for kind in sorted(QUIET)}
        return {(style.name if style and style.name else kind): kind for kind, style in named.items()}

    def name_of(self, kind: str) -> str:
        """Of SHEET, LABEL, SCALE or DONOTCUT."""
        return next(name for name, k in self._quiet.items() if k == kind)

    def quiet(self, name: str, dots: bool = True) -> str | None:
        """SHEET, LABEL, SCALE or DONOTCUT; None if something may be cut on the layer."""
        return next((kind for given, kind in self._quiet.items() if name == _form(given, dots)), None)

    def parse(self, name: str, dots: bool = True) -> Layer | None:
        """The cutting layer of that name; None if nobody has said what it stands for."""
        for given, layer in self._cut.items():
            if name == _form(given, dots):
                return replace(layer, name=name)
        # A name that says itself what it is, whatever the list leaves out, unless the workshop has its own.
        own = parse_layer(name, dots)
        return own if own and not self._renamed(operation_of(name)) else None

    def _renamed(self, operation: str) -> bool:
        style = getattr(self.styles, operation.replace("-", "_"))
        return bool(style and style.name)

    def colour(self, name: str, dots: bool = True) -> tuple[int | None, str] | None:
        """(DXF index, SVG hexadecimal) of a layer; no index where the machine's table gives the colour, which a
        DXF then says in full. None for a name that stands for nothing."""
        kind = self.quiet(name, dots)
        if kind is None:
            row = next((row for row in self.rows if _form(row.name, dots) == name), None)
            if row is None and self.parse(name, dots) is None:
                return None
            operation = row.operation if row else operation_of(name)
            kind = _KEYS.get(operation.replace("-", "_"), operation.upper())
        return self._colour_of(kind)

    def _colour_of(self, kind: str) -> tuple[int | None, str]:
        key = next((k for k, v in _KEYS.items() if v == kind), kind.lower())
        style = getattr(self.styles, key)
        if style and style.colour:
            return None, "#{:02x}{:02x}{:02x}".format(*style.colour)
        preset = dict(pair.split("=") for pair in PRESETS[self.styles.preset].split())
        return (None, preset[kind]) if kind in preset else COLOURS[kind]

    def faults(self) -> Iterator[str]:
        """Where the manifest's list of layers is not what its machine's table makes of them."""
        names = [_form(row.name.casefold(), False) for row in self.rows] + [
            _form(name.casefold(), False) for name in self._quiet
        ]
        for row in self.rows:
            if names.count(_form(row.name.casefold(), False)) > 1:
                yield f"two layers are named {row.name!r}"
            layer = _meaning(row)
            if layer is None:
                yield f"layer {row.name!r}: a {row.operation} of depth {row.depth_mm}"
                continue
            if (row.operation == "score") != (self.scored and layer.kind == "ENGRAVE"):
                yield f"layer {row.name!r}: {row.operation}, the machine's letters are {self.styles.letters}d"
            if row.name != self._expected_name(row):
                yield f"layer {row.name!r} should be {self._expected_name(row)!r}"
            if row.colour != (wanted := (self.colour(row.name) or (None, ""))[1]):
                yield f"layer {row.name!r} has colour {row.colour}, {wanted} expected"

    def _expected_name(self, row: LayerRow) -> str:
        style = getattr(self.styles, row.operation.replace("-", "_"))
        template = style.name if style and style.name else _OWN_NAMES[row.operation]
        figures = {"side": row.face.upper(), "depth": _figure(row.depth_mm), "diameter": _figure(row.diameter_mm)}
        for word, figure in figures.items():
            template = template.replace(f"{{{word}}}", figure)
        return f"{template}-MILL{_three_figures(row.mill_mm)}" if row.mill_mm else str(template)


def operation_of(name: str) -> str:
    """``cut-outside``, ``pocket``, ``score``… of a name of the grammar."""
    words = name.lower().split("-")[1:]
    return "-".join(words[:2]) if words[0] == "cut" else words[0]


_OWN_NAMES = {
    "cut-outside": "{side}-CUT-OUTSIDE-{depth}MM",
    "cut-inside": "{side}-CUT-INSIDE-{depth}MM",
    "pocket": "{side}-POCKET-{depth}MM",
    "drill": "{side}-DRILL-{diameter}MM-{depth}MM",
    "engrave": "{side}-ENGRAVE",
    "score": "{side}-SCORE",
}


def _meaning(row: LayerRow) -> Layer | None:
    """None for a row that leaves out how deep."""
    kind = {"cut-outside": "OUTSIDE", "cut-inside": "INSIDE", "score": "ENGRAVE"}.get(
        row.operation, row.operation.upper()
    )
    if kind != "ENGRAVE" and row.depth_mm is None:
        return None
    return Layer(row.name, row.face.upper(), kind, row.depth_mm, row.diameter_mm, row.mill_mm)


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    text = f"{value:.2f}"
    return text.removesuffix("0")


def _three_figures(value: float) -> str:
    """3.0, 3.17, 12.7"""
    text = f"{value:.3g}"
    return text if "." in text else f"{text}.0"


def _form(name: str, dots: bool) -> str:
    return name if dots else name.replace(".", "_")


def index_fits(index: int, colour: str) -> bool:
    """Is no other index of DXF's palette nearer to a colour (``#rrggbb``)?"""
    from ezdxf.colors import aci2rgb

    wanted = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
    if not 1 <= index <= 255:
        return False
    if not any(wanted):
        return index == 7  # drawn black on paper

    def distance(number: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(aci2rgb(number), wanted, strict=True))

    return distance(index) == min(map(distance, range(1, 256)))
