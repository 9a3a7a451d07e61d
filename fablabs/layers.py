# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of layers and colours that a workshop's own program wants (docs/machines.md)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from fablabs.quantities import StrictModel

#: DXF R12 takes no longer name.
MAX_NAME = 31
#: What a name may say besides its own letters; the files have the figures in their place.
PLACEHOLDERS = {"side", "depth", "diameter"}
#: Kinds of operation, by their keys; the rest are never cut.
OPERATIONS = ("cut_outside", "cut_inside", "pocket", "drill", "engrave", "score")
QUIET = ("sheet", "label", "scale", "donotcut")
#: Layer 0 and DEFPOINTS are DXF's own.
_RESERVED = {"0", "DEFPOINTS"}


class Preset(StrEnum):
    """Colours by operation; own names and colours come on top of it."""

    TRETEAU = "treteau"  # the project's own: a colour an operation
    RGB = "rgb"  # red cuts, blue scores, black engraves
    SIX_COLOURS = "six-colours"  # red, green, blue, cyan, yellow, magenta, in this order of work


class Letters(StrEnum):
    """How a laser burns an engraving. A router mills it."""

    ENGRAVE = "engrave"  # as a surface
    SCORE = "score"  # along its outline


def _layer_name(name: str) -> str:
    plain = re.sub(r"\{([a-z]*)\}", lambda m: "" if m[1] in PLACEHOLDERS else "?", name)
    if not re.fullmatch(r"[A-Za-z0-9_.-]*", plain) or len(plain) > MAX_NAME:
        raise ValueError(
            "a layer's name has up to 31 of A–Z, a–z, 0–9, '-', '_' and '.', and may say {side}, {depth}, {diameter}"
        )
    if name.upper() in _RESERVED or not name:
        raise ValueError(f"{name!r} is a name of DXF's own")
    return name


Level = Annotated[int, Field(ge=0, le=255, strict=True)]
LayerName = Annotated[str, Field(min_length=1, max_length=60, strict=True), AfterValidator(_layer_name)]


class LayerStyle(StrictModel):
    """One kind of operation: its name and its colour (red, green, blue); what is not said is the preset's."""

    name: LayerName | None = None
    colour: tuple[Level, Level, Level] | None = None


class Layers(StrictModel):
    """Names and colours by kind of operation."""

    preset: Preset = Preset.TRETEAU
    letters: Letters = Letters.ENGRAVE
    cut_outside: LayerStyle | None = None
    cut_inside: LayerStyle | None = None
    pocket: LayerStyle | None = None
    drill: LayerStyle | None = None
    engrave: LayerStyle | None = None
    score: LayerStyle | None = None
    sheet: LayerStyle | None = None
    label: LayerStyle | None = None
    scale: LayerStyle | None = None
    donotcut: LayerStyle | None = None

    def style(self, kind: str) -> LayerStyle:
        """Of one of OPERATIONS or QUIET."""
        return getattr(self, kind) or LayerStyle()

    @model_validator(mode="after")
    def _names_differ(self) -> Layers:
        named = [(kind, name) for kind in (*OPERATIONS, *QUIET) if (name := self.style(kind).name)]
        for kind, name in named:
            others = [(k, n) for k, n in named if k != kind]
            # What nobody renames keeps its own name.
            others += [(k, k.upper()) for k in QUIET if k != kind and not self.style(k).name]
            twin = next((k for k, n in others if n.casefold() == name.casefold()), None)
            if twin:
                raise ValueError(
                    f"{kind} and {twin} are both named {name!r}, so that nobody could tell them apart: give each a "
                    "name of its own (the colour may be the same)"
                )
            if kind in QUIET and "{" in name:
                raise ValueError(f"{kind}: a layer that is never cut has no side, depth or diameter")
        return self
