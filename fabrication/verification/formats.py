# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""SVG, PDF, GLB, the lists and the OKH manifest against what the cut drawings and the solids have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fabrication.verification.folder import guarded
from fabrication.verification.ground import strays
from fabrication.verification.nominal import nominal_faults
from fabrication.verification.pictures import compare_pictures, layers_of
from fabrication.verification.sums import digest

if TYPE_CHECKING:
    from fabrication.verification.package import Package

#: Six decimals in an SVG, a sheet at 1:10 in a PDF (mm of the sheet).
SVG_NEAR, PDF_NEAR = 0.01, 0.05


def check_svgs(package: Package) -> None:
    from fabrication.verification.svg import read_svg

    package.ledger.ran("svg")
    for sheet, drawing in package.sheets:
        path = f"{sheet.file.rsplit('.', 1)[0]}.svg"
        with guarded(package.ledger, "svg", path):
            picture = read_svg((package.folder / path).read_bytes(), sheet.height_mm, package.table.colour)
            found = list(nominal_faults([picture.remark], package.manifest, "its description"))
            found += [f"a contour on {layer} lies outside its page" for layer in picture.cropped()]
            package.ledger.faults("svg", (f"{path}: {fault}" for fault in found))
            frames = picture.contours.pop(package.table.name_of("SHEET"), [])
            if len(frames) != 1 or strays(frames[0].polygon, sheet) > SVG_NEAR:
                package.ledger.fault("svg", f"{path}: the sheet's edge is not where it should be")
            for fault, _ in compare_pictures(picture.contours, layers_of(drawing.lines), SVG_NEAR):
                package.ledger.fault("svg", f"{path}: {fault}")
            for layer in sorted(layer for layer in picture.open_lines if package.table.parse(layer)):
                package.ledger.fault("svg", f"{path}: an open line on {layer}")


def check_pdf(package: Package) -> None:
    from fabrication.verification.pdf import edge_on_sheet, on_sheet, read_pdf

    path = "sheets.pdf"
    with guarded(package.ledger, "pdf", path):
        pages = read_pdf(package.folder / path)
        with_sheets = [(number, page) for number, page in enumerate(pages, start=1) if page.contours]
        if len(with_sheets) != len(package.manifest.sheets):
            package.ledger.fault(
                "pdf", f"{path}: {len(with_sheets)} pages show a sheet, {len(package.manifest.sheets)} expected"
            )
        by_index = dict(zip((s.index for s in package.manifest.sheets), with_sheets, strict=False))
        for sheet, drawing in package.sheets:
            if sheet.index not in by_index:
                continue
            number, page = by_index[sheet.index]
            layers, faults = on_sheet(page, sheet.width_mm, sheet.height_mm, package.table.name_of("SHEET"))
            if page.digest and not digest(package.folder / sheet.file).startswith(page.digest):
                faults.append(f"SHA-256 {page.digest} is printed on it, the file has another")
            edge = edge_on_sheet(page, package.table.name_of("SHEET"))
            if edge and not faults and (away := strays(edge.polygon, sheet)) > PDF_NEAR:
                faults.append(f"the edge of the sheet strays {away:.2f} mm from its own")
            if layers:
                faults += [fault for fault, _ in compare_pictures(layers, layers_of(drawing.lines), PDF_NEAR)]
            package.ledger.faults("pdf", (f"{path}: page {number} ({sheet.file}): {fault}" for fault in faults))


def check_glb(package: Package) -> None:
    from fabrication.verification.glb import glb_faults

    with guarded(package.ledger, "glb", "piece.glb"):
        data = (package.folder / "piece.glb").read_bytes()
        for fault in glb_faults(data, package.expected, package.copies):
            package.ledger.fault("glb", f"piece.glb: {fault}")


def check_machine_files(package: Package) -> None:
    from fabrication.verification.machine_files import check_machine_files as check

    with guarded(package.ledger, "machine-files", "machine files"):
        check(package)


def check_lists(package: Package) -> None:
    from fabrication.verification.lists import cut_list_faults, hardware_faults

    with guarded(package.ledger, "lists", "cut-list.csv"):
        data = (package.folder / "cut-list.csv").read_bytes()
        for fault in cut_list_faults(data, package):
            package.ledger.fault("lists", f"cut-list.csv: {fault}")
    with guarded(package.ledger, "lists", "hardware.csv"):
        data = (package.folder / "hardware.csv").read_bytes()
        for fault in hardware_faults(data, package.manifest):
            package.ledger.fault("lists", f"hardware.csv: {fault}")


def check_notice(package: Package) -> None:
    from fabrication.verification.notice import PATH, notice_faults

    with guarded(package.ledger, "notice", PATH):
        for fault in notice_faults(package.folder / PATH, package.manifest):
            package.ledger.fault("notice", f"{PATH}: {fault}")


def check_okh(package: Package) -> None:
    from fabrication.verification.okh import okh_faults

    with guarded(package.ledger, "okh", "okh.toml"):
        data, hardware = ((package.folder / path).read_bytes() for path in ("okh.toml", "hardware.csv"))
        for fault in okh_faults(data, package, hardware):
            package.ledger.fault("okh", f"okh.toml: {fault}")
