# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names of files: ASCII, safe in a path, sorted as they are to be read."""

from __future__ import annotations

import re

from fablabs.machine import Controller
from fabrication.plan import CutPlan, FlatPart, SheetLayout
from fabrication.toolpaths.plain import unaccented

#: The calibration coupon, without its ending.
COUPON = "coupon"


def slug(text: str) -> str:
    """``Joue (côté gauche)`` → ``joue-cote-gauche``; at most 60 characters, never empty."""
    return re.sub(r"[^a-z0-9]+", "-", unaccented(text).lower()).strip("-")[:60].rstrip("-") or "x"


def sheet_path(plan: CutPlan, sheet: SheetLayout, extension: str) -> str:
    digits = max(2, len(str(len(plan.sheets))))
    return f"sheets/sheet-{sheet.index:0{digits}d}.{extension}"


def gcode_path(plan: CutPlan, sheet: SheetLayout, controller: Controller) -> str:
    """Beside the sheet's drawings; .nc for G-code, .sbp for a ShopBot."""
    return sheet_path(plan, sheet, "sbp" if controller is Controller.SHOPBOT else "nc")


def part_path(part: FlatPart) -> str:
    return f"parts/{part.code}-{slug(part.name)}.dxf"
