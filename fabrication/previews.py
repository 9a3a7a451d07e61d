# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece as a page shows it: the view in volume, its parts with drawings, hardware, mass and measures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from designs.design import Design
from fabrication.usual_sheet import usual_sheet

#: (stage, share done of the whole job, 0…1)
Progress = Callable[[str, float], None]


def make_preview(design: Design, given: Mapping[str, object], progress: Progress) -> tuple[bytes, bytes]:
    """GLB (metres, +Y up, fittings included) and canonical JSON of the facts, for the usual sheet that it is drawn for.

    Raises ParameterError, GeometryError, NotFlatError.
    """
    from fabrication.exporters.glb import furniture_glb
    from fabrication.exporters.svg import part_svg
    from fabrication.flatten import flatten_part

    progress("build", 0.0)
    furniture = design.build(given, usual_sheet(design))
    progress("flatten", 0.5)
    flat = [flatten_part(part) for part in furniture.parts]
    progress("export", 0.7)
    view = furniture_glb(furniture, flat, fittings=True)
    joined: dict[str, list[str]] = {}
    for joint in furniture.joints:
        for code in dict.fromkeys((joint.a, joint.b)):
            joined.setdefault(code, []).append(joint.kind)
    parts = []
    for part in flat:
        x0, y0, x1, y1 = part.outline.bounds
        parts.append(
            {
                "code": part.code,
                "name": part.name,
                "quantity": part.quantity,
                "length_mm": round(x1 - x0, 1),
                "width_mm": round(y1 - y0, 1),
                "thickness_mm": part.thickness,
                "grain": str(part.grain),
                "joints": sorted(set(joined.get(part.code, ()))),
                "svg": part_svg(part),
            }
        )
    facts: dict[str, Any] = {
        "parts": parts,
        "hardware": [
            {"reference": h.reference, "name": h.name, "quantity": h.quantity, "unit": h.unit}
            for h in furniture.hardware
        ],
        "mass_g": round(furniture.mass_g),
        "measures": [{"label": m.label, "value": m.value, "unit": m.unit} for m in furniture.measures],
    }
    return view, json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
