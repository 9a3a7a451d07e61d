# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A job's plan → the figures that a quote is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from designs.design import Design
from fablabs.machine import MachineFile
from fabrication.canonical import canonical_key
from fabrication.plan import Ring, SheetLayout
from fabrication.quoting.figures import CutFigures, HardwareFigures, SheetFigures
from fabrication.quoting.machine_time import machine_time

if TYPE_CHECKING:
    from fabrication.exporters import Job
    from fabrication.pipeline import Progress


def plan_figures(
    design: Design | str,
    given: Mapping[str, object],
    machine_file: MachineFile,
    quantity: int,
    progress: Progress | None = None,
) -> CutFigures:
    """Plan the order as a package would be planned, write no file, and measure. Needs CadQuery and some seconds.

    Raises what fabrication.pipeline.plan_job raises.
    """
    from fabrication.pipeline import plan_job

    return figures_of(plan_job(design, given, machine_file, quantity, progress))


def figures_of(job: Job) -> CutFigures:
    from fabrication.packaging import inputs

    stock, plan, furniture = job.machine_file.stock, job.plan, job.furniture
    time = machine_time(plan, job.machine_file.machine, job.programs)
    fixings = sum(round(count) for step in furniture.steps for _, count in step.hardware if count == round(count))
    return CutFigures(
        design=job.design.identifier,
        revision=job.design.revision,
        quantity=job.quantity,
        process=job.machine_file.machine.process.value,
        material=stock.material,
        nominal_thickness=stock.nominal_thickness_mm,
        thickness=stock.measured_thickness_mm,
        plan_key=canonical_key(inputs(job)),
        sheets=tuple(_sheet(sheet) for sheet in plan.sheets),
        parts=sum(part.quantity for part in plan.parts),
        edge_length=sum(part.perimeter * part.quantity for part in plan.parts),
        passes=time.passes,
        cut_length=time.cut_length,
        seconds=time.seconds,
        time_source=time.source,
        unknown=time.unknown,
        tool_changes=time.tool_changes,
        steps=len(furniture.steps),
        person_steps=sum(step.hands for step in furniture.steps),
        fixings=fixings,
        mass_g=furniture.mass_g * job.quantity,
        hardware=tuple(
            HardwareFigures(h.reference, h.name, h.unit, round(h.quantity * job.quantity, 6))
            for h in furniture.hardware
        ),
    )


def _sheet(sheet: SheetLayout) -> SheetFigures:
    left = _area(sheet.remnant) if sheet.remnant else 0.0
    return SheetFigures(sheet.width, sheet.height, sheet.source, sheet.area, left, sheet.price_eur)


def _area(ring: Ring) -> float:
    corners = zip(ring, (*ring[1:], ring[0]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in corners)) / 2
