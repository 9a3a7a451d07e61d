# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``okh.toml``: the package for whoever collects open hardware, as Open Know-How 2.4 (docs/okh.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import tomli_w

from designs.furniture import Furniture, Part
from fablabs.machine import Process
from fabrication.exporters import Job
from fabrication.exporters.paths import part_path, sheet_path

if TYPE_CHECKING:
    import cadquery as cq

VERSION = "2.4"
#: OKH wants the address of the place where a design is worked on. It is in no file of a package that the same inputs
#: must give again, so it can't be an installation's own; this name is nobody's for ever (RFC 2606).
REPO = "https://treteau.example/modeles/{design}"
LICENSOR = "The Tréteau authors"
#: Technology-specific documentation criteria of DIN SPEC 3105-1, by process.
_TSDC = {Process.ROUTER: "CNC", Process.LASER: "LAS"}
_LISTS = ("cut-list.csv", "hardware.csv")
#: In the order of use; what a package has not is not named.
_INSTRUCTIONS = ("sheets.pdf", "notice-de-montage.pdf")
_SOURCE, _VIEW = "piece.step", "piece.glb"
#: Written after this file, and in every package.
_LATER = ("manifest.json", "SHA256SUMS")


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    yield "okh.toml", tomli_w.dumps(fields(job, written)).encode()


def fields(job: Job, written: Mapping[str, str]) -> dict[str, Any]:
    """OKH's own names; lengths in mm, masses in g. A package of single parts says no size and mass of the piece."""
    process = job.machine_file.machine.process
    solids = {part.code: part for part in job.furniture.parts}
    sheets = [sheet_path(job.plan, sheet, "dxf") for sheet in job.plan.sheets]
    stems = {path.rsplit(".", 1)[0] for path in sheets}
    drawn = sorted(path for path in written if path.rsplit(".", 1)[0] in stems)
    parts = [part_path(part) for part in job.plan.parts]
    named = {_SOURCE, "LICENSE", *_LISTS, *_INSTRUCTIONS, *drawn, *parts, _VIEW}
    data: dict[str, Any] = {
        "okhv": VERSION,
        "name": _name(job),
        "repo": REPO.format(design=job.design.identifier),
        "version": job.design.version,
        "license": job.design.licence,
        "licensor": LICENSOR,
        "documentation-language": "fr",
        "function": f"{job.design.summary} {job.design.credit}.",
        "tsdc": ["ASM", _TSDC[process]],
        "bom": list(_LISTS),
        "manufacturing-instructions": [path for path in _INSTRUCTIONS if path in written],
        "source": [_SOURCE],
        "export": [*drawn, _VIEW],
        "auxiliary": [*sorted(written.keys() - named), *_LATER],
    }
    stock = job.machine_file.stock
    material = f"{stock.material} {stock.nominal_thickness_mm:g} mm"
    density = stock.sheet().density_kg_m3  # a model may be drawn as if in another wood
    grams = {code: part.solid.Volume() * density * 1e-6 for code, part in solids.items()}
    if not job.choices.only:
        bought = sum(item.mass_g * item.quantity for item in job.furniture.hardware)
        data["outer-dimensions"] = _box(*piece_size(job.furniture))
        data["mass"] = _grams(sum(grams[code] * part.quantity for code, part in solids.items()) + bought)
    data["part"] = [
        {
            "name": f"{part.code} {part.name} ({material})",
            "tsdc": [_TSDC[process]],
            "export": [part_path(part)],
            "outer-dimensions": _box(*_part_size(solids[part.code])),
            "mass": _grams(grams[part.code]),
        }
        for part in job.plan.parts
    ]
    return data


def _name(job: Job) -> str:
    """The title; which parts, if it is not all of them; that it is a model, if it is one."""
    scale = f"maquette au 1:{job.choices.scale}" if job.choices.scale != 1 else ""
    return " – ".join(filter(None, (job.design.title, scale, ", ".join(job.choices.only))))


def _part_size(part: Part) -> tuple[float, float, float]:
    x0, y0, z0, x1, y1, z1 = _bounds(part.solid)
    return x1 - x0, y1 - y0, z1 - z0


def piece_size(furniture: Furniture) -> tuple[float, float, float]:
    """Of the piece as it stands, with what is screwed to it: along X, Y and Z (mm)."""
    bodies: list[tuple[cq.Shape, tuple[cq.Location, ...]]] = [(part.solid, part.placements) for part in furniture.parts]
    bodies += [(fitting.solid, fitting.placements) for fitting in furniture.fittings]
    boxes = [_bounds(solid.moved(place)) for solid, places in bodies for place in places]
    x0, y0, z0, x1, y1, z1 = zip(*boxes, strict=True)
    return max(x1) - min(x0), max(y1) - min(y0), max(z1) - min(z0)


def _bounds(shape: cq.Shape) -> tuple[float, ...]:
    """x, y, z of the lower, then of the upper corner. By the faces alone: a mesh that somebody drew the shape with
    before would be taken for its size, wide by that mesh's slack."""
    from OCP.Bnd import Bnd_Box
    from OCP.BRepBndLib import BRepBndLib

    box = Bnd_Box()
    BRepBndLib.AddOptimal_s(shape.wrapped, box, False, False)
    return tuple(box.Get())


def _box(width: float, depth: float, height: float) -> dict[str, float]:
    return {"width": round(width, 2), "depth": round(depth, 2), "height": round(height, 2)}


def _grams(mass: float) -> float:
    """OKH takes no 0."""
    return max(0.1, round(mass, 1))
