# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The cut list and the hardware list: what they count is what is drawn and needed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from fabrication.verification.dxf import UnreadableError
from fabrication.verification.expectation import Expected
from fabrication.verification.manifest import Manifest

if TYPE_CHECKING:
    from fabrication.verification.package import Package

#: The faces that are to be the fine ones. Which one is a part's, only its design knows.
FINISH = ("dessus", "dessous", "les deux")
#: How the list says a part's grain: its length runs with it, or it may lie any way.
GRAIN = {"along": "en long", "across": "en long", "free": "libre"}


def read_rows(data: bytes) -> list[dict[str, str]]:
    """Rows by heading. Raises UnreadableError."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";", strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableError(f"no CSV in UTF-8: {error}") from None
    if not rows:
        raise UnreadableError("it is empty")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise UnreadableError(f"line {number} has {len(row)} fields, the headings {len(rows[0])}")
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def cut_list_faults(data: bytes, package: Package) -> Iterator[str]:
    """Each part once, with its total quantity, its sizes and its grain. Raises UnreadableError."""
    rows = read_rows(data)
    totals, expected = package.totals, package.expected
    several = any(line.layer.mill for lines in package.part_lines.values() for line in lines)
    parts = {part.code: part for part in package.manifest.parts}
    codes = [row.get("Repère", "") for row in rows]
    for code in sorted(totals.keys() - set(codes)):
        yield f"{code} is not in it"
    for row in rows:
        code = row.get("Repère", "")
        if code not in totals:
            yield f"{code!r} is in it, but is no part of the piece"
            continue
        if codes.count(code) > 1:
            yield f"{code} stands in it {codes.count(code)} times"
        if _number(row.get("Quantité", "")) != totals[code]:
            yield f"{code}: quantity {row.get('Quantité')!r}, {totals[code]} expected"
        if code not in expected or code not in parts:
            continue
        grain = parts[code].grain
        along, across = _length_and_width(expected[code], grain)
        sizes = {"Longueur": along, "Largeur": across, "Épaisseur": expected[code].thickness}
        for heading, size in sizes.items():
            found = _number(row.get(f"{heading} (mm)", ""))
            if found is None or abs(found - size) > 0.06:
                yield f"{code}: {heading} {row.get(f'{heading} (mm)')!r}, {size:.2f} mm expected"
        for heading, text in (
            ("Pièce", parts[code].name),
            ("Matière", package.manifest.stock.material),
            ("Fichier", parts[code].file),
        ):
            if _text(row, heading) != text:
                yield f"{code}: {heading} {row.get(heading)!r}, {text!r} in the manifest"
        if row.get("Belle face") not in FINISH:
            yield f"{code}: Belle face {row.get('Belle face')!r} is none of {', '.join(FINISH)}"
        if several or "Fraises (mm)" in row:
            yield from _mills_faults(row, code, package)
        if row.get("Fil") != GRAIN[grain]:
            yield f"{code}: Fil {row.get('Fil')!r}, {GRAIN[grain]!r} expected for a part whose grain is {grain}"


def _mills_faults(row: dict[str, str], code: str, package: Package) -> Iterator[str]:
    """The mills of a part: the main one, then those that its layers name."""
    main = package.manifest.tool.diameter_mm if package.manifest.tool else 0.0
    others = sorted({line.layer.mill for line in package.part_lines.get(code, ()) if line.layer.mill}, reverse=True)
    if [_number(figure) for figure in row.get("Fraises (mm)", "").split(" et ")] != [main, *others]:
        expected = " and ".join(f"{mill:g}" for mill in (main, *others))
        yield f"{code}: Fraises (mm) {row.get('Fraises (mm)')!r}, {expected} expected"


def _length_and_width(part: Expected, grain: str) -> tuple[float, float]:
    """Length is what runs with the grain; without a grain it is the longer side."""
    left, low, right, high = part.outline.bounds
    sides = right - left, high - low
    if grain == "free":
        return max(sides), min(sides)
    return sides if grain == "along" else (sides[1], sides[0])


def hardware_faults(data: bytes, manifest: Manifest) -> Iterator[str]:
    """The manifest's hardware and as many sheets as are drawn. Raises UnreadableError."""
    rows = read_rows(data)
    for item in manifest.hardware:
        named = [r for r in rows if _text(r, "Référence") == item.reference and _text(r, "Désignation") == item.name]
        quantities = [_number(row.get("Quantité", "")) for row in named if row.get("Unité") == item.unit]
        if not any(q is not None and abs(q - item.quantity) < 1e-3 for q in quantities):
            yield (
                f"{item.reference} ({item.name}): quantity {quantities or 'none'}, "
                f"{item.quantity:g} {item.unit} in the manifest"
            )
    boards = [row for row in rows if row.get("Unité") in ("panneau", "chute")]
    yield from _board_faults(boards, manifest)
    if len(rows) != len(manifest.hardware) + len(boards):
        yield f"{len(rows) - len(boards)} items of hardware, {len(manifest.hardware)} in the manifest"


def _board_faults(rows: list[dict[str, str]], manifest: Manifest) -> Iterator[str]:
    """As many sheets of each size as are drawn, and every offcut that is used."""
    stock = manifest.stock
    wanted = Counter((s.width_mm, s.height_mm, s.source) for s in manifest.sheets)
    found: Counter[tuple[float, float, str]] = Counter()
    for row in rows:
        name = row.get("Désignation", "")
        if not name.endswith(stock.material):
            yield f"sheets of {name!r}, {stock.material!r} expected"
        sizes = [_number(n) for n in re.findall(r"[\d,.]+", row.get("Référence", ""))]
        source = name[name.find("«") + 2 : name.rfind("»") - 1] if row.get("Unité") == "chute" else ""
        # The list rounds to 0.1 mm.
        same = [
            key
            for key in wanted
            if key[2] == source
            and len(sizes) == 3
            and all(
                size is not None and abs(size - asked) <= 0.06
                for size, asked in zip(sizes, (*key[:2], stock.nominal_thickness_mm), strict=True)
            )
        ]
        if same:
            found[same[0]] += int(_number(row.get("Quantité", "")) or 0)
        else:
            yield f"sheets of {row.get('Référence')!r} ({name}), none like them is drawn"
    for key in wanted:
        if found[key] != wanted[key]:
            what = f"offcut {key[2]!r}" if key[2] else f"sheets of {key[0]:g} × {key[1]:g} mm"
            yield f"{found[key]} {what}, {wanted[key]} are drawn"


def _text(row: dict[str, str], heading: str) -> str:
    """A cell, without the apostrophe that keeps a spreadsheet from running it as a formula."""
    cell = row.get(heading, "")
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "\t") else cell


def _number(text: str) -> float | None:
    try:
        return float(text.replace("\u202f", "").replace("\u00a0", "").replace(",", "."))
    except ValueError:
        return None
