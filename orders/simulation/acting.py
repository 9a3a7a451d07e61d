# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody would do next with an order, and what the form would say: plausible steps all the way to an end."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import transaction
from django.utils import timezone
from PIL import Image

from accounts.models import User
from fablabs.models import Workshop
from fabrication.models import Quote
from orders.life.parties import people_of
from orders.life.table import Party
from orders.models import TO_CHOOSE, Document, Order, Piece, QuoteRequest, State
from orders.services.papers import standing, still_says
from orders.services.payments import balance_of, open_request, standing_invoice
from orders.services.uploads import Judged, Kind, judge

_NOTE = "Une raison qui se lit."


@dataclass(frozen=True)
class Act:
    """A step to take: for whom, and what the form says. ``workshop``: it goes through the service that asks for quotes."""

    name: str
    party: Party
    given: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    workshop: Workshop | None = None


def next_act(order: Order, chance: random.Random) -> Act | None:
    """None: it has ended, or waits for a worker (an answer to be noted)."""
    state = State(order.state)
    if state in (State.DELIVERED, State.ACCEPTED) and (act := _claims(order, chance)) is not None:
        return act
    if state in TO_CHOOSE:
        return _choosing(order, chance)
    found = _NEXT.get(state)
    return found(order, chance) if found else None


def actor_for(order: Order, party: Party, chance: random.Random) -> User | None:
    """One of the party's people; None for the system, or where it has none."""
    people = [] if party is Party.SYSTEM else list(people_of(party, order))
    return chance.choice(people) if people else None


def issue_quotes(order: Order) -> int:
    """What the asked workshops do: their quotes with a price, issued. The plan itself is measured by other tests."""
    today = timezone.localdate()
    count = 0
    with transaction.atomic():
        quotes = Quote.objects.filter(order_requests__request__order=order).exclude(state=Quote.State.ISSUED)
        for quote in quotes.select_for_update(of=("self",)):
            quote.state, quote.issued_at, quote.computed_at = Quote.State.ISSUED, timezone.now(), timezone.now()
            quote.valid_until = today + timedelta(days=60)
            quote.year, quote.number = today.year, 100_000 + quote.pk
            quote.net_eur = Decimal(400 + quote.pk % 50) * quote.quantity
            quote.vat_eur = (quote.net_eur * Decimal("0.2")).quantize(Decimal("0.01"))
            quote.gross_eur = quote.net_eur + quote.vat_eur
            quote.save()
            count += 1
    return count


