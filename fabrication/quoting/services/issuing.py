# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The maker makes an estimate its own: a number, a date until which it holds; or takes it back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import timezone

from accounts.models import Notice
from accounts.services.notices import notify
from designs.typography import SPACE
from fabrication.models import Quote, QuoteEvent, QuoteNumber
from fabrication.quoting.errors import QuoteError
from fabrication.quoting.rules import rules_on
from fabrication.quoting.services.overtaken import require_seen
from fabrication.quoting.services.rows import locked, note, require_maker, require_words

if TYPE_CHECKING:
    from accounts.models import User

#: A quote that holds longer is a promise that nobody means.
MOST_DAYS = 365


def issue(quote: Quote, *, actor: User, valid_until: date | None = None, seen: str | None = None) -> Quote:
    """Give the next number of the year, and freeze the names. Raises OvertakenError, NotAllowedError; QuoteError for a quote that is not
    to be issued, that misses an amount, or a date that is over or too far."""
    today = timezone.localdate()
    until = valid_until or today + timedelta(days=rules_on(today).valid_days)
    if not today <= until <= today + timedelta(days=MOST_DAYS):
        raise QuoteError("the validity is out of bounds", "Choisissez une date d’ici un an au plus.", "valable")
    with locked(quote) as fresh:
        require_maker(fresh, actor)
        if fresh.state == Quote.State.ISSUED:
            raise QuoteError(f"quote {fresh.pk} is issued", "Ce devis est déjà émis.")
        if not fresh.is_correctable:
            raise QuoteError(f"quote {fresh.pk} is {fresh.state}", "Ce devis n’est pas à émettre.")
        require_seen(fresh, seen)
        if fresh.hidden_at is not None:
            raise QuoteError(
                "the quote is hidden", "La coordination a masqué ce devis\N{NO-BREAK SPACE}: il ne peut pas être émis."
            )
        if fresh.gross_eur is None:
            raise QuoteError(
                "the quote is not complete",
                "Il manque encore un prix ou une quantité\N{NO-BREAK SPACE}: complétez les lignes d’abord.",
            )
        fresh.year, fresh.number = today.year, _next_number(today.year)
        fresh.state, fresh.issued_at, fresh.issued_by, fresh.valid_until = (
            Quote.State.ISSUED,
            timezone.now(),
            actor,
            until,
        )
        fresh.parties = parties(fresh)
        fresh.save()
        note(fresh, QuoteEvent.Action.ISSUED, actor, fresh.reference)
        tell_buyer(fresh, actor, f"Devis {fresh.reference} de {fresh.workshop.name}{SPACE}: il est émis", "issued")
        return fresh


def withdraw(quote: Quote, *, actor: User, reason: str) -> Quote:
    """An estimate or an issued quote is not offered any more; its number stays its own. Raises NotAllowedError, QuoteError."""
    words = require_words(reason)
    with locked(quote) as fresh:
        require_maker(fresh, actor)
        if fresh.state not in (Quote.State.COMPUTED, Quote.State.CORRECTED, Quote.State.ISSUED):
            raise QuoteError(f"quote {fresh.pk} is {fresh.state}", "Ce devis n’est pas à retirer.")
        fresh.state, fresh.withdrawn_at, fresh.reason = Quote.State.WITHDRAWN, timezone.now(), words
        fresh.save()
        note(fresh, QuoteEvent.Action.WITHDRAWN, actor, words)
        tell_buyer(fresh, actor, f"Devis de {fresh.workshop.name}{SPACE}: il est retiré", "withdrawn")
        return fresh


def tell_buyer(quote: Quote, actor: User, text: str, what: str) -> None:
    """In the bell of whoever asked."""
    asked = quote.asked_by
    if asked is None or asked == actor:
        return
    notify([asked], f"quote.{quote.pk}.{what}", text, kind=Notice.Kind.QUOTE, place="quote", args=[quote.public_id])


def parties(quote: Quote) -> dict[str, Any]:
    """Who offers and who asked, as they are called today."""
    workshop = quote.workshop
    maker = workshop.maker.organisation
    buyer = quote.organisation
    asked = quote.asked_by
    return {
        "maker": {
            "name": maker.name,
            "workshop": workshop.name,
            "address": workshop.address,
            "place": f"{workshop.postcode} {workshop.commune}".strip(),
            "siret": workshop.siret or maker.siret,
            "is_demo": workshop.is_demo,
        },
        "buyer": {
            "name": buyer.name if buyer else "",
            "siret": buyer.siret if buyer else "",
            "person": (asked.get_full_name() or asked.email) if asked else "",
        },
    }


def _next_number(year: int) -> int:
    """Within the transaction that uses it: if that is undone, so is this."""
    QuoteNumber.objects.get_or_create(year=year)
    row = QuoteNumber.objects.select_for_update().get(year=year)
    row.last = F("last") + 1
    row.save(update_fields=["last"])
    row.refresh_from_db()
    return int(row.last)
