# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""On whom a new revision of a model falls: orders that are not cut yet, files that get old, quotes that were sent.

Designers learn how many and at which workshop, never for whom: buyers are none of their business."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from designs.services.roles import designs_of, drafts_of, is_reviewer
from designs.studio_errors import NotYoursError
from fabrication.models import Job, Quote
from orders.models import OrderLine, Piece, Production, SheetCut, State

if TYPE_CHECKING:
    from accounts.models import User
    from designs.models import DesignRevision

#: From the intention to the machine, in their order: nothing of these orders is delivered yet.
_BEFORE_CUTTING = (
    State.SUBMITTED, State.UNDER_REVIEW, State.FUNDED, State.NOT_FUNDED, State.SELF_FUNDED, State.AGREEMENT_SIGNED,
    State.MAKER_CHOSEN, State.COMMITTED, State.IN_PRODUCTION,
)  # fmt: skip


@dataclass(frozen=True)
class UncutRow:
    """Orders in one state at one workshop; "" where none is chosen. ``pieces``: of this model, not cut."""

    state: State
    workshop: str
    orders: int
    pieces: int


@dataclass(frozen=True)
class Affected:
    """Of one published revision. ``begun``: orders of which something is cut, which stay as they are. ``packages``: files made for
    orders that are not cut; ``packages_apart``: those made outside of orders, of which nobody knows if they were cut.
    ``quotes_issued``: sent to a buyer; ``estimates``: computed, not sent."""

    rows: tuple[UncutRow, ...]
    begun: int
    packages: int
    packages_apart: int
    quotes_issued: int
    estimates: int

    @property
    def orders(self) -> int:
        return sum(row.orders for row in self.rows)

    @property
    def pieces(self) -> int:
        return sum(row.pieces for row in self.rows)


def affected_by(revision: DesignRevision, *, actor: User) -> Affected:
    """What stands on this published revision today; eight queries, however many orders there are. Raises NotYoursError for who
    neither designs the model nor reviews models."""
    is_theirs = drafts_of(actor).filter(slug=revision.design).exists() or (
        designs_of(actor).filter(design=revision.design).exists()
    )
    if not is_theirs and not is_reviewer(actor):
        raise NotYoursError("not this person's model")
    lines = (
        OrderLine.objects.annotate(made=Coalesce("moved_to", "revision"))
        .filter(made=revision.pk, order__state__in=_BEFORE_CUTTING, order__archived_at=None)
        .order_by()
    )
    facts = list(
        lines.values_list("pk", "order", "order__state", "order__workshop__name", "quantity").annotate(
            copies=Count("pieces", filter=~Q(pieces__stage=Piece.Stage.REPLACED), distinct=True),
            to_cut=Count("pieces", filter=Q(pieces__stage=Piece.Stage.TO_CUT), distinct=True),
        )
    )
    ticked = set(
        SheetCut.objects.filter(production__line__in=lines.values("pk")).values_list("production__line", flat=True)
    )
    orders: dict[tuple[State, str], set[int]] = defaultdict(set)
    pieces: dict[tuple[State, str], int] = defaultdict(int)
    begun, uncut = set(), []
    for line, order, state, workshop, quantity, made, to_cut in facts:
        if line in ticked or to_cut < made:
            begun.add(order)
            continue
        uncut.append(line)
        key = State(state), workshop or ""
        orders[key].add(order)
        pieces[key] += to_cut or quantity
    places = {state: number for number, state in enumerate(_BEFORE_CUTTING)}
    rows = [UncutRow(*key, len(orders[key]), pieces[key]) for key in sorted(orders, key=lambda k: (places[k[0]], k[1]))]
    standing = Production.objects.filter(line__in=uncut, replaced_at=None, job__revision=revision).count()
    apart = Job.objects.filter(
        kind=Job.Kind.PACKAGE, state=Job.State.DONE, revision=revision, workshop__isnull=False, order_productions=None
    ).count()
    live = Quote.objects.live().filter(job__revision=revision)
    quotes = live.aggregate(
        issued=Count("pk", filter=Q(state=Quote.State.ISSUED)), others=Count("pk", filter=~Q(state=Quote.State.ISSUED))
    )
    return Affected(tuple(rows), len(begun), standing, apart, quotes["issued"], quotes["others"])
