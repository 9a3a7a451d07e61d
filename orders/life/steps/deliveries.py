# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What leaves the workshop, what arrives, and what is wrong with it."""

from __future__ import annotations

from orders.life.step import Step, rule
from orders.life.table import Party
from orders.models import Delivery, Piece
from orders.services import claims
from orders.services.delivering import arrive, send, where
from orders.services.papers import make_acceptance
from orders.services.photos import belongs_to, keep_photos

_LONGEST = 2_000


@rule("ship")
def ship(step: Step) -> None:
    """All that is left goes now."""
    left = where(step.order).at_workshop
    step.refuse_unless(left, "nothing is left to ship", "Tout est déjà expédié.", "pieces")
    unfinished = [piece.serial for piece in left if piece.stage != Piece.Stage.FINISHED]
    step.refuse_unless(
        not unfinished,
        f"not finished: {', '.join(unfinished)}",
        f"Pas encore fini\N{NO-BREAK SPACE}: {', '.join(unfinished)}. Expédiez une partie, ou finissez le reste d’abord.",
        "pieces",
    )
    keys = step.given.get("pieces")
    step.refuse_unless(
        keys is None or set(keys) == {piece.pk for piece in left},
        "not all that is left",
        "Il reste d’autres exemplaires\N{NO-BREAK SPACE}: c’est une expédition partielle.",
        "pieces",
    )
    _send(step, [piece.pk for piece in left])
    step.order.shipped_at = step.now


@rule("ship_part")
def ship_part(step: Step) -> None:
    """Some of what is left; the last ones go by ``ship``."""
    keys = set(step.given["pieces"])
    left = {piece.pk for piece in where(step.order).at_workshop}
    step.refuse_unless(
        left - keys,
        "nothing would be left",
        "C’est tout ce qu’il reste\N{NO-BREAK SPACE}: expédiez la commande entière.",
        "pieces",
    )
    _send(step, keys)


@rule("ship_remake")
def ship_remake(step: Step) -> None:
    """A piece that takes another's place has a delivery of its own."""
    _send(step, step.given["pieces"])


def _send(step: Step, keys: object) -> Delivery:
    delivery = send(
        step.order,
        keys,  # type: ignore[arg-type]
        step.actor,
        step.now,
        carrier=str(step.given.get("carrier") or "")[:120],
        expected_on=step.given.get("expected_on"),
    )
    step.data.update(delivery=delivery.pk, pieces=delivery.pieces.count())
    return delivery


@rule("deliver")
def deliver(step: Step) -> None:
    """All that was on its way has arrived."""
    coming = where(step.order).on_the_way
    keys = step.given.get("pieces")
    step.refuse_unless(
        keys is None or set(keys) == {piece.pk for piece in coming},
        "not all of them",
        "Il en manque\N{NO-BREAK SPACE}: c’est une livraison partielle.",
        "pieces",
    )
    _arrive(step, [piece.pk for piece in coming])
    step.order.delivered_at = step.now


@rule("receive_part")
def receive_part(step: Step) -> None:
    """Some of it; the last ones of a whole order arrive by ``deliver``."""
    keys = set(step.given["pieces"])
    step.refuse_unless(
        {piece.pk for piece in where(step.order).missing} - keys,
        "nothing would be missing",
        "Rien ne manquerait plus\N{NO-BREAK SPACE}: notez la livraison entière.",
        "pieces",
    )
    _arrive(step, keys)


@rule("receive_remake")
def receive_remake(step: Step) -> None:
    _arrive(step, step.given["pieces"])


def _arrive(step: Step, keys: object) -> None:
    found = arrive(step.order, keys, step.now, _reserves(step))  # type: ignore[arg-type]
    step.data.update(deliveries=[delivery.pk for delivery in found], reserves=bool(step.given.get("reserves")))


@rule("accept")
def accept(step: Step) -> None:
    """With reserves or without; they stand with the last delivery, and with the note in the history. A coordinator says how
    it is known that all is there; the buyer is told."""
    order = step.order
    if step.party is Party.COORDINATOR:
        step.refuse_unless(
            step.note,
            "a coordinator accepts for a reason",
            "Écrivez la raison\N{NO-BREAK SPACE}: elle est gardée avec la commande, et l’acheteur la lit.",
            "note",
        )
        step.tell(Party.BUYER, "accept")
    reserves = _reserves(step)
    last = order.deliveries.order_by("-pk").first()
    if reserves and last is not None:
        last.reserves = "\n".join(filter(None, [last.reserves, reserves]))[:_LONGEST]
        last.save(update_fields=["reserves"])
    step.data["reserves"] = bool(reserves)
    order.accepted_at = step.now
    make_acceptance(order, reserves, step.actor)


def _reserves(step: Step) -> str:
    text = str(step.given.get("reserves") or "").replace("\x00", "").strip()
    step.refuse_unless(len(text) <= _LONGEST, "too long", f"{_LONGEST} caractères au plus.", "reserves")
    return text


@rule("claim")
def claim(step: Step) -> None:
    row = claims.open_claim(step.order, step.given, step.note, step.actor)
    photos = keep_photos(step.order, step.given.get("photos") or (), step.actor, piece=row.piece)
    step.data.update(claim=row.pk, serial=row.piece.serial, part=row.part, photos=len(photos))
    step.then(lambda event: belongs_to(photos, event))


@rule("answer_claim")
def answer_claim(step: Step) -> None:
    row, new = claims.answer_claim(step.order, step.given, step.note, step.now)
    step.data.update(claim=row.pk, remedy=row.remedy, serial=row.piece.serial)
    if new is not None:
        step.data["remade"] = new.serial


@rule("resolve_claim")
def resolve_claim(step: Step) -> None:
    row = claims.resolve_claim(step.order, step.given, step.now)
    step.data.update(claim=row.pk, serial=row.piece.serial)
