# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cut list and bill of materials as CSV that a French spreadsheet opens by a double click:
UTF-8 with a byte order mark, semicolons, decimal commas, CRLF."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from designs.furniture import Finish, Grain
from designs.typography import french_number
from fablabs.stock import Stock
from fabrication.exporters import Job
from fabrication.exporters.paths import part_path
from fabrication.plan import FlatPart, mills_named
from fabrication.spreadsheets import harmless

FINISH = {Finish.TOP: "dessus", Finish.BOTTOM: "dessous", Finish.BOTH: "les deux"}
PART_HEADINGS = (
    "Repère", "Pièce", "Quantité", "Longueur (mm)", "Largeur (mm)", "Épaisseur (mm)", "Fil", "Belle face",
    "Matière", "Fichier",
)  # fmt: skip
#: One column more where several mills cut the openings and pockets.
MILLS_HEADING = "Fraises (mm)"
HARDWARE_HEADINGS = ("Référence", "Désignation", "Quantité", "Unité", "Masse unitaire (g)")


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    material = job.machine_file.stock.material
    several = bool(mills_named(job.plan.parts))
    yield (
        "cut-list.csv",
        _csv(
            (*PART_HEADINGS, MILLS_HEADING) if several else PART_HEADINGS,
            (
                (*part_row(p), material, part_path(p), *([mills_cell(job, p)] if several else []))
                for p in job.plan.parts
            ),
        ),
    )
    yield "hardware.csv", _csv(HARDWARE_HEADINGS, hardware_rows(job))


def part_row(part: FlatPart) -> tuple[str, ...]:
    """Length is along the grain, as in any *liste de débit*; of a part whose grain is free, the longer side."""
    x0, y0, x1, y1 = part.outline.bounds
    length, width = x1 - x0, y1 - y0
    if part.grain is Grain.ACROSS or (part.grain is Grain.FREE and width > length):
        length, width = width, length
    sizes = (french_number(length, 1), french_number(width, 1), french_number(part.thickness, 2))
    grain = "libre" if part.grain is Grain.FREE else "en long"
    return (part.code, part.name, str(part.quantity), *sizes, grain, FINISH[part.finish])


def mills_cell(job: Job, part: FlatPart) -> str:
    """``8``, or ``8 et 3``: the main mill first."""
    return " et ".join(french_number(mill, 3) for mill in (job.plan.tool_diameter or 0.0, *mills_named([part])))


def hardware_rows(job: Job) -> list[tuple[str, ...]]:
    """For all pieces together: sheets by size and the offcuts in use first, then what is bought."""
    return [
        *_sheet_rows(job),
        *(
            (h.reference, h.name, french_number(h.quantity * job.quantity, 3), h.unit, french_number(h.mass_g, 1))
            for h in job.furniture.hardware
        ),
    ]


def _sheet_rows(job: Job) -> Iterator[tuple[str, ...]]:
    stock = job.machine_file.stock
    sizes = Counter((sheet.width, sheet.height) for sheet in job.plan.sheets if not sheet.source)
    for (width, height), count in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        yield _size(width, height, stock), f"Panneau, {stock.material}", str(count), "panneau", ""
    for sheet in job.plan.sheets:
        if sheet.source:
            name = f"Chute «\N{NO-BREAK SPACE}{sheet.source}\N{NO-BREAK SPACE}», {stock.material}"
            yield _size(sheet.width, sheet.height, stock), name, "1", "chute", ""


def _size(width: float, height: float, stock: Stock) -> str:
    return f"{french_number(width, 1)} × {french_number(height, 1)} × {french_number(stock.nominal_thickness_mm, 1)} mm"


def _csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    return stream.getvalue().encode("utf-8-sig")
