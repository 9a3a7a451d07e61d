# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model is published anew: makers who have an order of it that is not cut yet are told what changes for them, once, as
soon as a worker knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from accounts.models import Membership, Role, User
from designs.models import DesignRevision
from designs.typography import french_number, typeset
from fabrication.quoting.words import euros
from orders.life.parties import people_of
from orders.life.table import Party
from orders.life.telling import outbox_row, put
from orders.models import UNCUT, OrderLine, OutboxMessage, Piece, RevisionChoice, SheetCut
from orders.services.moving import Offer, Proof, proof_of

#: Nobody waits longer than this for the figures: the news goes out without them.
_PATIENCE = timedelta(minutes=15)
#: Lines of one round, so that a worker is not kept from the mail: the next round takes the others.
_AT_ONCE = 20


def tell_makers() -> int:
    """For the worker, as often as it likes; returns how many messages were written."""
    rows: list[OutboxMessage] = []
    lines = list(_to_tell()[:_AT_ONCE])
    revisions = DesignRevision.objects.defer("content").in_bulk({line.newest_pk for line in lines})
    for line in lines:
        made, revision = line.made_revision, revisions[line.newest_pk]
        assert made is not None and revision.published_at is not None
        offer = Offer(line, made, revision)
        proof = proof_of(offer)
        since = max(revision.published_at, line.order.committed_at or revision.published_at)
        if proof.state == "waiting" and since > timezone.now() - _PATIENCE:
            continue
        people = list(people_of(Party.MAKER, line.order))
        for place, person in enumerate(people):
            key = f"revision.{line.pk}.{revision.pk}"
            rows.append(_row(offer, proof, f"{key}.{person.pk}" if place else key, person))
    # Two workers at once write the same keys: one of each comes through.
    put(rows, may_be_there=True)
    return len(rows)


def _to_tell() -> QuerySet[Any]:
    """Of those lines, the ones of which nobody was told though somebody is there to be told. One query."""
    readers = Membership.objects.filter(
        role=Role.MAKER,
        is_active=True,
        user__is_active=True,
        organisation__archived_at=None,
        organisation__maker__workshops=OuterRef("order__workshop"),
    )
    key = Concat(
        Value("revision."), Cast(OuterRef("pk"), CharField()), Value("."), Cast(OuterRef("newest_pk"), CharField()),
        output_field=CharField(),
    )  # fmt: skip
    return (
        _undecided()
        .filter(Exists(readers))
        .exclude(Exists(OutboxMessage.objects.filter(key=key)))
        .select_related("order__workshop__maker", "order__organisation", "revision", "moved_to")
        .order_by("pk")
    )


def _undecided() -> QuerySet[Any]:
    """Lines that are not cut, of orders that are with a workshop, whose model is published anew since, and about which nobody has
    decided; with ``newest_pk``, the revision."""
    later = DesignRevision.objects.filter(design=OuterRef("design"), number__gt=OuterRef("made_number"))
    return (
        OrderLine.objects.filter(order__state__in=[str(state) for state in UNCUT], lot=None)
        .annotate(made_number=Coalesce(F("moved_to__number"), F("revision__number")))
        .annotate(newest_pk=Subquery(later.order_by("-number").values("pk")[:1]))
        .filter(newest_pk__isnull=False)
        .exclude(Exists(RevisionChoice.objects.filter(line=OuterRef("pk"), revision=OuterRef("newest_pk"))))
        .exclude(Exists(Piece.objects.filter(line=OuterRef("pk")).exclude(stage=Piece.Stage.TO_CUT)))
        .exclude(Exists(SheetCut.objects.filter(production__line=OuterRef("pk"))))
    )


def to_decide(orders: QuerySet[Any], most: int) -> list[tuple[OrderLine, DesignRevision]]:
    """Lines of these orders that are not cut and whose model is published anew, with the revision that may be cut instead. Two
    queries at most."""
    lines = list(_undecided().filter(order__in=orders).select_related("order__organisation").order_by("pk")[:most])
    if not lines:
        return []
    revisions = DesignRevision.objects.defer("content").in_bulk({line.newest_pk for line in lines})
    return [(line, revisions[line.newest_pk]) for line in lines]


def _row(offer: Offer, proof: Proof, key: str, person: User) -> OutboxMessage:
    order = offer.line.order
    facts = {
        "reference": order.reference,
        "public_id": str(order.public_id),
        "position": offer.line.position,
        "buyer": order.organisation.name,
        "title": offer.revision.title,
        "from_revision": offer.made.number,
        "to_revision": offer.revision.number,
        "changes": str(offer.revision.texts.get("changes") or ""),
        "for_you": said(proof),
    }
    row = outbox_row(None, "new_revision", key, facts, timezone.now())
    row.recipient = person
    return row


def said(proof: Proof) -> str:
    """What changes for this workshop, in a sentence or two (French); "" where nothing is known."""
    if proof.state == "refused":
        return typeset(f"Vous ne pouvez pas fabriquer cette révision pour cette commande : {proof.reason}")
    if proof.state != "ready":
        return ""
    parts = []
    if proof.sheets is not None:
        parts.append(_change("panneau", "panneaux", *proof.sheets))
    if proof.minutes is not None:
        parts.append(_change("minute de machine", "minutes de machine", *proof.minutes))
    if proof.more_eur is not None:
        more = proof.more_eur
        parts.append(
            "le même coût, à votre tarif"
            if not more
            else f"{euros(abs(more))} HT de {'plus' if more > 0 else 'moins'}, à votre tarif"
        )
    return typeset("Votre machine la fabrique" + (f" : {', '.join(parts)}." if parts else "."))


def _change(one: str, several: str, before: int, after: int) -> str:
    noun = one if after < 2 else several
    now = f"{french_number(after)} {noun}"
    return f"{now}, comme avant" if before == after else f"{now} au lieu de {french_number(before)}"


@dataclass(frozen=True)
class News:
    """Lines of orders in workshops' hands that a publication concerned: those still to be decided, and what was decided."""

    waiting: int
    moved: int
    stayed: int

    @property
    def lines(self) -> int:
        return self.waiting + self.moved + self.stayed


def news_of(revision: DesignRevision) -> News:
    """Two queries."""
    waiting = _undecided().filter(newest_pk=revision.pk).order_by().count()
    answers = RevisionChoice.objects.filter(revision=revision).order_by().values_list("moves").annotate(n=Count("pk"))
    found = dict(answers)
    return News(waiting, found.get(True, 0), found.get(False, 0))
