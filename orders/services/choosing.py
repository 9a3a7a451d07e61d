# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From an order that may choose to an order with a maker: asking, following the answers, choosing."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Membership, Role
from designs.errors import DesignError
from fablabs.errors import MachineFileError
from fablabs.geography import UnknownCommuneError
from fablabs.models import Workshop
from fabrication.errors import NotMakeableError
from fabrication.models import Quote
from fabrication.quoting.errors import QuoteError
from fabrication.quoting.services import request_quote
from fabrication.services import BusyError
from orders.life import NotAllowedError, OrderError, RefusedError, advance
from orders.life.parties import parties_of
from orders.life.table import ACTIONS, Party
from orders.models import TO_CHOOSE, Order, OrderLine, QuoteRequest, RequestedQuote
from orders.services.answers import ANSWER_DAYS, MAY_ASK_AGAIN, answers_of, left_places
from orders.services.choice_record import record_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from fablabs.geography import Roads

log = logging.getLogger(__name__)


def ask_workshop(
    order: Order, workshop: Workshop, *, actor: User, message: str = "", form_key: UUID | None = None
) -> Order:
    """A quote of each line of furniture is asked of the workshop, to be answered within the campaign's days. Raises
    OrderError; a workshop that can't make it says why in French. All or nothing: a refusal leaves no quote behind."""
    if Party.BUYER not in parties_of(actor, order):
        raise NotAllowedError("only the buyer asks for quotes", "Cette commande n’est pas à vous.")
    with transaction.atomic():
        fresh = Order.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=order.pk)
        lines = list(fresh.lines.filter(lot=None).select_related("revision"))
        if not lines:
            raise RefusedError(
                "there is no furniture", "Cette commande ne contient pas de meuble\N{NO-BREAK SPACE}: rien à fabriquer."
            )
        # The step says what is wrong with a question that is not to be put, before anything is computed.
        quotes = [(line, _quote(fresh, line, workshop, actor)) for line in lines] if _may_ask(fresh, workshop) else []
        days = fresh.campaign.answer_days if fresh.campaign else ANSWER_DAYS
        given = {"workshop": workshop, "answer_by": timezone.localdate() + timedelta(days=days), "quotes": quotes}
        return advance(fresh, "ask_quote", actor=actor, note=message, given=given, form_key=form_key)


def _may_ask(order: Order, workshop: Workshop) -> bool:
    if order.state not in TO_CHOOSE:
        return False
    answers = answers_of(order, timezone.localdate())
    others = [one for one in answers if one.request.workshop_id != workshop.pk]
    former = [one for one in answers if one.request.workshop_id == workshop.pk]
    return left_places(others) > 0 and all(one.standing in MAY_ASK_AGAIN for one in former)


def _quote(order: Order, line: OrderLine, workshop: Workshop, actor: User) -> Quote:
    assert line.revision is not None
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
            purpose=f"{order.reference}/{line.position}",
        )
    except QuoteError as error:
        raise RefusedError(str(error), error.french, "workshop") from error
    except NotMakeableError as error:
        raise RefusedError(str(error), error.french, "workshop") from error
    except MachineFileError as error:
        raise RefusedError(
            str(error), "Cet atelier n’a pas encore décrit de machine avec des panneaux.", "workshop"
        ) from error
    except UnknownCommuneError as error:
        raise RefusedError(str(error), error.french, "workshop") from error
    except DesignError as error:
        raise RefusedError(
            str(error),
            "Ce modèle n’est plus dessiné dans la révision commandée\N{NO-BREAK SPACE}: écrivez à la coordination.",
            "workshop",
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
    roads: Roads | None = None,
    seen: int | None = None,
    form_key: UUID | None = None,
) -> Order:
    """Choose the workshop that answered this request; the ranking of this moment and all that was asked is kept."""
    if Party.BUYER not in parties_of(actor, order):
        raise NotAllowedError("only the buyer chooses", "Cette commande n’est pas à vous.")
    record, rank = record_of(order, request, roads=roads) if order.state in TO_CHOOSE else ({}, None)
    given = {"request": request, "justification": justification, "record": record, "rank": rank}
    return advance(order, "choose_maker", actor=actor, given=given, seen=seen, form_key=form_key)


def decline(request: QuoteRequest, *, actor: User, reason: str) -> Order:
    """The workshop does not want to answer: the buyer is told, and may ask another one."""
    if not asked_of(actor).filter(pk=request.pk).exists():
        raise NotAllowedError("only the asked workshop declines", "Cette demande n’est pas à vous.")
    words = " ".join("".join(c if c.isprintable() else " " for c in reason[:10_000]).split())
    if not words:
        raise RefusedError("a reason is needed", "Écrivez la raison\N{NO-BREAK SPACE}: l’acheteur la lit.", "reason")
    if len(words) > MOST_REASON:
        raise RefusedError("the reason is too long", f"{MOST_REASON}\N{NO-BREAK SPACE}caractères au plus.", "reason")
    return advance(request.order, "note_answer", actor=None, given={"request": request, "declined": words})


#: Characters of the reason why a workshop declines.
MOST_REASON = 1_000


def asked_of(actor: User | AnonymousUser) -> QuerySet[QuoteRequest]:
    """Requests, not withdrawn, to workshops of this person's."""
    if not actor.is_authenticated:
        return QuoteRequest.objects.none()
    mine = Membership.objects.filter(
        user=actor, role=Role.MAKER, is_active=True, organisation__archived_at=None
    ).values("organisation")
    return QuoteRequest.objects.filter(withdrawn_at=None, workshop__maker__organisation__in=mine)


def note_answers() -> int:
    """Requests whose quotes are all issued by now: the buyers are told. For the sweeper; returns how many."""
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
