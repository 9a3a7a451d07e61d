# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A workshop's own names and colours in place of the grammar's (``[machine.layers]`` of its file)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from designs.typography import typeset
from fablabs.layers import MAX_NAME, Layers, Letters, Preset
from fablabs.machine import Machine, Process
from fabrication.errors import NotMakeableError
from fabrication.layers import Colour, Layer, figure, layer_of
from fabrication.plan import CutPlan, FlatPart, Work

Rgb = tuple[int, int, int]
_RED, _GREEN, _BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
_CYAN, _YELLOW, _MAGENTA, _BLACK = (0, 255, 255), (255, 255, 0), (255, 0, 255), (0, 0, 0)
#: By the keys of the table. Sources and reasons: docs/decisions/0012-layer-presets.md.
PRESETS: dict[Preset, dict[str, Rgb]] = {
    Preset.TRETEAU: {},
    Preset.RGB: {
        "cut_outside": _RED, "cut_inside": _RED, "drill": _RED, "pocket": _GREEN, "engrave": _BLACK, "score": _BLUE,
    },
    # The order in which such programs list the colours, and so work through them, is the cutting order.
    Preset.SIX_COLOURS: {
        "engrave": _RED, "score": _GREEN, "pocket": _BLUE, "drill": _CYAN, "cut_inside": _YELLOW,
        "cut_outside": _MAGENTA,
    },
}  # fmt: skip
#: Without a table of one's own a score is as blue as nothing else on a laser.
_SCORE = Colour(5, (0, 0, 255))


@dataclass(frozen=True)
class LayerTable:
    """What stands in the files for each layer of the grammar."""

    layers: Layers
    scored: bool = False  # engravings are followed along their outline

    @classmethod
    def of(cls, machine: Machine) -> LayerTable:
        return cls(machine.layers, machine.process is Process.LASER and machine.layers.letters is Letters.SCORE)

    def kind(self, layer: Layer) -> str:
        """The table's key for a layer of the grammar: ``cut_outside``, ``score``, ``label``…"""
        if layer.work is None:
            return layer.name.lower()
        if layer.work is Work.ENGRAVE and self.scored:
            return "score"
        return layer.work.value.replace("-", "_")

    def shown(self, layer: Layer) -> Layer:
        """The layer as the files have it: same meaning, the workshop's name and colour.

        Raises NotMakeableError for a name that gets longer than a DXF takes."""
        kind = self.kind(layer)
        style = self.layers.style(kind)
        name = layer.name.replace("ENGRAVE", "SCORE") if kind == "score" else layer.name
        if style.name:
            depth, diameter = ("" if v is None else figure(v) for v in (layer.depth, layer.diameter))
            name = style.name.replace("{side}", layer.face.value.upper())
            name = name.replace("{depth}", depth).replace("{diameter}", diameter) + layer.suffix
        if len(name) > MAX_NAME:
            raise NotMakeableError(
                f"the layer's name {name!r} has {len(name)} characters, a DXF takes {MAX_NAME}",
                typeset(f"Le nom de calque « {name} » est trop long : {MAX_NAME} caractères au plus."),
            )
        rgb = style.colour or PRESETS[self.layers.preset].get(kind)
        own = _SCORE if kind == "score" else layer.colour
        return dataclasses.replace(layer, name=name, colour=Colour(nearest_index(rgb), rgb, True) if rgb else own)


#: Names and colours as the project has them.
GRAMMAR = LayerTable(Layers())


@lru_cache(maxsize=256)
def nearest_index(rgb: Rgb) -> int:
    """DXF's colour index nearest to a colour; 7, which is black on white paper, for black."""
    from ezdxf.colors import aci2rgb

    def distance(index: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(aci2rgb(index), rgb, strict=True))

    return 7 if rgb == _BLACK else min(range(1, 256), key=lambda index: (distance(index), index))


def layers_drawn(parts: Iterable[FlatPart], plan: CutPlan) -> Iterator[Layer]:
    """Every layer of the grammar on which something is cut, in the parts' own drawings or on a sheet."""
    turned = {p.part for sheet in plan.sheets for p in sheet.placements if p.mirrored}
    seen: set[Layer] = set()
    for part in parts:
        for mirrored in (False, True) if part.code in turned else (False,):
            for operation in part.operations:
                layer = layer_of(part, operation, mirrored)
                if layer not in seen:
                    seen.add(layer)
                    yield layer


def check_names(table: LayerTable, layers: Iterable[Layer]) -> None:
    """Raise NotMakeableError if two kinds of work, faces or depths would have one name in the files."""
    taken: dict[str, tuple[str, Layer]] = {"sheet": ("sheet", _plain("SHEET"))}
    for kind in ("sheet", "label", "scale", "donotcut"):
        name = table.shown(_plain(kind.upper())).name
        taken[_folded(name)] = (kind, _plain(name))
    for layer in layers:
        kind, name = table.kind(layer), table.shown(layer).name
        other_kind, other = taken.setdefault(_folded(name), (kind, layer))
        differences = [
            (f"{other_kind} and {kind}", "{operation}") if other_kind != kind else None,
            ("both faces", "{side}") if other.face is not layer.face else None,
            (f"{_mm(other)} and {_mm(layer)} deep", "{depth}") if other.depth != layer.depth else None,
        ]
        found = next((d for d in differences if d), None)
        if found is None:
            continue
        what, remedy = found
        say = "give them two names" if remedy == "{operation}" else f"write {remedy} in the name"
        raise NotMakeableError(
            f"the layer {name!r} would hold work of two kinds ({kind.replace('_', '-')}: {what}), and nobody could "
            f"tell them apart: {say}, in [machine.layers]",
            typeset(
                f"Le calque « {name} » de cet atelier mêlerait deux usinages différents : "
                "la table de calques de la machine est à compléter."
            ),
        )


def _plain(name: str) -> Layer:
    return Layer(name, Colour(7, _BLACK))


def _folded(name: str) -> str:
    """DXF's names know no case, and R12 has _ for a dot."""
    return re.sub(r"[._]", "_", name.casefold())


def _mm(layer: Layer) -> str:
    return "as deep as it goes" if layer.depth is None else f"{figure(layer.depth)} mm"


def rows(table: LayerTable, layers: Iterable[Layer]) -> list[dict[str, object]]:
    """What every name that is cut stands for, for the manifest: a row a name, sorted."""
    found: dict[str, dict[str, object]] = {}
    for layer in layers:
        shown = table.shown(layer)
        row: dict[str, object] = {
            "name": shown.name,
            "operation": table.kind(layer).replace("_", "-"),
            "face": layer.face.value,
            "depth_mm": layer.depth,
            "diameter_mm": layer.diameter,
            "colour": shown.colour.hex,
            **({"mill_mm": layer.mill} if layer.mill else {}),
        }
        before = found.setdefault(shown.name, row)
        if before["diameter_mm"] != layer.diameter:
            before["diameter_mm"] = None  # holes of several diameters share the name
    return [found[name] for name in sorted(found)]
