# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a choice was made from, as JSON that is kept with it: the ranking of that moment with its points, who was asked and
answered what. A buyer that buys without a tender keeps it (domain.md: a ranking must be explained, and exportable)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from designs.errors import DesignError
from designs.typography import SPACE
from fablabs.geography import UnknownCommuneError
from fabrication.matching.scoring import TERMS
from fabrication.matching.services import weights
from orders.models import Choice, Order, QuoteRequest
from orders.services.answers import Answer, answers_of, said_no
from orders.services.justifying import points_to_answer
from orders.services.ranking import RankedWorkshop, WholeRanking, rank_whole

if TYPE_CHECKING:
    from fablabs.geography import Roads

#: Workshops of a ranking that are kept, of each kind; those that were asked are kept wherever they stand. The others are
#: counted.
MOST_KEPT = 50


def record_of(order: Order, request: QuoteRequest, *, roads: Roads | None = None) -> tuple[dict[str, Any], int | None]:
    """The ranking as it is now, with who was asked and answered what; and the rank of the request's workshop. An order
    that can't be ranked any more (a model that is not drawn so, a place that nobody knows) may be chosen for all the same:
    then the record says that there was none."""
    today = timezone.localdate()
    try:
        whole = rank_whole(order, today=today, roads=roads)
    except (DesignError, UnknownCommuneError, ValueError):
        whole = None
    answers = answers_of(order, today, withdrawn=True)
    former = {choice.request_id: choice for choice in order.choices.exclude(ended="")}
    record: dict[str, Any] = {
        "on": today.isoformat(),
        "lines": [
            {
                "position": line.position,
                "title": str(line.revision.texts.get("title", line.design)) if line.revision else line.design,
                "revision": line.revision.number if line.revision else None,
                "quantity": line.quantity,
            }
            for line in order.lines.filter(lot=None).select_related("revision")
        ],
        "place": order.commune,
        "chosen": request.workshop.slug,
        "ranking": _ranking(whole, {answer.request.workshop.slug for answer in answers}),
        "earlier": _earlier(whole, request),
        "asked": [asked_data(answer) | _fallen(answer, former) for answer in answers],
        "points": _points(request, answers, whole),
    }
    mine = whole.of(request.workshop.slug) if whole else None
    return record, mine.rank if mine else None


def _ranking(whole: WholeRanking | None, asked: set[str]) -> dict[str, Any] | None:
    if whole is None:
        return None
    return {
        "weights": weights().data(),
        "terms": {name: french for name, (_, french) in TERMS.items()},
        "able": [one.as_data() for one in _kept(whole.able, asked)],
        "able_count": len(whole.able),
        "unable": [one.as_data() for one in _kept(whole.unable, asked)],
        "unable_count": len(whole.unable),
        "pending": list(whole.pending),
    }


def _kept(workshops: Iterable[RankedWorkshop], asked: set[str]) -> list[RankedWorkshop]:
    return [one for place, one in enumerate(workshops) if place < MOST_KEPT or one.slug in asked]


def _earlier(whole: WholeRanking | None, request: QuoteRequest) -> list[int] | None:
    """Orders of this buyer that the workshop already had, and all of them."""
    if whole is None:
        return None
    return [whole.history.get(request.workshop.slug, 0), sum(whole.history.values())]


def asked_data(answer: Answer) -> dict[str, Any]:
    request = answer.request
    return {
        "workshop": request.workshop.slug,
        "name": request.workshop.name,
        "maker": request.workshop.maker.organisation.name,
        "commune": request.workshop.commune,
        "asked_on": timezone.localdate(request.asked_at).isoformat(),
        "answer_by": request.answer_by.isoformat(),
        "answered_on": timezone.localdate(request.answered_at).isoformat() if request.answered_at else None,
        "standing": answer.standing.value,
        "reason": answer.reason,
        "net_eur": _text(answer.net_eur),
        "vat_eur": _text(answer.vat_eur),
        "gross_eur": _text(answer.gross_eur),
        "valid_until": answer.valid_until.isoformat() if answer.valid_until else None,
        "quotes": [one.quote.reference for one in answer.quotes if one.quote.reference],
    }


def _fallen(answer: Answer, former: Mapping[int | None, Choice]) -> dict[str, Any]:
    """Of a workshop that was chosen once, and why that came to nothing."""
    choice = former.get(answer.request.pk)
    if choice is None:
        return {}
    return {"reason": f"choisi, puis {choice.get_ended_display()}{SPACE}: {choice.ended_reason}"}


def _points(request: QuoteRequest, answers: list[Answer], whole: WholeRanking | None) -> list[str]:
    chosen = next((answer for answer in answers if answer.request.pk == request.pk), None)
    return points_to_answer(chosen, answers, whole, said_no(request.order)) if chosen else []


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
