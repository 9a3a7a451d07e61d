# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calibration coupon as a drawing of its own, 1:1: DXF and SVG, in the sheets' layers (docs/calibration.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from designs.contour import Contour
from designs.typography import french_number
from fabrication.coupon import Coupon
from fabrication.exporters import Job
from fabrication.exporters.drawing import Drawing, Stroke, geometry_words, notes_above, part_cuts
from fabrication.exporters.dxf import dxf_bytes
from fabrication.exporters.labels import centred_lines, label_spot
from fabrication.exporters.paths import COUPON
from fabrication.exporters.pdf_marks import coupon_ring
from fabrication.exporters.svg import sheet_svg
from fabrication.layer_table import LayerTable
from fabrication.layers import LABEL


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    if job.coupon is None:
        return
    drawing = coupon_drawing(job, job.coupon)
    yield f"{COUPON}.dxf", dxf_bytes(drawing, job.machine_file.machine.dxf_version)
    yield f"{COUPON}.svg", sheet_svg(drawing).encode()


def coupon_drawing(job: Job, coupon: Coupon) -> Drawing:
    """Plates and keys side by side on the piece of board that they take; what the numbers mean stands above it."""
    width, height = coupon.size
    strokes: list[Stroke] = []
    cuts = []
    placed = {placement.part: placement for placement in coupon.placements}
    # Small before large, as on a sheet.
    for part in sorted(coupon.parts, key=lambda p: p.outline.area):
        placement = placed[part.code]
        cuts += list(part_cuts(part, placement))
        spot = label_spot(part)
        lines = centred_lines((part.code,), spot.x + placement.x, spot.y + placement.y, spot.radius * 0.6)
        strokes += [Stroke(LABEL, line) for line in lines]
    english, french = geometry_words(job, coupon.parts)
    above, top = notes_above(0.0, height, notes(job, coupon, french), height=5.0)
    return Drawing(
        f"Treteau: {job.identity}, coupon, mm",
        english,
        (0.0, 0.0, max([width, *(x for s in above for x, _ in s.points)]), top),
        tuple(cuts),
        tuple(strokes + above),
        Contour.rectangle(0, 0, width, height),
        LayerTable.of(job.machine_file.machine),
    )


def notes(job: Job, coupon: Coupon, geometry: str) -> list[str]:
    """What stands above the drawing, from the lowest line up; French, in the engraving alphabet."""
    thickness = french_number(job.machine_file.stock.measured_thickness_mm)
    plays = " - ".join(f"{n} : {french_number(value, 3)}" for n, value in enumerate(coupon.clearances, start=1))
    lines = [f"{job.identity} - éprouvette, panneau de {thickness} mm - {geometry}", f"Jeux en mm  {plays}"]
    if coupon.spot:
        x, y = (f"{value:.0f}" for value in coupon_ring(coupon.size, coupon.spot)[0])
        turned = "tourner ce dessin de 90° vers la gauche, puis " if coupon.spot.rotation_deg else ""
        lines.append(f"Place sur la feuille {coupon.spot.sheet} : {turned}coin inférieur gauche en X {x} Y {y}")
    return lines
