# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""DXF, a file a sheet and a file a part, in the machine file's version (R2010 or R12)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import ezdxf
from ezdxf.colors import rgb2int
from ezdxf.document import Drawing as Document
from ezdxf.units import MM

from fablabs.machine import DxfVersion
from fabrication.exporters import Job
from fabrication.exporters.drawing import Drawing, part_drawing, sheet_drawing
from fabrication.exporters.dxf_entities import entities
from fabrication.exporters.paths import part_path, sheet_path
from fabrication.layers import Colour

#: ezdxf leaves the units out of R12, where AutoCAD had none yet; every reader of today looks for
#: them there too, and a reader that does not know a header variable passes over it.
_R12_UNITS = "  9\n$INSUNITS\n 70\n4\n  9\n$MEASUREMENT\n 70\n1\n"


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    version = job.machine_file.machine.dxf_version
    for sheet in job.plan.sheets:
        yield sheet_path(job.plan, sheet, "dxf"), dxf_bytes(sheet_drawing(job, sheet), version)
    for part in job.cut_parts:
        yield part_path(part), dxf_bytes(part_drawing(job, part), version)


def dxf_bytes(drawing: Drawing, version: DxfVersion) -> bytes:
    """The drawing as an ASCII DXF: millimetres, closed polylines with bulges and circles, strokes."""
    shown = {layer: drawing.table.shown(layer) for layer in drawing.layers()}
    names = {layer: its.named_for(version) for layer, its in shown.items()}
    # A workshop's own name may hold several layers of the grammar: holes of two diameters.
    layers = tuple(dict.fromkeys((names[layer], its.colour) for layer, its in shown.items()))
    skeleton = _skeleton(version, layers, drawing.geometry)
    stream = io.StringIO()
    stream.writelines(f"999\n{remark}\n" for remark in (drawing.title, drawing.geometry))
    stream.write(_with_extents(skeleton.head, drawing.bounds))
    stream.writelines(entities(drawing, names, version))
    stream.write(skeleton.tail)
    return stream.getvalue().encode(skeleton.encoding, errors="dxfreplace")


class _Skeleton(NamedTuple):
    """An empty document as text, cut open where its entities go."""

    head: str
    tail: str
    encoding: str


@lru_cache(maxsize=64)
def _skeleton(version: DxfVersion, layers: tuple[tuple[str, Colour], ...], geometry: str) -> _Skeleton:
    """Everything but the entities. A package's drawings differ by little else, and building and
    writing tables, classes and objects takes ten times as long as a part's contours do."""
    with _reproducible():
        # ezdxf.new would set units on R12 too, and log a warning that it can't.
        document = Document.new(version.value)
        document.header["$MEASUREMENT"] = 1
        if version is not DxfVersion.R12:
            document.units = MM
            document.header.custom_vars.append("Treteau geometry", geometry)
            # ezdxf takes these from a set, in an order that differs between processes.
            document.classes.add_required_classes(document.dxfversion)
            document.classes.classes = dict(sorted(document.classes.classes.items()))
            document.entitydb.handles.reset("FFFFF")  # what $HANDSEED says: above all handles
        for name, colour in layers:
            exact = rgb2int(colour.rgb) if colour.exact and version is not DxfVersion.R12 else None
            document.layers.add(name, color=colour.aci, true_color=exact)
        stream = io.StringIO()
        document.write(stream)
    text = stream.getvalue()
    if version is DxfVersion.R12:
        text = _with_r12_units(text)
    opening = "  2\nENTITIES\n"
    head, mark, tail = text.partition(opening)
    return _Skeleton(head + mark, tail, document.output_encoding)


def _with_extents(head: str, bounds: tuple[float, float, float, float]) -> str:
    """The header's $EXTMIN and $EXTMAX, which some controllers zoom to; ezdxf leaves them at ±1e20."""
    for name, corner in (("$EXTMIN", bounds[:2]), ("$EXTMAX", bounds[2:])):
        x, y = (round(v, 6) for v in corner)
        pattern = rf"(  9\n\{name}\n 10\n)[^\n]+(\n 20\n)[^\n]+(\n 30\n)[^\n]+\n"
        head = re.sub(pattern, rf"\g<1>{x}\g<2>{y}\g<3>0.0\n", head, count=1)
    return head


def _with_r12_units(text: str) -> str:
    head, mark, rest = text.partition("  0\nENDSEC\n")
    return head + _R12_UNITS + mark + rest


@contextmanager
def _reproducible() -> Iterator[None]:
    """ezdxf writes today's date and random ids unless its own tests' option is set."""
    options: Any = ezdxf.options  # type: ignore[attr-defined]  # documented, though not in its __all__
    before = options.write_fixed_meta_data_for_testing
    options.write_fixed_meta_data_for_testing = True
    try:
        yield
    finally:
        options.write_fixed_meta_data_for_testing = before
