# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the jail's entries answer, read as a stranger's: either what was asked for, or the fitting error."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from designs.errors import ParameterError, SheetError
from designs.plain_text import is_plain
from fabrication.scripted.errors import Fault, ScriptError, ScriptGeometryError, ScriptNotFlatError, ScriptTimeError
from fabrication.scripted.reading import parse_json, refuse

KINDS = ("syntax", "name", "import", "value", "geometry", "flat", "result", "limit", "time", "data", "file")
MAX_FAULTS, MAX_SENTENCE = 50, 1000


def answered(output: bytes, files: Collection[str], parameters: Collection[str] = ()) -> Mapping[str, Any]:
    """The answer's object, if it is one that went well.

    Raises ParameterError, SheetError, ScriptGeometryError or ScriptNotFlatError where other values may do, ScriptTimeError for one that was stopped, ScriptError
    for one that has to be mended, TransportError for what is no answer. Of ``files`` and ``parameters`` nothing else is named.
    """
    answer = parse_json(output)
    if not isinstance(answer, dict):
        refuse("", "no object", "Le script a rendu des données illisibles")
    if answer.get("ok") is True:
        return answer
    faults = _faults(answer.get("errors"), files)
    given = answer.get("refused")
    refused: Mapping[str, Any] = given if isinstance(given, dict) else {}
    kind = refused.get("kind")
    if kind == "parameter":
        raise ParameterError(faults[0].english, _messages(refused.get("messages"), parameters, faults[0].french))
    if kind == "sheet":
        raise SheetError(faults[0].english, faults[0].french)
    if faults[0].kind == "time":
        raise ScriptTimeError(faults)
    raise {"geometry": ScriptGeometryError, "flat": ScriptNotFlatError}.get(str(kind), ScriptError)(faults)


def _faults(value: object, files: Collection[str]) -> list[Fault]:
    if not isinstance(value, list) or not value:
        refuse("errors", "no list", "Le script a échoué sans dire pourquoi")
    return [_fault(entry, files) for entry in value[:MAX_FAULTS]]


def _fault(value: object, files: Collection[str]) -> Fault:
    data: Mapping[str, Any] = value if isinstance(value, dict) else {}
    kind, file, part = data.get("kind"), data.get("file"), data.get("part")
    return Fault(
        kind if isinstance(kind, str) and kind in KINDS else "value",
        _sentence(data.get("french")) or "Le script ne peut pas être dessiné.",
        _sentence(data.get("english")) or "the script can't be drawn",
        file if isinstance(file, str) and file in files else "",
        _place(data.get("line")),
        _place(data.get("column")),
        part if isinstance(part, str) and part.isascii() and part.isalnum() and len(part) <= 4 else "",
    )


def _sentence(value: object) -> str:
    """A stranger's sentence, cut, on one line and without signs that can't be seen."""
    if not isinstance(value, str):
        return ""
    return "".join(c if is_plain(c) else " " for c in value[:MAX_SENTENCE]).strip()


def _place(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000 else 0


def _messages(value: object, parameters: Collection[str], otherwise: str) -> dict[str, str]:
    given = value if isinstance(value, dict) else {}
    messages = {name: _sentence(given[name]) for name in parameters if given.get(name)}
    # A rule that names no parameter of this model still has to be read somewhere.
    return {name: text for name, text in messages.items() if text} or {next(iter(parameters), ""): otherwise}
