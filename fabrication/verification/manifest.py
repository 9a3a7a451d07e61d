# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The manifest as data: required keys and their types, and nothing more taken on trust."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

Length = Annotated[float, Field(gt=0, le=1e6)]
Area = Annotated[float, Field(gt=0, le=1e9)]
Number = Annotated[float, Field(ge=-1e7, le=1e7)]
Count = Annotated[int, Field(ge=1, le=100_000)]
Code = Annotated[str, Field(pattern=r"^P\d{2,4}$")]
Text = Annotated[str, Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False, extra="forbid")


def safe_path(path: str) -> str:
    """A relative path with slashes that stays in its folder. Raises ValueError."""
    parts = path.split("/")
    if not path or "\\" in path or ":" in path or any(p in ("", ".", "..") for p in parts):
        raise ValueError(f"{path!r} is no plain relative path")
    if any(ord(c) < 32 for c in path) or len(path) > 250:
        raise ValueError(f"{path[:80]!r} is no plain relative path")
    return path


Path = Annotated[str, AfterValidator(safe_path)]
Positive = Annotated[float, Field(gt=0, le=1e6)]
Point = Annotated[list[Number], Field(min_length=2, max_length=2)]
Ring = Annotated[list[Point], Field(min_length=3, max_length=500)]
Rings = Annotated[list[Ring], Field(max_length=200)]
Price = Annotated[str, Field(pattern=r"^\d{1,6}(\.\d{1,2})?$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Tool(_Model):
    name: Text
    diameter_mm: Length


class MachineTool(Tool):
    kind: Literal["end-mill", "drill", "v-bit"]
    number: Annotated[int, Field(ge=1, le=999)] | None
    feed_mm_min: Positive | None
    plunge_mm_min: Positive | None
    spindle_rpm: Positive | None
    pass_depth_mm: Positive | None


Operation = Literal["cut-outside", "cut-inside", "pocket", "drill", "engrave"]


class ToolUse(Tool):
    """One of several tools: what it cuts, of which parts (the coupon's too)."""

    kind: Literal["end-mill", "drill", "v-bit"]
    operations: Annotated[list[Operation], Field(min_length=1, max_length=5)]
    parts: Annotated[list[Annotated[str, Field(pattern=r"^(P\d{2,4}|C\d{2})$")]], Field(min_length=1, max_length=508)]


class LayerStyle(_Model):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.{}-]{1,60}$")] | None
    colour: Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(min_length=3, max_length=3)] | None


class LayerStyles(_Model):
    preset: Literal["treteau", "rgb", "six-colours"]
    letters: Literal["engrave", "score"]
    cut_outside: LayerStyle | None
    cut_inside: LayerStyle | None
    pocket: LayerStyle | None
    drill: LayerStyle | None
    engrave: LayerStyle | None
    score: LayerStyle | None
    sheet: LayerStyle | None
    label: LayerStyle | None
    scale: LayerStyle | None
    donotcut: LayerStyle | None


class LayerRow(_Model):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,31}$")]
    operation: Literal["cut-outside", "cut-inside", "pocket", "drill", "engrave", "score"]
    face: Literal["top", "bottom"]
    depth_mm: Length | None
    diameter_mm: Length | None
    mill_mm: Length | None = None
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class Machine(_Model):
    name: Text
    bed_mm: Annotated[list[Length], Field(min_length=2, max_length=2)]
    max_thickness_mm: Length
    process: Literal["cnc-router", "laser"]
    spacing_mm: Annotated[float, Field(ge=0)]
    margin_mm: Annotated[float, Field(ge=0)]
    kerf_mm: Annotated[float, Field(ge=0, le=5)]
    corner_relief: Literal["dogbone", "tbone", "none"]
    dxf_version: Literal["R2010", "R12"]
    tools: list[MachineTool]
    controller: Literal["grbl", "linuxcnc", "mach3", "shopbot"] | None
    zero: Literal["sheet-top", "spoilboard"] | None
    travel_height_mm: Positive | None
    keep_out_mm: Rings
    accel_mm_s2: Positive | None
    rapid_mm_min: Positive | None
    through_mm: Annotated[float, Field(ge=0, le=5)]
    hold_down: Literal["tabs", "onion-skin", "vacuum"]
    tab_width_mm: Positive
    tab_height_mm: Positive
    onion_skin_mm: Positive
    cut_direction: Literal["climb", "conventional"]
    layers: LayerStyles


