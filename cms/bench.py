# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What hands at a machine need of a package: each sheet with its picture, its files and its parts; the cutter; the panel."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from cms.packages import PackageReader
from designs.typography import french_number, typeset

if TYPE_CHECKING:
    from orders.models import SheetCut

#: What a cutter is called; one without a kind cuts outlines.
_KINDS = {"end-mill": "fraise", "drill": "foret", "v-bit": "fraise en V"}
_MACHINE_FILES = (".nc", ".sbp")
#: What a machine's own file leaves to the hand, by a word of the manifest's line (fabrication/toolpaths), as a hand at the machine
#: must know it before the start. What has none of these words is named all the same.
_LEFT = (
    ("engraving", "la gravure"),
    ("hole", "un trou, à percer à la main"),
    ("no place for a tab", "aucune attache n’y trouve place, tenez cette pièce autrement"),
    ("bottom", "la face de dessous"),
)
_ABOUT = re.compile(r"(?:(?P<part>[A-Z]+\d+)(?:-(?P<copy>\d+))?|sheet (?P<sheet>\d+))\b")


@dataclass(frozen=True)
class SheetPart:
    code: str
    name: str
    count: int


@dataclass(frozen=True)
class SheetFile:
    path: str  # in the package
    label: str  # "DXF", "G-code", "ShopBot"


@dataclass(frozen=True)
class BenchSheet:
    """One sheet. ``svg``: path in the package, "" for none; ``source``: the offcut's name, "" for a whole panel; ``cut``: its tick;
    ``left``: "P14, la gravure", what its machine file leaves to the hand, nothing where there is no such file."""

    index: int
    svg: str
    width_mm: float
    height_mm: float
    source: str
    percent: int
    minutes: int  # 0 where nobody knows
    parts: tuple[SheetPart, ...]
    files: tuple[SheetFile, ...]
    left: tuple[str, ...] = ()
    cut: SheetCut | None = None

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)


@dataclass(frozen=True)
class Bench:
    """``cutters``: "fraise de 6 mm", in the machine's order; ``drawing`` and ``coupon``: paths in the package, "" for none."""

    sheets: tuple[BenchSheet, ...]
    cutters: tuple[str, ...]
    material: str
    drawing: str
    coupon: str
    notice: str

    @property
    def cut_count(self) -> int:
        return sum(sheet.cut is not None for sheet in self.sheets)

    @property
    def all_cut(self) -> bool:
        return bool(self.sheets) and self.cut_count == len(self.sheets)


def bench_of(package: PackageReader, cuts: dict[int, SheetCut] | None = None) -> Bench:
    """``cuts``: the ticks by a sheet's index."""
    manifest = package.manifest
    names = {part["code"]: str(part.get("name", "")) for part in manifest["parts"]}
    return Bench(
        sheets=tuple(
            _sheet(package, sheet, names, (cuts or {}).get(sheet["index"])) for sheet in package.sheet_pictures()
        ),
        cutters=cutters_of(manifest),
        material=str(manifest["stock"].get("material", "")),
        drawing=package.first("sheets.pdf"),
        coupon=package.first("coupon.dxf"),
        notice=package.first("notice-de-montage.pdf"),
    )


def _sheet(package: PackageReader, sheet: dict[str, Any], names: dict[str, str], cut: SheetCut | None) -> BenchSheet:
    counts = Counter(str(placement["part"]) for placement in sheet["placements"])
    files = _files(package, sheet["file"])
    programmed = any(PurePosixPath(file.path).suffix.lower() in _MACHINE_FILES for file in files)
    return BenchSheet(
        index=sheet["index"],
        svg=sheet["svg"],
        width_mm=sheet["width_mm"],
        height_mm=sheet["height_mm"],
        source=str(sheet.get("source") or ""),
        percent=sheet["percent"],
        minutes=minutes_of(sheet),
        parts=tuple(SheetPart(code, names.get(code, ""), counts[code]) for code in sorted(counts)),
        files=files,
        left=left_to_the_hand(package.manifest, sheet) if programmed else (),
        cut=cut,
    )


def minutes_of(sheet: dict[str, Any]) -> int:
    """Of a manifest's sheet, as its page and the machine's file say them (fabrication/exporters); 0 where nobody knows."""
    seconds = sheet.get("machine_time_s") or 0
    return max(1, round(seconds / 60)) if seconds else 0


def left_to_the_hand(manifest: dict[str, Any], sheet: dict[str, Any]) -> tuple[str, ...]:
    """Of the manifest's ``unprogrammed``, what concerns this sheet or a part (or copy) that lies on it."""
    lying = {(str(one["part"]), int(one.get("copy", 1))) for one in sheet["placements"]}
    found: dict[str, None] = {}
    for line in manifest.get("unprogrammed", []):
        about = _ABOUT.match(line)
        part, copy, index = about.group("part", "copy", "sheet") if about else (None, None, None)
        if index is not None and int(index) != sheet["index"]:
            continue
        if part is not None and not any(p == part and copy in (None, str(n)) for p, n in lying):
            continue
        what = next((french for word, french in _LEFT if word in line), "voyez la fiche du panneau")
        name = f"{part}-{copy}" if copy else part
        found[f"{name}, {what}" if name else what] = None
    return tuple(found)


def _files(package: PackageReader, drawing: str) -> tuple[SheetFile, ...]:
    """The sheet's drawing, and the machine's own files of the same name."""
    stem = PurePosixPath(drawing).stem
    found = [SheetFile(drawing, "DXF")] if drawing in package.sizes else []
    for path in sorted(package.sizes):
        name = PurePosixPath(path)
        if name.suffix.lower() in _MACHINE_FILES and name.stem.startswith(stem):
            found.append(SheetFile(path, name.name))
    return tuple(found)


def cutters_of(manifest: dict[str, Any]) -> tuple[str, ...]:
    """ "fraise de 6 mm", in the machine's order; a laser's kerf instead."""
    tools = manifest.get("tools") or [manifest["tool"]] if manifest.get("tool") or manifest.get("tools") else []
    if not tools:
        kerf = manifest.get("machine", {}).get("kerf_mm")
        return (typeset(f"laser, trait de {french_number(kerf, 2)} mm"),) if kerf else ()
    return tuple(
        typeset(
            f"{_KINDS.get(str(tool.get('kind', 'end-mill')), 'fraise')} de {french_number(tool['diameter_mm'], 3)} mm"
        )
        for tool in tools
    )
