# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ranking as its page shows it: lines of words, each with its terms, and how an order may be shared."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from designs.parameters import Kind, Parameter
from designs.typography import french_number
from fabrication.matching.ranking import Ranked
from fabrication.matching.record import Record
from fabrication.matching.scoring import TERMS
from fabrication.matching.words import day, euros, figure, kilometres, ready, value_of, why

#: Lines that are shown at once; the others are folded.
SHOWN = 8
_APART = "\u202f; "


@dataclass(frozen=True)
class TermRow:
    label: str
    value: str
    points: str
    weight: str
    percent: int


@dataclass(frozen=True)
class Line:
    rank: int | None
    slug: str
    name: str
    maker: str
    kind: str
    commune: str
    is_demo: bool
    url: str
    quote_url: str
    km: str
    ready: str
    price: str
    without: str
    points: str
    why: str
    terms: tuple[TermRow, ...]
    unknown: tuple[str, ...]
    obstacles: tuple[str, ...]
    lacking: str
    smaller: str


def lines_of(record: Record, query: dict[str, str]) -> list[Line]:
    """Those that can make it, best first."""
    return [_line(line, record, query) for line in record.ranking.able]


def excluded_of(record: Record) -> list[Line]:
    """The others, nearest first."""
    return [_line(line, record, {}) for line in record.ranking.unable]


def _line(line: Ranked, record: Record, query: dict[str, str]) -> Line:
    demand, slug = record.ranking.demand, line.candidate.id
    named = record.named[slug]
    when = ready(line, demand.quantity, record.made_at.date())
    without = [words for _, words in line.price.left_out] if line.price else []
    return Line(
        rank=line.rank,
        slug=slug,
        name=named.name,
        maker=named.maker,
        kind=named.kind,
        commune=named.commune,
        is_demo=named.is_demo,
        url=_url("workshop", slug),
        quote_url=_with_query(_url("quote-ask", demand.design), {**query, "atelier": slug}) if line.rank else "",
        km=kilometres(line.km),
        ready=day(when) if when else "",
        price=euros(line.price.eur, 0) if line.price else "",
        without=", ".join(without),
        points=figure(line.score) if line.score is not None else "",
        why=why(line, record.ranking) if line.rank else "",
        terms=tuple(
            TermRow(
                TERMS[term.name][1],
                value_of(term, line),
                figure(term.points, 2),
                figure(term.weight),
                round(100 * term.share),
            )
            for term in line.terms
        )
        if line.rank
        else (),
        unknown=tuple(words for _, words in line.judgement.unknown),
        obstacles=tuple(obstacle.french for obstacle in line.obstacles),
        lacking=_APART.join(dict.fromkeys(o.lacking for o in line.obstacles if o.lacking)),
        smaller=_APART.join(line.remedies),
    )


def shown_value(parameter: Parameter, value: object) -> str:
    """A parameter's value in French: ``900 mm``, ``oui``."""
    if parameter.kind is Kind.FLAG:
        return "oui" if value else "non"
    if parameter.kind is Kind.CHOICE:
        return (parameter.choices or {}).get(str(value), str(value))
    if parameter.kind is Kind.TEXT:
        return f"«\u00a0{value}\u00a0»" if value else "aucun"
    gap = "" if parameter.kind is Kind.ANGLE else "\u00a0"
    return f"{french_number(float(str(value)), 6)}{gap}{parameter.unit}".strip()


def _url(name: str, argument: str) -> str:
    try:
        return reverse(name, args=[argument])
    except NoReverseMatch:
        return ""


def _with_query(url: str, query: dict[str, str]) -> str:
    return f"{url}?{urlencode(query)}" if url else ""
