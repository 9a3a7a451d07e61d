# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prices far above those of comparable quotes are shown to the coordination, which decides, says why, and tells the maker.

Comparable: the same model, the same class of thickness and band of quantity, computed within a year, complete, not
hidden, of other makers; one, the latest, a workshop and plan. The price compared is that of a piece without VAT and
without delivery.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import Membership, Notice, Role
from accounts.services.notices import notify, people_of_organisation
from designs.typography import SPACE
from fabrication.models import Quote, QuoteEvent
from fabrication.quoting.errors import QuoteError
from fabrication.quoting.rules import Rules, rules_on
from fabrication.quoting.services.rows import locked, note, require_coordinator, require_words
from fabrication.quoting.words import cents, euros

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)


def judge(quote: Quote, now: datetime) -> None:
    """Compare, and flag or unflag; the caller saves. What a coordinator cleared is looked at again once it costs more."""
    rules = rules_on(timezone.localdate(now))
    before = Decimal(quote.comparison.get("piece_eur") or 0)
    quote.comparison = {}
    if quote.piece_eur is None:
        quote.flagged_at = None
        return
    prices = comparable_prices(quote, rules, now)
    quote.comparison = {
        "piece_eur": str(quote.piece_eur),
        "count": len(prices),
        "least": rules.comparable_least,
        "factor": str(rules.excess_share),
        "days": rules.comparable_days,
        "band": list(rules.quantity_band(quote.quantity)),
        "thickness_class": quote.thickness_class,
    }
    if len(prices) < rules.comparable_least:
        quote.flagged_at = None
        return
    middle = cents(Decimal(median(prices)))
    limit = cents(middle * rules.excess_share)
    quote.comparison |= {"median_eur": str(middle), "limit_eur": str(limit)}
    if quote.piece_eur <= limit:
        quote.flagged_at = None
        return
    if quote.flagged_at is None:
        note(quote, QuoteEvent.Action.FLAGGED, None, f"{euros(quote.piece_eur)} pour une médiane de {euros(middle)}")
        quote.flagged_at = now
    if quote.cleared_at is not None and quote.piece_eur > before:
        quote.cleared_at = None


def comparable_prices(quote: Quote, rules: Rules, now: datetime) -> list[Decimal]:
    lowest, highest = rules.quantity_band(quote.quantity)
    others = (
        Quote.objects.live()
        .filter(
            design=quote.design,
            thickness_class=quote.thickness_class,
            quantity__gte=lowest,
            computed_at__gte=now - timedelta(days=rules.comparable_days),
            piece_eur__isnull=False,
            hidden_at=None,
            workshop__is_demo=quote.workshop.is_demo,
        )
        .exclude(workshop__maker=quote.workshop.maker)
    )
    if highest is not None:
        others = others.filter(quantity__lte=highest)
    latest: dict[tuple[int, str], Decimal] = {}
    for workshop, key, price in others.order_by("computed_at", "pk").values_list("workshop", "job__key", "piece_eur"):
        latest[workshop, key] = price
    return sorted(latest.values())


def hide(quote: Quote, *, actor: User, reason: str) -> Quote:
    """The buyer sees a sentence in its place, the maker the reason, and gets it by e-mail. Raises NotAllowedError,
    QuoteError (not a live quote, hidden already, no reason)."""
    require_coordinator(actor)
    words = require_words(reason)
    with locked(quote) as fresh:
        _require_live(fresh)
        if fresh.hidden_at is not None:
            raise QuoteError(f"quote {fresh.pk} is hidden", "Ce devis est déjà masqué.")
        fresh.hidden_at, fresh.hidden_by, fresh.hidden_reason, fresh.told_at = timezone.now(), actor, words, None
        fresh.save()
        note(fresh, QuoteEvent.Action.HIDDEN, actor, words)
        notify(
            people_of_organisation(fresh.workshop.maker.organisation, Role.MAKER),
            f"quote.{fresh.pk}.hidden.{int(fresh.hidden_at.timestamp())}",
            f"Votre devis {fresh.reference or 'en estimation'} est masqué par la coordination",
            kind=Notice.Kind.QUOTE,
            place="quote",
            args=[fresh.public_id],
            has_letter=True,
        )
    tell_makers(only=fresh)
    fresh.refresh_from_db()
    return fresh


