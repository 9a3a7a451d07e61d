# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The columns of text on a sheet's page: list to tick off, depths by layer, tools, material."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from designs.typography import french_number
from fablabs.machine import Process
from fabrication.exporters import Job
from fabrication.exporters.pdf_depths import Depth, beyond, depths_of
from fabrication.exporters.pdf_drawing import FILLS, HIDDEN_DASH, WEIGHTS
from fabrication.exporters.pdf_mills import mill_words
from fabrication.exporters.pdf_missing import concerns, missing_words
from fabrication.exporters.pdf_setup import checklist
from fabrication.exporters.pdf_text import (
    BOLD,
    FIXED,
    INK,
    QUIET,
    REGULAR,
    lines_of,
    rule,
    shortened,
    width_of,
    write,
    write_right,
)
from fabrication.exporters.pdf_tools import TOOL_HEADINGS, sheet_tools, tool_row
from fabrication.layer_table import LayerTable
from fabrication.layers import CUTTING_ORDER, DONOTCUT, LABEL, SCALE, SHEET, Layer, figure
from fabrication.plan import MILLED, Face, SheetLayout, Work

#: Points of the text, where there is little room under a sheet and where there is more.
SMALL, LARGE = 7.2, 8.6
_WORDS = {
    Work.CUT_OUTSIDE: "contour, dehors",
    Work.CUT_INSIDE: "ouverture, dedans",
    Work.POCKET: "poche",
    Work.DRILL: "foret ou fraise",
    Work.ENGRAVE: "gravure",
}
_LASER_WORDS = {
    Work.CUT_OUTSIDE: "contour, sur le trait",
    Work.CUT_INSIDE: "ouverture, sur le trait",
    Work.ENGRAVE: "gravure de la surface",
}


