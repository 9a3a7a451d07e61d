# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why a package has no file for the machine itself: what the machine file leaves open, in French."""

from __future__ import annotations

from fabrication.exporters import Job
from fabrication.exporters.pdf_tools import sheet_tools

_OF_THE_MACHINE = {
    "controller": "la commande numérique",
    "zero": "le zéro de Z",
    "travel_height_mm": "la hauteur de déplacement",
}
_OF_A_TOOL = {
    "feed_mm_min": "l’avance",
    "plunge_mm_min": "la plongée",
    "spindle_rpm": "le régime",
    "pass_depth_mm": "la passe",
}


def missing(job: Job) -> list[str]:
    """A line for the machine and one for each tool in use; what has another reason as it was given.

    Empty if the machine's file is there, and for a laser, which has none."""
    if job.programs or not job.unprogrammed:
        return []
    machine = job.machine_file.machine
    lines = []
    unknown = [words for key, words in _OF_THE_MACHINE.items() if getattr(machine, key) is None]
    if unknown:
        lines.append(_listed(unknown))
    for tool in sheet_tools(job, None):
        unknown = [words for key, words in _OF_A_TOOL.items() if getattr(tool, key) is None]
        if unknown:
            lines.append(f"{_listed(unknown)} de «\N{NO-BREAK SPACE}{tool.name}\N{NO-BREAK SPACE}»")
    return lines or list(job.unprogrammed)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}"
