# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an order may cost, what the State would pay of it, and who could make it: from what the site knows at this moment.

Nothing is computed by a worker here, and nothing is invented: a line of which no workshop, quote or offer says a price has
none, and then the order has none. Euros without VAT.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from designs.errors import DesignError
from designs.typography import SPACE, listed
from fablabs.geography import UnknownCommuneError
from fablabs.models import Offer, Workshop
from fabrication.matching.ranking import Ranked
from fabrication.matching.services import OrderRanking
from fabrication.models import Quote
from orders.life.steps.arbitration import terms_of, used_of
from orders.models import Order, OrderLine
from orders.money import Subsidy, cents
from orders.services.ranking import RankedWorkshop, WholeRanking, rank_whole

if TYPE_CHECKING:
    from fablabs.geography import Roads

#: Workshops, best ranked first, whose prices make the range: those among which a buyer will in fact choose.
IN_REACH = 8
#: Older quotes say nothing of today's prices; more of them say nothing new.
_QUOTES_OF = timedelta(days=365)
_MOST_QUOTES = 200
_DELIVERY = "livraison"


@dataclass(frozen=True)
class LineEstimate:
    """``low``, ``high``: for one piece, delivery apart; None where nobody knows. ``source``: French, from what."""

    line: OrderLine
    low: Decimal | None
    high: Decimal | None
    source: str

    @property
    def is_known(self) -> bool:
        return self.low is not None and self.high is not None

    @property
    def low_total(self) -> Decimal | None:
        return None if self.low is None else cents(self.low * self.line.quantity)

    @property
    def high_total(self) -> Decimal | None:
        return None if self.high is None else cents(self.high * self.line.quantity)


@dataclass(frozen=True)
class Reach:
    """A workshop that can make all the furniture of the order. ``price``: of all of it with delivery, None: by quote."""

    slug: str
    name: str
    commune: str
    km: float | None
    price: Decimal | None
    is_demo: bool


@dataclass(frozen=True)
class OrderEstimate:
    """``delivery_*``: of one journey of those workshops, None where none says its price. ``pending``: workshops that are
    still looked at for one of the lines. ``known_*``: of the lines that have a price. ``low_grant``, ``high_grant``: of the cheapest and of the dearest; None without a
    campaign, or without a price."""

    lines: tuple[LineEstimate, ...]
    delivery_low: Decimal | None
    delivery_high: Decimal | None
    low: Decimal | None
    high: Decimal | None
    known_low: Decimal | None
    known_high: Decimal | None
    low_grant: Subsidy | None
    high_grant: Subsidy | None
    makers: tuple[Reach, ...]
    able: int
    pending: int
    left_out: tuple[str, ...]  # French, of what the workshops' estimates do not hold

    @property
    def is_known(self) -> bool:
        return self.low is not None and self.high is not None


def used_basis(order: Order) -> Decimal:
    """What the buyer's other orders of the campaign hold of the expense that the State counts at most; 0 where the cap is
    for each order, or without a campaign."""
    if order.campaign is None or not terms_of(order.campaign).is_per_buyer:
        return Decimal(0)
    return cents(used_of(order))


def subsidy_of(order: Order, expense: Decimal, used: Decimal = Decimal(0)) -> Subsidy | None:
    """By the campaign's rate and cap, less what is ``used`` of it; None without a campaign."""
    return None if order.campaign is None else terms_of(order.campaign).subsidy(expense, used)


def estimate_order(order: Order, *, roads: Roads | None = None, today: date | None = None) -> OrderEstimate:
    """Of the order as its rows are now, for its place of delivery (or the buyer's commune until there is one). Asks
    workers to look at machines that were never held against a piece, and does not wait for them."""
    day = today or timezone.localdate()
    whole = _whole(order, day, roads)
    ranked = {one.line.pk: one.ranked for one in whole.lines} if whole else {}
    estimates = tuple(
        line_estimate(line, ranked.get(line.pk), day) for line in order.lines.select_related("revision", "lot")
    )
    able = whole.able if whole else ()
    near = able[:IN_REACH]
    delivery = [cost for one in near if (cost := _delivery(one)) is not None]
    makers = tuple(_reach(one) for one in near)
    low, high = _totals(estimates, [one.price for one in makers if one.price is not None])
    used = used_basis(order)
    left_out = {french for one in near for _, part in one.lines if part.price for _, french in part.price.left_out}
    return OrderEstimate(
        lines=estimates,
        delivery_low=min(delivery, default=None),
        delivery_high=max(delivery, default=None),
        low=low,
        high=high,
        known_low=_known([one.low_total for one in estimates]),
        known_high=_known([one.high_total for one in estimates]),
        low_grant=None if low is None else subsidy_of(order, low, used),
        high_grant=None if high is None else subsidy_of(order, high, used),
        makers=makers,
        able=len(able),
        pending=len(whole.pending) if whole else 0,
        left_out=tuple(sorted(left_out)),
    )


