# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why a package has no file for the machine itself, or what that file leaves to the hand: in French, for one sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from fabrication.exporters import Job
from fabrication.plan import SheetLayout
from fabrication.typography import typeset

_NONE = "no machine file: "
#: Keys of the machine file, by what people call them.
_KEYS = {
    "controller": "la commande numérique",
    "zero": "le zéro de Z",
    "travel_height_mm": "la hauteur de déplacement",
    "feed_mm_min": "l’avance",
    "plunge_mm_min": "la plongée",
    "spindle_rpm": "le régime",
    "pass_depth_mm": "la passe",
    "number": "le numéro",
}
_MACHINE_KEY = re.compile(r"machine\.(\w+) is not said")
_TOOL_KEY = re.compile(r"machine\.tools (?:'(.*)'|\"(.*)\"): (\w+) is not said")
#: What the planner of paths says, and the same in French.
_SENTENCES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"machine\.margin_mm of (\S+) lets the tool of (\S+) mm run over the sheet's edge"),
        lambda m: f"avec une marge de {m[1]} mm, la fraise de {m[2]} mm déborderait de la feuille",
    ),
    (
        re.compile(r"sheet (\d+): .* would run into the place kept free at \((-?\d+), (-?\d+)\)"),
        lambda m: f"sur la feuille {m[1]}, l’outil toucherait la bride ou le défaut en X {m[2]} Y {m[3]}",
    ),
    (
        re.compile(r"(P\d+): engraving: neither .*"),
        lambda m: f"{m[1]} : gravure, faute de fraise en V ou assez fine",
    ),
    (
        re.compile(r"(P\d+): hole Ø(\S+): no drill .*, (\S+) mm deep, is left to be drilled by hand"),
        lambda m: f"{m[1]} : trous Ø {m[2]}, à percer à la main sur {m[3]} mm",
    ),
    (
        re.compile(r"(P\d+-\d+): no place for a tab .*"),
        lambda m: f"{m[1]} : attaches, faute de place ; tenir la pièce autrement",
    ),
    (
        re.compile(r"sheet \d+: bottom: to be turned over for work on that face: (.*)"),
        lambda m: f"la face de dessous de {m[1]}",
    ),
    (re.compile(r"(P\d+): .*"), lambda m: f"{m[1]} : aucune trajectoire ne passe partout"),
)
_SUBJECT = re.compile(r"sheet (\d+):|(P\d+)(?:-(\d+))?:")


def remarks(job: Job, sheet: SheetLayout) -> list[str]:
    """At most one sentence: nothing where the machine's file does all, nor for a laser, which has none."""
    if not job.unprogrammed:
        return []
    if job.programs:
        lines = [line for line in job.unprogrammed if concerns(line, sheet)]
        return (
            [typeset(f"Pas dans le fichier de la machine : {_joined(map(missing_in_french, lines))}.")] if lines else []
        )
    lines = [line.removeprefix(_NONE) for line in job.unprogrammed]
    keys = [_KEYS.get(m[1], m[1]) for line in lines if (m := _MACHINE_KEY.fullmatch(line))]
    tools: dict[str, list[str]] = {}
    for line in lines:
        if match := _TOOL_KEY.fullmatch(line):
            tools.setdefault(match[1] or match[2], []).append(_KEYS.get(match[3], match[3]))
    missing = [_listed(keys)] if keys else []
    missing += [f"{_listed(names)} de « {tool} »" for tool, names in tools.items()]
    others = [
        missing_in_french(line) for line in lines if not _MACHINE_KEY.fullmatch(line) and not _TOOL_KEY.fullmatch(line)
    ]
    words = "Pas de fichier pour la machine"
    if missing:
        words += f". Il manque : {_joined(missing)}"
    return [typeset(f"{words}{'. ' if missing else ' : '}{_joined(others)}." if others else f"{words}.")]


def concerns(line: str, sheet: SheetLayout) -> bool:
    """Is it about this sheet or a part (or copy) on it, or about none at all?"""
    match = _SUBJECT.match(line)
    if match is None:
        return True
    if match[1]:
        return match[1] == str(sheet.index)
    return any(p.part == match[2] and match[3] in (None, str(p.copy)) for p in sheet.placements)


def missing_in_french(line: str) -> str:
    """The sentence in French; one that nobody has translated as it was given."""
    for pattern, words in _SENTENCES:
        if match := pattern.fullmatch(line):
            return words(match)
    return line


def _joined(sentences: Iterable[str]) -> str:
    return " ; ".join(dict.fromkeys(sentences))


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"
