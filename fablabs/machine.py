# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The machine file: one workshop's machine, its tools and the stock on it (TOML, docs/machines.md)."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError, model_validator

from fablabs.errors import MachineFileError
from fablabs.layers import Layers
from fablabs.quantities import Corners, Gap, Length, Name, StrictModel, Thickness
from fablabs.stock import Stock

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: A machine file is a page of text; what is larger is another file.
MAX_FILE_BYTES = 100_000


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


class Controller(StrEnum):
    """The program that moves the machine; it decides on the dialect of the machine's own file."""

    GRBL = "grbl"
    LINUXCNC = "linuxcnc"
    MACH3 = "mach3"
    SHOPBOT = "shopbot"


class Zero(StrEnum):
    """Where Z = 0 lies; X = Y = 0 is the sheet's lower left corner."""

    SHEET_TOP = "sheet-top"
    SPOILBOARD = "spoilboard"


class ToolKind(StrEnum):
    END_MILL = "end-mill"  # compression and straight cutters too
    DRILL = "drill"  # plunges only, into holes of its own diameter
    V_BIT = "v-bit"  # engraves only


class HoldDown(StrEnum):
    """What keeps a part in its place when its outline is cut."""

    TABS = "tabs"
    ONION_SKIN = "onion-skin"
    VACUUM = "vacuum"  # neither: parts are cut free


class CutDirection(StrEnum):
    CLIMB = "climb"
    CONVENTIONAL = "conventional"


class Tool(StrictModel):
    """Feeds, speed and pass are known or not: without them no file for the machine itself is written."""

    name: Name
    diameter_mm: Annotated[float, Field(ge=0.5, le=50, strict=True)]
    kind: ToolKind = ToolKind.END_MILL
    number: Annotated[int, Field(ge=1, le=999, strict=True)] | None = None  # in the controller's tool table
    feed_mm_min: Annotated[float, Field(gt=0, le=100_000, strict=True)] | None = None
    plunge_mm_min: Annotated[float, Field(gt=0, le=100_000, strict=True)] | None = None
    spindle_rpm: Annotated[float, Field(gt=0, le=200_000, strict=True)] | None = None
    pass_depth_mm: Thickness | None = None  # deepest cut of one pass


class Machine(StrictModel):
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
    # For the machine's own file: all of the first three, and the tools' feeds, or none is written.
    controller: Controller | None = None
    zero: Zero | None = None
    travel_height_mm: Annotated[float, Field(gt=0, le=500, strict=True)] | None = None  # above the sheet
    keep_out_mm: Annotated[
        tuple[Corners, ...], Field(max_length=50)
    ] = ()  # clamps, in the sheet's frame, on every sheet
    accel_mm_s2: Annotated[float, Field(gt=0, le=100_000, strict=True)] | None = None
    rapid_mm_min: Annotated[float, Field(gt=0, le=200_000, strict=True)] | None = None
    through_mm: Annotated[float, Field(ge=0, le=5, strict=True)] = 0.3  # how far a through cut goes into the spoilboard
    hold_down: HoldDown = HoldDown.TABS
    tab_width_mm: Annotated[float, Field(gt=0, le=50, strict=True)] = 6.0
    tab_height_mm: Thickness = 3.0
    onion_skin_mm: Annotated[float, Field(gt=0, le=5, strict=True)] = 0.4
    cut_direction: CutDirection = CutDirection.CLIMB
    layers: Layers = Layers()

    @property
    def usable_tools(self) -> tuple[Tool, ...]:
        """The mills that pass between two parts: a wider one would cut into the neighbour. None on a laser."""
        return tuple(
            tool for tool in self.tools if tool.kind is ToolKind.END_MILL and tool.diameter_mm <= self.spacing_mm
        )

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
        numbers = [tool.number for tool in self.tools if tool.number is not None]
        if len(set(numbers)) < len(numbers):
            raise ValueError(f"two tools have the number {next(n for n in numbers if numbers.count(n) > 1)}")
        if self.controller is Controller.GRBL and numbers and len(numbers) < len(self.tools):
            # Else a tool would go by its place in the list, which may be another's number.
            bare = next(tool.name for tool in self.tools if tool.number is None)
            raise ValueError(f"the tool {bare!r} has no number and others have: for GRBL number all of them or none")
        mills = [tool.diameter_mm for tool in self.tools if tool.kind is ToolKind.END_MILL]
        if not mills:
            raise ValueError("a cnc-router needs at least one tool of the kind end-mill")
        thinnest = min(mills)
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
        if self.controller is not None:
            raise ValueError("controller is for a cnc-router; a laser's own program reads the DXF, the SVG or the PDF")
        # A beam has no radius to relieve and no tool to choose: kerf and relief never come together.
        self.__dict__.update(corner_relief=Relief.NONE, tools=())
        return self


class MachineFile(StrictModel):
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
        raise MachineFileError(f"{source}: {sentences(error)}") from error


def sentences(error: ValidationError) -> str:
    """Every wrong or unknown key, each once, in English."""
    return "; ".join(dict.fromkeys(map(sentence, error.errors())))


def machine_text(file: MachineFile) -> str:
    """The machine file as TOML, with what it says itself and no default."""
    import tomli_w

    return tomli_w.dumps(file.model_dump(exclude_unset=True, exclude_none=True))


def sentence(fault: ErrorDetails) -> str:
    """One of them."""
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
    words = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{key}: {words}" if key else words


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
