# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether a machine takes its stock and a design's sheets at all, before anything is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designs.design import Design
from designs.parameters import Kind
from designs.typography import french_number, typeset
from fablabs.machine import MachineFile, Process
from fabrication.errors import NotMakeableError


def check_stock(machine_file: MachineFile) -> None:
    """Raise NotMakeableError if the stock is larger or thicker than the machine takes."""
    machine, stock = machine_file.machine, machine_file.stock
    thickness, takes = stock.measured_thickness_mm, machine.max_thickness_mm
    if thickness > takes:
        raise NotMakeableError(
            f"the stock is {thickness:g} mm thick, {machine.name!r} cuts at most "
            f"{takes:g} mm: choose thinner stock or another machine",
            typeset(
                f"Le panneau fait {thickness:g} mm d’épaisseur ; « {machine.name} » coupe {takes:g} mm au plus. "
                "Choisissez un autre atelier."
            ),
        )
    sizes = [("sheet", "Le panneau", size) for size in (stock.sheet_mm, *(other.size_mm for other in stock.sheets))]
    for offcut in stock.offcuts:
        xs, ys = zip(*offcut.outline_mm, strict=True)
        size = (round(max(xs) - min(xs), 3), round(max(ys) - min(ys), 3))
        sizes.append((f"offcut {offcut.name!r}", f"La chute « {offcut.name} »", size))
    bed = machine.bed_mm
    for what, quoi, size in sizes:
        if min(size) > min(bed) or max(size) > max(bed):
            raise NotMakeableError(
                f"the {what} of {size[0]:g} × {size[1]:g} mm does not lie on the bed of "
                f"{bed[0]:g} × {bed[1]:g} mm of {machine.name!r}: cut the {what.split()[0]} down first",
                typeset(
                    f"{quoi} de {french_number(size[0])} × {french_number(size[1])} mm ne tient pas sur la table de "
                    f"{french_number(bed[0])} × {french_number(bed[1])} mm de « {machine.name} »."
                ),
            )


def check_thickness(design: Design, machine_file: MachineFile, scale: int = 1) -> None:
    """Raise NotMakeableError if the design is not drawn for sheets as thick as this machine's stock, or, for a
    model, ``scale`` times as thick."""
    machine, measured = machine_file.machine, machine_file.stock.measured_thickness_mm
    least, most = design.thickness_range
    if least <= measured * scale <= most:
        return
    if scale > 1:
        raise _wrong_for_model(design, measured, scale)
    takes = machine.max_thickness_mm
    remedy = "choose another machine" if takes < least else "choose other stock"
    raise NotMakeableError(
        f"{design.identifier} is drawn for sheets of {least:g} to {most:g} mm; the stock of {machine.name!r} is "
        f"{measured:g} mm thick, and the machine cuts at most {takes:g} mm: {remedy}",
        typeset(
            f"« {design.title} » demande du panneau de {french_number(least)} à {french_number(most)} mm d’épaisseur. Cet atelier a du "
            f"{french_number(measured)} mm, et sa machine s’arrête à {french_number(takes)} mm. Choisissez un autre atelier."
        ),
    )


def _wrong_for_model(design: Design, measured: float, scale: int) -> NotMakeableError:
    least, most = (limit / scale for limit in design.thickness_range)
    return NotMakeableError(
        f"a model of {design.identifier} at 1:{scale} wants sheets of {least:.3g} to {most:.3g} mm, not {measured:g} mm",
        typeset(
            f"Une maquette de « {design.title} » au 1:{scale} demande du panneau de {french_number(least)} à "
            f"{french_number(most)} mm, pas de {french_number(measured)} mm."
        ),
    )


def check_scale(machine_file: MachineFile) -> None:
    """Raise NotMakeableError unless this machine cuts small joints: a cutter's corners are too round for them."""
    if machine_file.machine.process is not Process.LASER:
        raise NotMakeableError(
            f"a scale model is cut by a laser, and {machine_file.machine.name!r} is a router: its cutter is wider than "
            "the slots",
            typeset("Une maquette se découpe au laser : la fraise est plus large que ses mortaises."),
        )


def check_options(design: Design, machine_file: MachineFile, values: Mapping[str, Any]) -> None:
    """Raise NotMakeableError if cleaned values ask a laser for pockets, as far as the design says so."""
    if machine_file.machine.process is not Process.LASER:
        return
    for parameter in design.parameters:
        name = parameter.name
        if name not in design.router_only or values[name] != design.router_only[name]:
            continue
        pockets = values[name]
        option = f"{name}=yes" if pockets is True else f"{name}={pockets}"
        remedy, geste = f"choose another {name}", f"Changez « {parameter.label} »"
        if parameter.kind is Kind.FLAG:
            remedy = f"choose {name}={'no' if pockets else 'yes'}"
            geste = f"{'Décochez' if pockets else 'Cochez'} « {parameter.label} »"
        raise NotMakeableError(
            f"{option} makes grooves, and {machine_file.machine.name!r} is a laser, which cuts only through: "
            f"{remedy}, or a router",
            typeset(f"{geste} : un laser ne creuse pas de rainure."),
        )


def check_fit(design: Design, machine_file: MachineFile, values: Mapping[str, Any], scale: int = 1) -> None:
    """All that can be refused before anything is built; ``values`` are cleaned. Raises NotMakeableError."""
    check_stock(machine_file)
    if scale > 1:  # pockets are left out of a model
        check_scale(machine_file)
        check_thickness(design, machine_file, scale)
        return
    check_thickness(design, machine_file)
    check_options(design, machine_file, values)
