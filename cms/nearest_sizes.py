# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a rule between parameters refuses sizes: what each of them alone would have to be instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from designs.errors import ParameterError
from designs.parameters import Constraint, Kind, Parameter, Parametric

#: As many sizes are tried for one parameter: a rule costs up to a millisecond, and an answer has fifty.
MOST_TRIED = 14


def nearest_sizes(design: Parametric, given: Mapping[str, object]) -> dict[str, str]:
    """By the name of a number among those that a broken rule names: the value on the parameter's own steps that would do,
    the others left as they are, near to what was asked. Empty where a value is refused by itself, or nothing would do.

    Rules hold on one side of a limit, so the limit is found by halving; where one doesn't, a value is still only named
    after all rules have held for it."""
    try:
        values = {p.name: p.clean(given.get(p.name, p.default)) for p in design.parameters}
    except ParameterError:
        return {}
    broken = [rule for rule in design.constraints if not rule.holds(values)]
    named = {name for rule in broken for name in rule.parameters}
    found = {}
    for parameter in design.parameters:
        if parameter.name in named and parameter.kind in (Kind.LENGTH, Kind.ANGLE, Kind.COUNT):
            value = _nearest(parameter, design.constraints, values)
            if value is not None:
                found[parameter.name] = f"{value:g}"
    return found


def _nearest(parameter: Parameter, rules: Sequence[Constraint], values: Mapping[str, Any]) -> float | int | None:
    """The nearer of what would do below and above."""
    minimum, maximum, step = parameter.minimum, parameter.maximum, parameter.step
    assert minimum is not None and maximum is not None and step
    asked = float(values[parameter.name])
    last = int((maximum - minimum) / step + 1e-9)
    place = (asked - minimum) / step
    below, above = int(place - 1e-9) if place > 1e-9 else -1, int(place + 1 + 1e-9)

    def holds(index: int) -> bool:
        value = minimum + index * step
        tried = {**values, parameter.name: int(value) if parameter.kind is Kind.COUNT else value}
        return all(rule.holds(tried) for rule in rules)

    candidates = [
        minimum + index * step
        for start, end in ((below, 0), (above, last))
        if min(start, end) >= 0 and max(start, end) <= last and (index := _first(holds, start, end)) is not None
    ]
    return min(candidates, key=lambda value: abs(value - asked), default=None)


def _first(holds: Any, start: int, end: int) -> int | None:
    """The index nearest to ``start``, on the way to ``end``, for which all rules hold, if they do from there on."""
    towards = 1 if end >= start else -1
    reach = tried = 0
    while not holds(start + towards * reach):
        tried += 1
        if reach == abs(end - start) or tried == MOST_TRIED:
            return None
        refused, reach = reach, min(max(1, reach * 2), abs(end - start))
    low = refused + 1 if reach else 0
    while low < reach and tried < MOST_TRIED:
        middle = (low + reach) // 2
        tried += 1
        if holds(start + towards * middle):
            reach = middle
        else:
            low = middle + 1
    return start + towards * reach
