# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One file a format. Each module has ``export(job, written)``, which yields (path, bytes) for every
file of its format; paths are relative to the package's folder. Formats are found by identifier.

The same job gives the same bytes, in any process: no dates, no random ids, no order of a set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from designs.design import Design
from designs.furniture import Furniture
from fablabs.machine import MachineFile
from fabrication.choices import EVERYTHING, Choices
from fabrication.coupon import Coupon
from fabrication.plan import CutPlan, FlatPart
from fabrication.program import SheetProgram, Unprogrammed
from fabrication.scale_model import LeftOut


@dataclass(frozen=True)
class Job:
    """All that an exporter may need.

    ``flat_parts`` are those of one piece as designed, without reliefs; ``plan.parts`` have reliefs
    and quantities over all pieces; ``cut_parts`` are the same as drawn: compensated by the kerf of
    a laser, nominal on a router. ``programs`` are what the machine does, if all that it needs is
    known; ``unprogrammed`` is what they leave to the hand, or what is missing for them. ``left_out`` is what a
    scale model does without, ``coupon`` what to cut first.
    """

    design: Design
    furniture: Furniture
    flat_parts: tuple[FlatPart, ...]
    plan: CutPlan
    cut_parts: tuple[FlatPart, ...]
    machine_file: MachineFile
    quantity: int
    choices: Choices = EVERYTHING
    programs: tuple[SheetProgram, ...] = ()
    unprogrammed: tuple[Unprogrammed, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    coupon: Coupon | None = None

    @property
    def identity(self) -> str:
        """``chariot r1``, or ``chariot r1 1:5``: what every file says of itself."""
        scale = f" 1:{self.choices.scale}" if self.choices.scale > 1 else ""
        return f"{self.design.identifier} r{self.design.revision}{scale}"


class Exporter(Protocol):
    """What each module of this package is."""

    def export(self, job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
        """Yield (path, bytes); ``written`` has the SHA-256 of the files written before, by path."""


#: In the order of writing: the PDF names the DXF files and their sums, the OKH manifest every file.
_MODULES = {
    name: f"fabrication.exporters.{name}"
    for name in ("dxf", "svg", "coupon", "gcode", "step", "glb", "cutlist", "pdf", "notice", "okh")
}


def identifiers() -> tuple[str, ...]:
    return tuple(_MODULES)


def exporter(identifier: str) -> Exporter:
    """Raises LookupError, which names the known formats."""
    if identifier not in _MODULES:
        raise LookupError(f"no format {identifier!r}; known formats: {', '.join(_MODULES)}")
    return cast(Exporter, import_module(_MODULES[identifier]))
