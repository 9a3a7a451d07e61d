# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first pages of the notice: the finished piece, what to prepare, every part, every bought thing."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from reportlab.lib.units import mm

from designs.furniture import Hardware
from designs.typography import french_number, typeset
from fabrication.exporters.labels import label_spot
from fabrication.exporters.notice_gestures import draw_gestures
from fabrication.exporters.notice_page import HEIGHT, LOWEST, MARGIN, ROOM, TOP, WIDTH, Book, broken, people
from fabrication.exporters.notice_picture import Rectangle, draw_whole
from fabrication.exporters.notice_sketches import sketch
from fabrication.exporters.notice_story import Stage
from fabrication.exporters.pdf_text import BOLD, INK, QUIET, rule, shortened, width_of, write
from fabrication.linework.exploded import fitting_bodies, part_bodies
from fabrication.linework.hidden import Placed
from fabrication.plan import FlatPart, Work

#: Bolts and wood screws, by their reference.
_SCREW = re.compile(r"\bM\d+ ×|DIN 799[67]")
_SCALES = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40)


def cover(book: Book, stages: Sequence[Stage]) -> None:
    job, canvas = book.job, book.canvas
    design, furniture = job.design, job.furniture
    book.turn()
    y = HEIGHT - 34
    write(canvas, MARGIN, y, design.title, 32, BOLD)
    model = f"Maquette au 1:{job.choices.scale} – " if job.choices.scale > 1 else ""
    write(canvas, MARGIN, y - 9, f"{model}Notice de montage", 15)
    y = book.paragraph(MARGIN, y - 18, design.summary, ROOM, 11, grey=0.25)
    low = 78.0
    bodies = [Placed(shell, place, np.zeros(3)) for shell, place in part_bodies(furniture, job.flat_parts).values()]
    bodies += [Placed(shell, place, np.zeros(3)) for _, shell, place in fitting_bodies(furniture)]
    draw_whole(canvas, bodies, Rectangle(MARGIN + 4, low, ROOM - 8, y - low - 2))
    rule(canvas, MARGIN, WIDTH - MARGIN, low - 4, INK, 0.8)
    column, y = ROOM / 4, low - 14
    hands = max([1, *(stage.step.hands for stage in stages)])
    facts = [
        ("personne" if hands == 1 else "personnes", ""),
        *((b, a) for a, b in _effort(stages, job.choices.scale > 1)),
    ]
    people(canvas, MARGIN, y - 2.5, hands, 9.5)
    write(canvas, MARGIN, y - 9, f"{hands} {facts[0][0]}", 9.5)
    for k, (below, above) in enumerate(facts[1:], 1):
        write(canvas, MARGIN + k * column, y - 1, typeset(above), 15, BOLD)
        write(canvas, MARGIN + k * column, y - 9, typeset(below), 9.5)
    y -= 19
    measures = [f"{m.label} : {m.value} {m.unit}".rstrip() for m in furniture.measures[:3]]
    if job.choices.scale > 1:  # it does without castors and the like: its own solids say how large it is
        measures = [f"Encombrement de la maquette : {_extent(bodies)} mm"]
    for line in measures:
        write(canvas, MARGIN, y, typeset(line), 9.5)
        y -= 4.8
    credit = design.credit[:1].upper() + design.credit[1:]
    y = book.paragraph(
        MARGIN, y - 1, f"{credit}. Licence {design.licence}. Révision {design.revision}.", ROOM, 8.5, grey=QUIET
    )
    if job.choices.scale > 1 and job.left_out:
        names = ", ".join(dict.fromkeys(item.what for item in job.left_out))
        book.paragraph(MARGIN, y, f"La maquette se fait sans : {names}.", ROOM, 8.5, grey=QUIET)


def _extent(bodies: Sequence[Placed]) -> str:
    """Width × depth × height of all bodies, whole millimetres."""
    corners = np.concatenate([one.world(one.shell.corners) for one in bodies])
    return " × ".join(f"{size:.0f}" for size in corners.max(axis=0) - corners.min(axis=0))