class StockSheet(_Model):
    size_mm: Annotated[list[Length], Field(min_length=2, max_length=2)]
    price_eur: Price | None
    count: Count | None
    keep_out_mm: Rings


class Offcut(_Model):
    name: Text
    outline_mm: Ring
    price_eur: Price | None
    keep_out_mm: Rings


class Stock(_Model):
    material: Text
    nominal_thickness_mm: Length
    measured_thickness_mm: Length
    sheet_mm: Annotated[list[Length], Field(min_length=2, max_length=2)]
    grain: Literal["long", "cross", "none"]
    clearance_mm: Annotated[float, Field(ge=0)]
    price_eur: Price | None
    sheets: Annotated[list[StockSheet], Field(max_length=20)]
    offcuts: Annotated[list[Offcut], Field(max_length=200)]


class Placement(_Model):
    part: Code
    copy_number: Count = Field(alias="copy")
    x_mm: Number
    y_mm: Number
    rotation_deg: Number
    mirrored: bool

    @property
    def name(self) -> str:
        return f"{self.part}-{self.copy_number}"


class Tab(_Model):
    part: Code
    copy_number: Count = Field(alias="copy")
    x_mm: Number
    y_mm: Number
    width_mm: Positive
    height_mm: Positive


class Sheet(_Model):
    index: Count
    file: str
    width_mm: Length
    height_mm: Length
    source: str
    outline_mm: Ring | None
    keep_out_mm: Rings
    price_eur: Price | None
    remnant_mm: Ring | None
    gcode: Path | None
    machine_time_s: Annotated[float, Field(ge=0, le=1e7)] | None
    tabs: Annotated[list[Tab], Field(max_length=100_000)]
    utilisation: Annotated[float, Field(ge=0, le=1)]
    placements: list[Placement]

    _path = field_validator("file")(safe_path)


class Part(_Model):
    code: Code
    name: str
    quantity: Count
    thickness_mm: Length
    area_mm2: Area
    perimeter_mm: Length
    bbox_mm: Annotated[list[Length], Field(min_length=2, max_length=2)]
    grain: Literal["along", "across", "free"]
    file: str

    _path = field_validator("file")(safe_path)


class Hardware(_Model):
    reference: str
    name: str
    quantity: Annotated[float, Field(ge=0)]
    unit: str


class CouponSpot(_Model):
    sheet: Count
    x_mm: Number
    y_mm: Number
    rotation_deg: Literal[0, 90]


class CouponPart(_Model):
    code: Annotated[str, Field(pattern=r"^C\d{2}$")]
    name: Text
    joint: Literal["through-tenon", "wedge", "finger", "cross-lap"]
    role: Literal["slots", "key"]
    x_mm: Number
    y_mm: Number


class Coupon(_Model):
    file: Literal["coupon.dxf"]
    size_mm: Annotated[list[Length], Field(min_length=2, max_length=2)]
    clearances_mm: Annotated[list[Annotated[float, Field(ge=0, le=5)]], Field(min_length=5, max_length=5)]
    spot: CouponSpot | None
    parts: Annotated[list[CouponPart], Field(min_length=2, max_length=8)]


class LeftOut(_Model):
    parts: Annotated[list[Code], Field(min_length=1, max_length=500)]
    what: Text
    reason: Text


class Software(_Model):
    treteau: Text
    cadquery: Text
    OCP: Text
    ezdxf: Text
    python: Text


class CheckRow(_Model):
    id: Text
    ok: bool
    detail: str


class File(_Model):
    path: str
    sha256: str
    bytes: Annotated[int, Field(ge=0)]

    _path = field_validator("path")(safe_path)

    @field_validator("sha256")
    @classmethod
    def _hexadecimal(cls, value: str) -> str:
        if not re.fullmatch(r"[0-9a-f]{64}", value):
            raise ValueError("no SHA-256 in hexadecimal")
        return value


class Manifest(_Model):
    design: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    revision: Count
    # Of a drawing from the studio; one in code has neither, and is of version <revision>.0.0.
    content: Sha256 | None = None
    version: Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}$")] | None = None
    parameters: dict[str, float | int | str | bool]
    quantity: Count
    machine: Machine
    stock: Stock
    only: Annotated[list[Code], Field(max_length=500)]
    scale: Literal[1, 5]
    layout: Sha256 | None
    locked: Sha256 | None
    software: Software
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    licence: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")]
    tool: Tool | None
    tools: Annotated[list[ToolUse], Field(max_length=50)] = []
    sheets: Annotated[list[Sheet], Field(min_length=1, max_length=2000)]
    parts: Annotated[list[Part], Field(min_length=1, max_length=500)]
    coupon: Coupon | None
    left_out: Annotated[list[LeftOut], Field(max_length=500)]
    layers: Annotated[list[LayerRow], Field(min_length=1, max_length=200)]
    unprogrammed: Annotated[list[str], Field(max_length=100)]
    hardware: list[Hardware]
    checks: list[CheckRow]
    files: Annotated[list[File], Field(max_length=10_000)]


