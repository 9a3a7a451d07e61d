# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Options of ``treteau calibrate`` and ``treteau remark``: what a maker's bench says back."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Mapping
from pathlib import Path


def _millimetres(text: str) -> float:
    # float() would take "1_0", "nan" and "1e3" too.
    if not re.fullmatch(r"[0-9]{1,4}([.,][0-9]{1,4})?", text):
        raise argparse.ArgumentTypeError(f"millimetres are expected, e.g. 17.6, not {text!r}")
    value = float(text.replace(",", "."))
    assert math.isfinite(value)
    return value


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or not int(text):
        raise argparse.ArgumentTypeError(f"a whole number from 1, not {text!r}")
    return int(text)


def add_calibrate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("machine", metavar="MACHINE.toml", type=Path, help="machine file (docs/machines.md)")
    parser.add_argument("--thickness", metavar="MM", type=_millimetres, help="of the sheet, as the calliper reads it")
    parser.add_argument("--clearance", metavar="MM", type=_millimetres, help="between a tab and its slot, in total")
    parser.add_argument("--coupon-number", metavar="N", type=_number, help="the coupon's slot that fits, 1 to 5")
    parser.add_argument(
        "--package", metavar="FILE", type=Path, help="the package or manifest.json that the coupon was cut from"
    )
    parser.add_argument("--kerf", metavar="MM", type=_millimetres, help="a laser's: what its beam takes")


def add_remark_options(parser: argparse.ArgumentParser) -> None:
    """All but --set, which is the shell's own."""
    parser.add_argument("design", metavar="DESIGN", help="its identifier, e.g. chariot")
    parser.add_argument("part", metavar="PART", help="its code, e.g. P07")
    parser.add_argument("text", metavar="TEXT", help="what was found, up to 2000 characters")
    parser.add_argument("--revision", metavar="N", type=_number, help="of the design (default: today's)")
    parser.add_argument("--author", metavar="NAME", default="", help="who found it, up to 100 characters")


def run_calibrate(arguments: argparse.Namespace) -> int:
    from treteau.calibrating import Measured, calibrate

    measured = Measured(
        arguments.thickness, arguments.clearance, arguments.coupon_number, arguments.kerf, arguments.package
    )
    return calibrate(arguments.machine, measured, as_json=arguments.json)


def run_remark(arguments: argparse.Namespace, given: Mapping[str, str]) -> int:
    from treteau.remarks import add_remark

    return add_remark(
        arguments.design,
        arguments.part,
        arguments.text,
        number=arguments.revision,
        given=given,
        author=arguments.author,
        as_json=arguments.json,
    )
