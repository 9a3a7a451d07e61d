# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why a package has no file for the machine itself, or what that file leaves to the hand: in French, for one sheet."""

from __future__ import annotations

from collections.abc import Iterable

from designs.typography import listed, typeset
from fabrication.exporters import Job
from fabrication.plan import SheetLayout
from fabrication.program import Unprogrammed


def missing_words(job: Job, sheet: SheetLayout) -> list[str]:
    """At most one sentence: nothing where the machine's file does all, nor for a laser, which has none."""
    if not job.unprogrammed:
        return []
    if job.programs:
        left = [line for line in job.unprogrammed if concerns(line, sheet)]
        return [typeset(f"Pas dans le fichier de la machine : {_joined(left)}.")] if left else []
    keys: dict[str, list[str]] = {}
    for line in job.unprogrammed:
        if line.unsaid:
            keys.setdefault(line.tool, []).append(line.french)
    unknown = [f"{listed(names)} de « {tool} »" if tool else listed(names) for tool, names in keys.items()]
    others = [line for line in job.unprogrammed if not line.unsaid]
    words = "Pas de fichier pour la machine"
    if unknown:
        words += f". Il manque : {' ; '.join(unknown)}"
    return [typeset(f"{words}{'. ' if unknown else ' : '}{_joined(others)}." if others else f"{words}.")]


def concerns(line: Unprogrammed, sheet: SheetLayout) -> bool:
    """Is it about this sheet or a part (or copy) on it, or about none at all?"""
    if line.sheet is not None:
        return line.sheet == sheet.index
    if not line.part:
        return True
    return any(p.part == line.part and line.copy in (None, p.copy) for p in sheet.placements)


def _joined(lines: Iterable[Unprogrammed]) -> str:
    return " ; ".join(dict.fromkeys(line.french for line in lines))
