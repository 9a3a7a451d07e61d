# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers for thousands of rows at once: those that orders.services.numbering would have given one by one, without a gap."""

from __future__ import annotations

from fabrication.models import QuoteNumber
from orders.models import OrderNumber


class Numbers:
    """Within one transaction: each series' row is locked when its first number is asked for, and raised by ``save``."""

    def __init__(self) -> None:
        self._orders: dict[tuple[str, int], OrderNumber] = {}
        self._quotes: dict[int, QuoteNumber] = {}

    def next(self, series: str, year: int) -> int:
        if (row := self._orders.get((series, year))) is None:
            OrderNumber.objects.get_or_create(series=series, year=year)
            row = self._orders[series, year] = OrderNumber.objects.select_for_update().get(series=series, year=year)
        row.last += 1
        return row.last

    def next_quote(self, year: int) -> int:
        if (row := self._quotes.get(year)) is None:
            QuoteNumber.objects.get_or_create(year=year)
            row = self._quotes[year] = QuoteNumber.objects.select_for_update().get(year=year)
        row.last += 1
        return int(row.last)

    def save(self) -> None:
        for row in (*self._orders.values(), *self._quotes.values()):
            row.save(update_fields=["last"])
