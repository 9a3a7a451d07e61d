# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads a specification from data that a form, a file or a database holds: strictly, every fault at once, each under its path
(``parameters.2.minimum``)."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from string import Formatter
from typing import Any

from designs.errors import ParameterError
from designs.parameters import Kind, Parameter
from designs.plain_text import is_plain, shown
from designs.rules import RuleError, rule
from designs.specification import (
    DEFAULT_THICKNESS_RANGE,
    THICKEST,
    THINNEST,
    Specification,
    SpecificationError,
    WrittenRule,
)
from designs.typography import french_number

MAX_PARAMETERS, MAX_RULES, MAX_CHOICES = 60, 60, 40
MAX_LABEL, MAX_HELP, MAX_SENTENCE, MAX_TEXT, MAX_ALPHABET = 80, 300, 400, 200, 300
#: Lengths in mm, angles in degrees, counts: nothing in a workshop is larger.
MAX_FIGURE = 100_000

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
#: A step that a page can show.
_FINEST = 0.001
_PARAMETER_KEYS = ("name", "kind", "default", "label", "help", "minimum", "maximum", "step", "choices", "max_length", "alphabet", "is_state")  # fmt: skip
_RULE_KEYS = ("parameters", "holds", "french", "english")
_KEYS = ("parameters", "rules", "thickness_range", "router_only", "rules_in_script")
_NUMERIC = (Kind.LENGTH, Kind.ANGLE, Kind.COUNT)


