# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The states of an order, and named sets of them. Plain data: pages, queries and constraints ask here."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "brouillon"
    SUBMITTED = "submitted", "intention déposée"
    UNDER_REVIEW = "under_review", "en cours d’examen"
    FUNDED = "funded", "financée"
    NOT_FUNDED = "not_funded", "non financée"
    SELF_FUNDED = "self_funded", "à vos frais"  # the buyer goes on at its own expense, and may choose a maker
    AGREEMENT_SIGNED = "agreement_signed", "convention signée"
    MAKER_CHOSEN = "maker_chosen", "atelier choisi"
    COMMITTED = "committed", "bon d’engagement signé"
    IN_PRODUCTION = "in_production", "en fabrication"
    SHIPPED = "shipped", "expédiée"
    DELIVERED = "delivered", "livrée"
    ACCEPTED = "accepted", "réceptionnée"
    CLOSED = "closed", "close"
    WITHDRAWN = "withdrawn", "retirée"
    CANCELLED = "cancelled", "annulée"


#: Nothing more happens to it.
ENDED = (State.CLOSED, State.WITHDRAWN, State.CANCELLED)
#: The préfecture has it in hand.
TO_ARBITRATE = (State.SUBMITTED, State.UNDER_REVIEW)
#: A maker may be chosen now.
TO_CHOOSE = (State.AGREEMENT_SIGNED, State.SELF_FUNDED)
#: A maker is bound to it, and it isn't delivered: counts against the maker's capacity, and against closing its site.
BOOKED = (State.MAKER_CHOSEN, State.COMMITTED, State.IN_PRODUCTION, State.SHIPPED)
#: A workshop is bound by a signed commitment, and may not have cut anything yet.
UNCUT = (State.COMMITTED, State.IN_PRODUCTION)
#: A maker is named: from the choice on.
WITH_MAKER = (*BOOKED, State.DELIVERED, State.ACCEPTED, State.CLOSED)
#: It has left the maker whole.
RECEIVED = (State.DELIVERED, State.ACCEPTED, State.CLOSED)
#: Seen by others than the buyer.
PUBLIC = tuple(state for state in State if state != State.DRAFT)
