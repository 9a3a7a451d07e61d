# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What would do where a rule between parameters refuses sizes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.nearest_sizes import nearest_sizes
from designs import catalogue
from designs.errors import ParameterError
from designs.parameters import Kind

DESIGNS = ("chariot", "porte", "maisonnette")


def _refused(identifier: str, values: dict[str, Any]) -> bool:
    try:
        catalogue.design(identifier).clean(values)
    except ParameterError:
        return True
    return False


@pytest.mark.parametrize(
    ("identifier", "asked", "would_do"),
    [
        # The rule says 40 mm of play, whichever of the two gives way.
        ("chariot", {"depth": 780, "door": 700}, {"depth": "660", "door": "820"}),
        ("chariot", {"depth": 700, "door": 710}, {"depth": "670", "door": "740"}),
        # The arch ends at 2,100 mm.
        ("porte", {"height": 1200, "arch_rise": 1080, "boot_length": 3000}, {"arch_rise": "900"}),
    ],
)
def test_each_named_number_gets_the_nearest_value_that_would_do(
    identifier: str, asked: dict[str, Any], would_do: dict[str, str]
) -> None:
    assert nearest_sizes(catalogue.design(identifier), asked) == would_do
    steps = {p.name: p.step for p in catalogue.design(identifier).parameters}
    for name, value in would_do.items():
        assert not _refused(identifier, {**asked, name: value})
        towards = 1 if float(value) < asked.get(name, 830) else -1
        assert _refused(identifier, {**asked, name: float(value) + towards * (steps[name] or 0)})  # none is nearer


def test_a_number_that_can_not_help_alone_is_not_named() -> None:
    assert "width" not in nearest_sizes(catalogue.design("porte"), {"height": 1225, "depth": 350})


@pytest.mark.parametrize(
    "given_values", [{}, {"width": "abc"}, {"width": 99999, "depth": 780, "door": 700}, {"trays": "1.5"}]
)
def test_there_is_nothing_to_say_of_sizes_that_are_sound_or_wrong_by_themselves(given_values: dict[str, Any]) -> None:
    assert nearest_sizes(catalogue.design("chariot"), given_values) == {}


@st.composite
def _sizes(draw: Any) -> tuple[str, dict[str, Any]]:
    identifier = draw(st.sampled_from(DESIGNS))
    values: dict[str, Any] = {}
    for parameter in catalogue.design(identifier).parameters:
        if parameter.kind in (Kind.LENGTH, Kind.ANGLE):
            values[parameter.name] = draw(st.floats(parameter.minimum, parameter.maximum))
        elif parameter.kind is Kind.COUNT:
            values[parameter.name] = draw(st.integers(int(parameter.minimum or 0), int(parameter.maximum or 0)))
        elif parameter.kind is Kind.CHOICE:
            values[parameter.name] = draw(st.sampled_from(sorted(parameter.choices or {})))
    return identifier, values


@settings(max_examples=60, deadline=None)
@given(_sizes())
def test_whatever_is_named_is_accepted_and_stands_on_the_parameters_own_steps(
    found: tuple[str, dict[str, Any]],
) -> None:
    identifier, values = found
    design = catalogue.design(identifier)
    named = nearest_sizes(design, values)
    assert not named or _refused(identifier, values)
    for parameter in design.parameters:
        if parameter.name in named:
            value = float(named[parameter.name])
            assert not _refused(identifier, {**values, parameter.name: named[parameter.name]})
            assert parameter.minimum is not None and parameter.maximum is not None and parameter.step
            assert parameter.minimum <= value <= parameter.maximum
            assert (value - parameter.minimum) / parameter.step == pytest.approx(
                round((value - parameter.minimum) / parameter.step)
            )


def test_rules_are_asked_a_few_times_only() -> None:
    design = catalogue.design("maisonnette")
    asked = 0

    class Counted(type(design)):  # type: ignore[misc]
        constraints = tuple(
            type(rule)(rule.parameters, lambda v, rule=rule: _count(rule, v), rule.french, rule.english)
            for rule in design.constraints
        )

    def _count(rule: Any, values: Any) -> bool:
        nonlocal asked
        asked += 1
        return bool(rule.holds(values))

    assert nearest_sizes(Counted(), {"height": 2125, "depth": 615})
    assert 0 < asked < 400
