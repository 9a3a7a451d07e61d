# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who corrected what while somebody filled in a form of the same quote, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from designs.typography import SPACE, typeset
from fabrication.models import QuoteCorrection
from fabrication.quoting.errors import QuoteError
from fabrication.quoting.services.overtaken import OvertakenError
from fabrication.quoting.words import euros, figure

#: The hidden field: the last correction that the page showed.
SEEN = "vu"


def seen_by(request: HttpRequest) -> str | None:
    """None for a page that said nothing of it."""
    return request.POST[SEEN][:30] if SEEN in request.POST else None


def told(error: QuoteError | None, request: HttpRequest) -> list[str]:
    """A French sentence for each correction, latest first; none for another refusal."""
    if not isinstance(error, OvertakenError):
        return []
    return [_sentence(correction, request) for correction in error.corrections]


def _sentence(correction: QuoteCorrection, request: HttpRequest) -> str:
    actor = correction.actor
    who = "Quelqu’un" if actor is None else actor.get_full_name() or actor.email
    if actor is not None and actor == request.user:
        who += " (vous, dans une autre fenêtre)"
    when = date_format(timezone.localtime(correction.at), "j F Y à H:i")
    verb = {"changed": "a modifié", "added": "a ajouté", "removed": "a retiré"}[correction.action]
    changes = "".join(_changes(correction)) if correction.action == "changed" else ""
    return typeset(f"{who} {verb} « {correction.line.label} » le {when}{changes}. Raison : « {correction.reason} ».")


def _changes(correction: QuoteCorrection) -> list[str]:
    def words(values: dict[str, Any], name: str) -> str:
        if values.get(name) is None:
            return "rien"
        value = Decimal(values[name])
        return (
            euros(value) if name == "unit_price_eur" else f"{figure(value, 3)}{SPACE}{values.get('unit', '')}".strip()
        )

    before, after = correction.before, correction.after
    found = [
        f"{label} {words(before, name)} → {words(after, name)}"
        for name, label in (("quantity", "quantité"), ("unit_price_eur", "prix"))
        if before.get(name) != after.get(name)
    ]
    return [" : ", " ; ".join(found)] if found else []