def show_again(quote: Quote, *, actor: User, reason: str) -> Quote:
    """Hidden by mistake, or put right since. Raises NotAllowedError, QuoteError."""
    require_coordinator(actor)
    words = require_words(reason)
    with locked(quote) as fresh:
        if fresh.hidden_at is None:
            raise QuoteError(f"quote {fresh.pk} is not hidden", "Ce devis n’est pas masqué.")
        fresh.hidden_at, fresh.hidden_by, fresh.hidden_reason, fresh.told_at = None, None, "", None
        fresh.cleared_at = timezone.now()
        fresh.save()
        note(fresh, QuoteEvent.Action.SHOWN, actor, words)
        return fresh


def clear(quote: Quote, *, actor: User, reason: str) -> Quote:
    """The price is right as it is: off the list. Raises NotAllowedError, QuoteError."""
    require_coordinator(actor)
    words = require_words(reason)
    with locked(quote) as fresh:
        _require_live(fresh)
        if fresh.flagged_at is None:
            raise QuoteError(f"quote {fresh.pk} is not flagged", "Ce devis n’est pas signalé.")
        fresh.cleared_at = timezone.now()
        fresh.save()
        note(fresh, QuoteEvent.Action.CLEARED, actor, words)
        return fresh


def tell_makers(only: Quote | None = None) -> int:
    """E-mail the makers of hidden quotes who have not been told. What can't be sent is sent by a later sweep, with the
    same Message-ID. Returns how many were told."""
    waiting = Quote.objects.filter(hidden_at__isnull=False, told_at=None).select_related(
        "workshop__maker__organisation"
    )
    if only is not None:
        waiting = waiting.filter(pk=only.pk)
    told = 0
    for quote in waiting[:50]:
        message = _message(quote)
        if message is None:
            continue
        try:
            message.send()
        except OSError:  # smtplib's errors are OSErrors
            log.warning("quote %s: its maker could not be told", quote.pk, exc_info=True)
            continue
        told += Quote.objects.filter(pk=quote.pk, hidden_at=quote.hidden_at, told_at=None).update(
            told_at=timezone.now()
        )
    return told


def _message(quote: Quote) -> EmailMessage | None:
    """None if nobody of the maker has an address."""
    people = Membership.objects.filter(
        organisation=quote.workshop.maker.organisation, role=Role.MAKER, is_active=True, user__is_active=True
    ).exclude(user__email="")
    addresses = sorted(set(people.values_list("user__email", flat=True)))
    if not addresses:
        return None
    assert quote.hidden_at
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    title = quote.job.revision.texts.get("title", quote.design)
    body = (
        "Bonjour,\n\n"
        f"Le {timezone.localtime(quote.hidden_at):%d/%m/%Y}, la coordination a masqué votre devis pour «{SPACE}{title}{SPACE}» "
        f"({quote.quantity}{SPACE}exemplaire{'s' if quote.quantity > 1 else ''}, atelier {quote.workshop.name}). L’acheteur ne le "
        "voit plus.\n\n"
        f"Raison donnée{SPACE}: {quote.hidden_reason}\n\n"
        "Le devis, son calcul et la comparaison restent visibles pour vous\u00a0:\n"
        f"{base}/devis/{quote.public_id}/\n\n"
        "Si cette décision vous paraît fausse, répondez à la coordination.\n"
    )
    stamp = int(quote.hidden_at.timestamp())
    return EmailMessage(
        subject=f"Votre devis {quote.reference or 'en estimation'} est masqué",
        body=body,
        to=addresses,
        headers={"Message-ID": f"<quote-{quote.public_id}-hidden-{stamp}@treteau.invalid>"},
    )


def _require_live(quote: Quote) -> None:
    if quote.state not in (Quote.State.COMPUTED, Quote.State.CORRECTED, Quote.State.ISSUED):
        raise QuoteError(f"quote {quote.pk} is {quote.state}", "Ce devis n’est pas en vigueur.")
