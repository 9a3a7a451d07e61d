# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the first cut to a defect that is mended, of an order that lives its story (orders/seeding/life.py)."""

from __future__ import annotations

import random
from decimal import Decimal

from django.utils import timezone

from orders.models import (
    Claim,
    Delivery,
    Document,
    Event,
    Order,
    OrderLine,
    Piece,
    Production,
)
from orders.seeding.world import Rows, World
from orders.services.pieces import new_code
from orders.services.producing import material_words


class Making:
    """Part of a Life, which has these."""

    world: World
    rows: Rows
    order: Order
    lines: list[OrderLine]
    chance: random.Random
    leaves: bool
    pieces: list[Piece]
    productions: list[Production]
    delivery: Delivery | None
    claim: Claim | None

    def _start(self, event: Event) -> None:
        self.order.started_at = event.at
        day = timezone.localdate(event.at)
        for line in [line for line in self.lines if line.is_furniture]:
            for index in range(1, line.quantity + 1):
                number = self.world.numbers.next("piece", day.year)
                self.pieces.append(
                    Piece(
                        line=line, index=index, code=new_code(), year=day.year, number=number,
                        workshop=self.order.workshop,
                    )
                )  # fmt: skip
        self.rows.pieces += self.pieces
        event.data = {"pieces": len(self.pieces)}

    def _prepare(self, event: Event) -> None:
        """Of all lines in one go: the event names the last one."""
        workshop = self.order.workshop
        assert workshop is not None
        machine, stock = self.world.cast.machines[workshop.pk], self.world.cast.stocks[workshop.pk]
        read = Decimal("17.6")
        for line in [line for line in self.lines if line.is_furniture]:
            production = Production(
                line=line, job=self.world.package_jobs[line.design, line.quantity], machine=machine, stock=stock,
                thickness_mm=read, clearance_mm=Decimal("0.2"), made_by=event.actor, made_at=event.at,
            )  # fmt: skip
            self.productions.append(production)
            for piece in self.pieces:
                if piece.line is line:
                    piece.production, piece.material = production, material_words(stock, read)
            event.data = {"job": str(production.job.public_id), "thickness_mm": str(read), "quantity": line.quantity}
        self.rows.productions += self.productions

    def _progress(self, event: Event) -> None:
        """Those of an order that leaves are finished; one that is still made has some of each."""
        stages = (
            (Piece.Stage.FINISHED,) if self.leaves else (Piece.Stage.CUT, Piece.Stage.ASSEMBLED, Piece.Stage.FINISHED)
        )
        for piece in self.pieces:
            piece.stage = self.chance.choice(stages)
            piece.made_on = timezone.localdate(event.at) if piece.stage == Piece.Stage.FINISHED else None
        event.data = {"stages": {piece.serial: piece.stage for piece in self.pieces}}

    def _ship(self, event: Event) -> None:
        self.order.shipped_at = event.at
        self.delivery = Delivery(order=self.order, shipped_at=event.at, carrier="Notre camionnette")
        self.delivery.note = paper(self, Document.Kind.DELIVERY_NOTE, event)
        for piece in self.pieces:
            piece.stage = Piece.Stage.SHIPPED
        self.rows.deliveries.append((self.delivery, list(self.pieces)))
        event.data = {"pieces": len(self.pieces)}

    def _deliver(self, event: Event) -> None:
        assert self.delivery is not None
        self.order.delivered_at = self.delivery.received_at = event.at
        for piece in self.pieces:
            piece.stage = Piece.Stage.DELIVERED
        event.data = {"reserves": False}

    def _accept(self, event: Event) -> None:
        self.order.accepted_at = event.at
        paper(self, Document.Kind.ACCEPTANCE, event)
        event.data = {"reserves": False}

    def _claim(self, event: Event) -> None:
        piece = self.pieces[0]
        self.claim = Claim(
            order=self.order, piece=piece, part="P03", description=event.note, opened_by=event.actor, opened_at=event.at
        )
        self.rows.claims.append(self.claim)
        event.data = {"serial": piece.serial, "part": "P03", "photos": 0}

    def _answer_claim(self, event: Event) -> None:
        assert self.claim is not None
        self.claim.remedy, self.claim.answer, self.claim.answered_at = Claim.Remedy.REPAIR, event.note, event.at
        event.data = {"remedy": Claim.Remedy.REPAIR.value, "serial": self.claim.piece.serial}

    def _resolve_claim(self, event: Event) -> None:
        assert self.claim is not None
        self.claim.resolved_at = event.at
        event.data = {"serial": self.claim.piece.serial}


def paper(life: Making, kind: Document.Kind, event: Event) -> Document:
    day = timezone.localdate(event.at)
    number = life.world.numbers.next(kind, day.year)
    paper = Document(
        order=life.order, kind=kind, year=day.year, number=number, facts={}, made_by=event.actor, made_at=event.at
    )
    life.rows.documents.append(paper)
    event.data = event.data | {"document": paper.reference}
    return paper
