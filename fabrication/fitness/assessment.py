# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All checks of one piece."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from designs.catalogue import design as find_design
from designs.design import Design
from designs.furniture import Furniture
from designs.sheet import Sheet
from fablabs.machine import MachineFile, Process, Relief, Tool, read_machine
from fabrication.errors import NotFlatError
from fabrication.fit import check_fit
from fabrication.fitness import (
    bending,
    clash,
    corners,
    floating,
    hands,
    insertion,
    joints,
    knees,
    size,
    stability,
    wood,
)
from fabrication.fitness.bodies import Body, Bought, bodies, bought
from fabrication.fitness.verdict import Colour, Verdict
from fabrication.usual_sheet import usual_sheet

#: Without a machine: the cutter that most workshops have on.
USUAL_TOOL = Tool(name="6 mm", diameter_mm=6.0)


@dataclass(frozen=True)
class Assessment:
    """What the checks say of one set of parameters, made of one sheet."""

    design: str
    values: Mapping[str, Any]
    sheet: Sheet
    verdicts: tuple[Verdict, ...]

    def of(self, colour: Colour) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.verdict is colour)

    @property
    def publishable(self) -> bool:
        """Nothing is red."""
        return not self.of(Colour.RED)


def assess(
    design: Design | str,
    values: Mapping[str, object],
    machine_file: MachineFile | Path | None = None,
    *,
    fold: bool = True,
) -> Assessment:
    """Build the piece and check it; ``values`` as from a form or a shell, defaults filled in.

    To measure it folded it is built a second time; without ``fold`` only what is built folded already is measured.

    Raises UnknownDesignError, ParameterError, SheetError, GeometryError, MachineFileError (a path), NotMakeableError (the
    machine does not take this sheet).
    """
    model = find_design(design) if isinstance(design, str) else design
    machine = read_machine(Path(machine_file)) if isinstance(machine_file, str | os.PathLike) else machine_file
    cleaned = model.clean(values)
    if machine is not None:
        check_fit(model, machine, cleaned)
    sheet = machine.stock.sheet() if machine else usual_sheet(model)
    tools: Sequence[Tool] = (USUAL_TOOL,)
    style = Relief.DOGBONE
    if machine is not None:
        tools = () if machine.machine.process is Process.LASER else machine.machine.usable_tools
        style = machine.machine.corner_relief
    furniture = model.build(cleaned, sheet)
    again = (lambda given: model.build({**cleaned, **given}, sheet)) if fold else None
    verdicts = check_piece(furniture, tools, style, again)
    return Assessment(model.identifier, cleaned, sheet, verdicts)


def check_piece(
    furniture: Furniture,
    tools: Sequence[Tool] = (USUAL_TOOL,),
    style: Relief = Relief.DOGBONE,
    build: Callable[[Mapping[str, Any]], Furniture] | None = None,
) -> tuple[Verdict, ...]:
    """Every check of a built piece; ``build`` builds it again with some parameters changed, to measure it folded."""
    try:
        parts = bodies(furniture)
    except NotFlatError as error:
        return (Verdict("flat", None, None, "", "fabrication/flatten.py", Colour.RED, str(error)),)
    fittings = bought(furniture)
    things: list[Body | Bought] = [*parts, *fittings]
    met = joints.meetings(parts, furniture.joints)
    flats = {body.code: body.shape.flat for body in parts}
    return (
        clash.check(parts, fittings),
        joints.check(met),
        floating.check(parts, met),
        insertion.check(parts, furniture.steps),
        *stability.check(furniture, parts),
        *bending.check(furniture),
        *knees.check(furniture, parts, fittings),
        corners.check(parts),
        *wood.check(list(flats.values()), tools, style),
        *size.check(furniture, things, build),
        *hands.check(furniture, parts, met),
    )
