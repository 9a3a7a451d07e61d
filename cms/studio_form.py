# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A draft as the fields of the studio's form, and back: the same names with and without JavaScript.

Files, parameters and rules are rows: ``file-0-text``, ``parameter-2-label``, ``rule-1-holds``. Nothing is judged here: what is
no number stays the text that was typed, and the draft's own rules say what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from designs.design import TEXTS
from designs.typography import french_number

PARAMETER = (
    "name", "kind", "label", "help", "default", "minimum", "maximum", "step", "choices", "max_length", "alphabet", "is_state",
)  # fmt: skip
RULE = ("holds", "french", "parameters", "english")
#: Fields of one form: 60 parameters and 60 rules with all they have, and a few rows more.
MOST_FIELDS = 1_500

_ROW = re.compile(r"(file|parameter|rule)-([0-9]{1,4})-([a-z_]+)", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,9})?", re.ASCII)
_NUMERIC = ("length", "angle", "count")
_SPACES = dict.fromkeys(map(ord, " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"))


@dataclass(frozen=True)
class Typed:
    """``data``: {"content", "texts", "version_step"} for designs.services.drafting.save. ``name_of``: path in it → the form's field."""

    data: dict[str, Any]
    name_of: dict[str, str] = field(default_factory=dict)

    def beside(self, messages: Mapping[str, str]) -> dict[str, str]:
        """Messages by path → messages by the field that they stand beside; what has no field keeps its path."""
        found: dict[str, str] = {}
        for path, message in messages.items():
            name = self._field(path)
            found[name] = f"{found[name]} {message}" if name in found else message
        return found

    def _field(self, path: str) -> str:
        steps = path.removeprefix("content.").removeprefix("texts.")
        while steps:
            if steps in self.name_of:
                return self.name_of[steps]
            steps = steps.rpartition(".")[0]
        return path


def fields_of(data: Mapping[str, Any]) -> dict[str, str]:
    """``data``: {"content", "texts", "version_step"}, however incomplete."""
    content, texts = _mapping(data.get("content")), _mapping(data.get("texts"))
    specification = _mapping(content.get("specification"))
    fields = {name: str(texts.get(name) or "") for name in TEXTS}
    for index, (name, text) in enumerate(_in_order(content)):
        fields |= {f"file-{index}-name": name, f"file-{index}-text": text}
    for index, parameter in enumerate(_list(specification.get("parameters"))):
        fields |= {f"parameter-{index}-{key}": text for key, text in _parameter_fields(_mapping(parameter)).items()}
    for index, rule in enumerate(_list(specification.get("rules"))):
        row = _mapping(rule)
        names = ", ".join(map(str, _list(row.get("parameters"))))
        said = {key: str(row.get(key) or "") for key in RULE} | {"parameters": names}
        fields |= {f"rule-{index}-{key}": text for key, text in said.items()}
    low, high = [*_list(specification.get("thickness_range")), "", ""][:2]
    fields |= {"thickness_min": _shown(low), "thickness_max": _shown(high)}
    router = _mapping(specification.get("router_only"))
    fields["version_step"] = str(data.get("version_step") or "")
    fields["router_only"] = "\n".join(f"{name} = {_shown(value)}" for name, value in router.items())
    return fields


def typed(fields: Mapping[str, str], before: Mapping[str, Any]) -> Typed:
    """What the form says, on the state that it was made from: what the form does not show (uploaded parts, whether the script has
    rules of its own) stays as it was there."""
    content = dict(_mapping(before.get("content")))
    specification = dict(_mapping(content.get("specification")))
    rows = _rows(fields)
    name_of: dict[str, str] = {name: name for name in TEXTS}
    if content.get("kind") != "flat":
        sources: dict[str, str] = {}
        for index, row in rows["file"]:
            name = row.get("name", "").strip()
            while name in sources:
                name = f"{name} (2)"  # two of one name: refused by its name, and both texts are there
            sources[name] = row.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
            name_of[f"sources.{name}"] = name_of[f"sources.{name[:40]}"] = f"file-{index}-name"
        content |= {"kind": "script", "sources": sources, "main": next(iter(sources), "")}
    parameters, rules = [], []
    for index, row in rows["parameter"]:
        name_of |= {
            f"specification.parameters.{len(parameters)}.{key}": f"parameter-{index}-{key}" for key in PARAMETER
        }
        name_of[f"specification.parameters.{len(parameters)}"] = f"parameter-{index}-name"
        parameters.append(_parameter(row))
    for index, row in rows["rule"]:
        name_of |= {f"specification.rules.{len(rules)}.{key}": f"rule-{index}-{key}" for key in RULE}
        name_of[f"specification.rules.{len(rules)}"] = f"rule-{index}-holds"
        rules.append(_rule(row))
    specification |= {"parameters": parameters, "rules": rules, "router_only": _router_only(fields)}
    name_of |= {"specification.thickness_range": "thickness_min", "specification.router_only": "router_only"}
    thickness = [_number(fields.get(f"thickness_{end}", "")) for end in ("min", "max")]
    specification["thickness_range"] = thickness
    if thickness == ["", ""]:
        del specification["thickness_range"]
    specification.setdefault("rules_in_script", False)
    content["specification"] = specification
    texts = {name: fields[name].replace("\r\n", "\n") for name in TEXTS if name in fields}
    data: dict[str, Any] = {"content": content, "texts": _mapping(before.get("texts")) | texts}
    if "version_step" in fields:
        data["version_step"] = fields["version_step"]
    return Typed(data, name_of | {"version_step": "version_step"})


