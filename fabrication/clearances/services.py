# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workshops' own coupons say of the clearance of joints: read from the history of their records, told to designers in
groups that are too large for anybody to be found in."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from fablabs.machine import Process
from fablabs.models import Change, CuttingMachine, StockItem
from fabrication.matching.materials import panel_of

#: The history's name of it (fablabs.services.history.differences).
_FIELD = "settings.clearance_mm"
#: Joints whose clearance a coupon measures (designs/coupon.py).
FELT = ("through-tenon", "wedge", "finger", "cross-lap")


@dataclass(frozen=True)
class Clearances:
    """Of workshops that cut this panel with this process: the middle one, and between which two half of them lie (mm)."""

    process: Process
    material: str
    workshops: int
    median_mm: float
    low_mm: float
    high_mm: float


def measured_clearances(least: int) -> tuple[Clearances, ...]:
    """By process and panel, the largest groups first; one figure a workshop, and no group of fewer than ``least`` of them.
    Three queries."""
    groups: dict[tuple[Process, str], list[float]] = defaultdict(list)
    for (process, material, _), values in _by_workshop().items():
        groups[process, material].append(statistics.median(values))
    found = [
        Clearances(process, material, len(values), statistics.median(values), *_middle_half(values))
        for (process, material), values in groups.items()
        if len(values) >= least
    ]
    return tuple(sorted(found, key=lambda one: (-one.workshops, one.process, one.material)))


def _middle_half(values: list[float]) -> tuple[float, float]:
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def _by_workshop() -> dict[tuple[Process, str, int], list[float]]:
    """What somebody of the workshop set to another value than it was: a default that stands is no measure."""
    changes = Change.objects.filter(values__has_key=_FIELD, workshop__isnull=False).order_by("at", "pk")
    told: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for workshop, subject, values in changes.values_list("workshop_id", "subject", "values"):
        before, after = values[_FIELD]
        if before is not None and isinstance(after, int | float):
            told[workshop].append((subject, float(after)))
    processes = _processes(told)
    found: dict[tuple[Process, str, int], list[float]] = defaultdict(list)
    for workshop, settings in StockItem.objects.filter(workshop__in=told, is_active=True).values_list(
        "workshop_id", "settings"
    ):
        material, now = str(settings["material"]), settings.get("clearance_mm")
        panel = panel_of(material)
        # The history names a panel by its material and its thickness.
        is_measured = any(
            subject.startswith(f"panneau {material} ") and value == now for subject, value in told[workshop]
        )
        if panel is not None and is_measured and workshop in processes:
            found[processes[workshop], panel, workshop].append(float(now))
    return found


def _processes(workshops: Iterable[int]) -> dict[int, Process]:
    """Of workshops that have one kind of machine: of others nobody knows on which it was measured."""
    kinds: dict[int, set[Process]] = defaultdict(set)
    rows = CuttingMachine.objects.filter(workshop__in=list(workshops), is_active=True)
    for workshop, settings in rows.values_list("workshop_id", "settings"):
        kinds[workshop].add(Process(settings.get("process", Process.ROUTER)))
    return {workshop: next(iter(found)) for workshop, found in kinds.items() if len(found) == 1}
