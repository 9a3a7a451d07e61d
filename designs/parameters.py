# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Parameters of a design: what a person may choose, within which limits, said in French."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from designs.errors import ParameterError
from designs.typography import SPACE, THIN, french_number

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?\Z")  # ASCII digits only, decimal comma allowed, no exponent


class Kind(StrEnum):
    LENGTH = "length"
    ANGLE = "angle"
    COUNT = "count"
    CHOICE = "choice"
    FLAG = "flag"
    TEXT = "text"


_NUMERIC = (Kind.LENGTH, Kind.ANGLE, Kind.COUNT)
_TRUE = {"true", "1", "yes", "oui", "on"}
_FALSE = {"false", "0", "no", "non", "off"}


@dataclass(frozen=True)
class Parameter:
    """One choice. ``minimum``, ``maximum`` and ``step`` are in ``unit``; ``step`` is the slider's and
    the field's: a length between two steps is accepted, since a niche is as wide as it is."""

    name: str
    kind: Kind
    default: Any
    label: str  # French
    help: str  # French, one line
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: Mapping[str, str] | None = None  # value → French label
    max_length: int = 0  # of a text
    alphabet: str = ""  # the characters that a text may have; empty: any
    is_state: bool = False  # a choice that shows the same piece open, shut or folded: pages put it beside the view

    @property
    def unit(self) -> str:
        return {Kind.LENGTH: "mm", Kind.ANGLE: "°"}.get(self.kind, "")

    def in_words(self, value: Any) -> str:
        """A value of this parameter in French: "580 mm", "oui", "en fauteuil", "« ACCUEIL »"."""
        if self.kind is Kind.FLAG:
            return "oui" if value else "non"
        if self.kind is Kind.CHOICE:
            return (self.choices or {}).get(str(value), str(value))
        if self.kind is Kind.TEXT:
            return f"«{SPACE}{value}{SPACE}»" if value else "aucun texte"
        return self.figure(value)

    def figure(self, value: float) -> str:
        """A number in this parameter's unit, as French writes it."""
        unit = "°" if self.kind is Kind.ANGLE else f"{SPACE}{self.unit}" if self.unit else ""
        return f"{french_number(value, 3, thousands=THIN)}{unit}"

    def clean(self, raw: object) -> Any:
        """A typed value as the design wants it; raises ParameterError. Takes text from a form or a shell."""
        if self.kind in _NUMERIC:
            return self._number(raw)
        if self.kind is Kind.FLAG:
            if isinstance(raw, bool):
                return raw
            word = str(raw).strip().lower()
            if word in _TRUE | _FALSE:
                return word in _TRUE
            raise self._refuse(f"is yes or no, not {raw!r}", "Répondez par oui ou par non.")
        text = str(raw).strip()
        if self.kind is Kind.CHOICE:
            choices = self.choices or {}
            if text in choices:
                return text
            raise self._refuse(
                f"is one of {', '.join(choices)}, not {text!r}", f"Choisissez parmi : {', '.join(choices.values())}."
            )
        if len(text) > self.max_length:
            raise self._refuse(
                f"has at most {self.max_length} characters, not {len(text)}",
                f"{self.max_length} caractères au plus ; il y en a {len(text)}.",
            )
        unknown = sorted({c for c in text.upper() if self.alphabet and c not in self.alphabet})
        if unknown:
            raise self._refuse(
                f"can't be engraved with {' '.join(unknown)!r}",
                f"Ces caractères ne peuvent pas être gravés : {' '.join(unknown)}.",
            )
        return text

    def _number(self, raw: object) -> float | int:
        if isinstance(raw, bool) or not (
            isinstance(raw, int | float) or (isinstance(raw, str) and _NUMBER.match(raw.strip()))
        ):
            raise self._refuse(f"is a number, not {raw!r}", "Écrivez un nombre, par exemple 850 ou 17,5.")
        try:
            value = float(raw.strip().replace(",", ".")) if isinstance(raw, str) else float(raw)
        except OverflowError:
            value = float("inf")
        low, high = self.minimum, self.maximum
        assert low is not None and high is not None, self.name
        if not low <= value <= high:  # also refuses NaN
            unit = f" {self.unit}" if self.unit else ""
            raise self._refuse(
                f"is between {low:g} and {high:g}{unit}, not {value:g}",
                f"Entre {french_number(low, 6, thousands=THIN)} et {french_number(high, 6, thousands=THIN)}{unit}.",
            )
        if self.kind is not Kind.COUNT:
            return value
        if value != int(value):
            raise self._refuse(f"is a whole number, not {value:g}", "Écrivez un nombre entier.")
        return int(value)

    def _refuse(self, english: str, french_message: str) -> ParameterError:
        return ParameterError(f"{self.name} {english}", {self.name: french_message})


@dataclass(frozen=True)
class Constraint:
    """A rule between parameters. ``holds`` gets the cleaned values. Messages may name values with
    ``{width:g}`` fields."""

    parameters: tuple[str, ...]
    holds: Callable[[Mapping[str, Any]], bool]
    french: str
    english: str


def clean_parameters(
    parameters: Sequence[Parameter], constraints: Sequence[Constraint], given: Mapping[str, object]
) -> dict[str, Any]:
    """All values, defaults filled in, in the parameters' order.

    Raises ParameterError with every refused parameter at once; unknown names are refused by name.
    """
    english: list[str] = []
    messages: dict[str, str] = {}
    known = {p.name for p in parameters}
    for name in given:
        if name not in known:
            english.append(f"{name} is no parameter (known: {', '.join(p.name for p in parameters)})")
            messages[name] = "Ce paramètre n’existe pas pour ce modèle."
    values: dict[str, Any] = {}
    for parameter in parameters:
        try:
            values[parameter.name] = parameter.clean(given.get(parameter.name, parameter.default))
        except ParameterError as error:
            english.append(str(error))
            messages |= error.messages
    # A rule may read more values than it names to people, so it is judged only when all are sound.
    for rule in constraints if len(values) == len(parameters) else ():
        if not rule.holds(values):
            english.append(rule.english.format(**values))
            for name in rule.parameters:
                messages.setdefault(name, rule.french.format(**values))
    if english:
        raise ParameterError("; ".join(english), messages)
    return values


class Parametric(Protocol):
    """Whatever has sizes to choose from, and judges them: a design, or what is written of one."""

    @property
    def parameters(self) -> tuple[Parameter, ...]: ...

    @property
    def constraints(self) -> tuple[Constraint, ...]: ...

    def clean(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Values for every parameter; raises ParameterError."""


@dataclass(frozen=True)
class Written:
    """What is written of a design's sizes: bounds and rules, which are judged without running anything of the design's."""

    parameters: tuple[Parameter, ...]
    constraints: tuple[Constraint, ...] = ()

    def clean(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Values for every parameter; raises ParameterError."""
        return clean_parameters(self.parameters, self.constraints, given)
