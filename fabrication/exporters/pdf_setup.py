# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is done before the machine starts, in order, for one sheet: a list to tick off."""

from __future__ import annotations

from fablabs.machine import Controller, HoldDown, Process
from fabrication.exporters import Job
from fabrication.exporters.nested import within_openings
from fabrication.exporters.paths import COUPON, gcode_path, sheet_path
from fabrication.exporters.pdf_marks import grain_along_x, remnant_words, zero_words
from fabrication.exporters.pdf_text import french
from fabrication.exporters.pdf_tools import duration, programs_of, sheet_tabs, sheet_tools
from fabrication.layers import side
from fabrication.plan import Face, SheetLayout
from fabrication.typography import typeset

_DIALECTS = {
    Controller.GRBL: "GRBL",
    Controller.LINUXCNC: "LinuxCNC",
    Controller.MACH3: "Mach3",
    Controller.SHOPBOT: "ShopBot",
}


def checklist(job: Job, sheet: SheetLayout) -> list[str]:
    """French sentences, one a step."""
    laser = job.machine_file.machine.process is Process.LASER
    steps = [
        *_stock(job, sheet),
        *_holding(job, sheet),
        *(_beam(job) if laser else _cutter(job, sheet)),
        *_coupon(job, sheet),
        *_file(job, sheet),
        *_afterwards(job, sheet),
    ]
    return [typeset(step) for step in steps]


def _stock(job: Job, sheet: SheetLayout) -> list[str]:
    stock = job.machine_file.stock
    what = f"la chute « {sheet.source} »," if sheet.source else "la feuille de"
    grain = grain_along_x(job, sheet)
    along = "" if grain is None else f", fil le long de {'X' if grain else 'Y'}"
    measured = french(stock.measured_thickness_mm)
    return [
        f"Mesurer l’épaisseur en plusieurs points : {measured} mm. À plus de 0,1 mm d’écart, redemander des fichiers.",
        f"Poser {what} {french(sheet.width)} × {french(sheet.height)} mm{along}.",
    ]


def _holding(job: Job, sheet: SheetLayout) -> list[str]:
    machine = job.machine_file.machine
    if machine.process is Process.LASER:
        return []
    by_vacuum = machine.hold_down is HoldDown.VACUUM
    if machine.keep_out_mm:
        return ["Brider dans les zones hachurées, nulle part ailleurs" + (" ; aspirer." if by_vacuum else ".")]
    if by_vacuum:
        return ["Tenir la feuille par le vide ; vérifier qu’elle ne glisse pas."]
    return [f"Brider hors des pièces : il reste {french(machine.margin_mm)} mm au bord."]


def _beam(job: Job) -> list[str]:
    return [
        "Zéro X Y : coin inférieur gauche. Mise au point sur le dessus de la feuille.",
        f"Trait de {french(job.plan.kerf)} mm déjà compensé : couper sur le trait, l’intérieur avant le contour.",
    ]


def _cutter(job: Job, sheet: SheetLayout) -> list[str]:
    machine = job.machine_file.machine
    tools = sheet_tools(job, sheet)
    if len(tools) > 1:
        mount = "Monter les outils dans l’ordre du tableau"
    elif tools and tools[0].number:
        mount = f"Monter l’outil n° {tools[0].number}, {tools[0].name}"
    else:
        mount = f"Monter l’outil : {tools[0].name}" if tools else "Monter l’outil"
    through = (
        f" ; les traversées entrent de {french(machine.through_mm)} mm dans le martyr" if machine.through_mm else ""
    )
    return [
        f"Zéro X Y : coin inférieur gauche. Zéro Z : {zero_words(job.machine_file)}.",
        f"{mount}{through}.",
    ]


def _coupon(job: Job, sheet: SheetLayout) -> list[str]:
    if job.coupon is None:
        return ["Essayer un assemblage dans une chute : il entre à la main."]
    spot = job.coupon.spot
    if spot is None:
        place = ""
    elif spot.sheet == sheet.index:
        place = " à sa place sur cette feuille"
    else:
        place = f", dans la feuille {spot.sheet}"
    return [f"Couper d’abord l’éprouvette ({COUPON}.dxf){place} ; noter le jeu qui entre à la main."]


def _file(job: Job, sheet: SheetLayout) -> list[str]:
    programs, controller = programs_of(job, sheet), job.machine_file.machine.controller
    if programs and controller:
        time = duration(sum(program.seconds for program in programs))
        path = gcode_path(job.plan, sheet, controller)
        return [f"Charger {path} ({_DIALECTS[controller]}), d’abord en l’air. Durée : {time}."]
    path = sheet_path(job.plan, sheet, "dxf")
    steps = [f"Ouvrir {path} : la barre SCALE mesure 100 mm."]
    inside = within_openings(sheet, job.plan.parts)
    if inside:  # a program that goes colour by colour would cut the opening first, and them loose
        steps.append(f"Couper {', '.join(inside)} avant l’ouverture autour.")
    return steps


def _afterwards(job: Job, sheet: SheetLayout) -> list[str]:
    machine = job.machine_file.machine
    parts = {part.code: part for part in job.cut_parts}
    turned = sorted(
        {
            p.part
            for p in sheet.placements
            if any(side(parts[p.part], o, p.mirrored) is Face.BOTTOM for o in parts[p.part].operations)
        }
    )
    steps = []
    if turned:
        steps.append(f"À retourner ensuite, pour l’autre face : {', '.join(turned)} (tirets).")
    tabs = sheet_tabs(job, sheet)
    if tabs:
        size = f"{french(machine.tab_width_mm)} × {french(machine.tab_height_mm)} mm"
        steps.append(f"Après la coupe : scier et poncer les {len(tabs)} attaches de {size} (losanges noirs).")
    elif machine.process is Process.ROUTER and machine.hold_down is HoldDown.ONION_SKIN:
        steps.append(f"Après la coupe : ouvrir la peau de {french(machine.onion_skin_mm)} mm, poncer.")
    if sheet.remnant:
        steps.append(f"Garder la {remnant_words(sheet.remnant)}.")
    return steps
