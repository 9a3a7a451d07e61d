# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a sheet's program to the machine's own file, a module a language; found by the controller.

Each has ``write(program, setting)``, which gives the file's lines: plain ASCII, no dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from fablabs.machine import Controller, Machine, Tool
from fabrication.program import SheetProgram
from fabrication.toolpaths.tooling import number_of


@dataclass(frozen=True)
class Setting:
    """What a file says besides its moves. ``above`` is the Z of the sheet's top in the machine's frame (mm): 0, or
    the sheet's thickness if its zero is the spoilboard; ``head`` are the lines at its head, plain ASCII."""

    machine: Machine
    above: float
    head: tuple[str, ...]

    @property
    def travel(self) -> float:
        """Z of the travel height in the machine's frame."""
        return (self.machine.travel_height_mm or 0.0) + self.above

    def number(self, tool: Tool) -> int:
        return number_of(tool, self.machine)


class Post(Protocol):
    """What each module of this package is."""

    def write(self, program: SheetProgram, setting: Setting) -> list[str]: ...


_MODULES = {
    Controller.GRBL: "grbl",
    Controller.LINUXCNC: "linuxcnc",
    Controller.MACH3: "mach3",
    Controller.SHOPBOT: "shopbot",
}


def post(controller: Controller) -> Post:
    return cast(Post, import_module(f"{__name__}.{_MODULES[controller]}"))
