# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau quote``: what an order costs on one machine, line by line, at the prices that are given."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fabrication.quoting.estimate import Estimate

_PRICE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?", re.ASCII)


def _price(text: str) -> Decimal:
    if not _PRICE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"euros without VAT, e.g. 45 or 0.70, not {text!r}")
    return Decimal(text)


def _kilometres(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"kilometres one way, e.g. 47.5, not {text!r}")
    return float(text)


def _minutes(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"minutes, e.g. 90, not {text!r}")
    return Decimal(text)


def _share(text: str) -> Decimal:
    if not re.fullmatch(r"0(\.[0-9]{1,3})?", text, re.ASCII) or Decimal(text) > Decimal("0.5"):
        raise argparse.ArgumentTypeError(f"a share from 0 to 0.5, e.g. 0.2 for 20 %, not {text!r}")
    return Decimal(text)


def _hardware(text: str) -> tuple[str, Decimal]:
    reference, equals, price = text.rpartition("=")
    if not reference.strip() or not equals:
        raise argparse.ArgumentTypeError(f"write REFERENCE=PRICE, not {text!r}")
    return reference.strip(), _price(price)


def add_options(parser: argparse.ArgumentParser) -> None:
    """But the parameters and the quantity, which other commands have too."""
    parser.add_argument("design", metavar="DESIGN", help="its identifier, e.g. chariot")
    parser.add_argument("--machine", metavar="FILE", type=Path, required=True, help="machine file (docs/machines.md)")
    for name, what in (
        ("--machine-hour", "of the machine"),
        ("--hand-hour", "of hands"),
        ("--sheet-price", "of a whole sheet, where the machine file has none"),
        ("--km-price", "of a kilometre of delivery"),
        ("--minimum", "of an order, delivery apart"),
    ):
        parser.add_argument(name, metavar="EUR", type=_price, help=f"price {what}, without VAT (unknown if left out)")
    parser.add_argument("--km", metavar="KM", type=_kilometres, help="delivery, one way (left out: fetched)")
    parser.add_argument(
        "--vat", metavar="SHARE", type=_share, default=Decimal("0.2"), help="default 0.2; 0: not liable"
    )
    parser.add_argument("--machine-minutes", metavar="MIN", type=_minutes, help="where you know better, e.g. a laser's")
    parser.add_argument(
        "--hardware-price",
        metavar="REF=EUR",
        type=_hardware,
        action="append",
        default=[],
        help="your price of one unit of a bought item, instead of the indicative one; may be repeated",
    )


def run(arguments: argparse.Namespace, given: Mapping[str, str]) -> int:
    """Print the quote and return 0, complete or not: what is missing is named.

    Raises UnknownDesignError, ParameterError, MachineFileError, NotMakeableError, SheetError, GeometryError."""
    from designs.catalogue import shipped as find_design
    from fablabs.machine import read_machine
    from fabrication.fit import check_fit
    from fabrication.quoting.estimate import estimate
    from fabrication.quoting.prices import Prices, Way
    from treteau.output import only_ours, print_json

    design = find_design(arguments.design)
    values = design.clean(given)
    machine_file = read_machine(arguments.machine)
    check_fit(design, machine_file, values)
    prices = Prices(
        machine_hour=arguments.machine_hour,
        hand_hour=arguments.hand_hour,
        delivery_km=arguments.km_price,
        minimum=arguments.minimum,
        vat_rate=arguments.vat,
        sheet=arguments.sheet_price,
        machine_min=arguments.machine_minutes,
        hardware=dict(arguments.hardware_price),
    )
    way = None if arguments.km is None else Way("l’atelier", "chez l’acheteur", arguments.km, estimated=False)
    with only_ours():
        from fabrication.quoting.measuring import plan_figures

        figures = plan_figures(design, values, machine_file, arguments.quantity)
    found = estimate(figures, prices, way, date.today())
    if arguments.json:
        print_json(_as_data(found))
    else:
        _print(found)
    return 0


def _as_data(found: Estimate) -> dict[str, Any]:
    from fabrication.quoting.figures import figures_as_data

    totals = found.totals
    return {
        "lines": [
            {
                "code": line.code,
                "section": line.section.value,
                "label": line.label,
                "quantity": _text(line.quantity),
                "unit": line.unit,
                "unit_price_eur": _text(line.unit_price),
                "amount_eur": _text(line.amount),
                "formula": line.formula,
                "explanation": line.explanation,
                "source": line.source,
                "missing": line.missing,
            }
            for line in found.lines
        ],
        "total": {
            "known_eur": _text(totals.known),
            "net_eur": _text(totals.net),
            "vat_rate": _text(found.vat_rate),
            "vat_eur": _text(totals.vat),
            "gross_eur": _text(totals.gross),
            "missing": list(totals.missing),
        },
        "figures": figures_as_data(found.figures),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _print(found: Estimate) -> None:
    from rich.table import Table

    from fabrication.quoting.words import euros, percent
    from treteau.output import console

    out = console()
    table = Table("line", "quantity × price", "how", box=None)
    for line in found.lines:
        table.add_row(line.label, line.formula, line.explanation)
    out.print(table)
    out.print()
    totals = found.totals
    if totals.net is None:
        out.print(f"no total: missing {'; '.join(totals.missing)}")
        out.print(f"sum of the lines that are known, without VAT, incomplete: {euros(totals.known)}")
        return
    out.print(f"total without VAT: {euros(totals.net)}")
    if totals.vat is not None and totals.gross is not None and found.vat_rate is not None:
        out.print(f"VAT {percent(found.vat_rate)}: {euros(totals.vat)}")
        out.print(f"total: {euros(totals.gross)}")
