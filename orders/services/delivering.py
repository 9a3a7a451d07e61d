# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What leaves the workshop and what arrives: which pieces are on their way, and which are still missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from orders.life.errors import RefusedError
from orders.models import Delivery, Order, Piece
from orders.services.papers import make_delivery_note
from orders.services.pieces import chosen, standing

if TYPE_CHECKING:
    from accounts.models import User

_Stage = Piece.Stage
#: A delivery that is announced for later than this is a slip of the pen.
MOST_AHEAD = timedelta(days=365)


@dataclass(frozen=True)
class Whereabouts:
    """An order's standing pieces by where they are; ``at_workshop`` and ``ready`` (of these, finished) wait to leave."""

    at_workshop: tuple[Piece, ...]
    ready: tuple[Piece, ...]
    on_the_way: tuple[Piece, ...]
    arrived: tuple[Piece, ...]

    @property
    def missing(self) -> tuple[Piece, ...]:
        """All that the buyer has not got yet."""
        return (*self.at_workshop, *self.on_the_way)


def whereabouts(pieces: Iterable[Piece]) -> Whereabouts:
    found = list(pieces)
    away = (_Stage.SHIPPED, _Stage.DELIVERED, _Stage.REPLACED)
    return Whereabouts(
        tuple(piece for piece in found if piece.stage not in away),
        tuple(piece for piece in found if piece.stage == _Stage.FINISHED),
        tuple(piece for piece in found if piece.stage == _Stage.SHIPPED),
        tuple(piece for piece in found if piece.stage == _Stage.DELIVERED),
    )


def where(order: Order) -> Whereabouts:
    return whereabouts(standing(order))


def send(
    order: Order,
    keys: Iterable[int],
    actor: User | None,
    now: datetime,
    *,
    carrier: str = "",
    expected_on: date | None = None,
) -> Delivery:
    """These pieces, finished ones all of them, leave together with a delivery note. Raises RefusedError (pieces,
    expected_on)."""
    pieces = chosen(order, keys, [_Stage.FINISHED], "not finished", "Pas encore fini\N{NO-BREAK SPACE}:")
    today = timezone.localdate(now)
    if expected_on is not None and not today <= expected_on <= today + MOST_AHEAD:
        raise RefusedError(
            f"expected on {expected_on}",
            "Donnez une date à partir d’aujourd’hui, dans l’année qui vient.",
            "expected_on",
        )
    delivery = Delivery.objects.create(order=order, shipped_at=now, carrier=carrier, expected_on=expected_on)
    delivery.pieces.set(pieces)
    Piece.objects.filter(pk__in=[piece.pk for piece in pieces]).update(stage=_Stage.SHIPPED)
    make_delivery_note(delivery, actor)
    return delivery


def arrive(order: Order, keys: Iterable[int], now: datetime, reserves: str = "") -> list[Delivery]:
    """These pieces have arrived. A delivery of which nothing is on its way any more is received; reserves stand with each
    delivery that they came by. Raises RefusedError (pieces)."""
    pieces = chosen(order, keys, [_Stage.SHIPPED], "not on its way", "Pas en route\N{NO-BREAK SPACE}:")
    Piece.objects.filter(pk__in=[piece.pk for piece in pieces]).update(stage=_Stage.DELIVERED)
    touched = list(Delivery.objects.filter(order=order, received_at=None, pieces__in=pieces).distinct())
    for delivery in touched:
        if reserves:
            delivery.reserves = "\n".join(filter(None, [delivery.reserves, reserves]))[:2_000]
        if not delivery.pieces.filter(stage=_Stage.SHIPPED).exists():
            delivery.received_at = now
        delivery.save(update_fields=["reserves", "received_at"])
    return touched