@cache
def a_scan() -> Judged:
    """A page photographed on the desk."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "JPEG")
    return judge(out.getvalue(), "signe.jpg", (Kind.PDF, Kind.IMAGE), "scan")


# Each state's


def _draft(order: Order, chance: random.Random) -> Act:
    return Act("submit" if chance.random() < 0.85 else "submit_self_funded", Party.BUYER)


def _submitted(order: Order, chance: random.Random) -> Act:
    if order.sent_back_at is not None:
        return Act("amend", Party.BUYER, {"reasons": f"{order.reasons} Précision n{order.version}."})
    if chance.random() < 0.1:
        line = order.lines.first()
        assert line is not None
        return Act("amend", Party.BUYER, {"quantities": {line.pk: line.quantity % 3 + 1}})
    return Act("review", Party.PREFECTURE)


def _review(order: Order, chance: random.Random) -> Act:
    draw = chance.random()
    if draw < 0.1:
        return Act("send_back", Party.PREFECTURE, note=_NOTE)
    return Act("fund", Party.PREFECTURE) if draw < 0.8 else Act("refuse_funding", Party.PREFECTURE, note=_NOTE)


def _funded(order: Order, chance: random.Random) -> Act:
    draw = chance.random()
    if draw < 0.08:
        return Act("reconsider" if draw < 0.05 else "void", Party.PREFECTURE, note=_NOTE)
    paper = standing(order, Document.Kind.AGREEMENT)
    if paper is None or not still_says(paper, order):
        return Act("prepare_agreement", chance.choice([Party.BUYER, Party.PREFECTURE]))
    if paper.buyer_signed_id is None:
        return Act("send_agreement", Party.BUYER, {"scan": a_scan()})
    return Act("sign_agreement", Party.PREFECTURE, {"scan": a_scan()})


def _not_funded(order: Order, chance: random.Random) -> Act:
    return Act("self_fund", Party.BUYER) if chance.random() < 0.5 else Act("withdraw", Party.BUYER, note=_NOTE)


def _choosing(order: Order, chance: random.Random) -> Act | None:
    requests = order.quote_requests.filter(withdrawn_at=None, declined_at=None)
    answered = [r for r in requests if r.answered_at is not None and _is_valid(r)]
    if answered and chance.random() < 0.8:
        given = {"request": chance.choice(answered), "justification": "Le plus proche.", "record": {}, "rank": 1}
        return Act("choose_maker", Party.BUYER, given)
    asked = set(order.quote_requests.filter(withdrawn_at=None).values_list("workshop", flat=True))
    free = [w for w in Workshop.objects.open_to_orders().order_by("pk") if w.pk not in asked]
    if free and len(requests) < chance.randint(1, 3):
        return Act("ask_quote", Party.BUYER, workshop=chance.choice(free))
    if requests and chance.random() < 0.03:
        return Act("withdraw_request", Party.BUYER, {"request": requests[0]})
    return None  # their answers are noted by the worker


def _is_valid(request: QuoteRequest) -> bool:
    return all(asked.quote.state == Quote.State.ISSUED for asked in request.quotes.select_related("quote"))


def _chosen(order: Order, chance: random.Random) -> Act:
    draw = chance.random()
    if draw < 0.05:
        return Act("maker_refuse", chance.choice([Party.MAKER, Party.COORDINATOR]), note=_NOTE)
    if draw < 0.08:
        return Act("change_maker", Party.BUYER, note=_NOTE)
    if standing(order, Document.Kind.COMMITMENT) is None:
        return Act("prepare_commitment", Party.BUYER, {"engagement_number": "EJ-1", "service_code": ""})
    return Act("commit", Party.BUYER, {"scan": a_scan()})


def _committed(order: Order, chance: random.Random) -> Act:
    if chance.random() < 0.03:
        return Act("cancel", Party.COORDINATOR, note=_NOTE)
    return Act("start", Party.MAKER)


def _making(order: Order, chance: random.Random) -> Act:
    if (act := _workshop(order, chance)) is not None:
        return act
    ready = list(_pieces(order).filter(stage=Piece.Stage.FINISHED))
    if len(ready) > 1 and chance.random() < 0.3:
        return Act("ship_part", Party.MAKER, {"pieces": [ready[0].pk]})
    return Act("ship", Party.MAKER, {"carrier": "Messagerie"})


def _workshop(order: Order, chance: random.Random) -> Act | None:
    """Files, then work on the pieces that are still there; None once all are finished."""
    if (piece := _pieces(order).filter(stage=Piece.Stage.TO_CUT, production=None).first()) is not None:
        assert order.workshop is not None
        given = {
            "line": piece.line_id,
            "machine": order.workshop.machines.get().pk,
            "stock": order.workshop.stock.get().pk,
            "thickness_mm": [Decimal("17.8")],
            "quantity": _pieces(order).filter(stage=Piece.Stage.TO_CUT, line=piece.line_id).count(),
        }
        return Act("prepare", Party.MAKER, given)
    waiting = list(_pieces(order).filter(stage__in=[Piece.Stage.TO_CUT, Piece.Stage.CUT, Piece.Stage.ASSEMBLED]))
    if waiting:
        return Act("progress", Party.MAKER, {"stages": {piece.pk: "finished" for piece in waiting}})
    return None


def _shipped(order: Order, chance: random.Random) -> Act:
    coming = list(_pieces(order).filter(stage=Piece.Stage.SHIPPED))
    if len(coming) > 1 and chance.random() < 0.3:
        return Act("receive_part", Party.BUYER, {"pieces": [coming[0].pk]})
    return Act("deliver", chance.choice([Party.BUYER, Party.MAKER]))


def _delivered(order: Order, chance: random.Random) -> Act:
    if chance.random() < 0.15:
        piece = _pieces(order).filter(stage=Piece.Stage.DELIVERED).first()
        assert piece is not None
        return Act("claim", Party.BUYER, {"piece": piece.pk, "part": ""}, note=_NOTE)
    return Act("accept", Party.BUYER, {"reserves": "Une rayure." if chance.random() < 0.3 else ""})


def _claims(order: Order, chance: random.Random) -> Act | None:
    """An open claim, to its end."""
    claim = order.claims.filter(resolved_at=None).first()
    if claim is None:
        return None
    if not claim.remedy:
        remedy = chance.choice(["repair", "remake", "refused"])
        return Act("answer_claim", Party.MAKER, {"claim": claim.pk, "remedy": remedy}, note=_NOTE)
    if (act := _workshop(order, chance)) is not None:
        return act
    for stage, name, party in (("finished", "ship_remake", Party.MAKER), ("shipped", "receive_remake", Party.BUYER)):
        if keys := list(_pieces(order).filter(stage=stage).values_list("pk", flat=True)):
            return Act(name, party, {"pieces": keys})
    return Act("resolve_claim", Party.BUYER, {"claim": claim.pk})


def _accepted(order: Order, chance: random.Random) -> Act:
    if standing_invoice(order) is None:
        assert order.net_eur is not None
        net, vat = order.net_eur, order.vat_eur or Decimal(0)
        today = timezone.localdate()
        given = {"number": f"F-{order.pk}", "issued_on": today, "net_eur": net, "vat_eur": vat, "gross_eur": net + vat}
        return Act("invoice", Party.MAKER, given)
    balance = balance_of(order)
    if (asked := open_request(order)) is not None:
        if chance.random() < 0.2:
            return Act("record_payment", Party.PREFECTURE, {"refused": True}, note=_NOTE)
        return Act(
            "record_payment", Party.PREFECTURE, {"paid_eur": asked.requested_eur, "paid_on": timezone.localdate()}
        )
    if balance is not None and balance.left > 0 and chance.random() < 0.9:
        part = chance.choice([None, None, (balance.left / 2).quantize(Decimal("0.01")) or None])
        return Act("request_payment", Party.BUYER, {"amount_eur": part})
    return Act("close", Party.BUYER, note=_NOTE)


def _pieces(order: Order) -> Any:
    return Piece.objects.filter(line__order=order).exclude(stage=Piece.Stage.REPLACED).order_by("pk")


_NEXT = {
    State.DRAFT: _draft,
    State.SUBMITTED: _submitted,
    State.UNDER_REVIEW: _review,
    State.FUNDED: _funded,
    State.NOT_FUNDED: _not_funded,
    State.MAKER_CHOSEN: _chosen,
    State.COMMITTED: _committed,
    State.IN_PRODUCTION: _making,
    State.SHIPPED: _shipped,
    State.DELIVERED: _delivered,
    State.ACCEPTED: _accepted,
}
