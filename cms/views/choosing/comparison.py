# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers side by side: the same rows for each, and in words which one is the lowest, the nearest, the first to be ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cms.templatetags.french import plural
from cms.templatetags.orders import line_title, way
from cms.views.choosing.lines import criteria_words
from cms.views.choosing.words import earlier_words
from cms.views.orders.words import day_words
from designs.typography import SPACE, listed
from fabrication.matching.words import figure
from fabrication.models import QuoteLine
from fabrication.quoting.line import Section
from fabrication.quoting.words import euros, percent
from orders.models import Order, OrderLine
from orders.services.answers import Answer
from orders.services.ranking import RankedWorkshop, WholeRanking


@dataclass(frozen=True)
class Cell:
    """``mark``: what it is the best in, in words ("" where it is not)."""

    text: str
    note: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True)
class Column:
    """An answer that may be chosen, what the ranking says of it, and the lines of its quotes."""

    answer: Answer
    ranked: RankedWorkshop | None
    lines: dict[int, list[QuoteLine]]  # by quote

    @property
    def delivery(self) -> Decimal | None:
        """None: no line of delivery, it is fetched at the workshop."""
        own = [line for line in self.standing if line.section == Section.DELIVERY]
        return sum((line.amount_eur or Decimal(0) for line in own), Decimal(0)) if own else None

    @property
    def standing(self) -> list[QuoteLine]:
        return [line for lines in self.lines.values() for line in lines if not line.is_removed]

    @property
    def ready_on(self) -> date | None:
        """By the delays that its terms announced, counted from today."""
        days = [one.quote.terms.get("lead_days") for one in self.answer.quotes]
        known = [day for day in days if isinstance(day, int)]
        if len(known) == len(days) and known:
            from django.utils import timezone

            promised = timezone.localdate() + timedelta(days=max(known))
            return max(promised, self.ranked.ready) if self.ranked and self.ranked.ready else promised
        return self.ranked.ready if self.ranked else None


