# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The archive that a maker downloads: its names, its manifest, its sums (docs/package.md)."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from designs.design import content_inputs
from fablabs.machine import Tool, ToolKind
from fabrication.canonical import canonical_key
from fabrication.coupon import Coupon
from fabrication.exporters import Job
from fabrication.exporters.paths import COUPON, gcode_path, part_path, sheet_path, slug
from fabrication.layer_table import LayerTable, layers_drawn, rows
from fabrication.layout_file import layout_rows
from fabrication.plan import MILLED, Face, FlatPart, SheetLayout, Work

#: What a machine's file notes of work that is not around or within a contour (toolpaths/cut.py).
_BESIDE = {"hole": Work.DRILL, "engraving": Work.ENGRAVE}
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
#: The earliest date that a zip archive can say: the same inputs give the same bytes on any day.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class CheckLike(Protocol):
    """A check's result, as the verification gives it."""

    @property
    def id(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def detail(self) -> str: ...


def software() -> dict[str, str]:
    """Versions of all that has a say in the files' bytes."""
    return {
        "treteau": metadata.version("treteau"),
        "cadquery": metadata.version("cadquery"),
        "OCP": metadata.version("cadquery-ocp"),
        "ezdxf": metadata.version("ezdxf"),
        "python": platform.python_version(),
    }


def inputs(job: Job) -> dict[str, Any]:
    """All that decides on the package; its canonical JSON is what ``key`` hashes."""
    return {
        "design": job.design.identifier,
        "revision": job.design.revision,
        **content_inputs(job.design.revision, job.design.content_key),
        "parameters": dict(job.furniture.parameters),
        "quantity": job.quantity,
        "machine": job.machine_file.machine.model_dump(mode="json"),
        "stock": job.machine_file.stock.model_dump(mode="json"),
        **job.choices.inputs(),
        "software": software(),
    }


def package_name(job: Job) -> str:
    """``chariot-r1-4x-18mm-1a2b3c4d``, of a model ``chariot-r1-1to5-1x-3mm-…``: the archive's stem and its one top folder."""
    nominal = f"{job.machine_file.stock.nominal_thickness_mm:g}"
    key = canonical_key(inputs(job))[:8]
    scale = f"-1to{job.choices.scale}" if job.choices.scale > 1 else ""
    return f"{slug(job.design.identifier)}-r{job.design.revision}{scale}-{job.quantity}x-{nominal}mm-{key}"


def licence_text(licence: str) -> bytes:
    """The full text of a licence of LICENSES/, in a checkout or in an installed distribution.

    Raises FileNotFoundError, which names the licence."""
    name = f"LICENSES/{licence}.txt"
    checkout = Path(__file__).resolve().parents[1] / name
    if checkout.is_file():
        return checkout.read_bytes()
    for path in metadata.files("treteau") or ():
        if path.as_posix().endswith(name):
            return path.read_binary()
    raise FileNotFoundError(f"the text of {licence} is neither in the checkout nor in the installed package: {name}")


def manifest(job: Job, files: Mapping[str, tuple[str, int]], checks: Iterable[CheckLike]) -> dict[str, Any]:
    """What docs/manifest.schema.json describes. ``files``: path → (SHA-256, bytes)."""
    data = inputs(job)
    return {
        **data,
        "key": canonical_key(data),
        **({"version": job.design.version} if "content" in data else {}),
        "licence": job.design.licence,
        "tool": next(
            (
                {"name": tool.name, "diameter_mm": tool.diameter_mm}
                for tool in job.machine_file.machine.tools
                if tool.kind is ToolKind.END_MILL and tool.diameter_mm == job.plan.tool_diameter
            ),
            None,
        ),
        **_tools(job),
        "sheets": [
            {
                **row,
                "file": sheet_path(job.plan, sheet, "dxf"),
                "utilisation": round(job.plan.utilisation(sheet), 6),
                **_machine_work(job, sheet),
            }
            for sheet, row in zip(job.plan.sheets, layout_rows(job.plan.sheets), strict=True)
        ],
        "parts": [
            {
                "code": part.code,
                "name": part.name,
                "quantity": part.quantity,
                "thickness_mm": part.thickness,
                "area_mm2": round(part.area, 4),
                "perimeter_mm": round(part.perimeter, 4),
                "bbox_mm": _size(part.outline.bounds),
                "grain": part.grain.value,
                "file": part_path(part),
            }
            for part in job.plan.parts
        ],
        "coupon": _coupon(job.coupon),
        "left_out": [{"parts": list(o.parts), "what": o.what, "reason": o.reason} for o in job.left_out],
        "layers": rows(LayerTable.of(job.machine_file.machine), layers_drawn(_drawn(job), job.plan)),
        "unprogrammed": [line.english for line in job.unprogrammed],
        "hardware": [
            {
                "reference": item.reference,
                "name": item.name,
                "quantity": round(item.quantity * job.quantity, 6),
                "unit": item.unit,
            }
            for item in job.furniture.hardware
        ],
        "checks": [{"id": c.id, "ok": c.ok, "detail": c.detail} for c in checks],
        "files": [{"path": path, "sha256": files[path][0], "bytes": files[path][1]} for path in sorted(files)],
    }


def _tools(job: Job) -> dict[str, Any]:
    """Every tool of the drawings and of the machine's files, with what it is for; nothing if the one ``tool`` cuts all
    contours."""
    drawn = [(part, operation) for part in _drawn(job) for operation in part.operations if operation.work in MILLED]
    if not any(operation.mill_diameter for _, operation in drawn):
        return {}
    from fabrication.toolpaths.tooling import mill_of

    machine = job.machine_file.machine
    uses: dict[Tool, tuple[set[str], set[str]]] = {}

    def note(tool: Tool, work: str, part: str) -> None:
        works, parts = uses.setdefault(tool, (set(), set()))
        works.add(work)
        parts.add(part)

    for part, operation in drawn:
        mill = mill_of(operation.mill_diameter or job.plan.mills[0], machine)
        note(mill, operation.work.value, part.code)
    for program in job.programs:
        for run in program.runs:
            for _, what in run.notes:
                copy, word = what.split(" ")[:2]
                if word in _BESIDE:
                    note(run.tool, _BESIDE[word].value, copy.split("-")[0])
    return {
        "tools": [
            {
                "name": tool.name,
                "diameter_mm": tool.diameter_mm,
                "kind": tool.kind.value,
                "operations": [work.value for work in Work if work.value in uses[tool][0]],
                "parts": sorted(uses[tool][1]),
            }
            for tool in machine.tools
            if tool in uses
        ]
    }


def _drawn(job: Job) -> tuple[FlatPart, ...]:
    return (*job.cut_parts, *(job.coupon.parts if job.coupon else ()))


def _coupon(coupon: Coupon | None) -> dict[str, Any] | None:
    if coupon is None:
        return None
    spot = coupon.spot
    return {
        "file": f"{COUPON}.dxf",
        "size_mm": [round(side, 4) for side in coupon.size],
        "clearances_mm": list(coupon.clearances),
        "spot": spot and {"sheet": spot.sheet, "x_mm": spot.x, "y_mm": spot.y, "rotation_deg": spot.rotation_deg},
        "parts": [
            {
                "code": part.code,
                "name": part.name,
                "joint": joint,
                "role": role,
                "x_mm": round(placement.x, 4),
                "y_mm": round(placement.y, 4),
            }
            for part, joint, role, placement in zip(
                coupon.parts, coupon.joints, coupon.roles, coupon.placements, strict=True
            )
        ],
    }


def _machine_work(job: Job, sheet: SheetLayout) -> dict[str, Any]:
    """The machine's own file for the sheet's upper face, if there is one; time; where tabs hold parts."""
    programs = [program for program in job.programs if program.sheet == sheet.index]
    tops = [program for program in programs if program.face is Face.TOP]
    controller = job.machine_file.machine.controller
    return {
        "gcode": gcode_path(job.plan, sheet, controller) if tops and controller else None,
        "machine_time_s": round(sum(p.seconds for p in programs), 1) if programs else None,
        "tabs": [
            {
                "part": tab.part,
                "copy": tab.copy,
                "x_mm": round(tab.x, 4),
                "y_mm": round(tab.y, 4),
                "width_mm": round(tab.width, 4),
                "height_mm": round(tab.height, 4),
            }
            for program in programs
            for tab in program.tabs
        ],
    }


def write_manifest(folder: Path, data: Mapping[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def write_sums(folder: Path) -> None:
    """SHA256SUMS over every other file, as ``sha256sum -c`` reads it."""
    lines = [
        f"{hashlib.sha256((folder / path).read_bytes()).hexdigest()}  {path}\n"
        for path in relative_files(folder)
        if path != SUMS
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def relative_files(folder: Path) -> list[str]:
    """Every file's path inside the folder, with slashes, sorted."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def pack(folder: Path, target: Path) -> str:
    """Zip ``folder`` under its own name into ``target`` (written beside it, then renamed).

    Returns the archive's SHA-256. On any error the target is as it was before."""
    handle, temporary = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "w+b") as stream:
            with zipfile.ZipFile(stream, "w") as archive:
                for path in relative_files(folder):
                    info = zipfile.ZipInfo(f"{folder.name}/{path}", _EPOCH)
                    info.create_system = 3  # Unix, also when packed on Windows
                    info.external_attr = 0o100644 << 16
                    archive.writestr(info, (folder / path).read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=6)
            stream.flush()
            os.fsync(stream.fileno())
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest


def _size(bounds: tuple[float, float, float, float]) -> list[float]:
    return [round(bounds[2] - bounds[0], 4), round(bounds[3] - bounds[1], 4)]