def _effort(stages: Sequence[Stage], glued: bool) -> list[tuple[str, str]]:
    """How long, how hard, how many steps: by what there is to do and to screw."""
    if not stages:
        return []
    pieces = sum(n for stage in stages for _, n in stage.hardware for _ in range(stage.times) if n == int(n))
    minutes = sum(stage.times * 4 for stage in stages) + 0.5 * pieces
    half_hours = math.ceil(minutes / 30)
    long = f"{half_hours // 2} h" + (" 30" if half_hours % 2 else "")
    tools = {tool for stage in stages for tool in stage.tools}
    level = "facile" if not any("scie" in tool for tool in tools) else "moyen"
    return [
        (f"{long}", "environ, la première fois"),
        (level, "à coller" if glued else "sans colle"),
        (str(len(stages)), "étapes"),
    ]


def before(book: Book, stages: Sequence[Stage]) -> None:
    """Tools, and what to do with the parts as they come off the machine."""
    book.turn("Avant de commencer")
    tools = sorted({tool for stage in stages for tool in stage.tools}, key=lambda t: (t.split()[0], t))
    y = TOP - 18
    write(book.canvas, MARGIN, y, "Les outils", 13, BOLD)
    y -= 7
    everyday = ["mètre", "papier à poncer de grain 120 et 180", "couverture ou carton sous les belles faces"]
    glued = ["colle à bois", "chiffon", "papier à poncer fin", "pinces à linge pour serrer"]
    listed = glued if book.job.choices.scale > 1 else [*tools, *everyday]
    columns = 3 if len(listed) > 12 else 2
    wide, rows = ROOM / columns, -(-len(listed) // columns)
    low = min(book.points(MARGIN + k * wide, y, listed[k * rows : (k + 1) * rows], wide - 6) for k in range(columns))
    y = low - 8
    for title, texts in _READY_MODEL if book.job.choices.scale > 1 else _READY:
        write(book.canvas, MARGIN, y, title, 13, BOLD)
        y = book.points(MARGIN, y - 7, list(texts), ROOM) - 6
    y = _legend(book, y) - 10
    if book.job.choices.scale == 1:
        draw_gestures(book, book.job.furniture, y)


_READY = (
    ("Préparer les pièces", (
        "Comptez les pièces et la visserie : les pages suivantes les montrent toutes. Le repère (P01, P02…) est celui des plans de découpe.",
        "Coupez les attaches qui restent et poncez-les. Passez le papier de grain 120 puis 180 sur toutes les arêtes : plus rien n’accroche la main.",
        "N’arrondissez pas les tenons ni le bord des mortaises : un coup de papier suffit. Ils doivent entrer à la main ou au maillet, sans forcer.",
        "Huilez ou vernissez avant de monter, sauf les tenons. Laissez sécher une nuit.",
    )),
    ("Monter", (
        "Travaillez au sol ou sur une grande table, une couverture sous les belles faces. Une étape à la fois, dans l’ordre.",
        "Un tenon entre droit. S’il coince : ressortez-le, poncez, recommencez. Frappez sur une chute de bois, jamais sur la pièce.",
        "Serrez les vis à fond seulement quand tout est en place. Percez avant de visser dans le bois ; arrêtez-vous quand la tête touche.",
    )),
)  # fmt: skip


_READY_MODEL = ((
    "Monter la maquette", (
        "Détachez les pièces et comptez-les : une page les montre toutes. Le repère (P01, P02…) est celui des plans de découpe.",
        "Essayez chaque assemblage à sec, puis mettez une goutte de colle à bois dans les mortaises. Essuyez ce qui déborde.",
        "Une étape à la fois, dans l’ordre. Laissez prendre dix minutes ce qui doit rester d’équerre.",
        "La maquette n’a ni vis, ni roulettes, ni charnières : là où le meuble en a, elle se colle ou se fait sans.",
    ),
),)  # fmt: skip


def _legend(book: Book, y: float) -> float:
    canvas = book.canvas
    write(canvas, MARGIN, y, "Lire les dessins", 13, BOLD)
    y -= 9
    canvas.setFillColorRGB(1.0, 0.80, 0.42)
    canvas.setStrokeGray(0.0)
    canvas.setLineWidth(1.0)
    canvas.rect(MARGIN * mm, y * mm, 11 * mm, 5 * mm, stroke=1, fill=1)
    write(canvas, MARGIN + 14, y + 1, "ce que l’on met en place", 9.5)
    canvas.setFillGray(1.0)
    canvas.setStrokeGray(0.25)
    canvas.setLineWidth(0.45)
    canvas.rect((MARGIN + 62) * mm, y * mm, 11 * mm, 5 * mm, stroke=1, fill=1)
    write(canvas, MARGIN + 76, y + 1, "ce qui est déjà monté", 9.5)
    canvas.setDash(2.2, 2.2)
    canvas.line((MARGIN + 120) * mm, (y + 2.5) * mm, (MARGIN + 132) * mm, (y + 2.5) * mm)
    canvas.setDash()
    write(canvas, MARGIN + 135, y + 1, "où cela va", 9.5)
    y -= 8
    write(
        canvas,
        MARGIN,
        y,
        typeset(
            "Étiquette noire : la pièce, ou le numéro de l’étape qui l’a préparée. Étiquette blanche : ce qui la reçoit."
        ),
        9.5,
    )
    return y


def parts_board(book: Book) -> None:
    """Every part at one scale, with its code and count."""
    job = book.job
    scale, rows = _board(job.flat_parts)
    book.turn("Les pièces")
    total = sum(part.quantity for part in job.furniture.parts)
    write(book.canvas, MARGIN, TOP - 15, typeset(
        f"{len(job.flat_parts)} modèles, {total} pièces, dessinés au 1:{scale}. Le nombre est celui d’un meuble."), 10)  # fmt: skip
    y = TOP - 22
    for row in rows:
        high = max(_size(part, scale)[1] for part in row)
        if y - high - 12 < LOWEST:
            book.turn("Les pièces (suite)")
            y = TOP - 16
        x = MARGIN
        for part in row:
            wide, _ = _size(part, scale)
            _part(book, part, x, y - high, scale)
            cell = max(wide, _CELL)
            write(book.canvas, x, y - high - 4.5, f"{part.code}  × {part.quantity}", 9.5, BOLD)
            write(book.canvas, x, y - high - 8.3, shortened(part.name, cell + 3, 7.5), 7.5)
            x += cell + 5
        y -= high + 14


_CELL = 22.0
_GAP = 4.0  # between bought things


def _size(part: FlatPart, scale: float) -> tuple[float, float]:
    x0, y0, x1, y1 = part.outline.bounds
    return (x1 - x0) / scale, (y1 - y0) / scale


def _board(parts: Sequence[FlatPart]) -> tuple[int, list[list[FlatPart]]]:
    """The largest scale at which all parts stand on one page, the tallest first; on more pages if none does."""
    for scale in _SCALES:
        rows: list[list[FlatPart]] = []
        left = 0.0
        for part in sorted(parts, key=lambda p: (-round(_size(p, 1)[1]), p.code)):
            wide = max(_size(part, scale)[0], _CELL) + 5
            if not rows or left < wide - 5:
                rows.append([])
                left = ROOM
            rows[-1].append(part)
            left -= wide
        high = sum(max(_size(part, scale)[1] for part in row) + 14 for row in rows)
        widest = max(_size(part, scale)[0] for part in parts)
        if high <= TOP - 24 - LOWEST and widest <= ROOM:
            return scale, rows
    return _SCALES[-1], rows


def _part(book: Book, part: FlatPart, x: float, y: float, scale: float) -> None:
    canvas = book.canvas
    x0, y0, _, _ = part.outline.bounds
    unit = mm / scale
    canvas.saveState()
    canvas.translate(x * mm - x0 * unit, y * mm - y0 * unit)
    canvas.setLineJoin(1)
    for operation in sorted(part.operations, key=lambda o: o.work is not Work.CUT_OUTSIDE):
        outside = operation.work is Work.CUT_OUTSIDE
        thin = operation.work in (Work.POCKET, Work.ENGRAVE)
        canvas.setLineWidth(0.9 if outside else 0.35)
        canvas.setStrokeGray(0.0 if not thin else 0.4)
        canvas.setFillGray(0.93 if outside else 1.0)
        for contour in (operation.contour, *operation.islands):
            path = canvas.beginPath()
            points = contour.points(0.3)
            path.moveTo(points[0][0] * unit, points[0][1] * unit)
            for px, py in points[1:]:
                path.lineTo(px * unit, py * unit)
            path.close()
            canvas.drawPath(path, stroke=1, fill=int(not thin))
    spot = label_spot(part)
    size = min(9.0, 1.3 * spot.radius / scale * 2.2)
    if size >= 6.0:
        canvas.setFillGray(0.0)
        canvas.setFont(BOLD, size)
        canvas.drawCentredString(spot.x * unit, spot.y * unit - 0.35 * size, part.code)
    canvas.restoreState()


def hardware_pages(book: Book) -> None:
    """Every bought thing at true scale, with its name and how many, and a ruler to hold the print against."""
    items = book.job.furniture.hardware
    if not items:
        return
    book.turn("La visserie et le reste")
    y = _ruler(book, TOP - 17, any(_SCREW.search(item.reference) for item in items))
    for row in _rows(items):
        high = max(_tall(item) for item in row) + 18
        if y - high < LOWEST:
            book.turn("La visserie et le reste (suite)")
            y = TOP - 16
        x = MARGIN
        for item in row:
            drawn = sketch(item.reference)
            if drawn is not None:
                drawn.draw(book.canvas, x, y - high + 17.5 + (high - 18 - drawn.size[1]) / 2)
            _named(book, item, x, y - high + 12.5, _wide(item), drawn.ratio if drawn else 1.0)
            x += _wide(item) + _GAP
        rule(book.canvas, MARGIN, WIDTH - MARGIN, y - high + 1.5, 0.85, 0.3)
        y -= high + 2


def _ruler(book: Book, y: float, screws: bool) -> float:
    canvas = book.canvas
    canvas.setStrokeGray(0.0)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN * mm, y * mm, (MARGIN + 50) * mm, y * mm)
    for i in range(51):
        canvas.line(
            (MARGIN + i) * mm,
            y * mm,
            (MARGIN + i) * mm,
            (y + (3.2 if i % 10 == 0 else 2.2 if i % 5 == 0 else 1.3)) * mm,
        )
    for i in range(0, 51, 10):
        write(canvas, MARGIN + i - width_of(str(i), 6.5) / 2, y - 3.2, str(i), 6.5)
    known = " : posez une vis sur son dessin pour la reconnaître" if screws else ""
    text = f"Imprimée à 100 %, cette règle mesure 50 mm{known}. Sans autre mention, tout est dessiné à sa vraie taille."
    book.paragraph(MARGIN + 58, y + 1, text, ROOM - 58, 9)
    return y - 10


