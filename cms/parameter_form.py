# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design's parameters as form fields: DSFR's look, the design's own checks.

The values are cleaned by the design alone (designs/parameters.py); here is only what a page shows:
what was typed, and the message beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cms.nearest_sizes import nearest_sizes
from cms.templatetags.french import figures
from designs.errors import ParameterError
from designs.parameters import Kind, Parameter
from designs.typography import french_number

if TYPE_CHECKING:
    from django.http import QueryDict

    from designs.parameters import Parametric

#: Longer input is no number and no sign's text; it is cut before anything looks at it.
_LONGEST = 1000
_LENGTH = re.compile(r"(?P<number>[0-9]{1,6}(?:[.,][0-9]{1,6})?)\s*(?P<unit>mm|cm|m)?", re.ASCII | re.IGNORECASE)
_IN_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "m": 1000.0}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Remedy:
    """A size that would do where a rule refuses the one that was asked for; ``query`` is the address that has it."""

    value: str
    label: str  # French: "820 mm"
    query: str


@dataclass(frozen=True)
class Field:
    """One parameter on the page. ``value`` is what was typed, or the default."""

    name: str
    kind: str
    label: str
    help: str
    unit: str
    value: str
    error: str
    minimum: str
    maximum: str
    step: str
    choices: Sequence[Choice]
    checked: bool
    bounds: str  # French: "De 600 à 1200 mm.", "24 caractères au plus."
    default: str
    is_state: bool  # shows the same piece open, shut or folded
    remedy: Remedy | None

    @property
    def id(self) -> str:
        return f"p-{self.name}"

    @property
    def described_by(self) -> str:
        return f"{self.id}-aide {self.id}-messages"


class ParameterForm:
    """The fields of a design for what a request gave; ``values`` are cleaned, or None if refused."""

    def __init__(self, design: Parametric, given: Mapping[str, object]) -> None:
        self.design = design
        self.given = dict(given)
        self.messages: dict[str, str] = {}
        self.values: dict[str, Any] | None = None
        try:
            self.values = design.clean(self.given)
        except ParameterError as error:
            self.messages = {name: figures(text) for name, text in error.messages.items()}
            for parameter in design.parameters:
                hint = _as_millimetres(parameter, self.given.get(parameter.name))
                if hint and parameter.name in self.messages:
                    self.messages[parameter.name] = hint

    @classmethod
    def of_request(cls, design: Parametric, data: QueryDict) -> ParameterForm:
        """Reads the design's own parameters from a form or a query, and ignores everything else."""
        given: dict[str, object] = {}
        for parameter in design.parameters:
            if parameter.name in data:
                typed = str(data[parameter.name])[:_LONGEST]
                # Control characters have no place in a size or on a sign, and PostgreSQL takes no NUL.
                given[parameter.name] = "".join(c for c in typed if c.isprintable())
        return cls(design, given)

    @property
    def is_valid(self) -> bool:
        return self.values is not None

    @property
    def wrong(self) -> list[str]:
        """The parameters that are refused by themselves, not only beside another one."""
        return [p.name for p in self.design.parameters if p.name in self.given and not _sound(p, self.given[p.name])]

    @property
    def fields(self) -> list[Field]:
        return [self._field(parameter) for parameter in self.design.parameters]

    @property
    def states(self) -> list[Field]:
        return [field for field in self.fields if field.is_state]

    @property
    def sizes(self) -> list[Field]:
        return [field for field in self.fields if not field.is_state]

    @cached_property
    def remedies(self) -> dict[str, Remedy]:
        """By name: what would do where only rules between parameters refuse."""
        if self.values is not None:
            return {}
        query = self.query()
        return {
            p.name: Remedy(value, _with_unit(p, float(value)), urlencode({**query, p.name: value}))
            for p in self.design.parameters
            if (value := self._nearest.get(p.name))
        }

    @cached_property
    def _nearest(self) -> dict[str, str]:
        return nearest_sizes(self.design, self.given)

    def query(self) -> dict[str, str]:
        """What a link to this page has to say: the typed values that are not the defaults."""
        return {
            p.name: text for p in self.design.parameters if (text := self._text(p)) != _shown(p, p.default)
        }  # fmt: skip

    def _text(self, parameter: Parameter) -> str:
        if parameter.name not in self.given:
            return _shown(parameter, parameter.default)
        raw = self.given[parameter.name]
        if self.values is not None:
            return _shown(parameter, self.values[parameter.name])
        return raw if isinstance(raw, str) else _shown(parameter, raw)

    def _field(self, p: Parameter) -> Field:
        text = self._text(p)
        bounds = ""
        if p.minimum is not None and p.maximum is not None:
            bounds = figures(f"De {french_number(p.minimum, 6)} à {_with_unit(p, p.maximum)}.")
        elif p.max_length:
            bounds = f"{p.max_length}\u00a0caractères au plus."
        return Field(
            name=p.name,
            # A number field can't hold a word: show what was typed all the same.
            kind="words" if p.minimum is not None and not _is_number(text) else str(p.kind),
            label=p.label,
            help=p.help,
            unit=p.unit,
            value=text,
            error=self.messages.get(p.name, ""),
            minimum=_plain(p.minimum),
            maximum=_plain(p.maximum),
            step=_plain(p.step) or "any",
            choices=[Choice(v, label, v == text) for v, label in (p.choices or {}).items()],
            checked=text == "oui",
            bounds=bounds,
            default=_shown(p, p.default),
            is_state=p.is_state,
            remedy=self.remedies.get(p.name),
        )


def _sound(parameter: Parameter, raw: object) -> bool:
    try:
        parameter.clean(raw)
    except ParameterError:
        return False
    return True


def _as_millimetres(p: Parameter, raw: object) -> str:
    """French: how to write a length that was typed in metres, in centimetres or with its unit; "" if it wasn't."""
    found = _LENGTH.fullmatch(raw.strip()) if p.kind is Kind.LENGTH and isinstance(raw, str) else None
    if not found or p.minimum is None or p.maximum is None:
        return ""
    typed, unit = found["number"].replace(".", ","), (found["unit"] or "").lower()
    value = float(found["number"].replace(",", ".")) * _IN_MILLIMETRES[unit or "m"]
    if not unit and not p.minimum <= value <= p.maximum:
        return ""  # no unit, and not this size in metres either
    written = french_number(value, 3) if value < 1e6 else ""
    if not written:
        return ""
    if unit == "mm":
        return f"Écrivez le nombre sans son unité\u00a0: {written}."
    return f"En millimètres\u00a0: {typed}\u00a0{unit or 'm'} s’écrit {written}."


def _with_unit(p: Parameter, value: float) -> str:
    unit = f"\u202f{p.unit}" if p.unit == "°" else f"\u00a0{p.unit}" if p.unit else ""
    return figures(f"{french_number(value, 6)}{unit}")


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _shown(parameter: Parameter, value: Any) -> str:
    if parameter.kind is Kind.FLAG:
        return "oui" if value is True or str(value).lower() in ("true", "1", "yes", "oui", "on") else "non"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text.lower().strip("+-") not in ("nan", "inf", "infinity")
