# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The maker's corrections: any line, with a reason, before the quote is issued."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fabrication.models import OwnHardwarePrice, Quote, QuoteCorrection, QuoteEvent, QuoteLine
from fabrication.quoting.errors import QuoteError
from fabrication.quoting.line import Section
from fabrication.quoting.services.overtaken import require_seen
from fabrication.quoting.services.rows import locked, note, now_corrected, require_maker, require_words
from fabrication.quoting.words import cents

if TYPE_CHECKING:
    from accounts.models import User

#: Largest quantity, unit price and amount of a line (€).
MOST = Decimal(1_000_000)
#: What one price completes: its name → the lines that wait for it.
PRICED_BY = {
    "sheet": Section.SHEETS,
    "machine_hour": Section.MACHINE,
    "hand_hour": Section.HANDS,
    "delivery_km": Section.DELIVERY,
}
_LIST = "\N{NARROW NO-BREAK SPACE}; "
#: Lines that stand on one quote.
MOST_LINES = 200


def change_line(
    line: QuoteLine,
    *,
    actor: User,
    quantity: Decimal,
    unit_price: Decimal,
    reason: str,
    keep_price: bool = False,
    seen: str | None = None,
) -> Quote:
    """Another quantity or unit price. ``keep_price``: of a bought item, also for the maker's next quotes. ``seen``: of
    ``seen_of`` when the line was read.

    Raises OvertakenError, NotAllowedError, QuoteError (a quote that is issued, a line that is gone, figures out of bounds, nothing
    changed, no reason)."""
    words = require_words(reason)
    _require_bounds(quantity, unit_price)
    with locked(line.quote) as quote:
        _require_open(quote, actor)
        require_seen(quote, seen, line)
        there = _standing(quote, line)
        if (quantity, unit_price) == (there.quantity, there.unit_price_eur):
            raise QuoteError(
                "nothing is changed", "Changez la quantité ou le prix, sinon il n’y a rien à garder.", "prix"
            )
        before = _as_data(there)
        there.quantity, there.unit_price_eur, there.amount_eur = quantity, unit_price, cents(quantity * unit_price)
        there.missing, there.is_corrected = "", True
        there.save()
        _keep(quote, there, QuoteCorrection.Action.CHANGED, actor, words, before, _as_data(there))
        if keep_price and there.section == Section.HARDWARE:
            _keep_price(quote, there, actor)
        now_corrected(quote)
        return quote


def add_line(
    quote: Quote, *, actor: User, label: str, quantity: Decimal, unit: str, unit_price: Decimal, reason: str
) -> Quote:
    """A line that the plan does not know, e.g. a finish. Raises as ``change_line``, QuoteError for a label or unit out of
    bounds too."""
    words = require_words(reason)
    name, measure = require_words(label, 200, "designation"), require_words(unit, 20, "unite")
    _require_bounds(quantity, unit_price)
    with locked(quote) as fresh:
        _require_open(fresh, actor)
        if fresh.lines.count() >= MOST_LINES:
            raise QuoteError("too many lines", f"Un devis a {MOST_LINES} lignes au plus.")
        last = fresh.lines.exclude(code="minimum").order_by("-position").values_list("position", flat=True).first() or 0
        added = QuoteLine.objects.create(
            quote=fresh,
            position=last + 1,
            code=f"own-{_last_own(fresh) + 1}",
            section=Section.OTHER.value,
            label=name,
            quantity=quantity,
            unit=measure,
            unit_price_eur=unit_price,
            amount_eur=cents(quantity * unit_price),
            source="ajoutée par le fabricant",
            is_corrected=True,
        )
        _keep(fresh, added, QuoteCorrection.Action.ADDED, actor, words, {}, _as_data(added))
        now_corrected(fresh)
        return fresh


def _last_own(quote: Quote) -> int:
    """The highest number of a line that the maker added. The minimum's line comes and goes, so counting lines is not enough."""
    codes = quote.lines.filter(code__startswith="own-").values_list("code", flat=True)
    return max((int(code.removeprefix("own-")) for code in codes), default=0)


def remove_line(line: QuoteLine, *, actor: User, reason: str, seen: str | None = None) -> Quote:
    """The line stays in the history, and counts no more. Raises as ``change_line``."""
    words = require_words(reason)
    with locked(line.quote) as quote:
        _require_open(quote, actor)
        require_seen(quote, seen, line)
        there = _standing(quote, line)
        if quote.lines.filter(is_removed=False).count() == 1:
            raise QuoteError("the last line stays", "Un devis garde au moins une ligne.")
        there.is_removed = True
        there.save(update_fields=["is_removed"])
        _keep(quote, there, QuoteCorrection.Action.REMOVED, actor, words, _as_data(there), {})
        now_corrected(quote)
        return quote


