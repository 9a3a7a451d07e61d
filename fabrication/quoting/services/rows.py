# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A quote's row while it is changed: locked, read again, its totals taken from its lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.models import is_coordinator
from fabrication.models import Quote, QuoteEvent, QuoteLine
from fabrication.quoting.errors import NotAllowedError, QuoteError
from fabrication.quoting.line import Section, minimum_line
from fabrication.quoting.words import cents

if TYPE_CHECKING:
    from accounts.models import User

#: What stands on its own: neither it nor the order's price is compared piece by piece.
_NOT_OF_A_PIECE = (Section.DELIVERY.value,)


@contextmanager
def locked(quote: Quote) -> Iterator[Quote]:
    """The quote as it is now, ours until the end of the transaction."""
    with transaction.atomic():
        yield Quote.objects.select_for_update(of=("self",)).select_related("workshop__maker", "job").get(pk=quote.pk)


def require_maker(quote: Quote, actor: User) -> None:
    """Raises NotAllowedError for whoever is none of the maker's people."""
    if not Quote.objects.made_by(actor).filter(pk=quote.pk).exists():
        raise NotAllowedError


def require_coordinator(actor: User) -> None:
    if not is_coordinator(actor):
        raise NotAllowedError("only a coordinator decides on this")


def require_words(text: str, most: int = 500, field: str = "raison") -> str:
    """A reason as it is kept. Raises QuoteError for none, and for one too long."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not words:
        raise QuoteError(
            "a reason is needed", "Écrivez la raison\N{NO-BREAK SPACE}: elle est gardée avec le devis.", field
        )
    if len(words) > most:
        raise QuoteError(f"{most} characters at most", f"{most} caractères au plus.", field)
    return words


def note(quote: Quote, action: QuoteEvent.Action, actor: User | None, text: str = "") -> None:
    QuoteEvent.objects.create(quote=quote, action=action, actor=actor, note=text)


def recount(quote: Quote) -> None:
    """The minimum's line and the totals anew, from the lines that stand; the caller holds the lock and saves."""
    lines = list(quote.lines.filter(is_removed=False))
    _set_minimum(quote, lines)
    quote._prefetched_objects_cache = {}
    totals = quote.totals()
    quote.known_eur, quote.net_eur, quote.vat_eur, quote.gross_eur = totals.known, totals.net, totals.vat, totals.gross
    quote.piece_eur = None
    if totals.net is not None:
        apart = sum(
            (x.amount_eur for x in quote.lines.filter(is_removed=False, section__in=_NOT_OF_A_PIECE)), Decimal(0)
        )
        quote.piece_eur = cents((totals.net - apart) / quote.quantity)


def _set_minimum(quote: Quote, lines: list[QuoteLine]) -> None:
    """Kept up to date with the other lines, until the maker corrects it or takes it off."""
    there = quote.lines.filter(code="minimum").first()
    if there and (there.is_corrected or there.is_removed):
        return
    amount = Decimal(quote.terms["minimum_eur"]) if quote.terms.get("minimum_eur") is not None else None
    wanted = minimum_line([(Section(x.section), x.amount_eur) for x in lines if x.code != "minimum"], amount)
    if there:
        there.delete()
    if wanted:
        row_of(quote, wanted, 10_000).save()


def row_of(quote: Quote, line: object, position: int) -> QuoteLine:
    from fabrication.quoting.line import Line

    assert isinstance(line, Line)
    return QuoteLine(
        quote=quote,
        position=position,
        code=line.code,
        section=line.section.value,
        label=line.label[:200],
        quantity=line.quantity,
        unit=line.unit[:20],
        unit_price_eur=line.unit_price,
        amount_eur=line.amount,
        explanation=line.explanation,
        source=line.source,
        missing=line.missing[:300],
    )


def now_corrected(quote: Quote) -> None:
    """Recount, judge and save after a correction."""
    from fabrication.quoting.services.watching import judge

    quote.state = Quote.State.CORRECTED
    recount(quote)
    judge(quote, timezone.now())
    quote.save()
