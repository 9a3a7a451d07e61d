# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The machine file: one workshop's machine, its tools and the stock on it (TOML, docs/machines.md)."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from designs.sheet import Sheet
from fabrication.errors import MachineFileError, NotMakeableError

Length = Annotated[float, Field(gt=0, le=20_000)]
Gap = Annotated[float, Field(ge=0, le=500)]


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
    name: Annotated[str, Field(min_length=1, max_length=200)]
    diameter_mm: Annotated[float, Field(gt=0, le=50)]


class Machine(_Strict):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    process: Process
    bed_mm: tuple[Length, Length]
    max_thickness_mm: Length
    spacing_mm: Gap = 8.0
    margin_mm: Gap = 10.0
    kerf_mm: Annotated[float, Field(ge=0, le=5)] = 0.0
    corner_relief: Relief = Relief.DOGBONE
    dxf_version: DxfVersion = DxfVersion.R2010
    tools: tuple[Tool, ...] = ()

    @model_validator(mode="after")
    def _process_fits(self) -> Machine:
        if self.process is Process.ROUTER and not self.tools:
            raise ValueError("a cnc-router needs at least one [[machine.tools]]")
        if self.process is Process.ROUTER and self.kerf_mm:
            raise ValueError("kerf_mm is for a laser; a router's cutter is compensated by its program")
        return self


class Stock(_Strict):
    material: Annotated[str, Field(min_length=1, max_length=200)]
    nominal_thickness_mm: Length
    measured_thickness_mm: Length
    sheet_mm: tuple[Length, Length]
    grain: SheetGrain = SheetGrain.LONG
    clearance_mm: Annotated[float, Field(ge=0, le=2)] = 0.2

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

    def check_stock(self) -> None:
        """Raise NotMakeableError if the stock is larger or thicker than the machine takes."""
        machine, stock = self.machine, self.stock
        if stock.measured_thickness_mm > machine.max_thickness_mm:
            raise NotMakeableError(
                f"the stock is {stock.measured_thickness_mm:g} mm thick, {machine.name!r} cuts at most "
                f"{machine.max_thickness_mm:g} mm: choose thinner stock or another machine",
                f"Le panneau fait {stock.measured_thickness_mm:g} mm d’épaisseur ; « {machine.name} » coupe "
                f"{machine.max_thickness_mm:g} mm au plus. Choisissez un autre atelier.".replace(".", ",", 0),
            )
        if sorted(stock.sheet_mm) > sorted(machine.bed_mm) or max(stock.sheet_mm) > max(machine.bed_mm):
            raise NotMakeableError(
                f"the sheet of {stock.sheet_mm[0]:g} × {stock.sheet_mm[1]:g} mm does not lie on the bed of "
                f"{machine.bed_mm[0]:g} × {machine.bed_mm[1]:g} mm of {machine.name!r}: cut the sheet down first",
                f"Le panneau de {stock.sheet_mm[0]:g} × {stock.sheet_mm[1]:g} mm ne tient pas sur la table de "
                f"{machine.bed_mm[0]:g} × {machine.bed_mm[1]:g} mm de « {machine.name} ».",
            )


def parse_machine(text: str, source: str = "machine file") -> MachineFile:
    """Validate a TOML text. Raises MachineFileError naming every wrong or unknown key."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MachineFileError(f"{source}: not valid TOML: {error}") from error
    try:
        return MachineFile.model_validate(data)
    except ValidationError as error:
        raise MachineFileError(f"{source}: {'; '.join(_sentences(error))}") from error


def _sentences(error: ValidationError) -> list[str]:
    sentences = []
    for fault in error.errors():
        key = ".".join(str(p) for p in fault["loc"]) or "file"
        if fault["type"] == "extra_forbidden":
            sentences.append(f"unknown key {key}")
        elif fault["type"] == "missing":
            sentences.append(f"missing key {key}")
        else:
            sentences.append(f"{key}: {fault['msg'].removeprefix('Value error, ')}")
    return sentences


def read_machine(path: Path) -> MachineFile:
    """Raises MachineFileError, also for a file that can't be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MachineFileError(f"{path}: can't be read: {error}") from error
    return parse_machine(text, str(path))
