# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece that is too large for a workshop's sheets: which size, made smaller, lets it fit. Every answer was built and
judged as the piece itself; none is a guess."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from designs.errors import DesignError
from designs.parameters import Kind, Parameter
from designs.typography import typeset
from fablabs.machine import MachineFile
from fabrication.errors import FabricationError, NotMakeableError
from fabrication.matching.measuring import Piece
from fabrication.matching.needs import PartNeeds, part_needs
from fabrication.matching.obstacle import Code, millimetres
from fabrication.matching.stations import of_file


@dataclass(frozen=True)
class Remedy:
    """``value`` of one parameter, all others as they are, with which the piece is made there."""

    parameter: str
    value: float
    english: str
    french: str

    def data(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def remedies(piece: Piece, file: MachineFile) -> tuple[Remedy, ...]:
    """For each length of the design by itself, the largest value (in its steps) at which this machine and stock make the
    piece. Empty where anything but the sheets' size is in the way."""
    found = of_file(piece, file)
    if found.ok or {obstacle.code for obstacle in found.obstacles} != {Code.BED} or found.needs is None:
        return ()
    return tuple(
        remedy
        for parameter in piece.design.parameters
        if parameter.kind is Kind.LENGTH and (remedy := _smaller(piece, file, parameter)) is not None
    )


def _smaller(piece: Piece, file: MachineFile, parameter: Parameter) -> Remedy | None:
    now, step, least = float(piece.values[parameter.name]), parameter.step or 1.0, parameter.minimum
    assert least is not None
    most = int((now - least) / step + 1e-9)
    if most < 1 or not _shrinks(piece, file, _with(piece, parameter, now - step)):
        return None

    def fits(steps: int) -> bool:
        other = _with(piece, parameter, now - steps * step)
        return other is not None and not _too_large(other, file)

    steps = _first(fits, most)
    if steps is None:
        return None
    value = now - steps * step
    other = _with(piece, parameter, value)
    if other is None or not of_file(other, file).ok:
        return None
    unit = f" {parameter.unit}" if parameter.unit else ""
    return Remedy(
        parameter.name,
        value,
        f"{parameter.name} of {value:g}{unit} instead of {now:g}",
        typeset(f"« {parameter.label} » à {millimetres(value)}{unit} au plus, au lieu de {millimetres(now)}{unit}"),
    )


def _first(fits: Callable[[int], bool], most: int) -> int | None:
    """The smallest number of steps, up to ``most``, from which it fits: doubled until it does, then halved in."""
    low, high = 0, 1
    while not fits(high):
        if high == most:
            return None
        low, high = high, min(high * 2, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _with(piece: Piece, parameter: Parameter, value: float) -> Piece | None:
    """The piece with another value; None where the design's own rules refuse it."""
    try:
        return Piece(piece.design, {**piece.values, parameter.name: value})
    except DesignError:
        return None


def _shrinks(piece: Piece, file: MachineFile, other: Piece | None) -> bool:
    """Does one step less make every part that is too large smaller, or do away with it? Else no number of steps helps."""
    if other is None:
        return False
    large = {part.code: part for part in _without_room(piece, file)}
    try:
        after = {part.code: part_needs(part) for part in other.flat(file.stock.sheet())}
    except (DesignError, FabricationError):
        return False
    return all(
        code not in after or after[code].along_mm + after[code].across_mm < part.along_mm + part.across_mm - 1e-6
        for code, part in large.items()
    )


def _without_room(piece: Piece, file: MachineFile) -> list[PartNeeds]:
    """The parts that are larger than the room on every sheet."""
    from fabrication.nesting.items import blanks
    from fabrication.nesting.kinds import sheet_kinds
    from fabrication.nesting.refusals import require_fit

    kinds = sheet_kinds(file.machine, file.stock)
    found = []
    for blank in blanks(piece.flat(file.stock.sheet()), file.machine, file.stock.grain == "none"):
        try:
            require_fit(blank, kinds, file.machine.margin_mm)
        except NotMakeableError:
            found.append(part_needs(blank.part))
    return found


def _too_large(piece: Piece, file: MachineFile) -> bool:
    """By the parts' bounds alone: what is found so is judged in full afterwards."""
    try:
        return bool(_without_room(piece, file))
    except (DesignError, FabricationError):
        return True
