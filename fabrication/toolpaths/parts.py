# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All cuts of one part as it lies on the machine, turned over or not; and what no tool of the machine can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from designs.contour import Contour
from fablabs.machine import Machine, Tool, ToolKind
from fabrication.layers import figure, is_through, side
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.program import Unprogrammed
from fabrication.toolpaths.contours import Round, opening_rounds, outline_rounds
from fabrication.toolpaths.cut import Cut, Manner
from fabrication.toolpaths.engraving import engraving_cuts
from fabrication.toolpaths.holes import hole_cuts
from fabrication.toolpaths.parallel import NoPathError
from fabrication.toolpaths.pockets import pocket_cuts
from fabrication.toolpaths.run_out import opened
from fabrication.toolpaths.tooling import tool_for_engraving, tool_for_hole


@dataclass(frozen=True)
class PartCuts:
    """In the part's own frame, turned over if it is laid so: finished ``cuts``, and ``rounds`` whose tabs depend on what
    lies beside. ``left_out`` is what no tool can do; ``underside`` tells that the part has work on the face that lies
    down."""

    cuts: tuple[Cut, ...]
    rounds: tuple[Round, ...]
    left_out: tuple[Unprogrammed, ...]
    underside: bool


def part_cuts(
    part: FlatPart, mirrored: bool, machine: Machine, mills: Sequence[Tool], manner_of: Callable[[Tool], Manner]
) -> PartCuts:
    """``mills`` are those in use, the main one first. Raises NoPathError, which names the part."""
    lying = replace(
        part,
        operations=tuple(
            replace(
                o,
                contour=o.contour.moved(mirrored=mirrored),
                islands=tuple(i.moved(mirrored=mirrored) for i in o.islands),
            )
            for o in part.operations
        ),
    )
    above = [o for o in lying.operations if side(lying, o, mirrored) is Face.TOP]
    cuts: list[Cut] = []
    rounds: list[Round] = []
    left_out: list[Unprogrammed] = []
    try:
        for operation in above:
            if operation.work is Work.DRILL:
                diameter = _diameter(operation.contour)
                tool = tool_for_hole(diameter, machine, mills)
                if tool is None:
                    left_out.append(_no_hole(part, operation, diameter))
                    continue
                through = is_through(lying, operation)
                cuts += hole_cuts(operation.contour, operation.depth, through, manner_of(tool))
            elif operation.work is Work.POCKET:
                manner = manner_of(_mill(operation, mills))
                contour = opened(lying, operation, manner.radius)
                cuts += pocket_cuts(contour, operation.islands, operation.depth, manner)
            elif operation.work is Work.CUT_INSIDE:
                rounds += opening_rounds(operation.contour, manner_of(_mill(operation, mills)))
            elif operation.work is Work.CUT_OUTSIDE:
                rounds += outline_rounds(operation.contour, manner_of(_mill(operation, mills)))
        letters = [o for o in above if o.work is Work.ENGRAVE]
        cuts += _engraved(part, letters, machine, manner_of, left_out)
    except NoPathError as error:
        raise NoPathError(f"{part.code}: {error}", part.code) from error
    underside = len(above) < len(lying.operations)
    return PartCuts(tuple(cuts), tuple(rounds), tuple(dict.fromkeys(left_out)), underside)


def _engraved(
    part: FlatPart,
    letters: list[Operation],
    machine: Machine,
    manner_of: Callable[[Tool], Manner],
    left_out: list[Unprogrammed],
) -> list[Cut]:
    if not letters:
        return []
    tool = tool_for_engraving(letters, machine)
    if tool is None:
        left_out.append(_no_engraving(part))
        return []
    pointed = tool.kind is ToolKind.V_BIT
    return [c for o in letters for c in engraving_cuts(o.contour, o.islands, o.depth, manner_of(tool), pointed)]


def _mill(operation: Operation, mills: Sequence[Tool]) -> Tool:
    """The one that the contour names, else the main one."""
    named = (mill for mill in mills if mill.diameter_mm == operation.mill_diameter)
    return next(named, mills[0])


def _diameter(contour: Contour) -> float:
    left, _, right, _ = contour.bounds
    return right - left


def _no_hole(part: FlatPart, operation: Operation, diameter: float) -> Unprogrammed:
    wide, deep = figure(diameter), figure(operation.depth)
    return Unprogrammed(
        f"{part.code}: hole Ø{wide}: no drill of that diameter and no end mill as thin, "
        f"{deep} mm deep, is left to be drilled by hand",
        f"{part.code} : trous Ø {wide}, à percer à la main sur {deep} mm",
        part=part.code,
        work=Work.DRILL,
        diameter=wide,
    )


def _no_engraving(part: FlatPart) -> Unprogrammed:
    return Unprogrammed(
        f"{part.code}: engraving: neither a v-bit nor an end mill as narrow as its strokes",
        f"{part.code} : gravure, faute de fraise en V ou assez fine",
        part=part.code,
        work=Work.ENGRAVE,
    )
