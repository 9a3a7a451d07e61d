# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The last pages of the notice: how to use the piece, how to mend it, what becomes of it."""

from __future__ import annotations

import shlex

from reportlab.lib.units import mm

from designs.furniture import Furniture
from designs.typography import french_number, typeset
from fabrication.exporters import Job
from fabrication.exporters.notice_page import MARGIN, ROOM, TOP, Book, warning_sign
from fabrication.exporters.pdf_text import BOLD, FIXED, QUIET, width_of, write


def use_page(book: Book) -> None:
    """What it carries and measures, what to look after."""
    furniture = book.job.furniture
    loads = carried(furniture)
    book.turn("S’en servir")
    y = TOP - 18
    if furniture.measures or loads:
        write(book.canvas, MARGIN, y, "Mesures et limites", 13, BOLD)
        y -= 7
        for measure in furniture.measures:
            if loads and measure.label.startswith("Charge"):  # told board by board below
                continue
            write(book.canvas, MARGIN, y, typeset(measure.label), 10)
            write(book.canvas, MARGIN + 108, y, typeset(f"{measure.value} {measure.unit}".rstrip()), 10, BOLD)
            y -= 5.4
        for label, kilograms in loads:
            write(book.canvas, MARGIN, y, typeset(label), 10)
            write(book.canvas, MARGIN + 108, y, typeset(kilograms), 10, BOLD)
            y -= 5.4
        y -= 6
    if furniture.use is not None and furniture.use.told:
        write(book.canvas, MARGIN, y, "Plier et ouvrir", 13, BOLD)
        y = book.points(MARGIN, y - 7, list(furniture.use.told), ROOM) - 6
    warning_sign(book.canvas, MARGIN, y - 1.6, 6.5)
    write(book.canvas, MARGIN + 10, y, "Sécurité", 13, BOLD)
    texts = [
        ("Ne dépassez pas les charges ci-dessus. " if loads else "")
        + "Ne montez pas sur le meuble, n’y asseyez personne.",
        "Ce qui se plie, tourne ou coulisse pince : tenez-le par sa poignée, éloignez les enfants pendant la manœuvre.",
    ]
    if any(item.reference.startswith("Roulette") for item in furniture.hardware):
        texts.insert(
            0,
            "Freins serrés dès que le meuble ne roule plus. Pour le rouler : freins levés, à deux s’il est chargé, en poussant par les côtés.",
        )
    else:
        texts.append("Sur un sol plan. S’il balance, calez-le avant de vous en servir.")
    y = book.points(MARGIN, y - 7.5, texts, ROOM) - 6
    write(book.canvas, MARGIN, y, "Entretien", 13, BOLD)
    book.points(
        MARGIN,
        y - 7,
        [
            "Après un mois, puis une fois l’an : resserrez les vis, frappez un coup sur chaque clavette, regardez les roues et les charnières.",
            "Nettoyez avec un chiffon humide et du savon doux ; séchez aussitôt. Huilez de nouveau ce qui devient gris ou rêche.",
            "Le contreplaqué d’intérieur ne reste pas dehors : rentrez-le le soir.",
        ],
        ROOM,
    )


def carried(furniture: Furniture) -> list[tuple[str, str]]:
    """What each board carries at most in use, the least where it is loaded in several ways."""
    least: dict[str, float] = {}
    for load in furniture.use.loads if furniture.use else ():
        least[load.part] = min(load.kg, least.get(load.part, load.kg))
    return [(f"Charge : {furniture.part(code).name} ({code})", f"{kg:g} kg") for code, kg in least.items()]


