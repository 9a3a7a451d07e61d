# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A better layout for a piece that was laid before, within a budget of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from designs.design import Design
from fablabs.machine import MachineFile
from fabrication.choices import EVERYTHING, Choices
from fabrication.nesting.layouts import improve
from fabrication.pipeline import lay_out
from fabrication.plan import SheetLayout

#: Called with each better layout (None: nothing new) and the share of the time that is gone, 0…1.
Watch = Callable[[tuple[SheetLayout, ...] | None, float], None]


def search_layout(
    design: Design | str,
    given: Mapping[str, object],
    machine_file: MachineFile,
    quantity: int,
    *,
    choices: Choices = EVERYTHING,
    seconds: float,
    watch: Watch,
) -> tuple[SheetLayout, ...]:
    """The best layout found, never worse than ``choices.layout``. Raises as ``lay_out``."""
    plan = lay_out(design, given, machine_file, quantity, None, choices).plan

    def report(sheets: tuple[SheetLayout, ...] | None, done: float) -> bool:
        watch(sheets, done)
        return True

    best = improve(
        plan.parts,
        machine_file.machine,
        machine_file.stock,
        seconds=seconds,
        start=plan.sheets,
        locked=choices.locked,
        watch=report,
    )
    watch(best, 1.0)
    return best
