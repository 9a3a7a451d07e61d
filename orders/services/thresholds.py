# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Thresholds below which a public buyer buys without a tender: one begins where the one before ends, so that every day has
exactly one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from fablabs.services.permission import require_coordinator
from fablabs.services.refusals import RecordError
from orders.models import PurchaseThreshold
from orders.services.campaigns import FIRST_DAY, LAST_DAY

if TYPE_CHECKING:
    from accounts.models import User

MOST_EUR = Decimal(10_000_000)


def set_threshold(
    amount: Decimal, valid_from: date, source: str, *, actor: User, threshold: PurchaseThreshold | None = None
) -> PurchaseThreshold:
    """A new one, or another's values. Those beside it end and begin accordingly. Raises NotAllowedError, RecordError by
    field ("amount_eur", "valid_from")."""
    require_coordinator(actor)
    if not amount.is_finite() or not 0 < amount <= MOST_EUR or amount != round(amount, 2):
        raise RecordError("no threshold", {"amount_eur": "Un montant de plus de 0 €, et de 10 millions au plus."})
    if not FIRST_DAY <= valid_from <= LAST_DAY:
        raise RecordError("no such day", {"valid_from": f"Un jour entre {FIRST_DAY.year} et {LAST_DAY.year}."})
    with transaction.atomic():
        rows = list(PurchaseThreshold.objects.select_for_update().order_by("valid_from"))
        mine = next((row for row in rows if threshold is not None and row.pk == threshold.pk), None)
        if threshold is not None and mine is None:
            raise RecordError("gone", {"": "Ce seuil n’existe plus."})
        if any(row.valid_from == valid_from and row is not mine for row in rows):
            raise RecordError("one begins that day", {"valid_from": "Un autre seuil commence déjà ce jour-là."})
        if mine is None:
            mine = PurchaseThreshold()
            rows.append(mine)
        mine.amount_eur, mine.source = amount, source
        # Two rows may trade places: first out of each other's way, then where they belong.
        mine.valid_from, mine.valid_to = valid_from, None
        mine.save()
        _chain(rows)
    return mine


def remove_threshold(threshold: PurchaseThreshold, *, actor: User) -> None:
    """One that has not begun. Raises NotAllowedError, RecordError."""
    require_coordinator(actor)
    with transaction.atomic():
        rows = list(PurchaseThreshold.objects.select_for_update().order_by("valid_from"))
        mine = next((row for row in rows if row.pk == threshold.pk), None)
        if mine is None:
            return
        if mine.valid_from <= timezone.localdate():
            raise RecordError(
                "it is in force", {"": "Un seuil qui a commencé reste\N{NO-BREAK SPACE}: corrigez-le plutôt."}
            )
        mine.delete()
        _chain([row for row in rows if row is not mine])


def _chain(rows: list[PurchaseThreshold]) -> None:
    rows.sort(key=lambda row: row.valid_from)
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        last = following.valid_from - timedelta(days=1) if following is not None else None
        if row.valid_to != last:
            row.valid_to = last
            row.save(update_fields=["valid_to"])