def waiting_for(quote: Quote) -> list[str]:
    """The names of PRICED_BY that would complete lines without a unit price."""
    sections = set(quote.lines.filter(is_removed=False, unit_price_eur=None).values_list("section", flat=True))
    return [name for name, section in PRICED_BY.items() if section in sections]


def fill_prices(quote: Quote, *, actor: User, prices: Mapping[str, Decimal]) -> Quote:
    """A price for all lines that wait for it, e.g. the hour of hand; each is kept as a correction. What a line misses
    besides stays missing. Raises as ``change_line``."""
    for price in prices.values():
        _require_bounds(Decimal(1), price)
    with locked(quote) as fresh:
        _require_open(fresh, actor)
        filled = 0
        for name, price in prices.items():
            for line in fresh.lines.filter(is_removed=False, unit_price_eur=None, section=PRICED_BY[name].value):
                _require_bounds(line.quantity or Decimal(0), price)
                before = _as_data(line)
                line.unit_price_eur = price
                line.amount_eur = None if line.quantity is None else cents(line.quantity * price)
                line.missing = _LIST.join(text for text in line.missing.split(_LIST) if not text.startswith("le prix"))
                line.source = _LIST.join(text for text in (line.source, "prix donné par le fabricant") if text)
                line.save()
                after = _as_data(line)
                _keep(fresh, line, QuoteCorrection.Action.CHANGED, actor, "Prix manquant au tarif", before, after)
                filled += 1
        if not filled:
            raise QuoteError("no line waits for these prices", "Aucune ligne n’attend ces prix.")
        now_corrected(fresh)
        return fresh


def _require_open(quote: Quote, actor: User) -> None:
    require_maker(quote, actor)
    if not quote.is_correctable:
        raise QuoteError(
            f"quote {quote.pk} is {quote.state}",
            "Ce devis ne se corrige plus\N{NO-BREAK SPACE}: il est émis, retiré ou en calcul.",
        )


def _standing(quote: Quote, line: QuoteLine) -> QuoteLine:
    found = quote.lines.filter(pk=line.pk, is_removed=False).first()
    if found is None:
        raise QuoteError("the line is gone", "Cette ligne a été retirée entre-temps.")
    return found


def _require_bounds(quantity: Decimal, unit_price: Decimal) -> None:
    for value, places, field in ((quantity, 3, "quantite"), (unit_price, 2, "prix")):
        if not value.is_finite() or value < 0 or value > MOST:
            raise QuoteError(
                f"from 0 to {MOST}",
                "Écrivez un nombre de 0 à 1\N{NARROW NO-BREAK SPACE}000\N{NARROW NO-BREAK SPACE}000.",
                field,
            )
        if value != value.quantize(Decimal(1).scaleb(-places)):
            raise QuoteError(f"{places} decimals at most", f"{places}\N{NO-BREAK SPACE}décimales au plus.", field)
    if quantity * unit_price > MOST:
        raise QuoteError(
            f"a line of at most {MOST} EUR",
            "Une ligne de 1\N{NARROW NO-BREAK SPACE}000\N{NARROW NO-BREAK SPACE}000\N{NO-BREAK SPACE}€ au plus.",
            "prix",
        )


def _as_data(line: QuoteLine) -> dict[str, Any]:
    return {
        "label": line.label,
        "quantity": None if line.quantity is None else str(line.quantity),
        "unit": line.unit,
        "unit_price_eur": None if line.unit_price_eur is None else str(line.unit_price_eur),
        "amount_eur": None if line.amount_eur is None else str(line.amount_eur),
        "formula": line.formula,
    }


def _keep(
    quote: Quote,
    line: QuoteLine,
    action: QuoteCorrection.Action,
    actor: User,
    reason: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    QuoteCorrection.objects.create(
        quote=quote, line=line, action=action, actor=actor, reason=reason, before=before, after=after
    )
    note(quote, QuoteEvent.Action.CORRECTED, actor, f"{line.label}\N{NO-BREAK SPACE}: {reason}")


def _keep_price(quote: Quote, line: QuoteLine, actor: User) -> None:
    number = int(line.code.removeprefix("hardware-")) - 1
    reference = (quote.figures or {})["hardware"][number]["reference"]
    OwnHardwarePrice.objects.update_or_create(
        maker=quote.workshop.maker,
        reference=reference,
        unit=line.unit,
        defaults={"price_eur": line.unit_price_eur, "set_by": actor},
    )
