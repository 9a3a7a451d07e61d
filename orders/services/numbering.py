# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers without gaps."""

from __future__ import annotations

from django.db import transaction

from orders.models import OrderNumber


def next_number(series: str, year: int) -> int:
    """The next of its series in that year, ours if the transaction that this runs in ends well. Raises RuntimeError
    outside of one: the number would be lost with the next error."""
    return next_numbers(series, year, 1)[0]


def next_numbers(series: str, year: int, count: int) -> range:
    """As many as are wanted, one after the other, in as few queries as one."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is given out in the transaction that uses it")
    OrderNumber.objects.get_or_create(series=series, year=year)
    row = OrderNumber.objects.select_for_update().get(series=series, year=year)
    row.last += count
    row.save(update_fields=["last"])
    return range(row.last - count + 1, row.last + 1)
