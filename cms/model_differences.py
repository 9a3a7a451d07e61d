# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What differs between two states of a model, as a person reads it: words, parameters, rules, files line by line.

What it makes of the furniture (parts, sheets, price) is the comparison's, which builds both."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from designs.typography import SPACE, THIN, french_number, spaced
from fabrication.comparison.texts import LABELS

_TEXTS = {**LABELS, "changes": "Ce qui change"}
_FIELDS = {
    "label": "libellé",
    "help": "aide",
    "kind": "nature",
    "default": "valeur de base",
    "minimum": "minimum",
    "maximum": "maximum",
    "step": "pas",
    "choices": "choix",
    "max_length": "signes au plus",
    "alphabet": "signes permis",
    "is_state": "état du meuble",
}
_SIZES = ("default", "minimum", "maximum", "step")
_UNITS = {"length": f"{SPACE}mm", "angle": "°"}
#: Lines of a file's difference that are shown, and lines around a change.
MOST_LINES, _AROUND = 400, 2


@dataclass(frozen=True)
class Line:
    """``kind``: "+" new, "-" gone, " " around, "@" something left out."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """Either ``before`` and ``after`` (one may be empty: new, or gone), or ``lines`` of a file."""

    label: str
    before: str = ""
    after: str = ""
    lines: tuple[Line, ...] = ()


def differences(
    old_texts: Mapping[str, Any], old: Mapping[str, Any], new_texts: Mapping[str, Any], new: Mapping[str, Any]
) -> list[Difference]:
    """``old`` and ``new`` are contents as data; empty for nothing."""
    return [*of_texts(old_texts, new_texts), *of_contents(old, new)]


def of_texts(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(label, str(old.get(name, "")), str(new.get(name, "")))
        for name, label in _TEXTS.items()
        if str(old.get(name, "")) != str(new.get(name, ""))
    ]


def of_contents(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    before, after = _specification(old), _specification(new)
    return [
        *_parameters(before, after),
        *_rules(before, after),
        *_sheets(before, after),
        *_parts(old, new),
        *_files(old.get("sources") or {}, new.get("sources") or {}),
    ]


def _specification(content: Mapping[str, Any]) -> Mapping[str, Any]:
    found = content.get("specification")
    return found if isinstance(found, Mapping) else {}


def _parameters(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    before = {one["name"]: one for one in old.get("parameters", ())}
    after = {one["name"]: one for one in new.get("parameters", ())}
    found = []
    for name in dict.fromkeys([*before, *after]):
        label = _said(after.get(name, before.get(name)))
        if name not in after:
            found.append(Difference(f"Paramètre {label}", _whole(before[name]), "retiré"))
        elif name not in before:
            found.append(Difference(f"Paramètre {label}", "", _whole(after[name])))
        else:
            found += [
                Difference(f"Paramètre {label}, {word}", _of(before[name], key), _of(after[name], key))
                for key, word in _FIELDS.items()
                if _of(before[name], key) != _of(after[name], key)  # what says nothing may be there or not
            ]
    if [*before] != [*after] and set(before) == set(after):
        found.append(Difference("Ordre des paramètres", ", ".join(before), ", ".join(after)))
    return found


def _said(parameter: Any) -> str:
    return f"« {parameter.get('label') or parameter['name']} »"


def _whole(parameter: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{word} {_of(parameter, key)}"
        for key, word in _FIELDS.items()
        if parameter.get(key) not in (None, "", False) and key not in ("label", "help")
    )


def _of(parameter: Mapping[str, Any], key: str) -> str:
    """With its unit, where it is a size."""
    value = parameter.get(key)
    unit = _UNITS.get(str(parameter.get("kind")), "") if key in _SIZES else ""
    return f"{_value(value)}{unit}" if value is not None else ""


def _value(value: Any) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return "oui" if value else "non"
        case list():
            return ", ".join(f"{label} ({name})" for name, label in value)
        case int() | float():
            return french_number(value, 3, thousands=THIN)
    return str(value)


def _rules(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    before = [(one.get("holds", ""), one.get("french", "")) for one in old.get("rules", ())]
    after = [(one.get("holds", ""), one.get("french", "")) for one in new.get("rules", ())]
    gone = [
        Difference("Règle retirée", f"{holds} : {french}") for holds, french in before if (holds, french) not in after
    ]
    return gone + [
        Difference("Règle nouvelle", "", f"{holds} : {french}")
        for holds, french in after
        if (holds, french) not in before
    ]


def _sheets(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    before, after = (tuple(one.get("thickness_range") or ()) for one in (old, new))
    found = []
    if before != after:
        found.append(Difference("Épaisseurs de panneau", _range(before), _range(after)))
    if (old.get("router_only") or {}) != (new.get("router_only") or {}):
        said = [", ".join(one.get("router_only") or {}) for one in (old, new)]
        found.append(Difference("Demande une fraiseuse", *said))
    return found


def _range(thicknesses: tuple[Any, ...]) -> str:
    return f"{_value(thicknesses[0])} à {_value(thicknesses[1])} mm" if len(thicknesses) == 2 else ""


def _parts(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    before, after = old.get("parts") or [], new.get("parts") or []
    if before == after:
        return []
    return [Difference("Pièces planes déposées", f"{len(before)} pièces", f"{len(after)} pièces")]


def _files(old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    found = []
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name, "").splitlines(), new.get(name, "").splitlines()
        if before == after and (name in old) == (name in new):
            continue
        lines = [
            Line("@" if text.startswith("@@") else text[:1], "" if text.startswith("@@") else text[1:])
            for text in list(difflib.unified_diff(before, after, lineterm="", n=_AROUND))[2:]
        ]
        if len(lines) > MOST_LINES:
            lines = [*lines[:MOST_LINES], Line("@", spaced(f"{len(lines) - MOST_LINES} lignes de plus"))]
        word = "nouveau" if name not in old else "retiré" if name not in new else "changé"
        found.append(Difference(f"Fichier {name}, {word}", lines=tuple(lines)))
    return found