def keep(order: Order, found: OrderEstimate) -> None:
    """Write down what the order was thought to cost when it was last looked at: a page of the préfecture's list shows
    hundreds of them. It is no change of the order by anybody."""
    for one in found.lines:
        OrderLine.objects.filter(pk=one.line.pk).update(low_eur=one.low, high_eur=one.high)
    Order.objects.filter(pk=order.pk).update(low_eur=found.low, high_eur=found.high)
    order.low_eur, order.high_eur = found.low, found.high


# Within


def _whole(order: Order, today: date, roads: Roads | None) -> WholeRanking | None:
    """None without furniture, where a model is not drawn so any more, or where nobody knows the place."""
    there = copy(order)
    there.insee = order.insee or order.organisation.insee
    try:
        return rank_whole(there, today=today, roads=roads)
    except (DesignError, UnknownCommuneError, ValueError):
        return None


def line_estimate(line: OrderLine, ranking: OrderRanking | None, today: date) -> LineEstimate:
    """Of one line, saved or not: its lot's price, or what the workshops that are best ranked for it say, delivery apart."""
    if not line.is_furniture:
        assert line.lot is not None
        low, high = line.lot.low_eur, line.lot.high_eur
        return LineEstimate(line, low or high, high or low, "prix du lot dans la campagne" if low or high else "")
    ranked = ranking.ranking.able[:IN_REACH] if ranking else ()
    estimated = [_without_delivery(one) / line.quantity for one in ranked if one.price is not None]
    quoted = _quoted(line, today)
    offered = _offered(line) if not estimated else []
    prices = [cents(price) for price in (*estimated, *quoted, *offered) if price > 0]
    told = [
        _counted(len(estimated), "estimation d’atelier", "estimations d’ateliers"),
        _counted(len(quoted), "devis", "devis"),
        _counted(len(offered), "prix affiché", "prix affichés"),
    ]
    known = [words for words in told if words]
    if not prices:
        return LineEstimate(line, None, None, "")
    return LineEstimate(line, min(prices), max(prices), f"d’après {listed(known)}")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count}{SPACE}{one if count < 2 else many}" if count else ""


def _without_delivery(one: Ranked) -> Decimal:
    assert one.price is not None
    return one.price.eur - sum((eur for label, eur in one.price.lines if label.startswith(_DELIVERY)), Decimal(0))


def _quoted(line: OrderLine, today: date) -> list[Decimal]:
    """The latest price of each workshop for this model in these very sizes."""
    rows = (
        Quote.objects.live()
        .filter(
            design=line.design,
            hidden_at=None,
            flagged_at=None,
            piece_eur__isnull=False,
            computed_at__date__gte=today - _QUOTES_OF,
        )
        .order_by("-computed_at", "-pk")
        .values_list("workshop_id", "piece_eur", "job__parameters", "job__revision")[:_MOST_QUOTES]
    )
    latest: dict[int, Decimal] = {}
    for workshop, price, parameters, revision in rows:
        if revision == line.revision_id and parameters == line.parameters:
            latest.setdefault(workshop, price)
    return list(latest.values())


def _offered(line: OrderLine) -> list[Decimal]:
    """The prices of makers that are open, of a model in its base sizes: they are for no others."""
    assert line.revision is not None
    if line.parameters != _base_values(line):
        return []
    sites = Workshop.objects.filter(state=Workshop.State.OPEN, maker__archived_at=None).values("maker")
    return list(
        Offer.objects.filter(design=line.design, price_eur__isnull=False, maker__in=sites).values_list(
            "price_eur", flat=True
        )
    )


def _base_values(line: OrderLine) -> dict[str, Any]:
    assert line.revision is not None
    try:
        return line.revision.drawing().clean({})
    except DesignError:
        return {}


def _delivery(one: RankedWorkshop) -> Decimal | None:
    """One journey with all of it: the estimate of each line holds the same one."""
    costs = [
        eur for _, part in one.lines if part.price for label, eur in part.price.lines if label.startswith(_DELIVERY)
    ]
    return max(costs, default=None)


def _reach(one: RankedWorkshop) -> Reach:
    prices = [_without_delivery(part) for _, part in one.lines if part.price is not None]
    price = sum(prices, _delivery(one) or Decimal(0)) if len(prices) == len(one.lines) else None
    return Reach(one.slug, one.name, one.commune, one.km, price, one.is_demo)


def _known(parts: Sequence[Decimal | None]) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if known else None


def _totals(estimates: Sequence[LineEstimate], whole: Sequence[Decimal]) -> tuple[Decimal | None, Decimal | None]:
    """Of the order. Where workshops say a price of all its furniture, theirs count, with their delivery: the cheapest maker
    of each line need not be one maker. Else the lines', delivery unknown."""
    of_lots = [one for one in estimates if not one.line.is_furniture]
    if whole:
        return _total([min(whole), *(one.low_total for one in of_lots)]), _total(
            [max(whole), *(one.high_total for one in of_lots)]
        )
    return _total([one.low_total for one in estimates]), _total([one.high_total for one in estimates])


def _total(parts: Sequence[Decimal | None]) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if parts and len(known) == len(parts) else None
