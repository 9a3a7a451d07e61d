# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a sheet's or a part's drawing shows, once for DXF, SVG and PDF: contours and strokes by layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from designs.contour import Contour, Point
from fablabs.machine import Process
from fabrication.exporters import Job
from fabrication.exporters.ground import kept_out, sheet_edge
from fabrication.exporters.labels import centred_lines, label_spot, moved_point, text_lines
from fabrication.layer_table import GRAMMAR, LayerTable
from fabrication.layers import CUTTING_ORDER, DONOTCUT, LABEL, SCALE, SHEET, Layer, faces_worked, layer_of
from fabrication.nested import within_openings
from fabrication.plan import Face, FlatPart, Placement, SheetLayout, Work, mills_named

#: Between the sheet (or the part) and what is written above it, and between lines (mm).
_GAP = 10.0
SCALE_LENGTH = 100.0


@dataclass(frozen=True)
class Cut:
    """A closed contour to be cut; counter-clockwise, an island clockwise."""

    layer: Layer
    contour: Contour
    work: Work
    face: Face


@dataclass(frozen=True)
class Stroke:
    """An open line that is never cut: text, the scale bar."""

    layer: Layer
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Drawing:
    """``frame`` is the edge of the sheet or offcut; a part alone has none. ``bounds`` hold everything drawn
    (x min, y min, x max, y max, mm). ``title`` says what this is and ``geometry`` whether a tool is
    still to be offset: plain sentences, ASCII, for the file's head. Layers are the grammar's; ``table`` says what
    the workshop calls them."""

    title: str
    geometry: str
    bounds: tuple[float, float, float, float]
    cuts: tuple[Cut, ...]
    strokes: tuple[Stroke, ...]
    frame: Contour | None = None
    table: LayerTable = GRAMMAR

    def layers(self) -> tuple[Layer, ...]:
        """Every layer in use, in a stable order: cuts first, as they are to be cut."""
        order = {layer: CUTTING_ORDER.index(cut.work) for cut in self.cuts for layer in [cut.layer]}
        cutting = sorted(order, key=lambda layer: (order[layer], layer.name))
        rest = {SHEET} if self.frame else set()
        rest |= {stroke.layer for stroke in self.strokes}
        return (*cutting, *sorted(rest, key=lambda layer: layer.name))


def part_cuts(part: FlatPart, placement: Placement | None = None) -> Iterator[Cut]:
    """A part's contours, inner work first, in its own frame or where it lies on a sheet."""
    for work in CUTTING_ORDER:
        for operation in part.of(work):
            mirrored = placement is not None and placement.mirrored
            layer = layer_of(part, operation, mirrored)
            for contour in (operation.contour, *(i.reversed() for i in operation.islands)):
                if placement:
                    contour = contour.moved(placement.x, placement.y, placement.rotation_deg, placement.mirrored)
                yield Cut(layer, contour, work, layer.face)


def sheet_drawing(job: Job, sheet: SheetLayout) -> Drawing:
    """A nested sheet, its origin at the lower left corner."""
    cuts: list[Cut] = []
    strokes: list[Stroke] = []
    two_faces: list[str] = []
    parts = {part.code: part for part in job.cut_parts}
    # A part that lies in another's opening comes before the cut that lets it fall: it is the smaller one.
    for placement in sorted(sheet.placements, key=lambda p: parts[p.part].outline.area):
        part = parts[placement.part]
        cuts += part_cuts(part, placement)
        name = placement.name
        both = len(faces_worked(part)) > 1
        if both:
            two_faces.append(name)
        spot = label_spot(part)
        x, y = moved_point(spot.x, spot.y, placement.x, placement.y, placement.rotation_deg, placement.mirrored)
        lines = (name, "2 faces") if both else (name,)
        strokes += [Stroke(LABEL, line) for line in centred_lines(lines, x, y, spot.radius)]
    strokes += [Stroke(DONOTCUT, line) for line in kept_out(sheet)]
    english, french = geometry_words(job, [parts[p.part] for p in sheet.placements])
    notes = [f"{job.identity} - feuille {sheet.index}/{len(job.plan.sheets)} - {french}"]
    if two_faces:
        notes.append(f"À retourner (2 faces) : {', '.join(two_faces)}")
    if inner := within_openings(sheet, job.plan.parts):
        notes.append(f"À couper avant l'ouverture qui l'entoure : {', '.join(inner)}")
    above, top = notes_above(0.0, sheet.height, notes, height=10.0)
    right = max([sheet.width, *(x for s in above for x, _ in s.points)])
    return Drawing(
        f"Treteau: {job.identity}, sheet {sheet.index} of {len(job.plan.sheets)}, mm",
        english,
        (0.0, 0.0, right, top),
        tuple(cuts),
        tuple(strokes + above),
        sheet_edge(sheet),
        LayerTable.of(job.machine_file.machine),
    )


