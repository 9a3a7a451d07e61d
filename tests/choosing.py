# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An order that may choose, and workshops at several distances that answer, for tests that need a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from fablabs.models import Workshop
from fabrication.matching.measuring import Piece
from fabrication.matching.services import studies
from fabrication.models import Quote
from fabrication.quoting.services import change_line, issue
from orders.life import advance
from orders.models import Order, QuoteRequest, State
from orders.services.choosing import ask_workshop, choose, note_answers
from orders.services.ranking import demand_of, rank_whole
from tests.orders import make_buyer, make_campaign, make_line, make_order
from tests.quoting import answer, people_of, priced_workshop

#: Slug → INSEE code, commune and place: Nîmes (where the order goes), Alès, Montpellier, Avignon.
PLACES = {
    "copeaux": ("30189", "Nîmes (Gard)", 43.8367, 4.3601),
    "scierie": ("30007", "Alès (Gard)", 44.1250, 4.0852),
    "varlope": ("34172", "Montpellier (Hérault)", 43.6109, 3.8772),
    "rabot": ("84007", "Avignon (Vaucluse)", 43.9493, 4.8059),
}


@dataclass
class Case:
    """A funded order of doors with its agreement signed, its buyer, four workshops and somebody of each."""

    order: Order
    buyer: User
    workshops: dict[str, Workshop]
    makers: dict[str, User]

    def ask(self, *slugs: str, message: str = "") -> QuoteRequest:
        """The last one's request; every plan is computed."""
        for slug in slugs:
            self.order = ask_workshop(self.order, self.workshops[slug], actor=self.buyer, message=message)
        request = self.request(slugs[-1])
        for asked in request.quotes.select_related("quote__job"):
            if asked.quote.state == Quote.State.COMPUTING:
                answer(asked.quote.job)
        return request

    def request(self, slug: str) -> QuoteRequest:
        return self.order.quote_requests.filter(withdrawn_at=None).get(workshop=self.workshops[slug])

    def quotes(self, slug: str) -> list[Quote]:
        return [asked.quote for asked in self.request(slug).quotes.select_related("quote").order_by("line__position")]

    def issue(self, *slugs: str, valid_until: date | None = None) -> None:
        """The workshops send their quotes, and the buyer is told."""
        for slug in slugs:
            for asked in self.request(slug).quotes.select_related("quote__job"):
                if asked.quote.state == Quote.State.COMPUTING:
                    answer(asked.quote.job)
            for quote in self.quotes(slug):
                issue(quote, actor=self.makers[slug], valid_until=valid_until)
        note_answers()
        self.order.refresh_from_db()

    def costs(self, slug: str, net: Decimal) -> None:
        """Correct the first line of a quote so that it is of this price."""
        quote = self.quotes(slug)[0]
        quote.refresh_from_db()
        line = quote.lines.filter(is_removed=False, quantity__gt=0).first()
        assert line is not None and line.amount_eur is not None and quote.net_eur is not None
        change_line(
            line,
            actor=self.makers[slug],
            quantity=Decimal(1),
            unit_price=net - (quote.net_eur - line.amount_eur),
            reason="Accord avec l’acheteur.",
        )

    def choose(self, slug: str, words: str = "Le plus proche.", **options: Any) -> Order:
        self.order = choose(self.order, self.request(slug), actor=self.buyer, justification=words, **options)
        return self.order

    def act(self, action: str, actor: User, **options: Any) -> Order:
        self.order = advance(self.order, action, actor=actor, **options)
        return self.order

    def demand_ids(self) -> list[str]:
        return [demand_of(self.order, line).id for line in self.order.lines.all()]


def make_case(*quantities: int, state: State = State.AGREEMENT_SIGNED, **fields: Any) -> Case:
    """``quantities``: of each line of doors (1 by default)."""
    workshops = {
        slug: priced_workshop(slug, insee=insee, commune=name, latitude=latitude, longitude=longitude)
        for slug, (insee, name, latitude, longitude) in PLACES.items()
    }
    buyer = make_buyer()
    order = make_order(buyer, state, campaign=make_campaign(answer_days=10), lines=0, **fields)
    for quantity in quantities or (1,):
        make_line(order, "porte", quantity)
    return Case(order, buyer, workshops, {slug: people_of(site) for slug, site in workshops.items()})


_STUDIED: dict[str, Piece] = {}


def studied(case: Case) -> None:
    """What a worker would look at; a piece that was built stays so for the other tests."""
    rank_whole(case.order, today=timezone.localdate())
    for study in studies.Study.objects.exclude(state="done"):
        made = Piece(study.design, study.parameters)
        built = _STUDIED.setdefault(made.key, made)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(studies, "Piece", partial(_same, built))
            studies.work(study.pk)


def _same(built: Piece, *asked: object) -> Piece:
    return built
