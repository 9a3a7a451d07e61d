# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""DXF, a file a sheet and a file a part, in the machine file's version (R2010 or R12)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ezdxf
from ezdxf.document import Drawing as Document
from ezdxf.layouts.layout import Modelspace
from ezdxf.units import MM

from designs.contour import Contour
from fabrication.exporters import Job
from fabrication.exporters.drawing import Drawing, part_drawing, sheet_drawing
from fabrication.exporters.paths import part_path, sheet_path
from fabrication.layers import SHEET
from fabrication.machine import DxfVersion

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
    with _reproducible():
        # ezdxf.new would set units on R12 too, and log a warning that it can't.
        document = Document.new(version.value)
        document.header["$MEASUREMENT"] = 1
        if version is not DxfVersion.R12:
            document.units = MM
            for number, remark in enumerate(drawing.remarks, start=1):
                document.header.custom_vars.append(f"Treteau {number}", remark)
            # ezdxf takes these from a set, in an order that differs between processes.
            document.classes.add_required_classes(document.dxfversion)
            document.classes.classes = dict(sorted(document.classes.classes.items()))
        _draw(document, drawing, version)
        stream = io.StringIO()
        document.write(stream)
    text = "".join(f"999\n{remark}\n" for remark in drawing.remarks) + stream.getvalue()
    if version is DxfVersion.R12:
        text = _with_r12_units(text)
    return text.encode(document.output_encoding, errors="dxfreplace")


def _with_r12_units(text: str) -> str:
    head, mark, rest = text.partition("  0\nENDSEC\n")
    return head + _R12_UNITS + mark + rest


def _draw(document: Document, drawing: Drawing, version: DxfVersion) -> None:
    space = document.modelspace()
    names = {layer: layer.named_for(version) for layer in drawing.layers()}
    for layer, name in names.items():
        document.layers.add(name, color=layer.colour.aci)
    if drawing.frame:
        _add_closed(space, drawing.frame, names[SHEET], version)
    for cut in drawing.cuts:
        _add_closed(space, cut.contour, names[cut.layer], version)
    for stroke in drawing.strokes:
        attributes = {"layer": names[stroke.layer]}
        if version is DxfVersion.R12:
            space.add_polyline2d(stroke.points, dxfattribs=attributes)
        else:
            space.add_lwpolyline(stroke.points, dxfattribs=attributes)


def _add_closed(space: Modelspace, contour: Contour, layer: str, version: DxfVersion) -> None:
    attributes = {"layer": layer}
    circle = contour.as_circle()
    if circle:
        x, y, radius = circle
        space.add_circle((x, y), radius, dxfattribs=attributes)
    elif version is DxfVersion.R12:
        space.add_polyline2d(contour.vertices, format="xyb", close=True, dxfattribs=attributes)
    else:
        space.add_lwpolyline(contour.vertices, format="xyb", close=True, dxfattribs=attributes)


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