def part_drawing(job: Job, part: FlatPart) -> Drawing:
    """A part alone, in its own frame; ``part`` is one of ``job.cut_parts``."""
    spot = label_spot(part)
    strokes = [Stroke(LABEL, line) for line in centred_lines((part.code,), spot.x, spot.y, spot.radius)]
    english, french = geometry_words(job, [part])
    notes = [f"{part.code} {part.name} - {part.quantity} x - {french}"]
    faces = faces_worked(part)
    if len(faces) > 1:
        notes.append("À retourner : usinages sur les 2 faces")
    elif faces == {Face.BOTTOM}:
        notes.append("Usinages sur la face de dessous : poser la pièce retournée")
    x0, y0, x1, y1 = part.outline.bounds
    above, top = notes_above(x0, y1, notes, height=5.0)
    return Drawing(
        f"Treteau: {job.identity}, part {part.code}, mm",
        english,
        (x0, y0, max([x1, *(x for s in above for x, _ in s.points)]), top),
        tuple(part_cuts(part)),
        tuple(strokes + above),
        table=LayerTable.of(job.machine_file.machine),
    )


def geometry_words(job: Job, parts: Iterable[FlatPart]) -> tuple[str, str]:
    """Nominal or compensated, in English for the file's head and in French for the drawing; ``parts`` are what it shows."""
    machine = job.machine_file.machine
    if machine.process is Process.LASER:
        return (
            f"geometry compensated for a kerf of {job.plan.kerf:g} mm: cut on the line",
            f"cotes compensées, trait de {job.plan.kerf:g} mm : couper sur le trait",
        )
    others = [f"{mill:g}" for mill in mills_named(parts)]
    english = f" (on layers with MILL: {' and '.join(others)} mm)" if others else ""
    french = f" (calques MILL : {' et '.join(others)} mm)" if others else ""
    return (
        f"nominal geometry, reliefs for a cutter of {job.plan.tool_diameter:g} mm{english}: "
        "offset the tool in the CAM program",
        f"cotes nominales, fraise de {job.plan.tool_diameter:g} mm{french}",
    )


def notes_above(x: float, y: float, notes: list[str], height: float) -> tuple[list[Stroke], float]:
    """Scale bar and lines of text above (x, y); with the height that they reach."""
    base, tick = y + _GAP, height / 2
    strokes = [
        Stroke(SCALE, ((x, base), (x + SCALE_LENGTH, base))),
        Stroke(SCALE, ((x, base), (x, base + tick))),
        Stroke(SCALE, ((x + SCALE_LENGTH, base), (x + SCALE_LENGTH, base + tick))),
    ]
    strokes += [Stroke(SCALE, line) for line in text_lines("100 mm", x + SCALE_LENGTH + height, base, height)]
    for note in notes:
        base += _GAP + height
        strokes += [Stroke(DONOTCUT, line) for line in text_lines(note, x, base, height)]
    return strokes, base + 1.5 * height
