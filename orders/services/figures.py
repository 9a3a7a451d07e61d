# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What anybody may know of all orders, in France, a région or a département: five queries, whatever their number, and no group so
small that somebody could be found in it (orders/disclosure.py, docs/figures.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from fablabs.geography import department_name, departments, region_name, region_of, regions
from orders.disclosure import LEAST, Cell, hidden_cells
from orders.models import BOOKED, RECEIVED, WITH_MAKER, Order, OrderLine, Piece, State
from orders.models.order import OrderQuerySet

#: Name → label and states: each submitted order is in one of them.
STAGES: dict[str, tuple[str, frozenset[State]]] = {
    "before": (
        "En préparation",
        frozenset(
            {State.SUBMITTED, State.UNDER_REVIEW, State.FUNDED, State.NOT_FUNDED, State.SELF_FUNDED, State.AGREEMENT_SIGNED}
        ),
    ),
    "making": ("Chez un atelier", frozenset(BOOKED)),
    "received": ("Livrées", frozenset(RECEIVED)),
    "stopped": ("Arrêtées", frozenset({State.WITHDRAWN, State.CANCELLED})),
}  # fmt: skip
#: Months that have a row of their own; what is older is one row.
MONTHS = 24
EARLIER = "before"

Amount = int | Decimal


@dataclass(frozen=True)
class Scope:
    """``kind``: "" (France), "region" or "departement"."""

    kind: str = ""
    code: str = ""

    @property
    def name(self) -> str:
        if not self.kind:
            return "France"
        return region_name(self.code) if self.kind == "region" else department_name(self.code)

    @property
    def region(self) -> str:
        return self.code if self.kind == "region" else region_of(self.code) if self.kind else ""

    @property
    def key(self) -> str:
        """In an address: "", "region-76", "departement-30"."""
        return f"{self.kind}-{self.code}" if self.kind else ""


def scope_of(text: str) -> Scope | None:
    """None for what is no territory."""
    if not text:
        return Scope()
    kind, _, code = text.partition("-")
    known: Mapping[str, Any] = {"region": regions(), "departement": departments()}.get(kind, {})
    return Scope(kind, code) if code in known else None


@dataclass(frozen=True)
class Figures:
    """None: hidden. ``total`` None: too few orders, and then nothing else is there either. ``territories``: code → column → value
    of the régions of France, the départements of a région; columns are STAGES, "total", "granted", "pieces"."""

    scope: Scope
    total: int | None
    stages: dict[str, Amount | None]
    granted_eur: Amount | None
    pieces: Amount | None
    made: Amount | None
    delivered: Amount | None
    makers: int | None
    communes: int | None
    territories: dict[str, dict[str, Amount | None]]
    models: dict[str, Amount | None]
    months: dict[str, Amount | None]
    has_demo: bool


class Family:
    """One table of all territories: (département, column) → value, with the orders that each stands for. Its hidden cells are
    worked out for the régions of France first, then for the départements of a région below what the first table hides."""

    def __init__(self, values: Mapping[Cell, Amount], orders: Mapping[Cell, int], *, by_value: bool = True) -> None:
        """``by_value``: the values are whole numbers that a reader adds up; else sums of money, hidden as their orders are."""
        self._values, self._orders, self._by_value = values, orders, by_value

    def tables(self, scope: Scope, above: Hidden | None = None) -> tuple[dict[Cell, Amount | None], Hidden]:
        """Cells by (territory below the scope or "", column or ""), and what is hidden of them. ``above``: another family's hidden
        rows, which have no figures here either."""
        whole, hidden = self._level(lambda code: region_of(code), frozenset(), above.france if above else ())
        france = Hidden(hidden, frozenset())
        if not scope.kind:
            return _shown(whole, hidden), france
        region = scope.region
        known = {("", column) for row, column in hidden if row == region}
        ours = {cell: value for cell, value in self._values.items() if region_of(cell[0]) == region}
        below = Family(ours, {cell: self._orders.get(cell, 0) for cell in ours}, by_value=self._by_value)
        part, inner = below._level(lambda code: code, known, above.region if above else ())
        here = Hidden(hidden, inner)
        if scope.kind == "region":
            return _shown(part, inner), here
        row = {("", column): part[scope.code, column] for code, column in part if code == scope.code}
        return _shown(row, {("", column) for code, column in inner if code == scope.code}), here

    def _level(
        self, row_of: Callable[[str], str], known: Collection[Cell], above: Collection[Cell]
    ) -> tuple[dict[Cell, Amount], frozenset[Cell]]:
        values: dict[Cell, Any] = defaultdict(int)
        orders: dict[Cell, int] = defaultdict(int)
        for (code, column), value in self._values.items():
            row = row_of(code)
            for cell in {(row, column), (row, ""), ("", column), ("", "")}:
                values[cell] += value
                orders[cell] += self._orders.get((code, column), 0)
        small = {cell for cell, count in orders.items() if 0 < count < LEAST}
        silent = {cell for cell in values if (cell[0], "") in above and cell[0]}
        counts = {cell: int(value) for cell, value in values.items()} if self._by_value else orders
        return dict(values), hidden_cells(counts, known_hidden=small | set(known) | silent)


@dataclass(frozen=True)
class Hidden:
    france: frozenset[Cell]
    region: frozenset[Cell]

    def totals(self) -> set[tuple[str, str]]:
        """Of rows, with the level that they are of."""
        return {("france", row) for row, column in self.france if row and not column} | {
            ("region", row) for row, column in self.region if row and not column
        }


def _shown(table: Mapping[Cell, Amount], hidden: Collection[Cell]) -> dict[Cell, Amount | None]:
    return {cell: None if cell in hidden else value for cell, value in table.items()}


def public_orders() -> OrderQuerySet:
    """Submitted ones; invented ones on a demonstration's site alone."""
    rows = Order.objects.exclude(state=State.DRAFT)
    return rows if settings.TRETEAU_DEMO else rows.filter(is_demo=False)


def figures_of(scope: Scope) -> Figures:
    found = public_orders()
    states = list(
        found.order_by()
        .values_list("department", "state")
        .annotate(
            orders=Count("pk"),
            granted=Sum("granted_eur", filter=~Q(state__in=[State.WITHDRAWN, State.CANCELLED])),
            paid_for=Count("granted_eur", filter=~Q(state__in=[State.WITHDRAWN, State.CANCELLED])),
            invented=Count("pk", filter=Q(is_demo=True)),
        )
    )
    states = [row for row in states if row[0] in departments()]
    stages, months, hidden = _together(_stages(states), _months(found), scope)
    total = stages.get(("", ""))
    has_demo = any(row[5] for row in states)
    if total is None:
        return Figures(scope, None, {}, None, None, None, None, None, None, {}, {}, {}, has_demo)
    money = _money(states).tables(scope, hidden)[0]
    pieces = _lines(found).tables(scope, hidden)[0]
    made, delivered = (table.tables(scope, hidden)[0].get(("", ""), 0) for table in _pieces(found))
    makers, communes = _distinct(found, scope)
    columns = {name: stages.get(("", name), 0) for name in STAGES}
    return Figures(
        scope=scope,
        total=int(total),
        stages=columns,
        granted_eur=money.get(("", ""), 0),
        pieces=pieces.get(("", ""), 0),
        made=made,
        delivered=delivered,
        makers=makers,
        communes=communes,
        territories={
            code: {name: stages.get((code, name), 0) for name in STAGES}
            | {"total": stages[code, ""], "granted": money.get((code, ""), 0), "pieces": pieces.get((code, ""), 0)}
            for code in sorted({row for row, _ in stages if row})
        },
        models=_column(pieces),
        months=_column(months),
        has_demo=has_demo,
    )


def shown_models() -> set[tuple[str, str]]:
    """Départements with the models of which their page says how many were ordered: other tables say no more than that."""
    found = public_orders()
    rows = found.order_by().values_list("department", "state").annotate(orders=Count("pk"))
    by_stage, by_month = _stages([row for row in rows if row[0] in departments()]), _months(found)
    pieces = _lines(found)
    shown: set[tuple[str, str]] = set()
    for region in regions():
        scope = Scope("region", region)
        if not any(region_of(code) == region for code, _ in by_stage):
            continue
        hidden = _together(by_stage, by_month, scope)[2]
        if ("", "") not in hidden.region and (region, "") not in hidden.france:
            table = pieces.tables(scope, hidden)[0]
            shown |= {cell for cell, value in table.items() if all(cell) and value is not None}
    return shown


def _column(table: Mapping[Cell, Amount | None]) -> dict[str, Amount | None]:
    return {column: table["", column] for row, column in sorted(table) if not row and column}


def _together(
    by_stage: dict[Cell, int], by_month: dict[Cell, int], scope: Scope
) -> tuple[dict[Cell, Amount | None], dict[Cell, Amount | None], Hidden]:
    """Two tables of the same orders have the same totals: one that either must hide, both hide."""
    above = Hidden(frozenset(), frozenset())
    while True:
        stages, one = Family(by_stage, by_stage).tables(scope, above)
        months, other = Family(by_month, by_month).tables(scope, one)
        if other.totals() <= one.totals():
            return stages, months, one
        above = Hidden(one.france | other.france, one.region | other.region)


def _stages(states: Iterable[tuple[Any, ...]]) -> dict[Cell, int]:
    of = {state: name for name, (_, group) in STAGES.items() for state in group}
    found: dict[Cell, int] = defaultdict(int)
    for department, state, orders, *_ in states:
        found[department, of[State(state)]] += orders
    return found


def _money(states: Iterable[tuple[Any, ...]]) -> Family:
    euros: dict[Cell, Amount] = defaultdict(Decimal)
    orders: dict[Cell, int] = defaultdict(int)
    for department, _, _, granted, count, _ in states:
        if count:
            euros[department, ""] += granted or Decimal(0)
            orders[department, ""] += count
    return Family(euros, orders, by_value=False)


def _lines(found: OrderQuerySet) -> Family:
    rows = list(
        OrderLine.objects.filter(lot=None, order__in=found)
        .order_by()
        .values_list("order__department", "design")
        .annotate(pieces=Sum("quantity"), orders=Count("order", distinct=True))
    )
    known = [row for row in rows if row[0] in departments()]
    return Family(
        {(department, design): pieces for department, design, pieces, _ in known},
        {(department, design): orders for department, design, _, orders in known},
    )


def _months(found: OrderQuerySet) -> dict[Cell, int]:
    first = _month_before(timezone.localdate(), MONTHS - 1)
    counts: dict[Cell, int] = defaultdict(int)
    rows = found.order_by().annotate(month=TruncMonth("submitted_at")).values_list("department", "month")
    for department, month, orders in rows.annotate(orders=Count("pk")):
        if department in departments():
            day = timezone.localdate(month)
            counts[department, f"{day:%Y-%m}" if day >= first else EARLIER] += orders
    return counts


def _month_before(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)


def _pieces(found: OrderQuerySet) -> tuple[Family, Family]:
    """Made, delivered."""
    done = [Piece.Stage.FINISHED, Piece.Stage.SHIPPED, Piece.Stage.DELIVERED]
    rows = list(
        Piece.objects.filter(line__order__in=found, stage__in=done)
        .order_by()
        .values_list("line__order__department")
        .annotate(
            made=Count("pk"),
            makes=Count("line__order", distinct=True),
            there=Count("pk", filter=Q(stage=Piece.Stage.DELIVERED)),
            has=Count("line__order", distinct=True, filter=Q(stage=Piece.Stage.DELIVERED)),
        )
    )
    known = [row for row in rows if row[0] in departments()]
    return (
        Family({(row[0], ""): row[1] for row in known}, {(row[0], ""): row[2] for row in known}),
        Family({(row[0], ""): row[3] for row in known if row[3]}, {(row[0], ""): row[4] for row in known}),
    )


def _distinct(found: OrderQuerySet, scope: Scope) -> tuple[int | None, int | None]:
    """Makers that were chosen, communes that are delivered to; hidden below the least group."""
    here = found.order_by()
    if scope.kind == "region":
        here = here.filter(department__in=[code for code in departments() if region_of(code) == scope.code])
    elif scope.kind:
        here = here.filter(department=scope.code)
    counted = here.aggregate(
        makers=Count("workshop__maker", distinct=True, filter=Q(state__in=WITH_MAKER)),
        communes=Count("insee", distinct=True),
    )
    return tuple(n if n == 0 or n >= LEAST else None for n in (counted["makers"], counted["communes"]))  # type: ignore[return-value]