def _wide(item: Hardware) -> float:
    drawn = sketch(item.reference)
    return max(drawn.size[0] if drawn else 0.0, 50.0)


def _tall(item: Hardware) -> float:
    drawn = sketch(item.reference)
    return drawn.size[1] if drawn else 0.0


def _rows(items: Sequence[Hardware]) -> list[list[Hardware]]:
    """Rows of the page's width, each thing in the first that has room, high ones first, so that rows waste little and
    no page holds one small thing; then the other way round, low rows before high ones."""
    rows: list[list[Hardware]] = []
    left: list[float] = []
    for _, item in sorted(enumerate(items), key=lambda one: (-round(_tall(one[1]) / 12), -one[0])):
        fits = next((k for k, room in enumerate(left) if room >= _wide(item)), None)
        if fits is None:
            rows.append([])
            left.append(ROOM)
            fits = -1
        rows[fits].insert(0, item)
        left[fits] -= _wide(item) + _GAP
    return rows[::-1]


def _named(book: Book, item: Hardware, x: float, y: float, wide: float, ratio: float) -> None:
    amount = (
        f"{french_number(item.quantity)} ×" if item.unit == "pièce" else f"{french_number(item.quantity)} {item.unit}"
    )
    used = write(book.canvas, x, y, amount, 11, BOLD)
    if ratio > 1 and item.unit != "m²":
        write(book.canvas, x + used + 2, y, typeset(f"dessiné au 1:{ratio:g}"), 7, grey=QUIET)
    for line in broken(typeset(item.name), wide, 7.5):
        y -= 3.3
        write(book.canvas, x, y, line, 7.5)
    write(book.canvas, x, y - 3.1, shortened(item.reference, wide + 4, 6.5), 6.5, grey=QUIET)
