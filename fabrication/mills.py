# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which mill cuts which contour.

One mill for all where it is the widest that makes all, or nearly so. Else one tight slot would make the whole job be
cut with the thin mill that it asks for: so the widest mill that makes every outline and most of the rest is the
main one, and each opening or pocket that it does not get into is marked for the widest of the others that does.
Outlines are never shared out: what frees a part comes last, with one mill.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from shapely import STRtree

from fablabs.machine import Relief, Tool
from fabrication.errors import NotMakeableError
from fabrication.plan import MILLED, FlatPart, Operation, Work
from fabrication.reach import check_contour, check_reach, polygon
from fabrication.relief import choose_tool, relieve, relieve_operation

#: A mill at least this wide, of a wider one's diameter, that makes all is used alone: it is nearly as fast, and a change
#: of tools takes minutes and sets Z anew.
NEARLY = 0.75
#: What the main mill cuts at least of all contours' length.
MOST = 0.5
_INNER = (Work.CUT_INSIDE, Work.POCKET)


def choose_mills(
    parts: Iterable[FlatPart], tools: Iterable[Tool], style: Relief = Relief.DOGBONE
) -> tuple[Tool, tuple[FlatPart, ...]]:
    """The main mill, and the parts as given but for ``mill_diameter`` of the contours that another one cuts.

    ``parts`` are nominal. Raises NotMakeableError as ``choose_tool`` does: what the thinnest mill does not pass.
    """
    wanted, mills = tuple(parts), tuple(tools)
    alone = choose_tool(wanted, mills, style)
    wider = sorted(
        (tool for tool in mills if NEARLY * tool.diameter_mm > alone.diameter_mm + 1e-9),
        key=lambda tool: (-tool.diameter_mm, tool.name),
    )
    for index, main in enumerate(wider):
        thinner = [tool.diameter_mm for tool in (*wider[index + 1 :], alone) if tool.diameter_mm < main.diameter_mm]
        if found := _shared_out(wanted, main.diameter_mm, list(dict.fromkeys(thinner)), style):
            return main, found
    return alone, wanted


def relieve_alike(part: FlatPart, mills: Sequence[float], style: Relief) -> FlatPart:
    """A part whose slots are compared with each other: all that is inside relieved for the first of ``mills`` (mm) that
    makes all of it, the outline for the first of all, or for that one too. Raises NotMakeableError as the last does."""
    main = mills[0]
    for mill, works in ((mill, works) for mill in mills for works in (_INNER, MILLED)):
        own = None if mill == main else mill
        marked = [dataclasses.replace(o, mill_diameter=own) if o.work in works else o for o in part.operations]
        try:
            relieved = relieve(dataclasses.replace(part, operations=tuple(marked)), main, style)
            check_reach(relieved, main)
        except NotMakeableError:
            if (mill, works) == (mills[-1], MILLED):
                raise
        else:
            return relieved
    raise AssertionError("no mill at all")


def _shared_out(
    parts: Sequence[FlatPart], main: float, thinner: Sequence[float], style: Relief
) -> tuple[FlatPart, ...] | None:
    """None if the main mill does not make every outline and most of the rest, or no thinner one makes what it leaves."""
    if not all(_makes(part, o, main, style) for part in parts for o in part.of(Work.CUT_OUTSIDE)):
        return None
    result: list[FlatPart] = []
    own = whole = 0.0
    for part in parts:
        operations: list[Operation] = []
        for operation in part.operations:
            if operation.work in _INNER and not _makes(part, operation, main, style):
                mill = next((mill for mill in thinner if _makes(part, operation, mill, style)), None)
                if mill is None:
                    return None
                operation = dataclasses.replace(operation, mill_diameter=mill)
            operations.append(operation)
            if operation.work in MILLED:
                length = part.quantity * operation.contour.length
                whole += length
                own += 0.0 if operation.mill_diameter else length
        marked = dataclasses.replace(part, operations=tuple(operations))
        try:
            relieved = relieve(marked, main, style)
            check_reach(relieved, main)
        except NotMakeableError:
            return None
        if _meet(relieved):
            return None
        result.append(marked)
    return tuple(result) if own >= MOST * whole else None


def _meet(part: FlatPart) -> bool:
    """Do the wide mill's reliefs of two openings run into each other, where a thin mill's might not?"""
    openings = [polygon(o.contour) for o in part.of(Work.CUT_INSIDE)]
    if len(openings) < 2:
        return False
    pairs = STRtree(openings).query(openings, predicate="intersects")
    return bool((pairs[0] < pairs[1]).any())


def _makes(part: FlatPart, operation: Operation, mill: float, style: Relief) -> bool:
    """Does the mill get into all of a contour, with the reliefs that it needs?"""
    try:
        relieved = relieve_operation(part, operation, mill, style)
        outline = relieved.contour if operation.work is Work.CUT_OUTSIDE else part.outline
        check_contour(part, relieved, mill, polygon(outline))
    except NotMakeableError:
        return False
    return True