class Reader:
    """Collects every fault under its path."""

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}

    def fault(self, path: str, french: str) -> None:
        self.faults.setdefault(path, french)

    def read(self, data: object) -> Specification:
        whole = self._mapping("", data, _KEYS)
        parameters = self._parameters(self._list("parameters", whole.get("parameters", []), MAX_PARAMETERS))
        written = self._rules(self._list("rules", whole.get("rules", []), MAX_RULES), parameters)
        found = Specification(
            parameters,
            written,
            self._thicknesses(whole.get("thickness_range", DEFAULT_THICKNESS_RANGE)),
            self._router_only(whole.get("router_only") or {}, parameters),
            self._yes("rules_in_script", whole.get("rules_in_script", False)),
        )
        if self.faults:
            raise SpecificationError(self.faults)
        return found

    # Shapes of data

    def _mapping(self, path: str, data: object, keys: Sequence[str]) -> Mapping[str, Any]:
        if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
            self.fault(path, "Il faut ici un objet.")
            return {}
        for key in data:
            if key not in keys:
                self.fault(_under(path, key[:40]), f"« {shown(key)} » n’existe pas ici : il y a {', '.join(keys)}.")
        return data

    def _list(self, path: str, data: object, most: int) -> Sequence[Any]:
        if not isinstance(data, list | tuple):
            self.fault(path, "Il faut ici une liste.")
            return ()
        if len(data) > most:
            self.fault(path, f"{most} au plus ; il y en a {len(data)}.")
            return ()
        return data

    def _text(self, path: str, data: object, most: int, *, needed: bool = True) -> str:
        if not isinstance(data, str):
            self.fault(path, "Il faut ici un texte.")
            return ""
        if not is_plain(data):
            self.fault(path, "Ce texte contient un signe qui ne s’imprime pas.")
            return ""
        if needed and not data.strip():
            self.fault(path, "Ce texte manque.")
        if len(data) > most:
            self.fault(path, f"{most} caractères au plus ; il y en a {len(data)}.")
        return data.strip()

    def _figure(self, path: str, data: object, *, whole: bool = False) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(_bounded(data)):
            self.fault(path, "Il faut ici un nombre.")
            return 0.0
        if abs(data) > MAX_FIGURE:
            self.fault(path, f"Ce nombre est trop grand : {french_number(MAX_FIGURE, thousands=' ')} au plus.")
            return 0.0
        if whole and data != int(data):
            self.fault(path, "Il faut ici un nombre entier.")
        return int(data) if whole else data

    def _yes(self, path: str, data: object) -> bool:
        if not isinstance(data, bool):
            self.fault(path, "Il faut ici oui ou non.")
        return data is True

    # Parameters

    def _parameters(self, entries: Sequence[Any]) -> tuple[Parameter, ...]:
        found: list[Parameter] = []
        for number, entry in enumerate(entries):
            path = f"parameters.{number}"
            before = len(self.faults)
            parameter = self._parameter(path, entry)
            if parameter is None or len(self.faults) > before:
                continue
            if any(parameter.name == other.name for other in found):
                self.fault(f"{path}.name", f"Deux paramètres s’appellent « {parameter.name} ».")
            found.append(parameter)
        return tuple(found)

    def _parameter(self, path: str, entry: object) -> Parameter | None:
        data = self._mapping(path, entry, _PARAMETER_KEYS)
        name = data.get("name")
        if not isinstance(name, str) or not _NAME.match(name) or keyword.iskeyword(name):
            self.fault(f"{path}.name", "Un nom de paramètre : une minuscule sans accent, puis minuscules, chiffres ou _ ; 40 signes au plus.")  # fmt: skip
            name = ""
        if name in ("min", "max", "abs", "round"):
            self.fault(f"{path}.name", f"« {name} » est une fonction des règles : prenez un autre nom.")
        try:
            kind = Kind(str(data.get("kind")))
        except ValueError:
            self.fault(f"{path}.kind", f"Le genre est l’un de {', '.join(Kind)}.")
            return None
        label = self._text(f"{path}.label", data.get("label"), MAX_LABEL)
        advice = self._text(f"{path}.help", data.get("help", ""), MAX_HELP, needed=False)
        is_state = self._yes(f"{path}.is_state", data.get("is_state") or False)
        if is_state and kind is not Kind.CHOICE:
            self.fault(f"{path}.is_state", "Seul un choix montre des états du meuble.")
        figures = self._bounds(path, kind, data)
        choices = self._choices(f"{path}.choices", data.get("choices")) if kind is Kind.CHOICE else None
        length, alphabet = self._letters(path, kind, data)
        if any(fault.startswith(f"{path}.") for fault in self.faults):
            return None
        parameter = Parameter(
            name, kind, data.get("default"), label, advice, *figures, choices, length, alphabet, is_state
        )
        return self._with_default(path, parameter)

    def _bounds(
        self, path: str, kind: Kind, data: Mapping[str, Any]
    ) -> tuple[float | None, float | None, float | None]:
        if kind not in _NUMERIC:
            for key in ("minimum", "maximum", "step"):
                if data.get(key) is not None:
                    self.fault(f"{path}.{key}", "Seuls une longueur, un angle et un nombre ont des bornes.")
            return None, None, None
        whole = kind is Kind.COUNT
        low, high = (self._figure(f"{path}.{key}", data.get(key), whole=whole) for key in ("minimum", "maximum"))
        if low > high:
            self.fault(f"{path}.maximum", "Le maximum est sous le minimum.")
        step = data.get("step")
        if step is not None:
            step = self._figure(f"{path}.step", step, whole=whole)
            if step < _FINEST:
                self.fault(f"{path}.step", "Le pas est d’au moins 0,001.")
        return low, high, step

    def _choices(self, path: str, data: object) -> dict[str, str]:
        pairs = list(data.items()) if isinstance(data, Mapping) else self._list(path, data, MAX_CHOICES)
        choices: dict[str, str] = {}
        for number, pair in enumerate(pairs[: MAX_CHOICES + 1]):
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                self.fault(f"{path}.{number}", "Un choix est une valeur et son nom français.")
                continue
            value = self._text(f"{path}.{number}", pair[0], 40)
            if value in choices:
                self.fault(f"{path}.{number}", f"Deux choix ont la valeur « {value} ».")
            choices[value] = self._text(f"{path}.{number}", pair[1], MAX_LABEL)
        if not choices:
            self.fault(path, "Il faut au moins un choix.")
        if len(choices) > MAX_CHOICES:
            self.fault(path, f"{MAX_CHOICES} choix au plus.")
        return choices

    def _letters(self, path: str, kind: Kind, data: Mapping[str, Any]) -> tuple[int, str]:
        length, alphabet = data.get("max_length") or 0, data.get("alphabet") or ""
        if kind is not Kind.TEXT:
            for key, value in (("max_length", length), ("alphabet", alphabet)):
                if value:
                    self.fault(f"{path}.{key}", "Seul un texte a une longueur et un alphabet.")
            return 0, ""
        most = int(self._figure(f"{path}.max_length", length, whole=True))
        if not 1 <= most <= MAX_TEXT:
            self.fault(f"{path}.max_length", f"Un texte a de 1 à {MAX_TEXT} caractères.")
        if not isinstance(alphabet, str) or not is_plain(alphabet) or len(alphabet) > MAX_ALPHABET:
            self.fault(f"{path}.alphabet", f"L’alphabet est un texte de {MAX_ALPHABET} caractères au plus.")
            return most, ""
        return most, alphabet

    def _with_default(self, path: str, parameter: Parameter) -> Parameter | None:
        default = parameter.default
        sound = isinstance(default, bool) if parameter.kind is Kind.FLAG else isinstance(default, int | float | str)
        try:
            value = parameter.clean(default) if sound else None
        except ParameterError as error:
            self.fault(f"{path}.default", f"Valeur de départ : {_lower(error.messages[parameter.name])}")
            return None
        if not sound:
            self.fault(f"{path}.default", "La valeur de départ manque.")
            return None
        return replace(parameter, default=value)

    # Rules

    def _rules(self, entries: Sequence[Any], parameters: tuple[Parameter, ...]) -> tuple[WrittenRule, ...]:
        found: list[WrittenRule] = []
        # Against half the parameters every rule would seem wrong.
        complete = not any(path.startswith("parameters") for path in self.faults)
        for number, entry in enumerate(entries):
            written = self._rule(f"rules.{number}", entry, parameters, complete)
            if written is not None:
                found.append(written)
        return tuple(found)

    def _rule(self, path: str, entry: object, parameters: tuple[Parameter, ...], complete: bool) -> WrittenRule | None:
        data = self._mapping(path, entry, _RULE_KEYS)
        known = {p.name: p for p in parameters}
        french = self._text(f"{path}.french", data.get("french"), MAX_SENTENCE)
        english = self._text(f"{path}.english", data.get("english") or french, MAX_SENTENCE)
        text = data.get("holds")
        try:
            read = rule(text if isinstance(text, str) else "")
        except RuleError as error:
            self.fault(f"{path}.holds", error.french)
            return None
        given = data.get("parameters")
        names = self._list(f"{path}.parameters", sorted(read.names) if given is None else given, MAX_PARAMETERS)
        if not complete:
            return None
        for name in sorted(read.names - set(known)):
            self.fault(f"{path}.holds", f"« {shown(name)} » n’est pas un paramètre de ce modèle.")
        for name in names:
            if name not in known if isinstance(name, str) else True:
                self.fault(f"{path}.parameters", f"« {shown(name)} » n’est pas un paramètre de ce modèle.")
        if not names:
            self.fault(f"{path}.parameters", "Dites à côté de quels paramètres la phrase s’affiche.")
        defaults = {p.name: p.default for p in parameters}
        for key, sentence in (("french", french), ("english", english)):
            if not _fits(sentence, parameters):
                gone = [name for name in _NAMED.findall(sentence) if name not in known]
                said = f"« {shown(gone[0])} » n’est pas un paramètre de ce modèle." if gone else _BRACES
                self.fault(f"{path}.{key}", said)
        if any(fault.startswith(f"{path}.") for fault in self.faults):
            return None
        written = WrittenRule(tuple(names), read, french, english)
        self._try(path, written, defaults, known)
        return written

    def _try(
        self, path: str, written: WrittenRule, defaults: Mapping[str, Any], known: Mapping[str, Parameter]
    ) -> None:
        """It has to hold for the piece as it is first shown, and to have an answer at every bound."""
        tried: list[Mapping[str, Any]] = [defaults]
        for name in sorted(written.rule.names):
            tried += [{**defaults, name: value} for value in _ends(known[name])]
        for values in tried:
            try:
                holds = written.rule(values)
            except RuleError as error:
                differing = [
                    f"{name} vaut {known[name].in_words(values[name])}"
                    for name in written.rule.names
                    if values[name] != defaults[name]
                ]
                self.fault(f"{path}.holds", error.french + (f" C’est quand {differing[0]}." if differing else ""))
                return
            if not holds and values is defaults:
                self.fault(f"{path}.holds", "Les valeurs de départ ne respectent pas cette règle.")
                return

    # The rest

    def _thicknesses(self, data: object) -> tuple[float, float]:
        if not isinstance(data, list | tuple) or len(data) != 2:
            self.fault("thickness_range", "Il faut ici deux épaisseurs, la plus faible et la plus forte.")
            return DEFAULT_THICKNESS_RANGE
        low, high = (float(self._figure("thickness_range", figure)) for figure in data)
        if "thickness_range" not in self.faults and not THINNEST <= low <= high <= THICKEST:
            self.fault(
                "thickness_range",
                f"Deux épaisseurs entre {french_number(THINNEST)} et {french_number(THICKEST)} mm, la plus faible d’abord.",
            )
        return low, high

    def _router_only(self, data: object, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
        known = {p.name: p for p in parameters}
        if not isinstance(data, Mapping) or len(data) > MAX_PARAMETERS:
            self.fault("router_only", "Il faut ici un objet : un paramètre, et la valeur qui fait des poches.")
            return {}
        if any(path.startswith("parameters") for path in self.faults):
            return {}  # against half the parameters every name would seem wrong
        found: dict[str, Any] = {}
        for name, value in data.items():
            if name not in known:
                self.fault("router_only", f"« {shown(name)} » n’est pas un paramètre de ce modèle.")
                continue
            try:
                found[name] = known[name].clean(value)
            except ParameterError as error:
                self.fault(f"router_only.{name}", error.messages[name])
        return found


def _ends(parameter: Parameter) -> Sequence[Any]:
    if parameter.kind in _NUMERIC:
        return (parameter.minimum, parameter.maximum)
    if parameter.kind is Kind.CHOICE:
        return tuple(parameter.choices or ())
    return (True, False) if parameter.kind is Kind.FLAG else ("",)


#: In a rule's sentence; and what stands beside one that says anything else between braces.
_NAMED = re.compile(r"\{([a-z][a-z0-9_]*)(?::[^{}]*)?\}")
_BRACES = "Entre accolades, seulement un paramètre : {width} ou {width:g}."


def _fits(sentence: str, parameters: Sequence[Parameter]) -> bool:
    """Whether a sentence names nothing but parameters: ``{width.__class__}`` or ``{width:>999999999}`` reach further. Tried with
    numbers that are whole and that are not: ``:d`` takes only the first."""
    known = {p.name: p for p in parameters}
    try:
        for _, field, form, conversion in Formatter().parse(sentence):
            if field is None:
                continue
            if field not in known or conversion or not re.fullmatch(r"(\.[0-6])?[gf]?", form or ""):
                return False
            format(known[field].default, form or "")
    except ValueError:
        return False
    return True


def _bounded(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
