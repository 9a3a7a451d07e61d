# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ranking's record as a PDF to be kept with the order: A4 upright, one page for a few workshops."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from designs.typography import typeset
from fabrication.exporters.pdf_text import (
    BOLD,
    INK,
    QUIET,
    REGULAR,
    document,
    lines_of,
    rule,
    shortened,
    write,
    write_right,
)
from fabrication.matching.near_misses import near_misses
from fabrication.matching.ranking import Ranked
from fabrication.matching.record import DUTY, Record
from fabrication.matching.scoring import TERMS
from fabrication.matching.splitting import split
from fabrication.matching.words import (
    day,
    euros,
    figure,
    kilometres,
    plural,
    ready,
    rule_of,
    value_of,
    weights_sentence,
    why,
)

_WIDTH, _HEIGHT = A4[0] / mm, A4[1] / mm
_MARGIN, _LOWEST, _PITCH = 18.0, 20.0, 4.6
_INNER = _WIDTH - 2 * _MARGIN


def pdf_of(record: Record) -> bytes:
    """Raises nothing for whatever names workshops have: they are text, and cut where they are too long."""
    stream = io.BytesIO()
    canvas = document(stream, f"Classement des ateliers – {record.title}", record.fingerprint)
    pages = _Pages(canvas, record)
    _front(pages, record)
    _able(pages, record)
    _otherwise(pages, record)
    _rule(pages, record)
    _terms(pages, record)
    _unable(pages, record)
    pages.foot()
    canvas.save()
    return stream.getvalue()


class _Pages:
    """A pen that goes down the page and takes a new one when it is full."""

    def __init__(self, canvas: Canvas, record: Record) -> None:
        self.canvas, self.record = canvas, record
        self.number = 1
        self.y = _HEIGHT - 22.0
        canvas.setPageSize(A4)

    def room(self, height: float) -> None:
        if self.y - height < _LOWEST:
            self.foot()
            self.canvas.showPage()
            self.canvas.setPageSize(A4)
            self.number += 1
            self.y = _HEIGHT - 20.0

    def foot(self) -> None:
        rule(self.canvas, _MARGIN, _WIDTH - _MARGIN, 15)
        made = self.record.made_at.strftime("%d/%m/%Y à %H:%M")
        write(self.canvas, _MARGIN, 11, f"Établi le {made} · empreinte {self.record.fingerprint[:16]}", 7, grey=QUIET)
        write_right(self.canvas, _WIDTH - _MARGIN, 11, f"page {self.number}", 7, grey=QUIET)

    def heading(self, text: str, keep: float = 14.0) -> None:
        self.room(9 + keep)
        self.y -= 4
        write(self.canvas, _MARGIN, self.y, text, 11.5, BOLD)
        self.y -= 2.4
        rule(self.canvas, _MARGIN, _WIDTH - _MARGIN, self.y, INK, 0.5)
        self.y -= 5.4

    def text(self, words: str, size: float = 9, font: str = REGULAR, grey: float = INK, indent: float = 0.0) -> None:
        for line in lines_of(words, _INNER - indent, size, font):
            self.room(_PITCH)
            write(self.canvas, _MARGIN + indent, self.y, line, size, font, grey)
            self.y -= _PITCH

    def row(self, cells: Sequence[str], widths: Sequence[float], right: set[int], size: float, grey: float) -> None:
        self.room(_PITCH)
        x = _MARGIN
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            text = shortened(cell, width - 2, size)
            if column in right:
                write_right(self.canvas, x + width - 2, self.y, text, size, grey=grey)
            else:
                write(self.canvas, x, self.y, text, size, grey=grey)
            x += width
        self.y -= _PITCH


def _front(pages: _Pages, record: Record) -> None:
    demand = record.ranking.demand
    write(pages.canvas, _MARGIN, pages.y, "Où faire fabriquer : le classement des ateliers", 16, BOLD)
    pages.y -= 8
    pieces = plural(demand.quantity, "exemplaire", "exemplaires")
    until = f", à livrer avant le {day(demand.deadline)}" if demand.deadline else ", sans échéance"
    pages.text(f"{record.title} (révision {record.revision}) · {pieces} pour {record.place}{until}", 10.5)
    if record.sizes:
        pages.text(typeset(" · ".join(f"{label} : {value}" for label, value in record.sizes)), 8, grey=QUIET)
    made = record.made_at.strftime("%d/%m/%Y à %H:%M")
    pages.text(typeset(f"Établi le {made} par {record.who}."), 8.5, grey=QUIET)


