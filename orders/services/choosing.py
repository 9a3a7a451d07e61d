# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From an order that may choose to an order with a maker: asking, following the answers, choosing."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Role
from fablabs.errors import MachineFileError
from fablabs.models import Workshop
from fabrication.errors import NotMakeableError
from fabrication.models import Quote
from fabrication.quoting.errors import QuoteError
from fabrication.quoting.services import request_quote
from fabrication.services import BusyError
from orders.life import NotAllowedError, OrderError, RefusedError, advance
from orders.life.parties import parties_of
from orders.life.table import ACTIONS, Party
from orders.models import TO_CHOOSE, Order, QuoteRequest, RequestedQuote
from orders.services.ranking import rank_whole

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

#: Days to answer, for an order without a campaign.
ANSWER_DAYS = 15


def ask_workshop(
    order: Order, workshop: Workshop, *, actor: User, message: str = "", form_key: UUID | None = None
) -> Order:
    """A quote of each line of furniture is asked of the workshop, to be answered within the campaign's days. Raises
    OrderError; a workshop that can't make it says why in French."""
    if Party.BUYER not in parties_of(actor, order):
        raise NotAllowedError("only the buyer asks for quotes", "Cette commande n’est pas à vous.")
    if order.state not in TO_CHOOSE or order.quote_requests.filter(workshop=workshop, withdrawn_at=None).exists():
        quotes = []  # the step says what is wrong, before anything is computed
    else:
        quotes = [
            (line, _quote(order, line, workshop, actor))
            for line in order.lines.filter(lot=None).select_related("revision")
        ]
    days = order.campaign.answer_days if order.campaign else ANSWER_DAYS
    given = {"workshop": workshop, "answer_by": timezone.localdate() + timedelta(days=days), "quotes": quotes}
    return advance(order, "ask_quote", actor=actor, note=message, given=given, form_key=form_key)


def _quote(order: Order, line: Any, workshop: Workshop, actor: User) -> Quote:
    try:
        return request_quote(
            line.revision,
            line.parameters,
            workshop,
            actor=actor,
            quantity=line.quantity,
            insee=order.insee,
            deadline=order.wanted_by if order.wanted_by and order.wanted_by >= timezone.localdate() else None,
            organisation=order.organisation,
        )
    except QuoteError as error:
        raise RefusedError(str(error), error.french, "workshop") from error
    except NotMakeableError as error:
        raise RefusedError(str(error), error.french, "workshop") from error
    except MachineFileError as error:
        raise RefusedError(
            str(error), "Cet atelier n’a pas encore décrit de machine avec des panneaux.", "workshop"
        ) from error
    except BusyError as error:
        raise RefusedError(
            str(error),
            "Beaucoup de calculs attendent déjà\N{NO-BREAK SPACE}: réessayez dans quelques minutes.",
            "workshop",
        ) from error


def choose(
    order: Order,
    request: QuoteRequest,
    *,
    actor: User,
    justification: str,
    seen: int | None = None,
    form_key: UUID | None = None,
) -> Order:
    """Choose the workshop that answered this request; the ranking of this moment and all that was asked is kept."""
    if Party.BUYER not in parties_of(actor, order):
        raise NotAllowedError("only the buyer chooses", "Cette commande n’est pas à vous.")
    record, rank = record_of(order, request) if order.state in TO_CHOOSE else ({}, None)
    given = {"request": request, "justification": justification, "record": record, "rank": rank}
    return advance(order, "choose_maker", actor=actor, given=given, seen=seen, form_key=form_key)


def record_of(order: Order, request: QuoteRequest) -> tuple[dict[str, Any], int | None]:
    """The ranking as it is now, with who was asked and answered what, as JSON; and the rank of the request's workshop."""
    whole = rank_whole(order, today=timezone.localdate())
    mine = whole.of(request.workshop.slug)
    asked = order.quote_requests.select_related("workshop").prefetch_related("quotes__quote")
    record = {
        "on": whole.today.isoformat(),
        "able": [one.as_data() for one in whole.able],
        "unable": [one.as_data() for one in whole.unable[:50]],
        "pending": list(whole.pending),
        "asked": [
            {
                "workshop": one.workshop.slug,
                "asked_at": one.asked_at.isoformat(),
                "answered_at": one.answered_at.isoformat() if one.answered_at else None,
                "declined": one.declined_reason,
                "withdrawn": one.withdrawn_at is not None,
                "quotes": [
                    [str(q.quote), None if q.quote.net_eur is None else str(q.quote.net_eur)] for q in one.quotes.all()
                ],
            }
            for one in asked
        ],
    }
    return record, mine.rank if mine else None


def decline(request: QuoteRequest, *, actor: User, reason: str) -> Order:
    """The workshop does not want to answer: the buyer is told, and may ask another one."""
    if not asked_of(actor).filter(pk=request.pk).exists():
        raise NotAllowedError("only the asked workshop declines", "Cette demande n’est pas à vous.")
    words = " ".join("".join(c if c.isprintable() else " " for c in reason).split())[:1_000]
    if not words:
        raise RefusedError("a reason is needed", "Écrivez la raison\N{NO-BREAK SPACE}: l’acheteur la lit.", "reason")
    return advance(request.order, "note_answer", actor=None, given={"request": request, "declined": words})


def asked_of(actor: User) -> Any:
    """Requests, not withdrawn, to workshops of this person's."""
    return QuoteRequest.objects.filter(
        withdrawn_at=None,
        workshop__maker__organisation__memberships__user=actor,
        workshop__maker__organisation__memberships__role=Role.MAKER,
        workshop__maker__organisation__memberships__is_active=True,
        workshop__maker__organisation__archived_at=None,
    ).distinct()


def note_answers() -> int:
    """Requests whose quotes are all issued by now: the buyers are told. For the sweeper; never raises."""
    unissued = RequestedQuote.objects.filter(request=OuterRef("pk")).exclude(quote__state=Quote.State.ISSUED)
    answered = QuoteRequest.objects.filter(
        ~Exists(unissued),
        Exists(RequestedQuote.objects.filter(request=OuterRef("pk"))),
        answered_at=None,
        declined_at=None,
        withdrawn_at=None,
        order__state__in=[str(state) for state in ACTIONS["note_answer"].sources],
    ).select_related("order")
    count = 0
    for request in answered[:100]:
        try:
            advance(request.order, "note_answer", actor=None, given={"request": request})
            count += 1
        except OrderError:  # somebody was quicker: withdrawn, or chosen
            log.info("request %s needs no note any more", request.pk)
    return count
