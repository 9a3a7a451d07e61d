# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""For what each order waits, and for whom: read from the table of actions, by the database, for one order or for thousands.

An action waits for a party if the table lets the party take it from the order's state and its condition below holds. What several
parties may do waits for the first of them as Party names them: a delivery is noted by the buyer, though its maker may. Of several
actions, the first of the table is the one to take.
"""

from __future__ import annotations

from copy import copy
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from fabrication.models import Quote
from orders.life.table import ACTIONS, Action, Party
from orders.models import (
    Claim,
    Document,
    Event,
    Invoice,
    Order,
    OrderLine,
    Piece,
    QuoteRequest,
    RequestedQuote,
    State,
    SubsidyPayment,
)
from orders.models.order import OrderQuerySet

_ORDER = OuterRef("pk")
_Stage = Piece.Stage
#: Whose turn it may be. A coordinator helps, and nothing of an order's way waits for one.
TURNS = (Party.BUYER, Party.PREFECTURE, Party.MAKER)

#: When an action is what comes next. An action that is not here waits for nobody: a way out or back, a note on the way.
CONDITIONS: dict[str, Q] = {
    "submit": Q(),
    "amend": Q(sent_back_at__isnull=False),
    "review": Q(sent_back_at=None),
    "fund": Q(),
    "self_fund": Q(),
    "prepare_agreement": Q(agreement_ready=False),
    "send_agreement": Q(agreement_ready=True, agreement_sent=False),
    "sign_agreement": Q(agreement_sent=True),
    # While workshops still have days to answer, it is their turn.
    "ask_quote": Q(has_furniture=True, answer_there=False, answer_waits=False),
    "choose_maker": Q(answer_there=True),
    "prepare_commitment": Q(commitment_ready=False),
    "commit": Q(commitment_ready=True),
    "start": Q(),
    "prepare": Q(files_missing=True),
    "progress": Q(at_work=True) | Q(state=State.IN_PRODUCTION, has_pieces=False),
    "ship": Q(finished=True),
    "receive_part": Q(state=State.IN_PRODUCTION, on_the_way=True),
    "deliver": Q(),
    "accept": Q(),
    "answer_claim": Q(claim_unanswered=True),
    "ship_remake": Q(finished=True),
    "receive_remake": Q(on_the_way=True),
    "resolve_claim": Q(claim_answered=True),
    "invoice": Q(state__in=[State.DELIVERED, State.ACCEPTED], invoiced=False),
    "request_payment": Q(granted_eur__isnull=False, payment_asked=False, subsidy_paid=False)
    & (Q(state=State.ACCEPTED, invoiced=True) | Q(state=State.CLOSED, workshop=None, net_eur__isnull=False)),
    "record_payment": Q(payment_asked=True),
    "close": Q(invoiced=True, payment_asked=False) & (Q(granted_eur=None) | Q(subsidy_paid=True)),
    "settle_equipment": Q(has_furniture=False),
}


def waits_for(action: Action) -> Party | None:
    """The first party of those that may; None for what waits for nobody."""
    if action.name not in CONDITIONS:
        return None
    return next((party for party in TURNS if party in action.parties), None)


def with_facts(rows: OrderQuerySet) -> OrderQuerySet:
    """Each with ``next_buyer``, ``next_prefecture``, ``next_maker`` (the name of the action that waits for that party, or ""),
    the facts that decide it (true or false), ``since`` (its last event; a draft's last change) and its pieces (``pieces_all``,
    ``pieces_done`` in the workshop or beyond, ``pieces_away``). One query, whatever their number."""
    found: Any = rows.annotate(**_facts(timezone.localdate()), **_counts())
    last = Event.objects.filter(order=_ORDER, sequence=OuterRef("version")).values("at")[:1]
    return found.annotate(  # type: ignore[no-any-return]
        since=Coalesce(Subquery(last), F("updated_at")), **{f"next_{party.value}": _next(party) for party in TURNS}
    )


def with_its_facts(order: Order) -> Order:
    """Itself, if it was read by ``with_facts``; else a copy with the facts of now: its own would grow old unseen."""
    if hasattr(order, "next_buyer"):
        return order
    known = copy(order)
    found = with_facts(Order.objects.filter(pk=order.pk)).get()
    known.__dict__ |= {name: value for name, value in found.__dict__.items() if name not in order.__dict__}
    return known


@cache
def _next(party: Party) -> Case:
    """The first action of the table that waits for this party."""
    waiting = [
        When(Q(state__in=sorted(action.sources)) & CONDITIONS[action.name], then=Value(action.name))
        for action in ACTIONS.values()
        if waits_for(action) is party
    ]
    return Case(*waiting, default=Value(""), output_field=CharField())


def turn_of(order: Order) -> Party | None:
    """Who has the ball: the first party for which something waits. Of an order that was read by ``with_facts``."""
    return next((party for party in TURNS if getattr(order, f"next_{party.value}")), None)


def next_action(order: Order, party: Party) -> Action | None:
    """Of an order that was read by ``with_facts``."""
    name = getattr(order, f"next_{party.value}", "")
    return ACTIONS[name] if name else None


def _facts(today: date) -> dict[str, Exists]:
    papers = Document.objects.filter(order=_ORDER, replaced_at=None)
    agreement = papers.filter(kind=Document.Kind.AGREEMENT)
    pieces = Piece.objects.filter(line__order=_ORDER)
    asked = QuoteRequest.objects.filter(order=_ORDER, withdrawn_at=None, declined_at=None)
    quotes = RequestedQuote.objects.filter(request=OuterRef("pk"))
    gone = Q(quote__state__in=[Quote.State.REFUSED, Quote.State.WITHDRAWN]) | Q(quote__hidden_at__isnull=False)
    claims = Claim.objects.filter(order=_ORDER, resolved_at=None)
    payments = SubsidyPayment.objects.filter(order=_ORDER)
    unissued = quotes.exclude(quote__state=Quote.State.ISSUED)
    return {
        "has_furniture": Exists(OrderLine.objects.filter(order=_ORDER, lot=None)),
        "agreement_ready": Exists(agreement),
        "agreement_sent": Exists(agreement.filter(buyer_signed__isnull=False)),
        "commitment_ready": Exists(papers.filter(kind=Document.Kind.COMMITMENT)),
        # As orders/services/answers.py says it of one order.
        "answer_there": Exists(
            asked.filter(Exists(quotes), ~Exists(unissued), ~Exists(quotes.filter(gone)))
            .exclude(Exists(quotes.filter(quote__valid_until__lt=today)))
        ),
        "answer_waits": Exists(asked.filter(Exists(unissued), ~Exists(quotes.filter(gone)), answer_by__gte=today)),
        "has_pieces": Exists(pieces),
        "files_missing": Exists(pieces.filter(stage=_Stage.TO_CUT, production=None)),
        "at_work": Exists(pieces.filter(stage__in=[_Stage.TO_CUT, _Stage.CUT, _Stage.ASSEMBLED])),
        "finished": Exists(pieces.filter(stage=_Stage.FINISHED)),
        "on_the_way": Exists(pieces.filter(stage=_Stage.SHIPPED)),
        "claim_unanswered": Exists(claims.filter(remedy="")),
        "claim_answered": Exists(claims.exclude(remedy="")),
        "invoiced": Exists(Invoice.objects.filter(order=_ORDER, replaced_at=None)),
        "payment_asked": Exists(payments.filter(closed_at=None)),
        "subsidy_paid": Exists(payments.filter(paid_eur__gt=0)),
    }  # fmt: skip


def _counts() -> dict[str, Coalesce]:
    def count(*stages: str) -> Coalesce:
        pieces = Piece.objects.filter(line__order=_ORDER, stage__in=stages).order_by().values("line__order")
        return Coalesce(Subquery(pieces.annotate(count=Count("pk")).values("count")), 0, output_field=IntegerField())

    away = (_Stage.SHIPPED, _Stage.DELIVERED)
    done = (_Stage.FINISHED, *away)
    return {
        "pieces_all": count(_Stage.TO_CUT, _Stage.CUT, _Stage.ASSEMBLED, *done),
        "pieces_done": count(*done),
        "pieces_away": count(*away),
    }
