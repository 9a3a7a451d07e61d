# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A layout as data, as a manifest holds it: written, and read back to be kept as it is."""

from __future__ import annotations

import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from fabrication.layout import LayoutError
from fabrication.plan import Placement, Ring, SheetLayout

#: A manifest of a thousand pieces has some 4 MB.
MAX_MANIFEST_BYTES = 50_000_000
#: What Python's zip and JSON readers raise on broken archives (RuntimeError: encrypted, or nested too deep).
_UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError, ValueError)

_Number = Field(ge=-1e5, le=1e5)


class _Placement(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False)
    part: str = Field(max_length=10)
    copy_number: int = Field(alias="copy", ge=1, le=100_000)
    x_mm: float = _Number
    y_mm: float = _Number
    rotation_deg: float = Field(ge=0, lt=360)
    mirrored: bool


class _Sheet(BaseModel):
    """What a manifest says besides (files, figures, tabs) follows from this and is left aside."""

    model_config = ConfigDict(allow_inf_nan=False)
    index: int = Field(ge=1, le=100_000)
    width_mm: float = Field(gt=0, le=1e5)
    height_mm: float = Field(gt=0, le=1e5)
    source: str = Field(default="", max_length=200)
    outline_mm: Ring | None = None
    keep_out_mm: tuple[Ring, ...] = ()
    price_eur: Decimal | None = Field(default=None, ge=0)
    remnant_mm: Ring | None = None
    placements: tuple[_Placement, ...]


_SHEETS: TypeAdapter[tuple[_Sheet, ...]] = TypeAdapter(tuple[_Sheet, ...])


def layout_rows(sheets: Iterable[SheetLayout]) -> list[dict[str, Any]]:
    """Plain JSON, rounded as a manifest is: what ``read_layout`` takes."""
    return [
        {
            "index": sheet.index,
            "width_mm": sheet.width,
            "height_mm": sheet.height,
            "source": sheet.source,
            "outline_mm": ring_row(sheet.outline),
            "keep_out_mm": [ring_row(ring) for ring in sheet.keep_out],
            "price_eur": None if sheet.price_eur is None else str(sheet.price_eur),
            "remnant_mm": ring_row(sheet.remnant),
            "placements": [
                {
                    "part": p.part,
                    "copy": p.copy,
                    "x_mm": p.x,
                    "y_mm": p.y,
                    "rotation_deg": p.rotation_deg,
                    "mirrored": p.mirrored,
                }
                for p in sheet.placements
            ],
        }
        for sheet in sheets
    ]


def read_layout(rows: object) -> tuple[SheetLayout, ...]:
    """Sheets from rows of that form. Raises LayoutError, which names each wrong value."""
    try:
        found = _SHEETS.validate_python(rows)
    except ValidationError as error:
        faults = (f"sheets.{'.'.join(str(step) for step in f['loc'])}: {f['msg']}" for f in error.errors()[:5])
        raise LayoutError("no layout: " + "; ".join(faults)) from error
    return tuple(_sheet(sheet) for sheet in found)


def layout_of_archive(archive: Path) -> list[dict[str, Any]]:
    """The rows of a cut package's manifest. Raises OSError, LayoutError."""
    return layout_rows(read_layout(manifest_of_archive(archive).get("sheets")))


def manifest_of_archive(archive: Path) -> dict[str, Any]:
    """The JSON of a cut package's manifest, from anybody's zip. Raises OSError, and LayoutError for anything else."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entry = next((e for e in opened.infolist() if e.filename.rsplit("/", 1)[-1] == "manifest.json"), None)
            if entry is None:
                raise LayoutError("no manifest.json inside")
            data = json.loads(_read(opened, entry))
        if not isinstance(data, dict):
            raise LayoutError("its manifest.json is no manifest")
        return data
    except LayoutError:
        raise
    except _UNREADABLE as error:
        raise LayoutError(f"its manifest.json can't be read: {error}") from error


def _read(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """As many bytes as the header says, whatever they unpack to."""
    if not 0 < entry.file_size <= MAX_MANIFEST_BYTES:
        raise LayoutError(
            f"its manifest.json has {entry.file_size} bytes, {MAX_MANIFEST_BYTES} at most and some at least"
        )
    with opened.open(entry) as stream:
        return stream.read(entry.file_size)


def ring_row(ring: Ring | None) -> list[list[float]] | None:
    return None if ring is None else [[round(x, 4), round(y, 4)] for x, y in ring]


def _sheet(row: _Sheet) -> SheetLayout:
    return SheetLayout(
        index=row.index,
        width=row.width_mm,
        height=row.height_mm,
        placements=tuple(
            Placement(p.part, p.copy_number, p.x_mm, p.y_mm, p.rotation_deg, p.mirrored) for p in row.placements
        ),
        source=row.source,
        outline=row.outline_mm,
        keep_out=row.keep_out_mm,
        price_eur=row.price_eur,
        remnant=row.remnant_mm,
    )
