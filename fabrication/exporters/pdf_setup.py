# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is done before the machine starts, in order, for one sheet: a list to tick off."""

from __future__ import annotations

import math

from designs.typography import french_number, typeset
from fablabs.machine import Controller, HoldDown, Process
from fabrication.exporters import Job
from fabrication.exporters.paths import COUPON, gcode_path, sheet_path
from fabrication.exporters.pdf_depths import beyond, depths_of, leaves_skin
from fabrication.exporters.pdf_marks import coupon_takes, grain_along_x, remnant_words, zero_words
from fabrication.exporters.pdf_tools import duration, programs_of, sheet_tabs, sheet_tools
from fabrication.layers import side
from fabrication.nested import within_openings
from fabrication.plan import Face, SheetLayout, mills_named

_DIALECTS = {
    Controller.GRBL: "GRBL",
    Controller.LINUXCNC: "LinuxCNC",
    Controller.MACH3: "Mach3",
    Controller.SHOPBOT: "ShopBot",
}

#: Less than this at the edge (mm) takes no clamp.
_CLAMPABLE = 3.0


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
    measured = french_number(stock.measured_thickness_mm)
    return [
        f"Mesurer l’épaisseur en plusieurs points : {measured} mm. À plus de 0,1 mm d’écart, redemander des fichiers.",
        f"Poser {what} {french_number(sheet.width)} × {french_number(sheet.height)} mm{along}.",
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
    free = left_at_edge(job, sheet)
    if free > _CLAMPABLE:
        return [f"Brider au bord seulement, jamais entre les pièces : la fraise y laisse {french_number(free, 1)} mm."]
    left = f"n’y laisse que {french_number(free, 1)} mm" if free else "y passe"
    if sheet.remnant:
        off = ", hors éprouvette," if coupon_takes(job, sheet) else ""
        return [
            f"Au bord des pièces, ne rien brider : la fraise {left}. "
            f"Brider dans la chute réutilisable{off} ou déclarer une bride."
        ]
    return [
        f"Ne rien brider au bord : la fraise {left}. Déclarer une bride dans le fichier de la machine, sinon coller."
    ]


def left_at_edge(job: Job, sheet: SheetLayout) -> float:
    """What the widest way of a tool leaves of the sheet's edge (mm): the margin less the cutter that goes round the
    parts, or less where the file itself goes nearer."""
    machine = job.machine_file.machine
    free, travel = machine.margin_mm - (job.plan.tool_diameter or 0.0), machine.travel_height_mm or 0.0
    for program in programs_of(job, sheet):
        for run in program.runs:
            low = [(move.x, move.y) for move in run.moves if move.z < travel - 1e-6]
            sides = [d for x, y in low for d in (x, y, sheet.width - x, sheet.height - y)]
            free = min([free, *(d - run.tool.diameter_mm / 2 for d in sides)])
    return max(0.0, math.floor(10 * free + 1e-6) / 10)


def _beam(job: Job) -> list[str]:
    return [
        "Zéro X Y : coin inférieur gauche. Mise au point sur le dessus de la feuille.",
        f"Trait de {french_number(job.plan.kerf)} mm déjà compensé : couper sur le trait, l’intérieur avant le contour.",
    ]


def _cutter(job: Job, sheet: SheetLayout) -> list[str]:
    tools = sheet_tools(job, sheet)
    if len(tools) > 1:
        mount = "Monter les outils dans l’ordre du tableau"
    elif tools and tools[0].number:
        mount = f"Monter l’outil n° {tools[0].number}, {tools[0].name}"
    else:
        mount = f"Monter l’outil : {tools[0].name}" if tools else "Monter l’outil"
    return [
        f"Zéro X Y : coin inférieur gauche. Zéro Z : {zero_words(job.machine_file)}.",
        f"{mount}{_through(job, sheet)}.",
        *(_change(job, sheet) if len(tools) > 1 else []),
    ]


def _through(job: Job, sheet: SheetLayout) -> str:
    """What goes into the spoilboard, and what stops above it."""
    machine = job.machine_file.machine
    into = f"{french_number(machine.through_mm)} mm dans le martyr" if machine.through_mm else ""
    if not leaves_skin(job):
        return f" ; les traversées entrent de {into}" if into else ""
    skin = f" ; contours et grandes ouvertures s’arrêtent {french_number(machine.onion_skin_mm)} mm au-dessus du martyr (peau)"
    small = into and any(beyond(job, depth).startswith("+") for depth in depths_of(job, sheet))
    return skin + (f", trous et petites ouvertures y entrent de {into.split(' dans')[0]}" if small else "")


def _change(job: Job, sheet: SheetLayout) -> list[str]:
    """What several tools ask for before the start."""
    controller = job.machine_file.machine.controller
    if controller in (Controller.LINUXCNC, Controller.MACH3):
        return [
            "Avant de démarrer : mesurer chaque outil, sa longueur dans la table d’outils (G43 la lit au changement)."
        ]
    stops = "la machine s’arrête en haut : " if programs_of(job, sheet) else ""
    return [f"À chaque changement d’outil, {stops}refaire le zéro Z avec le nouvel outil."]


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
        steps = [f"Charger {path} ({_DIALECTS[controller]}), d’abord en l’air. Durée : {time}."]
        inside = within_openings(sheet, job.plan.parts)
        if inside:
            steps[0] += f" {', '.join(inside)} : dans une ouverture, coupé avant elle."
        return steps
    path = sheet_path(job.plan, sheet, "dxf")
    steps = [f"Ouvrir {path} : la barre SCALE mesure 100 mm."]
    inside = within_openings(sheet, job.plan.parts)
    if inside:  # a program that goes colour by colour would cut the opening first, and them loose
        steps.append(f"Couper {', '.join(inside)} avant l’ouverture autour.")
    placed = {p.part for p in sheet.placements}
    if mills := sorted(mills_named(part for part in job.plan.parts if part.code in placed)):
        figures = " ou ".join(french_number(mill, 3) for mill in mills)
        steps.append(f"Calques MILL : fraise de {figures} mm, avant le contour de leur pièce.")
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
        size = f"{french_number(machine.tab_width_mm)} × {french_number(machine.tab_height_mm)} mm"
        steps.append(f"Après la coupe : scier et poncer les {len(tabs)} attaches de {size} (losanges noirs).")
    elif machine.process is Process.ROUTER and machine.hold_down is HoldDown.ONION_SKIN:
        steps.append(
            f"Après la coupe, libérer les pièces : trancher la peau de {french_number(machine.onion_skin_mm)} mm au cutter "
            "le long des contours et des grandes ouvertures, araser, poncer."
        )
    if sheet.remnant:
        less = ", moins l’éprouvette" if coupon_takes(job, sheet) else ""
        steps.append(f"Garder la {remnant_words(sheet.remnant)}{less}.")
    return steps
