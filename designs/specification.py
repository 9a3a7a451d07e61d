# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a model lets people choose, as data: parameters with their bounds, rules between them, sheets and machines.

``as_data`` is canonical: the same specification gives the same JSON, wherever it was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from designs.errors import DesignError
from designs.parameters import Constraint, Parameter
from designs.rules import Rule, RuleError
from designs.typography import typeset

if TYPE_CHECKING:
    from designs.design import Design

#: Measured thickness (mm) of the sheets that this project draws for, at all.
THINNEST, THICKEST = 2.0, 60.0
DEFAULT_THICKNESS_RANGE = (14.4, 21.6)


class SpecificationError(DesignError, ValueError):
    """``messages`` maps a path in the data to a French sentence; ``french`` is all of them in a line."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self.messages = {path: typeset(message) for path, message in messages.items()}
        super().__init__("; ".join(f"{path}: {message}" for path, message in self.messages.items()))
        self.french = " ".join(self.messages.values())


@dataclass(frozen=True)
class WrittenRule:
    """A rule as its author wrote it, and what people read when it is broken."""

    parameters: tuple[str, ...]
    rule: Rule
    french: str
    english: str

    def holds(self, values: Mapping[str, Any]) -> bool:
        """A rule that can't be worked out with these values is broken."""
        try:
            return self.rule(values)
        except RuleError:
            return False

    def as_data(self) -> dict[str, Any]:
        return {
            "parameters": list(self.parameters),
            "holds": self.rule.text,
            "french": self.french,
            "english": self.english,
        }


@dataclass(frozen=True)
class Specification:
    """``rules_in_script``: the script has rules of its own besides, which are asked where it runs."""

    parameters: tuple[Parameter, ...] = ()
    rules: tuple[WrittenRule, ...] = ()
    thickness_range: tuple[float, float] = DEFAULT_THICKNESS_RANGE
    router_only: Mapping[str, Any] | None = None
    rules_in_script: bool = False

    @cached_property
    def constraints(self) -> tuple[Constraint, ...]:
        return tuple(Constraint(r.parameters, r.holds, r.french, r.english) for r in self.rules)

    def as_data(self) -> dict[str, Any]:
        """Canonical: whole numbers without a decimal point, choices as pairs in their order (objects lose it in databases),
        only what differs from nothing."""
        return {
            "parameters": [_parameter_data(parameter) for parameter in self.parameters],
            "rules": [written.as_data() for written in self.rules],
            "thickness_range": [_plain(figure) for figure in self.thickness_range],
            "router_only": {name: _plain(value) for name, value in sorted((self.router_only or {}).items())},
            "rules_in_script": self.rules_in_script,
        }

    @classmethod
    def parse(cls, data: object) -> Specification:
        """Raises SpecificationError with every fault. ``choices`` may be a mapping or pairs; what is left out is nothing."""
        from designs.specification_reading import Reader

        return Reader().read(data)


def specification_of(design: Design) -> dict[str, Any]:
    """The specification of a design that is drawn in code, as data. Its rules are functions, which no data can hold: they
    stay in its script."""
    return Specification(
        design.parameters, (), design.thickness_range, dict(design.router_only), bool(design.constraints)
    ).as_data()


def _parameter_data(parameter: Parameter) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": parameter.name,
        "kind": str(parameter.kind),
        "default": _plain(parameter.default),
        "label": parameter.label,
        "help": parameter.help,
    }
    for key in ("minimum", "maximum", "step"):
        if (figure := getattr(parameter, key)) is not None:
            data[key] = _plain(figure)
    if parameter.choices is not None:
        data["choices"] = [[value, label] for value, label in parameter.choices.items()]
    for key in ("max_length", "alphabet", "is_state"):
        if value := getattr(parameter, key):
            data[key] = value
    return data


def _plain(value: Any) -> Any:
    """900.0 and 900 are one figure, and have to be one in a digest."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
