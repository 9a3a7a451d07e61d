# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The OKH manifest: it names the package's files, and every part with the size and mass of its solid."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from fabrication.verification.dxf import UnreadableError
from fabrication.verification.expectation import Expected
from fabrication.verification.lists import read_rows

if TYPE_CHECKING:
    from fabrication.verification.package import Package

#: kg/m³ of the woods that docs/machines.md names; any other counts as birch.
DENSITIES = {"bouleau": 680.0, "peuplier": 440.0, "okoumé": 500.0, "pin": 560.0, "mdf": 750.0}
#: mm between a size and its solid's (0.1 where parts stand askew: arcs are chords there); grams, and relative.
NEAR, PIECE_NEAR, GRAMS, MASS = 0.02, 0.1, 0.06, 1e-4
#: How far what is screwed on may reach beyond the sheet parts (mm).
FITTINGS = 2000.0
_FILES = ("bom", "manufacturing-instructions", "source", "export", "auxiliary")
#: Of every package, and in no list of files.
_UNLISTED = {"manifest.json", "SHA256SUMS"}


def okh_faults(data: bytes, package: Package, hardware: bytes) -> Iterator[str]:
    """Faults, one line each. ``hardware`` is the list that gives the bought items' masses. Raises UnreadableError."""
    try:
        okh = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"no TOML: {error}") from None
    manifest = package.manifest
    for key, wanted in (
        ("okhv", "2.4"),
        ("license", manifest.licence),
        ("version", manifest.version or f"{manifest.revision}.0.0"),
    ):
        if okh.get(key) != wanted:
            yield f"{key} is {okh.get(key)!r}, {wanted!r} expected"
    for key in ("name", "function", "licensor"):
        if not isinstance(okh.get(key), str) or not okh[key].strip():
            yield f"{key} is missing"
    if not str(okh.get("repo", "")).startswith(("https://", "http://")):
        yield f"repo is {okh.get('repo')!r}, an address of the web expected"
    yield from _file_faults(okh, package)
    parts = okh.get("part")
    yield from _part_faults(parts if isinstance(parts, list) else [], package)
    if not manifest.only:
        yield from _piece_faults(okh, package, hardware)


def _file_faults(okh: dict[str, Any], package: Package) -> Iterator[str]:
    there = {entry.path for entry in package.manifest.files} | _UNLISTED
    named: set[str] = set()
    for key in _FILES:
        for path in _texts(okh.get(key)):
            named.add(path)
            if path not in there:
                yield f"{key} names {path!r}, which is not in the package"
    for part in okh.get("part", []):
        for path in _texts(part.get("export")):
            named.add(path)
            if path not in there:
                yield f"part names {path!r}, which is not in the package"
    for path in sorted(there - named - {"okh.toml", "LICENSE"}):
        yield f"{path} is not named in it"


def _texts(value: Any) -> list[str]:
    return [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)]


def _part_faults(rows: Sequence[Any], package: Package) -> Iterator[str]:
    stock = package.manifest.stock
    density = _density(stock.material)
    if len(rows) != len(package.manifest.parts):
        yield f"{len(rows)} parts, {len(package.manifest.parts)} in the manifest"
    by_file: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if isinstance(row, dict):
            for path in _texts(row.get("export")):
                by_file.setdefault(path, []).append(row)
    for part in package.manifest.parts:
        found = by_file.get(part.file, [])
        if len(found) != 1:
            yield f"{part.code}: {len(found)} parts with the file {part.file}"
            continue
        (row,) = found
        name = f"{part.code} {part.name} ({stock.material} {stock.nominal_thickness_mm:g} mm)"
        if row.get("name") != name:
            yield f"{part.code}: its name is {row.get('name')!r}, {name!r} expected"
        if part.code not in package.expected:
            continue
        solid = package.expected[part.code]
        left, low, right, high = solid.outline.bounds
        yield from _size_faults(part.code, row, (right - left, high - low, solid.thickness), NEAR)
        yield from _mass_faults(part.code, row, solid.volume * density * 1e-6)


def _piece_faults(okh: dict[str, Any], package: Package, hardware: bytes) -> Iterator[str]:
    corners = [
        [row[0] * x + row[1] * y + row[2] * z + row[3] for row in matrix]
        for code, places in package.copies.items()
        if code in package.expected
        for matrix in places
        for x, y, z in _corners(package.expected[code])
    ]
    if not corners:
        return
    # Casters and the like are in no file: the piece may be larger than its sheet parts, never smaller.
    spans = [max(axis) - min(axis) for axis in zip(*corners, strict=True)]
    yield from _size_faults("the piece", okh, spans, PIECE_NEAR, FITTINGS)
    density = _density(package.manifest.stock.material)
    wood = sum(
        package.expected[c].volume * len(places) for c, places in package.copies.items() if c in package.expected
    )
    bought = 0.0
    for row in read_rows(hardware):
        each, count = (_french(row.get(heading, "")) for heading in ("Masse unitaire (g)", "Quantité"))
        if row.get("Unité") != "panneau" and each is not None and count is not None:
            bought += each * count / package.manifest.quantity
    # Unit masses are listed to 0.1 g.
    yield from _mass_faults("the piece", okh, wood * density * 1e-6 + bought, slack=5e-4)


def _corners(part: Expected) -> Iterator[tuple[float, float, float]]:
    import shapely

    for slab in part.slabs:
        hull = slab.section.convex_hull
        for (x, y), z in itertools.product(shapely.get_coordinates(hull), (slab.bottom, slab.top)):
            yield float(x), float(y), z


def _size_faults(
    what: str, row: dict[str, Any], wanted: Sequence[float], near: float, more: float = 0.0
) -> Iterator[str]:
    box = row.get("outer-dimensions")
    box = box if isinstance(box, dict) else {}
    for key, size in zip(("width", "depth", "height"), wanted, strict=True):
        found = _number(box.get(key))
        if found is None or not -near <= found - size <= near + more:
            most = f" to {size + more:.0f}" if more else ""
            yield f"{what}: {key} {box.get(key)!r}, {size:.2f}{most} mm expected"


def _mass_faults(what: str, row: dict[str, Any], wanted: float, slack: float = MASS) -> Iterator[str]:
    found = _number(row.get("mass"))
    if found is None or abs(found - max(wanted, 0.1)) > GRAMS + slack * wanted:
        yield f"{what}: mass {row.get('mass')!r}, {wanted:.1f} g expected"


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _french(text: str) -> float | None:
    try:
        return float(text.replace("\u202f", "").replace("\u00a0", "").replace(",", "."))
    except ValueError:
        return None


def _density(material: str) -> float:
    return next((figure for wood, figure in DENSITIES.items() if wood in material.lower()), DENSITIES["bouleau"])
