# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a question to a workshop stands today: read from the request and its quotes, since a quote may expire, be hidden or be
taken back after it was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone

from fabrication.models import Quote
from orders.models import Choice, Order, QuoteRequest

if TYPE_CHECKING:
    from orders.models import RequestedQuote

#: Workshops that may be asked at once (the programme's habit of three quotes).
MOST_ASKED = 3
#: Days to answer, for an order without a campaign.
ANSWER_DAYS = 15


class Standing(StrEnum):
    WAITING = "waiting"  # to be answered, and there is time left
    OVERDUE = "overdue"  # its days are over, nothing came
    ANSWERED = "answered"  # every quote is issued and holds: it may be chosen
    DECLINED = "declined"  # the workshop does not want to
    IMPOSSIBLE = "impossible"  # a plan could not be made there after all
    HIDDEN = "hidden"  # by the coordination, for its price
    TAKEN_BACK = "taken_back"  # the workshop withdrew a quote
    EXPIRED = "expired"  # a quote is not valid any more
    WITHDRAWN = "withdrawn"  # the buyer does not ask any more


#: A workshop that is asked, as long as its question stands so, takes one of the three places.
HOLDS_A_PLACE = frozenset({Standing.WAITING, Standing.ANSWERED})
#: The same workshop may be asked anew. One whose quote is hidden would only give the same quote.
MAY_ASK_AGAIN = frozenset(
    {Standing.OVERDUE, Standing.DECLINED, Standing.IMPOSSIBLE, Standing.TAKEN_BACK, Standing.EXPIRED}
)


@dataclass(frozen=True)
class Answer:
    """A request, where it stands, and its quotes in the order of the lines. Euros are of all of them together, None until
    each has a price that may be shown; ``days_left``: until the end of the day of ``answer_by``, negative once it is over."""

    request: QuoteRequest
    standing: Standing
    quotes: tuple[RequestedQuote, ...]
    days_left: int

    @property
    def holds_a_place(self) -> bool:
        return self.standing in HOLDS_A_PLACE

    @property
    def may_be_chosen(self) -> bool:
        return self.standing is Standing.ANSWERED

    @cached_property
    def net_eur(self) -> Decimal | None:
        return self._sum("net_eur")

    @cached_property
    def vat_eur(self) -> Decimal | None:
        return self._sum("vat_eur")

    @cached_property
    def gross_eur(self) -> Decimal | None:
        return self._sum("gross_eur")

    @property
    def valid_until(self) -> date | None:
        """The first day on which one of its quotes ends."""
        days = [one.quote.valid_until for one in self.quotes if one.quote.valid_until is not None]
        return min(days, default=None)

    @property
    def reason(self) -> str:
        """French, of whoever said no: the workshop, or what was computed."""
        if self.standing is Standing.DECLINED:
            return self.request.declined_reason
        gone = {Standing.IMPOSSIBLE: Quote.State.REFUSED, Standing.TAKEN_BACK: Quote.State.WITHDRAWN}.get(self.standing)
        return next((one.quote.reason for one in self.quotes if gone and one.quote.state == gone), "")

    def _sum(self, name: str) -> Decimal | None:
        if self.standing is not Standing.ANSWERED:
            return None
        amounts = [getattr(one.quote, name) for one in self.quotes]
        return sum(amounts, Decimal(0)) if amounts and None not in amounts else None


def answer_of(request: QuoteRequest, today: date) -> Answer:
    """Of a request that was read with ``quotes__quote`` and ``quotes__line``."""
    quotes = tuple(sorted(request.quotes.all(), key=lambda one: one.line.position))
    return Answer(request, _standing(request, quotes, today), quotes, (request.answer_by - today).days)


def answers_of(order: Order, today: date, *, withdrawn: bool = False) -> list[Answer]:
    """Three queries, oldest first; those that were withdrawn only if they are asked for."""
    asked = order.quote_requests.select_related("workshop__maker__organisation").order_by("pk")
    if not withdrawn:
        asked = asked.filter(withdrawn_at=None)
    return [answer_of(request, today) for request in asked.prefetch_related("quotes__quote", "quotes__line__revision")]


def is_answered(order: Order) -> bool:
    """Is there one that may be chosen?"""
    return any(answer.may_be_chosen for answer in answers_of(order, timezone.localdate()))


def said_no(order: Order) -> dict[str, str]:
    """Slug → French, of the workshops that declined, or were chosen and refused; two queries."""
    declined = order.quote_requests.filter(declined_at__isnull=False).values_list("workshop__slug", flat=True)
    refused = order.choices.filter(ended=Choice.Ended.REFUSED).values_list("workshop__slug", flat=True)
    return dict.fromkeys(declined, "a décliné") | dict.fromkeys(refused, "a refusé cette commande")


def left_places(answers: Iterable[Answer]) -> int:
    return max(0, MOST_ASKED - sum(answer.holds_a_place for answer in answers))


def _standing(request: QuoteRequest, quotes: Iterable[RequestedQuote], today: date) -> Standing:
    if request.withdrawn_at is not None:
        return Standing.WITHDRAWN
    if request.declined_at is not None:
        return Standing.DECLINED
    own = [one.quote for one in quotes]
    states = {quote.state for quote in own}
    if Quote.State.REFUSED in states:
        return Standing.IMPOSSIBLE
    if Quote.State.WITHDRAWN in states:
        return Standing.TAKEN_BACK
    if any(quote.hidden_at is not None for quote in own):
        return Standing.HIDDEN
    if states == {Quote.State.ISSUED}:
        return Standing.EXPIRED if any(quote.has_expired(today) for quote in own) else Standing.ANSWERED
    return Standing.OVERDUE if request.answer_by < today else Standing.WAITING