@dataclass(frozen=True)
class Block:
    """A column of a sheet's page: ``width`` in mm of paper, ``size`` of its text in points.

    Each part starts at (x, y), goes down, closes its lines up rather than pass ``low``, and returns where it ends."""

    canvas: Canvas
    job: Job
    sheet: SheetLayout
    width: float
    size: float

    def _pitch(self, room: float, lines: float) -> float:
        """Millimetres from line to line."""
        return min(0.52 * self.size, room / max(1.0, lines))

    def _title(self, x: float, y: float, text: str) -> None:
        write(self.canvas, x, y, text, 1.18 * self.size, BOLD)

    def checklist(self, x: float, y: float, low: float) -> float:
        canvas, size = self.canvas, self.size
        indent = 1.15 * size
        steps = [lines_of(step, self.width - indent, size) for step in checklist(self.job, self.sheet)]
        notes = [
            line for note in missing_words(self.job, self.sheet) for line in lines_of(note, self.width, size, BOLD)
        ]
        self._title(x, y, "Mise en place, dans l’ordre")
        gap = 0.5
        pitch = self._pitch(y - low - 1.2 - gap * len(steps), sum(map(len, steps)) + len(notes))
        box = min(0.33 * size, pitch - 0.5)
        line = y - 1.2
        for number, lines in enumerate(steps, start=1):
            line -= gap
            canvas.setStrokeGray(INK)
            canvas.setLineWidth(0.5)
            canvas.rect(x * mm, (line - pitch - 0.2) * mm, box * mm, box * mm, stroke=1, fill=0)
            write_right(canvas, x + 0.95 * size, line - pitch, str(number), size, BOLD)
            for text in lines:
                line -= pitch
                write(canvas, x + indent, line, text, size)
        if notes:
            line -= gap
        for text in notes:
            line -= pitch
            write(canvas, x, line, text, size, BOLD)
        return line

    def layers(self, x: float, y: float, low: float) -> float:
        """Depths in the order of cutting: the line as drawn, its colour with DXF's index, the layer's name."""
        canvas, job, size = self.canvas, self.job, self.size
        machine = job.machine_file.machine
        table = LayerTable.of(machine)
        counts = depths_of(job, self.sheet)
        rows = sorted(counts, key=lambda row: (CUTTING_ORDER.index(_work(row.layer)), row.layer.name, row.skin))
        quiet, name_size = 0.86 * size, 0.9 * size
        shown = {row.layer: table.shown(row.layer).named_for(machine.dxf_version) for row in rows}
        deep = {row: f"{self._depth(row)} {beyond(job, row)}".rstrip() for row in rows}
        colours, names = x + 1.4 * size, x + 2.65 * size
        depths = names + max([width_of(name, name_size, FIXED) for name in shown.values()], default=30) + 2 * size
        numbers = depths + 1.5 * size
        self._title(x, y, "Calques et profondeurs, dans l’ordre de coupe")
        pitch = self._pitch(y - low - 2, len(rows) + 2)
        line = y - 0.8 - pitch
        for left, text in ((x, "trait"), (colours, "couleur"), (names, "calque")):
            write(canvas, left, line, text, quiet, grey=QUIET)
        write_right(canvas, depths, line, "prof. mm", quiet, grey=QUIET)
        write_right(canvas, numbers, line, "nombre", quiet, grey=QUIET)
        if self.several:
            write(canvas, numbers + 0.3 * size, line, "outil", quiet, grey=QUIET)
        rule(canvas, x, x + self.width, line - 1, INK, 0.4)
        line -= 0.7
        for row in rows:
            layer = row.layer
            line -= pitch
            self._sample(layer, x, line, min(0.32 * size, pitch - 0.9))
            colour = table.shown(layer).colour
            canvas.setFillColorRGB(*(v / 255 for v in colour.rgb))
            canvas.rect(colours * mm, (line - 0.2) * mm, 0.4 * size * mm, 0.3 * size * mm, stroke=0, fill=1)
            write(canvas, colours + 0.55 * size, line, str(colour.aci), name_size)
            write(canvas, names, line, shown[layer], name_size, FIXED)
            write_right(canvas, depths, line, deep[row], size, BOLD)
            write_right(canvas, numbers, line, str(counts[row]), size)
            left = numbers + 0.3 * size
            text = shortened(self._words(row, table), x + self.width - left, name_size)
            write(canvas, left, line, text, name_size)
        line -= pitch
        others = ", ".join(table.shown(layer).name for layer in (SHEET, LABEL, SCALE, DONOTCUT))
        write(canvas, names, line, f"{others}\N{NO-BREAK SPACE}: ne pas couper", quiet, grey=QUIET)
        return line

    @property
    def several(self) -> bool:
        """Do several mills cut the sheet's contours?"""
        return bool(self.job.plan.other_mills) and any(row.layer.mill for row in depths_of(self.job, self.sheet))

    def _words(self, row: Depth, table: LayerTable) -> str:
        layer = row.layer
        work = _work(layer)
        text = _WORDS[work]
        if self.job.machine_file.machine.process is Process.LASER:
            text = _LASER_WORDS.get(work, text)
        if work is Work.ENGRAVE and table.scored:
            text = "marquage, sur le trait"
        if work is Work.DRILL:
            narrow = (layer.diameter or 0.0) < (self.job.plan.tool_diameter or 0.0) + 1e-3
            text = "foret" if narrow else f"foret/{mill_words(self.job.plan.mills[0])}" if self.several else text
        if work in MILLED and self.several:
            text = mill_words(layer.mill or self.job.plan.mills[0])
        if row.skin:
            text = f"{text.split(',')[0]} (peau)"
        if self._left_out(layer):
            text = "à percer à la main" if work is Work.DRILL else "gravure hors fichier"
        return text + (", dessous" if layer.face is Face.BOTTOM else "")

    def _left_out(self, layer: Layer) -> bool:
        """Is it for the hand, though there is a file for the machine?"""
        if not self.job.programs or layer.face is Face.BOTTOM:  # that one is named below the list
            return False
        lines = [line for line in self.job.unprogrammed if concerns(line, self.sheet)]
        if layer.work is Work.ENGRAVE:
            return any(line.work is Work.ENGRAVE for line in lines)
        diameter = figure(layer.diameter or 0.0)
        return layer.work is Work.DRILL and any(line.work is Work.DRILL and line.diameter == diameter for line in lines)

    def _depth(self, row: Depth) -> str:
        """mm; the deepest of the engravings, whose layer has none in its name."""
        if row.layer.depth is not None:
            return french_number(row.layer.depth)
        parts = {part.code: part for part in self.job.cut_parts}
        return french_number(max(o.depth for p in self.sheet.placements for o in parts[p.part].of(Work.ENGRAVE)))

    def _sample(self, layer: Layer, x: float, y: float, height: float) -> None:
        """The line and the grey of a layer as the drawing has them."""
        canvas, work = self.canvas, _work(layer)
        canvas.setLineWidth(WEIGHTS[work])
        canvas.setStrokeGray(INK)
        canvas.setFillGray(FILLS[work])
        canvas.setDash(*(HIDDEN_DASH if layer.face is Face.BOTTOM else ()))
        if work is Work.DRILL:
            canvas.circle((x + 3.5) * mm, (y + 0.9) * mm, height / 2 * mm, stroke=1, fill=1)
        elif work is Work.CUT_INSIDE and layer.face is Face.TOP:
            # A hole in its part: white within grey, as on the drawing.
            canvas.setFillGray(FILLS[Work.CUT_OUTSIDE])
            canvas.rect(x * mm, (y - 0.3) * mm, 7 * mm, height * mm, stroke=0, fill=1)
            canvas.setFillGray(FILLS[work])
            canvas.rect((x + 1.7) * mm, (y + 0.25) * mm, 3.6 * mm, (height - 1.1) * mm, stroke=1, fill=1)
        else:
            canvas.rect(x * mm, (y - 0.3) * mm, 7 * mm, height * mm, stroke=1, fill=int(layer.face is Face.TOP))
        canvas.setDash()

    def tools(self, x: float, y: float, low: float) -> float:
        """Machine, material, and a table of the tools; on a laser the beam."""
        canvas, job, size = self.canvas, self.job, self.size
        rows = [tool_row(job, self.sheet, tool) for tool in sheet_tools(job, self.sheet)]
        facts = self._facts()
        self._title(x, y, "Machine et outils" if rows else "Machine")
        pitch = self._pitch(y - low - 1, len(facts) + (len(rows) + 2.3 if rows else 0))
        line = y - 0.8
        indent = 1.9 * size
        for label, value in facts:
            line -= pitch
            write(canvas, x, line, label, 0.94 * size, grey=QUIET)
            write(canvas, x + indent, line, shortened(value, self.width - indent, 0.94 * size), 0.94 * size)
        if not rows:
            return line
        line -= 1.25 * pitch
        self._row(TOOL_HEADINGS, x, line, 0.86 * size, QUIET)
        rule(canvas, x, x + self.width, line - 1, INK, 0.4)
        line -= 0.4
        for row in rows:
            line -= pitch
            self._row(row, x, line, 0.92 * size, INK)
        if any("–" in row[3:] for row in rows):
            line -= pitch
            words = "–\N{NO-BREAK SPACE}: à choisir. Avances en mm/min."
            write(canvas, x, line, words, 0.86 * size, grey=QUIET)
        return line

    def _facts(self) -> list[tuple[str, str]]:
        machine, stock = self.job.machine_file.machine, self.job.machine_file.stock
        measured, nominal = french_number(stock.measured_thickness_mm), french_number(stock.nominal_thickness_mm)
        facts = [
            ("Machine", machine.name),
            ("Matière", stock.material),
            ("Épaisseur", f"{measured} mm mesurés (nominal {nominal})"),
            ("Jeu", f"{french_number(stock.clearance_mm)} mm par assemblage"),
            (
                "Écarts",
                f"{french_number(machine.spacing_mm)} mm entre pièces, {french_number(machine.margin_mm)} mm au bord",
            ),
        ]
        if machine.process is Process.LASER:
            facts.append(("Faisceau", f"trait de {french_number(self.job.plan.kerf)} mm, déjà compensé"))
        return facts

    def _row(self, cells: Sequence[str], x: float, y: float, size: float, grey: float) -> None:
        """The first two columns flush left, figures flush right."""
        for number, (cell, share) in enumerate(zip(cells, _SHARES, strict=True)):
            room = share * self.width
            if number < 2:
                write(self.canvas, x, y, shortened(cell, room - 1, size), size, REGULAR, grey)
            else:
                write_right(self.canvas, x + room, y, cell, size, REGULAR, grey)
            x += room


#: Of the column's width: TOOL_HEADINGS.
_SHARES = (0.05, 0.4, 0.07, 0.12, 0.12, 0.12, 0.12)


def _work(layer: Layer) -> Work:
    return layer.work or Work.CUT_OUTSIDE