def rows_of(fields: Mapping[str, str], kind: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of one kind as templates show them."""
    return _rows(fields)[kind]


def _rows(fields: Mapping[str, str]) -> dict[str, list[tuple[int, dict[str, str]]]]:
    """By kind, in the form's order; without those that are ticked as removed, and without those in which nothing stands."""
    found: dict[str, dict[int, dict[str, str]]] = {"file": {}, "parameter": {}, "rule": {}}
    for name, value in fields.items():
        if row := _ROW.fullmatch(name):
            found[row[1]].setdefault(int(row[2]), {})[row[3]] = value
    return {
        kind: [
            (index, row)
            for index, row in rows.items()
            if not row.get("remove") and any(v.strip() for k, v in row.items() if k not in ("kind", "remove"))
        ]
        for kind, rows in found.items()
    }


def _in_order(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The main file first: a database forgets the order of an object's names."""
    sources = {str(name): str(text) for name, text in _mapping(content.get("sources")).items()}
    main = content.get("main")
    return sorted(sources.items(), key=lambda item: (item[0] != main, item[0]))


def _parameter_fields(parameter: Mapping[str, Any]) -> dict[str, str]:
    fields = {key: _shown(parameter.get(key)) for key in PARAMETER}
    choices = parameter.get("choices") or []
    pairs = choices.items() if isinstance(choices, Mapping) else [pair for pair in _list(choices) if len(pair) == 2]
    fields["choices"] = "\n".join(f"{value} = {label}" for value, label in pairs)
    fields["is_state"] = "oui" if parameter.get("is_state") is True else ""
    fields["max_length"] = fields["max_length"] if parameter.get("max_length") else ""
    return fields


def _parameter(row: Mapping[str, str]) -> dict[str, Any]:
    """Only what its kind knows: what was typed for another kind before does not get in the way."""
    kind = row.get("kind", "")
    found: dict[str, Any] = {key: row.get(key, "").strip() for key in ("name", "kind", "label", "help")}
    default = row.get("default", "")
    if kind in _NUMERIC:
        found["default"] = _number(default)
        for key in ("minimum", "maximum", "step"):
            if row.get(key, "").strip():
                found[key] = _number(row[key])
    elif kind == "flag":
        word = default.strip().lower()
        found["default"] = {"oui": True, "yes": True, "non": False, "no": False, "": False}.get(word, default)
    else:
        found["default"] = default.strip()
    if kind == "choice":
        found["choices"] = [list(pair) for pair in _pairs(row.get("choices", ""))]
        if row.get("is_state"):
            found["is_state"] = True
    if kind == "text":
        found["max_length"] = _number(row.get("max_length", ""))
        if row.get("alphabet"):
            found["alphabet"] = row["alphabet"]
    return found


def _rule(row: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {key: row.get(key, "").strip() for key in ("holds", "french", "english")}
    if names := re.split(r"[\s,;]+", row.get("parameters", "").strip(" ,;\n\t")):
        found["parameters"] = [name for name in names if name]
    if not found["parameters"]:
        del found["parameters"]  # those that the rule reads
    return found


def _router_only(fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: _number(value) for name, value in _pairs(fields.get("router_only", ""))}


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    """ "a = b" a line; a line without "=" is both."""
    for line in text.splitlines():
        left, equals, right = (piece.strip() for piece in line.partition("="))
        if left or right:
            yield left, right if equals else left


def _number(text: str) -> int | float | str:
    """A number as people type it ("1 200", "17,5"); what is none stays what it was."""
    plain = text.translate(_SPACES)
    if not _NUMBER.fullmatch(plain):
        return text.strip()
    value = float(plain.replace(",", "."))
    return int(value) if value.is_integer() else value


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return french_number(value, 6) if isinstance(value, int | float) else str(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else []
