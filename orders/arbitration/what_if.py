# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which intentions an amount would pay, in the order that they are given in. Nothing is decided by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from orders.money import Subsidy, subsidy

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Terms:
    """A campaign's: what share is paid, of at most how much, of each order or of all of a buyer's orders together."""

    rate: Decimal
    cap_eur: Decimal | None
    is_per_buyer: bool

    def subsidy(self, expense: Decimal, used: Decimal = _NOTHING) -> Subsidy:
        """``used``: expense of the buyer's other orders that counted already."""
        return subsidy(expense, self.rate, self.cap_eur, used if self.is_per_buyer else _NOTHING)


@dataclass(frozen=True, slots=True)
class Candidate:
    """``expense_eur``: without VAT, None where nobody knows it. ``buyer`` and ``commune`` are whatever tells one from
    another."""

    key: int
    points: float
    expense_eur: Decimal | None
    buyer: int
    commune: str


class Why(StrEnum):
    FUNDED = "funded"
    BELOW = "below"  # fewer points than the least
    NO_ESTIMATE = "no_estimate"
    CAP_USED = "cap_used"  # the buyer's other orders use the whole cap
    SHORT = "short"  # the amount left is too small
    AFTER = "after"  # comes after one that was too dear, and the money stops there


@dataclass(frozen=True, slots=True)
class Outcome:
    candidate: Candidate
    why: Why
    granted_eur: Decimal  # asked for, where it is not funded
    left_eur: Decimal  # after it


@dataclass
class Result:
    outcomes: list[Outcome] = field(default_factory=list)
    spent_eur: Decimal = _NOTHING
    left_eur: Decimal = _NOTHING

    @property
    def funded(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.why is Why.FUNDED]

    @property
    def others(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.why is not Why.FUNDED]

    @property
    def communes(self) -> int:
        """How many of them something is paid in."""
        return len({one.candidate.commune for one in self.funded})


def what_if(
    candidates: Iterable[Candidate],
    terms: Terms,
    amount: Decimal | None,
    *,
    used: Mapping[int, Decimal] | None = None,
    least_points: float = 0,
    stops: bool = False,
) -> Result:
    """``amount`` None: as much as it takes. ``used``: buyer → expense that its funded orders used of the cap. ``stops``:
    at the first that is too dear; otherwise smaller ones after it may still be paid."""
    counted = dict(used or {})
    result = Result(left_eur=amount if amount is not None else _NOTHING)
    stopped = False
    for one in candidates:
        why, granted, basis = _judged(one, terms, counted.get(one.buyer, _NOTHING), least_points)
        if why is Why.FUNDED and amount is not None and (stopped or granted > result.left_eur):
            why = Why.AFTER if stopped else Why.SHORT
            stopped = stopped or stops
        if why is Why.FUNDED:
            counted[one.buyer] = counted.get(one.buyer, _NOTHING) + basis
            result.spent_eur += granted
            if amount is not None:
                result.left_eur -= granted
        result.outcomes.append(Outcome(one, why, granted, result.left_eur))
    return result


def _judged(one: Candidate, terms: Terms, used: Decimal, least_points: float) -> tuple[Why, Decimal, Decimal]:
    if one.expense_eur is None:
        return Why.NO_ESTIMATE, _NOTHING, _NOTHING
    share = terms.subsidy(one.expense_eur, used)
    if one.points < least_points:
        return Why.BELOW, share.granted_eur, share.basis_eur
    if share.granted_eur <= 0:
        return Why.CAP_USED, share.granted_eur, share.basis_eur
    return Why.FUNDED, share.granted_eur, share.basis_eur
