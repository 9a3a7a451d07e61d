# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two people at one quote: nobody corrects or issues what he has not seen."""

from __future__ import annotations

from collections.abc import Sequence

from fabrication.models import Quote, QuoteCorrection, QuoteLine
from fabrication.quoting.errors import QuoteError


class OvertakenError(QuoteError):
    """Corrections were made since the page was shown; ``corrections`` has them, latest first."""

    def __init__(self, corrections: Sequence[QuoteCorrection]) -> None:
        super().__init__(
            f"corrected {len(corrections)} times since it was shown",
            "Ce devis a été corrigé pendant que vous le remplissiez. Votre saisie est gardée\N{NO-BREAK SPACE}: relisez, puis "
            "envoyez de nouveau.",
        )
        self.corrections = tuple(corrections)


def seen_of(quote: Quote, line: QuoteLine | None = None) -> str:
    """What a form remembers: the last correction of the line, or of any."""
    found = quote.corrections.all() if line is None else quote.corrections.filter(line=line)
    return str(found.order_by("-pk").values_list("pk", flat=True).first() or 0)


def require_seen(quote: Quote, seen: str | None, line: QuoteLine | None = None) -> None:
    """Under the quote's lock. None asks for no such check. Raises OvertakenError."""
    if seen is None or seen == (now := seen_of(quote, line)):
        return
    found = quote.corrections.all() if line is None else quote.corrections.filter(line=line)
    since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else 0
    if since < int(now):
        raise OvertakenError(list(found.filter(pk__gt=since).select_related("actor", "line").order_by("-pk")))
