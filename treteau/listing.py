# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau designs`` and ``treteau show``: what can be made, and what may be chosen."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from designs.catalogue import identifiers, shipped
from designs.design import Design
from designs.furniture import Furniture, Part
from designs.parameters import Kind, Parameter
from treteau.output import console, only_ours, print_json


def list_designs(*, as_json: bool) -> int:
    found = [shipped(identifier) for identifier in identifiers()]
    if as_json:
        print_json({"designs": [_heading(d) for d in found]})
        return 0
    table = Table("identifier", "title", "summary", box=None)
    for d in found:
        table.add_row(d.identifier, d.title, d.summary)
    console().print(table)
    return 0


def show_design(identifier: str, *, as_json: bool) -> int:
    """Raises UnknownDesignError."""
    shown = shipped(identifier)
    with only_ours():
        furniture = shown.build()
        parts = [_part(p) for p in furniture.parts]
    if as_json:
        print_json(
            _heading(shown)
            | {
                "parameters": [_parameter(p) for p in shown.parameters],
                "constraints": [{"parameters": list(c.parameters), "text": c.french} for c in shown.constraints],
                "thickness_range_mm": list(shown.thickness_range),
                "parts": parts,
                "hardware": [
                    {"reference": h.reference, "name": h.name, "quantity": h.quantity, "unit": h.unit}
                    for h in furniture.hardware
                ],
                "measures": [{"label": m.label, "value": m.value, "unit": m.unit} for m in furniture.measures],
                "mass_kg": round(furniture.mass_g / 1000, 2),
            }
        )
        return 0
    _print_tables(shown, furniture, parts)
    return 0


def _print_tables(shown: Design, furniture: Furniture, parts: list[dict[str, Any]]) -> None:
    out = console()
    out.print(f"{shown.title} ({shown.identifier}, revision {shown.revision}, {shown.licence}; {shown.credit})")
    out.print(shown.summary)
    out.print()
    parameters = Table("parameter", "label", "default", "bounds", "step", "help", box=None)
    for p in shown.parameters:
        step = "" if p.step is None else f"{p.step:g}"
        parameters.add_row(p.name, p.label, _value(p, p.default), _bounds(p), step, p.help)
    out.print(parameters)
    out.print()
    table = Table("part", "name", box=None)
    for column in ("quantity", "size (mm)"):
        table.add_column(column, justify="right")
    table.add_column("grain")
    for part in parts:
        size = " × ".join(f"{length:g}" for length in part["size_mm"])
        table.add_row(part["code"], part["name"], str(part["quantity"]), size, part["grain"])
    out.print(table)
    out.print()
    for measure in furniture.measures:
        out.print(f"{measure.label}: {measure.value} {measure.unit}".rstrip())


def _heading(shown: Design) -> dict[str, Any]:
    return {
        "identifier": shown.identifier,
        "title": shown.title,
        "summary": shown.summary,
        "revision": shown.revision,
        "licence": shown.licence,
        "credit": shown.credit,
    }


def _parameter(p: Parameter) -> dict[str, Any]:
    return {
        "name": p.name,
        "kind": p.kind.value,
        "label": p.label,
        "help": p.help,
        "default": p.default,
        "minimum": p.minimum,
        "maximum": p.maximum,
        "step": p.step,
        "unit": p.unit,
        "choices": None if p.choices is None else dict(p.choices),
        "max_length": p.max_length if p.kind is Kind.TEXT else None,
    }


def _part(part: Part) -> dict[str, Any]:
    box = part.solid.BoundingBox()
    return {
        "code": part.code,
        "name": part.name,
        "quantity": part.quantity,
        "size_mm": [round(length, 2) for length in (box.xlen, box.ylen, box.zlen)],
        "grain": part.grain.value,
    }


def _value(p: Parameter, value: Any) -> str:
    if p.kind is Kind.FLAG:
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g} {p.unit}".rstrip()
    return str(value)


def _bounds(p: Parameter) -> str:
    if p.kind is Kind.FLAG:
        return "yes, no"
    if p.kind is Kind.CHOICE:
        return ", ".join(p.choices or ())
    if p.kind is Kind.TEXT:
        return f"{p.max_length} characters"
    return f"{p.minimum:g}…{p.maximum:g} {p.unit}".rstrip()
