# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The machine file: one workshop's machine, its tools and the stock on it (TOML, docs/machines.md)."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from designs.sheet import Sheet
from fablabs.errors import MachineFileError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: A measured sheet differs from its name by 0.6 mm at most; beyond this one of the two is a mistake.
MAX_THICKNESS_ERROR_MM = 2.0
#: A machine file is a page of text; what is larger is another file.
MAX_FILE_BYTES = 100_000


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("a name on one line is expected")
    return text.strip()


# Strict: TOML has numbers, so "2500" and true are mistakes.
Length = Annotated[float, Field(gt=0, le=20_000, strict=True)]
Thickness = Annotated[float, Field(gt=0, le=200, strict=True)]
Gap = Annotated[float, Field(ge=0, le=500, strict=True)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]


class Process(StrEnum):
    ROUTER = "cnc-router"
    LASER = "laser"


class Relief(StrEnum):
    DOGBONE = "dogbone"
    TBONE = "tbone"
    NONE = "none"


class DxfVersion(StrEnum):
    R2010 = "R2010"
    R12 = "R12"


class SheetGrain(StrEnum):
    """Where the face grain runs on a sheet."""

    LONG = "long"  # along its longer side
    CROSS = "cross"  # along its shorter side
    NONE = "none"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Tool(_Strict):
    name: Name
    diameter_mm: Annotated[float, Field(ge=0.5, le=50, strict=True)]


class Machine(_Strict):
    name: Name
    process: Process
    bed_mm: tuple[Length, Length]
    max_thickness_mm: Thickness
    spacing_mm: Gap = 8.0
    margin_mm: Gap = 10.0
    kerf_mm: Annotated[float, Field(ge=0, le=5, strict=True)] = 0.0
    corner_relief: Relief = Relief.DOGBONE
    dxf_version: DxfVersion = DxfVersion.R2010
    tools: Annotated[tuple[Tool, ...], Field(max_length=50)] = ()

    @property
    def usable_tools(self) -> tuple[Tool, ...]:
        """The tools that pass between two parts: a wider one would cut into the neighbour. None on a laser."""
        return tuple(tool for tool in self.tools if tool.diameter_mm <= self.spacing_mm)

    @model_validator(mode="after")
    def _process_fits(self) -> Machine:
        if self.process is Process.LASER:
            return self._laser_fits()
        if not self.tools:
            raise ValueError("a cnc-router needs at least one [[machine.tools]]")
        if self.kerf_mm:
            raise ValueError("kerf_mm is for a laser; a router's cutter is compensated by its program")
        names = [tool.name.casefold() for tool in self.tools]
        twice = next((tool.name for tool in self.tools if names.count(tool.name.casefold()) > 1), None)
        if twice:
            raise ValueError(f"two tools are named {twice!r}")
        thinnest = min(tool.diameter_mm for tool in self.tools)
        if self.spacing_mm < thinnest:
            raise ValueError(
                f"spacing_mm of {self.spacing_mm:g} leaves no room for a tool of {thinnest:g} mm between two parts"
            )
        return self

    def _laser_fits(self) -> Machine:
        if "kerf_mm" not in self.model_fields_set:
            raise ValueError("a laser needs kerf_mm: the width that its beam burns (0 if its program compensates)")
        if self.spacing_mm < self.kerf_mm:
            raise ValueError(f"spacing_mm of {self.spacing_mm:g} is less than kerf_mm of {self.kerf_mm:g}")
        # A beam has no radius to relieve and no tool to choose: kerf and relief never come together.
        self.__dict__.update(corner_relief=Relief.NONE, tools=())
        return self


class Stock(_Strict):
    material: Name
    nominal_thickness_mm: Thickness
    measured_thickness_mm: Thickness
    sheet_mm: tuple[Length, Length]
    grain: SheetGrain = SheetGrain.LONG
    clearance_mm: Annotated[float, Field(ge=0, le=2, strict=True)] = 0.2

    @model_validator(mode="after")
    def _thicknesses_agree(self) -> Stock:
        if abs(self.measured_thickness_mm - self.nominal_thickness_mm) > MAX_THICKNESS_ERROR_MM:
            raise ValueError(
                f"measured_thickness_mm of {self.measured_thickness_mm:g} is more than {MAX_THICKNESS_ERROR_MM:g} mm "
                f"away from nominal_thickness_mm of {self.nominal_thickness_mm:g}"
            )
        return self

    def sheet(self) -> Sheet:
        """What a design is built for."""
        return Sheet(
            thickness=self.measured_thickness_mm,
            nominal_thickness=self.nominal_thickness_mm,
            clearance=self.clearance_mm,
            material=self.material,
        )


class MachineFile(_Strict):
    """A machine and the stock that lies on it."""

    machine: Machine
    stock: Stock

    @model_validator(mode="after")
    def _margins_leave_room(self) -> MachineFile:
        margin, short = self.machine.margin_mm, min(self.stock.sheet_mm)
        if 2 * margin >= short:
            raise ValueError(f"machine.margin_mm of {margin:g} leaves nothing of a sheet {short:g} mm wide")
        return self


def parse_machine(text: str, source: str = "machine file") -> MachineFile:
    """Validate a TOML text. Raises MachineFileError naming every wrong or unknown key."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # besides TOMLDecodeError: numbers of thousands of digits, deep nests
        raise MachineFileError(f"{source}: not valid TOML: {error}") from error
    try:
        return MachineFile.model_validate(data)
    except ValidationError as error:
        raise MachineFileError(f"{source}: {'; '.join(dict.fromkeys(map(_sentence, error.errors())))}") from error


def _sentence(fault: ErrorDetails) -> str:
    path, kind = fault["loc"], fault["type"]
    key = ".".join(str(step) for step in path)
    if path[1:2] in (("bed_mm",), ("sheet_mm",)) and (
        kind in ("tuple_type", "too_long") or (kind == "missing" and len(path) > 2)
    ):
        return f"{path[0]}.{path[1]}: two lengths in mm are expected, e.g. [2500, 1250]"
    if kind == "extra_forbidden":
        return f"unknown key {key}"
    if kind == "missing":
        return f"missing key {key}"
    if kind == "tuple_type":
        return f"{key}: a list of tables is expected, [[{key}]]"
    if kind == "model_type":
        return f"{key}: a table is expected, [{key}]"
    sentence = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{key}: {sentence}" if key else sentence


def read_machine(path: Path) -> MachineFile:
    """Raises MachineFileError, also for a file that can't be read."""
    try:
        if path.exists() and not path.is_file():
            raise MachineFileError(f"{path}: is no file")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise MachineFileError(f"{path}: too large to be a machine file")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
        raise MachineFileError(f"{path}: can't be read: {reason}") from error
    return parse_machine(text, str(path))
