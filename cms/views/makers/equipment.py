# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A site's machines, each with the panels that lie on it, told once."""

from __future__ import annotations

from dataclasses import dataclass

from cms.templatetags.french import figures
from cms.views.geography.filters import bed_of
from fablabs.models import CuttingMachine, StockItem, Workshop


@dataclass(frozen=True)
class Equipment:
    """A machine in use, and the panels in use that lie on it. ``as_above``: the same ones as the machine before it."""

    machine: CuttingMachine
    panels: tuple[StockItem, ...]
    as_above: bool

    @property
    def size(self) -> str:
        sides = [side for side in bed_of(self.machine.settings) if side]
        return figures(" × ".join(f"{side:g}" for side in sides) + " mm") if len(sides) == 2 else ""


def equipment_of(workshop: Workshop) -> list[Equipment]:
    found: list[Equipment] = []
    items = [item for item in workshop.stock.all() if item.is_active]
    for machine in workshop.machines.all():
        if machine.is_active:
            panels = tuple(item for item in items if machine.file_with(item) is not None)
            found.append(Equipment(machine, panels, bool(found and panels) and found[-1].panels == panels))
    return found
