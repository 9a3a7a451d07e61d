# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The checks of one package, once its manifest is known and its solids are read."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from fabrication.verification.comparison import Line, compare
from fabrication.verification.corners import Cutter, relief_room
from fabrication.verification.drawings import CutDrawing, head_faults, sort_out
from fabrication.verification.dxf import read_dxf
from fabrication.verification.expectation import Expected, expectation
from fabrication.verification.figures import part_figures, utilisation_fault
from fabrication.verification.folder import guarded
from fabrication.verification.ground import stock_faults
from fabrication.verification.layers import Table
from fabrication.verification.manifest import Manifest, Sheet
from fabrication.verification.report import Ledger
from fabrication.verification.sheets import Copy, allot, frame_faults, grain_faults, layout_faults
from fabrication.verification.step import Body, Matrix, compare_solids, read_step

#: Enough to know what is wrong with one copy; the next copy has its own.
MAX_FAULTS_A_COPY = 8


@dataclass
class Package:
    """What the checks share. ``expected`` and ``copies`` come from solids, ``totals`` are copies by code."""

    folder: Path
    manifest: Manifest
    ledger: Ledger
    expected: dict[str, Expected]
    copies: dict[str, list[Matrix]]
    totals: dict[str, int]
    cutter: Cutter = field(default_factory=lambda: Cutter(None, "none", 0.0))
    part_lines: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    coupon_lines: tuple[Line, ...] = ()
    sound: set[str] = field(default_factory=set)  # codes whose own drawing is their solid
    sheets: list[tuple[Sheet, CutDrawing]] = field(default_factory=list)

    @classmethod
    def opened(
        cls,
        folder: Path,
        manifest: Manifest,
        ledger: Ledger,
        solids: Mapping[str, Body] | None,
        quantities: Mapping[str, int] | None,
    ) -> Package:
        piece = read_step(folder / "piece.step")
        ledger.faults("step", (f"piece.step: {fault}" for fault in piece.faults))
        if solids is not None:
            ledger.faults("step", (f"piece.step: {fault}" for fault in compare_solids(piece, solids)))
        expected: dict[str, Expected] = {}
        for code, solid in sorted((piece.solids if solids is None else solids).items()):
            with guarded(ledger, "step", code):
                expected[code] = expectation(code, solid)
                thickness = manifest.stock.measured_thickness_mm
                if abs(expected[code].thickness - thickness) > 0.01:
                    ledger.fault(
                        "step", f"{code}: its solid is {expected[code].thickness:.2f} mm thick, the sheet {thickness:g}"
                    )
        ledger.note("step", f"{len(expected)} parts, {sum(map(len, piece.copies.values()))} copies in the piece")
        totals = _totals(manifest, piece.copies, quantities)
        return cls(folder, manifest, ledger, expected, piece.copies, totals)

    @cached_property
    def table(self) -> Table:
        return Table.of(self.manifest)

    def check_all(self) -> None:
        self.ledger.faults("layers", (f"manifest.json: {fault}" for fault in self.table.faults()))
        for check, step in (
            ("part-files", self._parts),
            ("geometry", self._sheets),
            ("quantities", self._quantities),
            ("manifest-figures", self._figures),
            ("coupon", self._coupon),
            ("layers", self._layers),
            ("svg", self._other_formats),
        ):
            with guarded(self.ledger, check, "package"):
                step()
        relief_room.cache_clear()

    def _read(self, path: str) -> CutDrawing | None:
        """A cut drawing, with the faults that any drawing may have."""
        with guarded(self.ledger, "contours", path):
            self.ledger.ran("units", "layers")
            drawing = read_dxf((self.folder / path).read_bytes())
            machine = self.manifest.machine
            self.ledger.faults("units", (f"{path}: {fault}" for fault in head_faults(drawing, self.manifest)))
            found, layers, contours = sort_out(drawing, machine, self.manifest.stock.measured_thickness_mm, self.table)
            self.ledger.faults("layers", (f"{path}: {fault}" for fault in layers))
            self.ledger.faults("contours", (f"{path}: {fault}" for fault in contours))
            return found
        return None

    def _parts(self) -> None:
        """Every part's own drawing; which of the machine's tools they were made for."""
        self.ledger.ran("part-files")
        for part in self.manifest.parts:
            found = self._read(part.file)
            if found is not None:
                self.part_lines[part.code] = found.lines
        best: dict[str, list[str]] | None = None
        for cutter in self._cutters():
            faults: dict[str, list[str]] = {}
            for code, lines in self.part_lines.items():
                if code not in self.expected:
                    continue
                with guarded(self.ledger, "part-files", f"{code}"):
                    faults[code] = list(compare(self.expected[code], lines, cutter))
            if best is None or _count(faults) < _count(best):
                best, self.cutter = faults, cutter
            if not _count(faults):
                break
        files = {part.code: part.file for part in self.manifest.parts}
        for code, lines_of_faults in (best or {}).items():
            if not lines_of_faults:
                self.sound.add(code)
            self.ledger.faults("part-files", (f"{code} ({files[code]}): {fault}" for fault in lines_of_faults))
        for code in sorted((self.expected.keys() & self.totals.keys()) - files.keys()):
            self.ledger.fault("part-files", f"{code} is in the STEP, but has no drawing of its own")
        others = "".join(f" and {mill:g} mm" for mill in sorted({r.mill_mm for r in self.manifest.layers if r.mill_mm}))
        tool = f"tool {self.cutter.tool:g} mm{others}" if self.cutter.tool else f"kerf {self.cutter.kerf:g} mm"
        self.ledger.note("part-files", f"{len(self.part_lines)} drawings, {tool}")

    def _cutters(self) -> Iterator[Cutter]:
        """A laser, or the router's tool that the manifest names; each of its tools if it names none."""
        machine, tool = self.manifest.machine, self.manifest.tool
        if machine.process == "laser":
            yield Cutter(None, "none", machine.kerf_mm)
            return
        for diameter in sorted({t.diameter_mm for t in ([tool] if tool else machine.tools)}, reverse=True):
            yield Cutter(diameter, machine.corner_relief, 0.0)

    def _sheets(self) -> None:
        self.ledger.ran("geometry", "sheets")
        parts = {part.code: part for part in self.manifest.parts}
        looked_at = 0
        self.ledger.faults("sheets", (f"{path}: {fault}" for path, fault in stock_faults(self.manifest)))
        for sheet in self.manifest.sheets:
            drawing = self._read(sheet.file)
            if drawing is None:
                continue
            self.sheets.append((sheet, drawing))
            with guarded(self.ledger, "geometry", sheet.file):
                copies, strangers = allot(drawing, sheet, self.expected, self.cutter.kerf)
                self.ledger.faults("geometry", (f"{sheet.file}: {fault}" for fault in strangers))
                for copy in copies:
                    looked_at += 1
                    self.ledger.faults("geometry", self._copy_faults(copy, sheet))
                with guarded(self.ledger, "sheets", sheet.file):
                    found = [*frame_faults(drawing, sheet)]
                    found += layout_faults(copies, sheet, self.manifest.machine)
                    found += grain_faults(sheet, self.manifest.stock, parts)
                    self.ledger.faults("sheets", (f"{sheet.file}: {fault}" for fault in found))
        self.ledger.note("geometry", f"{looked_at} copies of {len(self.expected)} parts on {len(self.sheets)} sheets")

    def _copy_faults(self, copy: Copy, sheet: Sheet) -> Iterator[str]:
        code, name = copy.placement.part, copy.placement.name
        if copy.outline is None:
            yield f"{name} ({sheet.file}): no outline is drawn at its place"
            return
        if code in self.sound and _same(copy.lines, self.part_lines[code]):
            return
        for fault in itertools.islice(compare(self.expected[code], copy.lines, self.cutter), MAX_FAULTS_A_COPY):
            yield f"{name} ({sheet.file}): {fault}, in the part's own frame"

    def _quantities(self) -> None:
        """Drawn, placed and listed copies against those that the piece needs."""
        self.ledger.ran("quantities")
        fault = self.ledger.fault
        for code in sorted(set(self.manifest.only) - self.copies.keys()):
            fault("quantities", f"{code} is asked for, but is no part of the piece in the STEP")
        drawn: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        for sheet in self.manifest.sheets:
            for placement in sheet.placements:
                drawn[placement.part] += 1
                seen[placement.name] += 1
        for name, times in sorted(seen.items()):
            if times > 1:
                fault("quantities", f"{name} is placed {times} times")
        for sheet in self.manifest.sheets:
            for placement in sheet.placements:
                if placement.copy_number > self.totals.get(placement.part, 0):
                    fault("quantities", f"{placement.name} is placed, {self.totals.get(placement.part, 0)} expected")
        for part in self.manifest.parts:
            wanted = self.totals.get(part.code, 0)
            if part.code not in self.copies:
                fault("quantities", f"{part.code} is in the manifest, but not in the STEP")
            if part.quantity != wanted:
                fault("quantities", f"{part.code}: quantity {part.quantity} in the manifest, {wanted} expected")
            if drawn[part.code] != wanted:
                fault("quantities", f"{part.code}: {drawn[part.code]} copies on the sheets, {wanted} expected")
        for code in sorted(self.totals.keys() - {p.code for p in self.manifest.parts}):
            fault("quantities", f"{code} is in the piece, but not in the manifest")
        outlines = sum(line.layer.kind == "OUTSIDE" for _, drawing in self.sheets for line in drawing.lines)
        if outlines != sum(self.totals.values()):
            fault("quantities", f"{outlines} outlines on all sheets, {sum(self.totals.values())} expected")
        for sheet, drawing in self.sheets:
            outlines = sum(line.layer.kind == "OUTSIDE" for line in drawing.lines)
            if outlines != len(sheet.placements):
                fault("quantities", f"{sheet.file}: {outlines} outlines drawn, {len(sheet.placements)} parts placed")
        needed = "as were asked for" if self.manifest.only else "as the piece needs"
        self.ledger.note("quantities", f"{sum(self.totals.values())} parts, {needed}")

    def _figures(self) -> None:
        self.ledger.ran("manifest-figures")
        for part in self.manifest.parts:
            if part.code in self.expected and part.code in self.part_lines:
                with guarded(self.ledger, "manifest-figures", part.code):
                    found = part_figures(part, self.expected[part.code], self.part_lines[part.code], self.cutter)
                    self.ledger.faults("manifest-figures", (f"{part.code}: {fault}" for fault in found))
        areas = {part.code: part.area_mm2 for part in self.manifest.parts}
        for sheet in self.manifest.sheets:
            if fault := utilisation_fault(sheet, areas):
                self.ledger.fault("manifest-figures", f"{sheet.file}: {fault}")

    def _coupon(self) -> None:
        from fabrication.verification.coupon import check_coupon

        self.ledger.ran("coupon")
        if self.manifest.coupon is not None and (drawing := self._read(self.manifest.coupon.file)):
            self.coupon_lines = drawing.lines
            check_coupon(self, drawing)

    def _layers(self) -> None:
        """The manifest's list of layers against those on which something is cut."""
        lines = [line for found in self.part_lines.values() for line in found]
        lines += [line for _, drawing in self.sheets for line in drawing.lines]
        lines += self.coupon_lines
        drawn = {line.layer.name.replace(".", "_") for line in lines}
        listed = {row.name.replace(".", "_"): row.name for row in self.manifest.layers}
        for name in sorted(drawn ^ listed.keys()):
            missing = "is listed, but nothing is drawn on it" if name in listed else "is drawn, but not in the list"
            self.ledger.fault("layers", f"manifest.json: layer {listed.get(name, name)!r} {missing}")
        from fabrication.verification.mills import drawn_faults

        self.ledger.faults("layers", (f"manifest.json: {fault}" for fault in drawn_faults(self)))

    def _other_formats(self) -> None:
        from fabrication.verification.formats import (
            check_glb,
            check_lists,
            check_machine_files,
            check_notice,
            check_okh,
            check_pdf,
            check_svgs,
        )

        for check in (check_svgs, check_pdf, check_glb, check_machine_files, check_lists, check_notice, check_okh):
            check(self)


def _count(faults: Mapping[str, list[str]]) -> int:
    return sum(len(found) for found in faults.values())


def _totals(
    manifest: Manifest, copies: Mapping[str, list[Matrix]], quantities: Mapping[str, int] | None
) -> dict[str, int]:
    if quantities is not None:
        return dict(quantities)
    if manifest.only:  # so many copies of each part that is named
        return dict.fromkeys(manifest.only, manifest.quantity)
    return {code: len(places) * manifest.quantity for code, places in copies.items()}


def _same(found: list[Line], wanted: tuple[Line, ...]) -> bool:
    """Contour by contour the same as another drawing, to 0.001 mm."""
    if len(found) != len(wanted):
        return False
    left: dict[tuple[str, str, int], list[Line]] = {}
    for line in wanted:
        left.setdefault(_key(line), []).append(line)
    for line in found:
        others = left.get(_key(line), [])
        twin = next((o for o in others if line.ring.same(o.ring)), None)
        if twin is None or replace(twin.layer, name="") != replace(line.layer, name=""):
            return False
        others.remove(twin)
    return True


def _key(line: Line) -> tuple[str, str, int]:
    return line.layer.side, line.layer.kind, len(line.ring.vertices)