def parse_manifest(data: bytes) -> tuple[Manifest | None, list[str]]:
    """The manifest, or None, and what is wrong with it, a line a fault."""
    try:
        raw = json.loads(data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_single_keys)
    except (ValueError, RecursionError) as error:
        return None, [f"it is no JSON: {error}"]
    try:
        found = Manifest.model_validate(raw)
    except ValidationError as error:
        return None, [
            f"{'.'.join(str(p) for p in fault['loc']) or 'manifest'}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
    return found, list(_inconsistencies(found))


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _single_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return data


def _inconsistencies(found: Manifest) -> list[str]:
    faults = []
    named: tuple[tuple[str, list[str]], ...] = (
        ("part code", [p.code for p in found.parts]),
        ("part file", [p.file for p in found.parts]),
        ("sheet index", [str(s.index) for s in found.sheets]),
        ("sheet file", [s.file for s in found.sheets]),
        ("machine file", [s.gcode for s in found.sheets if s.gcode is not None]),
        ("file", [f.path for f in found.files]),
    )
    for what, values in named:
        faults += [f"{what} {v} stands twice" for v in sorted({v for v in values if values.count(v) > 1})]
    if [s.index for s in found.sheets] != list(range(1, len(found.sheets) + 1)):
        faults.append(f"sheets are numbered {[s.index for s in found.sheets]}")
    codes, files = {p.code for p in found.parts}, {f.path for f in found.files}
    for sheet in found.sheets:
        for placement in sheet.placements:
            if placement.part not in codes:
                faults.append(f"sheet {sheet.index} places {placement.part}, which is in no list of parts")
    programs = [s.gcode for s in found.sheets if s.gcode is not None]
    for path in [s.file for s in found.sheets] + [p.file for p in found.parts] + programs:
        if path not in files:
            faults.append(f"{path} is named, but not among the files")
    if found.machine.process == "cnc-router" and not found.machine.tools:
        faults.append("machine.tools: a router without a tool")
    tools = [(tool.name, tool.diameter_mm) for tool in found.machine.tools]
    if found.tool and (found.tool.name, found.tool.diameter_mm) not in tools:
        faults.append(f"tool: the machine has no {found.tool.diameter_mm:g} mm {found.tool.name!r}")
    return [*faults, *_mill_faults(found)]


def _mill_faults(found: Manifest) -> list[str]:
    """Where contours, layers and tools do not say the same of which mill cuts what."""
    faults = []
    main = found.tool.diameter_mm if found.tool else 0.0
    known = {(tool.name, tool.diameter_mm, tool.kind) for tool in found.machine.tools}
    names = [use.name for use in found.tools]
    for use in found.tools:
        if (use.name, use.diameter_mm, use.kind) not in known:
            faults.append(f"tools: the machine has no {use.diameter_mm:g} mm {use.kind} {use.name!r}")
        if names.count(use.name) > 1:
            faults.append(f"tools: {use.name!r} stands twice")
    mills = {use.diameter_mm: use for use in found.tools if use.kind == "end-mill"}
    for row in found.layers:
        if row.mill_mm is None:
            continue
        if row.operation not in ("cut-outside", "cut-inside", "pocket"):
            faults.append(f"layer {row.name!r}: a {row.operation} has no mill of its own")
        elif row.mill_mm not in mills or row.operation not in mills[row.mill_mm].operations:
            faults.append(f"layer {row.name!r}: no mill of {row.mill_mm:g} mm is among the tools for it")
        if not 0 < row.mill_mm < main:
            faults.append(
                f"layer {row.name!r}: its mill of {row.mill_mm:g} mm is not thinner than the tool of {main:g} mm"
            )
    if found.tools and not any(row.mill_mm for row in found.layers):
        faults.append("tools: no layer is for another mill than the one tool")
    if found.tools and found.tool and found.tool.name not in names:
        faults.append(f"tools: {found.tool.name!r} is not among them")
    return faults