def repair_page(book: Book) -> None:
    """Every part can be cut again alone; how to say which."""
    job = book.job
    book.turn("Réparer")
    y = book.paragraph(
        MARGIN, TOP - 18,
        "Rien n’est collé : chaque pièce se démonte et se remplace seule. Faites les étapes à l’envers jusqu’à elle, gardez la visserie.", ROOM,
    ) - 4  # fmt: skip
    worn = next((p for p in job.furniture.parts if p.name == "clavette"), job.furniture.parts[-1])
    write(book.canvas, MARGIN, y, "Faire recouper une pièce", 13, BOLD)
    y = book.paragraph(
        MARGIN, y - 7,
        f"Relevez le repère de la pièce (page « Les pièces ») et donnez-le à un atelier avec cette notice. La clavette, par exemple, est {worn.code} :"
        if worn.name == "clavette" else
        f"Relevez le repère de la pièce (page « Les pièces ») et donnez-le à un atelier avec cette notice. Par exemple {worn.code}, {worn.name} :",
        ROOM,
    )  # fmt: skip
    lines = _command_lines(recut(job, worn.code), int((ROOM - 6) / width_of(" ", 10, FIXED)))
    book.canvas.setFillGray(0.93)
    y -= 3.5
    high = 8.5 + 4.8 * (len(lines) - 1)
    book.canvas.roundRect(MARGIN * mm, (y + 5.3 - high) * mm, ROOM * mm, high * mm, 1.2 * mm, stroke=0, fill=1)
    for line in lines:
        write(book.canvas, MARGIN + 3, y, line, 10, FIXED)
        y -= 4.8
    y += 4.8
    y = book.paragraph(
        MARGIN, y - 9, "Gardez les mêmes dimensions et options : elles sont dans le fichier manifest.json livré avec les plans, et l’atelier "
        "mesure son propre panneau. Un panneau un peu plus épais ou plus mince donne une pièce qui va quand même sur le meuble tant que l’écart ne dépasse pas 0,2 mm.",
        ROOM, 9,
    ) - 5  # fmt: skip
    write(book.canvas, MARGIN, y, "Ce qui s’use", 13, BOLD)
    rows = [
        (
            "Un assemblage prend du jeu",
            "Frappez la clavette, resserrez la vis. Un tenon usé se double d’un placage collé, ou la pièce se recoupe.",
        )
    ]
    if any(p.name == "clavette" for p in job.furniture.parts):
        rows.append(("Une clavette ne tient plus", f"Recoupez {worn.code} : elle coûte une chute."))
    if any(item.reference.startswith(("Roulette", "Roue")) for item in job.furniture.hardware):
        rows.append(
            (
                "Une roue grince ou bloque",
                "Ôtez fils et cheveux, une goutte d’huile. Sinon changez-la : même diamètre, même fixation.",
            )
        )
    if any(item.reference.startswith("Charnière") for item in job.furniture.hardware):
        rows.append(
            (
                "Une charnière a du jeu",
                "Bouchez les trous de vis d’une cheville de bois collée, repercez à 2 mm, revissez.",
            )
        )
    rows.append(("Un bord est abîmé", "Poncez, arrondissez, huilez. Une grosse entaille se comble de pâte à bois."))
    y -= 7
    for what, how in rows:
        write(book.canvas, MARGIN, y, typeset(what), 10, BOLD)
        y = book.paragraph(MARGIN + 60, y, how, ROOM - 60) - 2.5


def recut(job: Job, code: str) -> list[str]:
    """The words of the command that cuts one part of this very piece again, quoted for a shell: what its maker chose
    otherwise than the model has it."""
    words = [f"treteau cut {job.design.identifier}", "--machine MACHINE.toml", f"--part {code}"]
    if job.choices.scale > 1:
        words.append(f"--scale 1:{job.choices.scale}")
    for parameter in job.design.parameters:
        value = job.furniture.parameters.get(parameter.name, parameter.default)
        if value != parameter.clean(parameter.default):
            written = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
            shown = f"{written:.10g}" if isinstance(written, float) else written
            words.append(f"--set {shlex.quote(f'{parameter.name}={shown}')}")
    return words


def _command_lines(words: list[str], room: int) -> list[str]:
    """On lines of at most ``room`` characters, each but the last with the shell's sign that it goes on."""
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) + 2 <= room:
            lines[-1] += f" {word}"
        else:
            lines[-1] += " \\"
            lines.append(f"  {word}")
    return lines


def end_of_life_page(book: Book) -> None:
    job = book.job
    kilograms = job.furniture.mass_g / 1000
    bought = sum(item.mass_g * item.quantity for item in job.furniture.hardware) / 1000
    book.turn("Quand il ne sert plus")
    y = TOP - 18
    wood = french_number(kilograms - bought, 1, zeros=True)
    metal = french_number(bought, 1, zeros=True)
    for title, texts in (
        ("D’abord, le faire servir ailleurs", (
            "Proposez-le à une association, une recyclerie, un autre service : il se démonte à plat et voyage dans une voiture.",
            "Un panneau entier redevient une étagère, une table, des pièces plus petites : ses plans sont ouverts.",
        )),
        ("Le démonter", (
            "Faites les étapes à l’envers. Il n’y a ni colle ni agrafe : un maillet, les mêmes clés, une demi-heure.",
            "Triez : le bois d’un côté, le métal de l’autre, le reste (caoutchouc, feutre, toile, plastique) à part.",
        )),
        ("Le trier", (
            f"Bois : environ {wood} kg de {job.machine_file.stock.material}. En déchèterie, benne « mobilier » ou « bois » ; jamais au feu de cheminée.",
            f"Achats : environ {metal} kg, surtout de l’acier. Vis, charnières et roues encore bonnes se gardent ; le reste va à la ferraille.",
            "Feutre, toile et caoutchouc : à la déchèterie, avec le mobilier.",
        )),
    ):  # fmt: skip
        write(book.canvas, MARGIN, y, title, 13, BOLD)
        y = book.points(MARGIN, y - 7, list(texts), ROOM) - 6
    write(book.canvas, MARGIN, y, "Les plans sont à vous", 13, BOLD)
    design = job.design
    book.paragraph(
        MARGIN, y - 7,
        f"{design.title}, révision {design.revision}, est publié sous licence {design.licence} : chacun peut le fabriquer, le changer, le vendre, "
        f"à condition de citer ses auteurs et de partager ses changements sous la même licence. {design.credit[:1].upper()}{design.credit[1:]}. "
        "Le texte de la licence est livré avec les plans.", ROOM, 9.5, grey=QUIET,
    )  # fmt: skip