def _able(pages: _Pages, record: Record) -> None:
    able = record.ranking.able
    pages.heading(
        f"{plural(len(able), 'atelier peut', 'ateliers peuvent')} le fabriquer"
        if able
        else "Aucun atelier ne peut le fabriquer tel quel"
    )
    if not able:
        return
    widths, right = (9.0, 53.0, 46.0, 22.0, 22.0, 22.0), {3, 4, 5}
    heads = ("", "atelier", "commune", "distance *", "livrable le", "prix HT *")
    pages.row(heads, widths, right, 7.5, QUIET)
    today = record.made_at.date()
    for line in able:
        pages.room(3 * _PITCH)
        named = record.named[line.candidate.id]
        when = ready(line, record.ranking.demand.quantity, today)
        pages.row(
            (
                str(line.rank),
                named.name,
                named.commune,
                kilometres(line.km),
                day(when) if when else "inconnu",
                euros(line.price.eur, 0) if line.price else "inconnu",
            ),
            widths,
            right,
            9,
            INK,
        )
        points = f"{figure(line.score or 0.0)} points sur {figure(sum(record.ranking.weights.data().values()))}"
        pages.text(f"{points}. {why(line, record.ranking)}", 7.5, grey=QUIET, indent=widths[0])
        pages.y -= 1
    pages.text(
        "* Estimations : la distance est celle de la ligne droite, augmentée d’un détour ; le prix, un ordre de grandeur "
        "pour comparer. Seul le devis de l’atelier engage.".replace(" :", "\N{NO-BREAK SPACE}:").replace(
            " ;", "\N{NO-BREAK SPACE};"
        ),
        7.5,
        grey=QUIET,
    )


def _otherwise(pages: _Pages, record: Record) -> None:
    """What the page says beside the ranking: how it can be shared, and what one change would do."""
    today = record.made_at.date()
    if (shared := split(record.ranking, today)) is not None:
        pages.heading("À plusieurs, c’est possible")
        pages.text(shared.french, 8.5)
        for share in shared.shares:
            named = record.named[share.candidate.id]
            pages.text(typeset(f"{named.name}, {named.commune} : {share.french}."), 8.5, indent=4)
    misses = near_misses(record.ranking, today)
    if misses:
        pages.heading("Les plus près d’y arriver, avec un seul changement")
    for miss in misses:
        named = record.named[miss.line.candidate.id]
        changes = typeset(" ; ou bien ".join(change.french for change in miss.changes))
        pages.text(typeset(f"{named.name}, {named.commune} – {kilometres(miss.line.km)} : {changes}."), 8.5, indent=4)


def _rule(pages: _Pages, record: Record) -> None:
    pages.heading("La règle", 40)
    pages.text(weights_sentence(record.ranking.weights), 8.5)
    for name, (_, french) in TERMS.items():
        weight = figure(record.ranking.weights.data()[name])
        pages.text(typeset(f"{french.capitalize()}, {weight} points : {rule_of(name)}."), 8, indent=4)
    pages.y -= 1.5
    pages.text(typeset(DUTY), 8.5)


def _terms(pages: _Pages, record: Record) -> None:
    if not record.ranking.able:
        return
    pages.heading("Les points, un par un", 40)
    for line in record.ranking.able:
        pages.room(9 * _PITCH)
        pages.text(f"{line.rank}. {record.named[line.candidate.id].name}", 9, BOLD)
        for term in line.terms:
            french = TERMS[term.name][1]
            points = f"{figure(term.points, 2)} sur {figure(term.weight)}"
            pages.row((french, value_of(term, line), points), (62.0, 84.0, 28.0), {2}, 8, INK)
        for text in _notes(line):
            pages.text(text, 7.5, grey=QUIET)
        pages.y -= 2


def _notes(line: Ranked) -> list[str]:
    notes = []
    if line.price is not None:
        parts = ", ".join(f"{label} {euros(amount, 0)}" for label, amount in line.price.lines)
        without = ", ".join(french for _, french in line.price.left_out)
        notes.append(typeset(f"Prix estimé : {parts}{f' ; non compris : {without}' if without else ''}."))
    notes += [typeset(f"À vérifier : {french}.") for _, french in line.judgement.unknown]
    return notes


def _unable(pages: _Pages, record: Record) -> None:
    unable = record.ranking.unable
    if unable:
        pages.heading(f"{plural(len(unable), 'atelier écarté', 'ateliers écartés')}, et pourquoi")
    for line in unable:
        named = record.named[line.candidate.id]
        pages.room(2 * _PITCH)
        pages.text(f"{named.name}, {named.commune} – {kilometres(line.km)}", 8.5, BOLD)
        for obstacle in line.obstacles:
            lacking = typeset(f" ; il manque : {obstacle.lacking}") if obstacle.lacking else ""
            pages.text(f"{obstacle.french}{lacking}.", 8, indent=4)
        if line.remedies:
            pages.text(typeset(f"ou bien : {' ; '.join(line.remedies)}."), 8, indent=4)
    if record.pending:
        pages.heading("Ateliers encore à l’étude")
        names = ", ".join(record.named[slug].name for slug, _ in record.pending)
        pages.text(typeset(f"Leurs machines n’avaient pas encore été comparées aux pièces : {names}."), 8.5)