@dataclass(frozen=True)
class Comparison:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The same by workshop, for a narrow screen."""
        return [
            {"column": column, "facts": [(row.label, row.cells[place], row.strong) for row in self.rows]}
            for place, column in enumerate(self.columns)
        ]


def compare(order: Order, answers: Sequence[Answer], whole: WholeRanking | None) -> Comparison | None:
    """Of the answers that may be chosen, cheapest first; None without any. One query."""
    chosen = [one for one in answers if one.may_be_chosen]
    if not chosen:
        return None
    chosen.sort(key=lambda one: (one.net_eur is None, one.net_eur or Decimal(0), one.request.pk))
    lines: dict[int, list[QuoteLine]] = defaultdict(list)
    quotes = {asked.quote_id for one in chosen for asked in one.quotes}
    for line in QuoteLine.objects.filter(quote__in=quotes).order_by("quote", "position", "id"):
        lines[line.quote_id].append(line)
    columns = tuple(
        Column(
            one,
            whole.of(one.request.workshop.slug) if whole else None,
            {asked.quote_id: lines[asked.quote_id] for asked in one.quotes},
        )
        for one in chosen
    )
    return Comparison(columns, tuple(_rows(order, columns, whole)))


def _rows(order: Order, columns: tuple[Column, ...], whole: WholeRanking | None) -> list[Row]:
    answers = [column.answer for column in columns]
    rows = [
        _money("Prix HT", [one.net_eur for one in answers], "le plus bas", strong=True),
        Row("TVA", tuple(Cell(_vat(one)) for one in answers)),
        _money("Prix TTC", [one.gross_eur for one in answers], "le plus bas"),
    ]
    ordered = [asked.line for asked in answers[0].quotes]
    if len(ordered) > 1 or ordered[0].quantity > 1:
        rows += [_of_line(line, answers) for line in ordered]
    rows += [
        Row("Livraison", tuple(Cell(*_delivery(column)) for column in columns)),
        Row("Non compris", tuple(Cell(_left_out(column)) for column in columns)),
        Row("Corrigé par l’atelier", tuple(Cell(_corrected(column)) for column in columns)),
        Row("Valable jusqu’au", tuple(Cell(day_words(one.valid_until) if one.valid_until else "—") for one in answers)),
        _ready(order, columns),
    ]
    if whole is None:
        return rows
    every = sum(whole.history.values())
    ranked = [column.ranked for column in columns]
    return [
        *rows,
        _best(
            "Distance",
            [one.km if one else None for one in ranked],
            lambda km: way(km).removeprefix(f"à{SPACE}").removeprefix("à "),
            "le plus proche",
            note="estimation par la route",
        ),
        Row("Classement", tuple(Cell(*_rank(one, whole)) for one in ranked)),
        Row("Critères du programme", tuple(Cell(criteria_words(one) if one and one.rank else "—") for one in ranked)),
        Row("Vos commandes", tuple(Cell(earlier_words(one.earlier, every) or "aucune encore" if one else "—") for one in ranked)),
    ]  # fmt: skip


def _best(
    label: str,
    values: Sequence[Any],
    words: Callable[[Any], str],
    mark: str,
    *,
    strong: bool = False,
    note: str = "",
    unknown: str = "inconnu",
) -> Row:
    """The smallest is marked, where there is something to compare and they are not all the same."""
    known = [value for value in values if value is not None]
    least = min(known) if len(known) > 1 and min(known) != max(known) else None
    cells = tuple(
        Cell(unknown) if value is None else Cell(words(value), note, mark if value == least else "") for value in values
    )
    return Row(label, cells, strong)


def _money(label: str, values: Sequence[Decimal | None], mark: str, *, strong: bool = False) -> Row:
    return _best(label, values, euros, mark, strong=strong, unknown="—")


def _vat(answer: Answer) -> str:
    if not answer.vat_eur:
        return "non applicable"
    rates = {asked.quote.vat_rate for asked in answer.quotes if asked.quote.vat_rate}
    return euros(answer.vat_eur) + (f" ({percent(rates.pop())})" if len(rates) == 1 else "")


def _of_line(line: OrderLine, answers: Sequence[Answer]) -> Row:
    quotes = [next(asked.quote for asked in one.quotes if asked.line_id == line.pk) for one in answers]
    row = _money(f"{line.quantity}{SPACE}× {line_title(line)}, HT", [quote.net_eur for quote in quotes], "le plus bas")
    if line.quantity == 1:
        return row
    cells = tuple(
        Cell(
            cell.text,
            f"{euros(quote.piece_eur)} pièce, sans livraison" if quote.piece_eur is not None else "",
            cell.mark,
        )
        for cell, quote in zip(row.cells, quotes, strict=True)
    )
    return Row(row.label, cells)


def _delivery(column: Column) -> tuple[str, str]:
    """With a word where each quote counts its own journey: one may do."""
    cost = column.delivery
    if cost is None:
        return "à chercher à l’atelier", ""
    charged = sum(
        any(line.section == Section.DELIVERY and line.amount_eur for line in lines if not line.is_removed)
        for lines in column.lines.values()
    )
    note = f"{charged} trajets, un par devis{SPACE}: demandez s’il en faut autant" if charged > 1 else ""
    return (f"comprise, {euros(cost)} HT" if cost else "comprise, sans frais"), note


def _left_out(column: Column) -> str:
    """What was taken out by the workshop, a finish that no line names, the journey."""
    removed = [line.label for lines in column.lines.values() for line in lines if line.is_removed]
    words = [f"{label} (ligne retirée)" for label in removed[:3]]
    if len(removed) > 3:
        words.append(f"{len(removed) - 3} autres lignes retirées")
    for asked in column.answer.quotes:
        finish = asked.line.finish.casefold()
        own = column.lines.get(asked.quote_id, [])
        if finish and not any(finish in line.label.casefold() for line in own if not line.is_removed):
            words.append(f"finition «{SPACE}{asked.line.finish}{SPACE}»{SPACE}: aucune ligne ne la nomme")
    if column.delivery is None:
        words.append("livraison")
    return listed(list(dict.fromkeys(words))) if words else "rien de ce qui est demandé"


def _corrected(column: Column) -> str:
    changed = sum(line.is_corrected for line in column.standing)
    return plural(changed, "ligne,lignes") if changed else "aucune ligne"


def _ready(order: Order, columns: Sequence[Column]) -> Row:
    row = _best(
        "Livrable le", [column.ready_on for column in columns], day_words, "le premier prêt", unknown="à convenir"
    )
    late = order.wanted_by
    cells = tuple(
        Cell(
            cell.text,
            "après la date souhaitée" if late and column.ready_on and column.ready_on > late else "",
            cell.mark,
        )
        for cell, column in zip(row.cells, columns, strict=True)
    )
    return Row(row.label, cells)


def _rank(one: RankedWorkshop | None, whole: WholeRanking) -> tuple[str, str, str]:
    if one is None:
        return "à l’étude" if whole.pending else "hors du classement", "", ""
    if one.rank is None:
        return "écarté", f"{SPACE}; ".join(one.obstacles), ""
    place = "1er" if one.rank == 1 else f"{one.rank}e"
    return f"{place} sur {len(whole.able)}", f"{figure(one.score or 0.0)} points", ""
