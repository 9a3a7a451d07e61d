# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which tool does what, and what a machine file must say before a machine may move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from designs.contour import Contour
from fablabs.machine import Controller, Machine, Tool, ToolKind
from fabrication.plan import CutPlan, Operation, mills_named
from fabrication.program import Unprogrammed
from fabrication.reach import polygon
from fabrication.toolpaths.holes import gets_in, is_of_size

#: A mill that reaches this share of an engraving makes it.
_MADE = 0.9
#: Keys of the machine file, by what people call them.
_FRENCH = {
    "controller": "la commande numérique",
    "zero": "le zéro de Z",
    "travel_height_mm": "la hauteur de déplacement",
    "feed_mm_min": "l’avance",
    "plunge_mm_min": "la plongée",
    "spindle_rpm": "le régime",
    "pass_depth_mm": "la passe",
    "number": "le numéro",
}


def main_tool(plan: CutPlan, machine: Machine) -> Tool:
    """The mill that cuts every outline, and what no other one is named for."""
    assert plan.tool_diameter is not None
    return mill_of(plan.tool_diameter, machine)


def mill_of(diameter: float, machine: Machine) -> Tool:
    """The machine's first mill of exactly that diameter (mm)."""
    return next(tool for tool in machine.tools if tool.kind is ToolKind.END_MILL and tool.diameter_mm == diameter)


def mills_in_use(plan: CutPlan, machine: Machine) -> tuple[Tool, ...]:
    """The main mill, then those that the plan's own parts name, widest first."""
    return (main_tool(plan, machine), *(mill_of(diameter, machine) for diameter in mills_named(plan.parts)))


def tool_for_hole(diameter: float, machine: Machine, mills: Sequence[Tool]) -> Tool | None:
    """A drill of that size (mm), else the first of the ``mills`` in use that fits in, else the widest that does; None
    if there is none."""
    drills = [t for t in machine.tools if t.kind is ToolKind.DRILL and is_of_size(t.diameter_mm, diameter)]
    if drills:
        return min(drills, key=lambda t: (abs(t.diameter_mm - diameter), t.name))
    fitting = [t for t in machine.tools if t.kind is ToolKind.END_MILL and gets_in(t.diameter_mm, diameter)]
    in_use = next((mill for mill in mills if mill in fitting), None)
    return in_use or max(fitting, key=lambda t: (t.diameter_mm, t.name), default=None)


def tool_for_engraving(operations: Iterable[Operation], machine: Machine) -> Tool | None:
    """A V-bit, whose edges are crisp, else the widest mill that gets into all of the strokes; None if there is
    none."""
    bits = [t for t in machine.tools if t.kind is ToolKind.V_BIT]
    if bits:
        return min(bits, key=lambda t: (t.diameter_mm, t.name))
    shapes = [(o.contour, o.islands) for o in operations]
    mills = sorted((t for t in machine.tools if t.kind is ToolKind.END_MILL), key=lambda t: (-t.diameter_mm, t.name))
    return next((t for t in mills if all(_reaches(t, *shape) for shape in shapes)), None)


def _reaches(tool: Tool, contour: Contour, islands: tuple[Contour, ...]) -> bool:
    shape = polygon(contour, islands)
    radius = tool.diameter_mm / 2
    made = shape.buffer(-radius).buffer(radius)
    return bool(made.area >= _MADE * shape.area)


def missing_of_machine(machine: Machine) -> Iterator[Unprogrammed]:
    """Keys of the machine without which no file for it is written, each."""
    for key in ("controller", "zero", "travel_height_mm"):
        if getattr(machine, key) is None:
            yield Unprogrammed(f"machine.{key} is not said", _FRENCH[key], unsaid=True)


def missing_of_tool(tool: Tool, machine: Machine) -> Iterator[Unprogrammed]:
    """The same of a tool in use."""
    keys = ["plunge_mm_min", "spindle_rpm", "pass_depth_mm"]
    if tool.kind is not ToolKind.DRILL:
        keys.insert(0, "feed_mm_min")
    if machine.controller is not Controller.GRBL:
        keys.append("number")
    for key in keys:
        if getattr(tool, key) is None:
            english = f"machine.tools {tool.name!r}: {key} is not said"
            yield Unprogrammed(english, _FRENCH[key], unsaid=True, tool=tool.name)


def number_of(tool: Tool, machine: Machine) -> int:
    """Its number in the controller's table, else its place among the machine's tools."""
    return tool.number or machine.tools.index(tool) + 1
