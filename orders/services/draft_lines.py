# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a draft asks for: pieces of a model in sizes, devices of a lot, and how many."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db import transaction

from fablabs.models import Workshop
from fabrication.models import MAX_QUANTITY
from orders.life.errors import OvertakenError, RefusedError
from orders.models import EquipmentLot, Order, OrderLine
from orders.services.drafting import Saved, changed_meanwhile, locked_draft, seen_of

if TYPE_CHECKING:
    from accounts.models import User
    from designs.models import DesignRevision

#: Lines of furniture in one order.
MOST_LINES = 20
_NONE: Mapping[int, int] = MappingProxyType({})


def add_line(
    order: Order,
    actor: User,
    revision: DesignRevision,
    values: Mapping[str, Any],
    quantity: int,
    *,
    finish: str = "",
    seen: str | None = None,
) -> OrderLine:
    """Pieces of a model in sizes; ``values`` are cleaned, every one of them. Sent twice, it is added once. Raises
    RefusedError for a model that the campaign does not offer, or for too many lines."""
    with transaction.atomic():
        fresh = locked_draft(order, actor)
        lines = list(fresh.lines.all())
        alike = [line for line in lines if _is(line, revision, values, finish) and line.quantity == quantity]
        if alike and seen is not None and seen != seen_of(fresh):
            return alike[-1]
        _check_design(fresh, revision.design)
        _check_quantity(fresh, revision.design, quantity)
        if sum(line.is_furniture for line in lines) >= MOST_LINES:
            raise RefusedError("too many lines", f"{MOST_LINES} meubles différents au plus dans une commande.")
        line = OrderLine.objects.create(
            order=fresh,
            position=max((line.position for line in lines), default=0) + 1,
            design=revision.design,
            revision=revision,
            parameters=dict(values),
            finish=finish,
            quantity=quantity,
        )
        _touch(fresh)
    return line


def change_line(
    order: Order,
    actor: User,
    pk: int,
    revision: DesignRevision,
    values: Mapping[str, Any],
    quantity: int,
    *,
    finish: str = "",
) -> OrderLine:
    """Other sizes, or another number of them. What it was thought to cost goes with the old sizes."""
    with transaction.atomic():
        fresh = locked_draft(order, actor)
        line = _line(fresh, pk)
        _check_design(fresh, revision.design)
        _check_quantity(fresh, revision.design, quantity)
        if not _is(line, revision, values, finish):
            line.low_eur = line.high_eur = None
        line.revision, line.parameters, line.finish, line.quantity = revision, dict(values), finish, quantity
        line.save()
        _touch(fresh)
    return line


def remove_line(order: Order, actor: User, pk: int) -> None:
    """Gone; one that is gone already is no error."""
    with transaction.atomic():
        fresh = locked_draft(order, actor)
        fresh.lines.filter(pk=pk).delete()
        _touch(fresh)


def set_quantities(
    order: Order,
    actor: User,
    lines: Mapping[int, int],
    lots: Mapping[int, int] = _NONE,
    seen: str | None = None,
) -> Saved:
    """How many of each line (by its key), and of each lot of the campaign: 0 takes it out. What is right is written, what
    is wrong is said, as "line-<key>" and "lot-<key>"."""
    with transaction.atomic():
        fresh = locked_draft(order, actor)
        if seen is not None and seen != seen_of(fresh) and _differ(fresh, lines, lots):
            raise changed_meanwhile(fresh)
        saved = Saved(fresh)
        for line in fresh.lines.filter(lot=None, pk__in=lines):
            try:
                _check_quantity(fresh, line.design, lines[line.pk])
            except RefusedError as error:
                saved.refused[f"line-{line.pk}"] = error.french
                continue
            line.quantity = lines[line.pk]
            line.save(update_fields=["quantity"])
        offered = {lot.pk: lot for lot in EquipmentLot.objects.filter(campaign=fresh.campaign_id)}
        for pk, quantity in lots.items():
            if pk in offered and not _set_lot(fresh, offered[pk], quantity):
                saved.refused[f"lot-{pk}"] = f"De 1 à {MAX_QUANTITY} appareils."
        _touch(fresh)
    return saved


def _differ(order: Order, lines: Mapping[int, int], lots: Mapping[int, int]) -> bool:
    """A form that was sent twice asks for what stands there already."""
    own = {line.pk: line.quantity for line in order.lines.all() if line.is_furniture}
    asked = {line.lot_id: line.quantity for line in order.lines.all() if not line.is_furniture}
    return own != dict(lines) or asked != {pk: quantity for pk, quantity in lots.items() if quantity}


def _set_lot(order: Order, lot: EquipmentLot, quantity: int) -> bool:
    if not 0 <= quantity <= MAX_QUANTITY:
        return False
    line = order.lines.filter(lot=lot).first()
    if quantity == 0:
        order.lines.filter(lot=lot).delete()
    elif line is not None:
        line.quantity = quantity
        line.save(update_fields=["quantity"])
    else:
        last = order.lines.order_by("-position").first()
        OrderLine.objects.create(order=order, position=last.position + 1 if last else 1, lot=lot, quantity=quantity)
    return True


def _check_design(order: Order, design: str) -> None:
    campaign = order.campaign
    if campaign is not None and not campaign.designs.filter(design=design).exists():
        raise RefusedError(f"{design} is not offered", "Ce modèle n’est pas proposé dans cette campagne.", "design")


def _check_quantity(order: Order, design: str, quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise RefusedError(f"{quantity} pieces", f"De 1 à {MAX_QUANTITY} exemplaires.", "quantity")
    most = largest_quantity(order, design)
    if quantity > most:
        raise RefusedError(
            f"{quantity} of {design}, at most {most}",
            f"Cette campagne en propose {most} au plus par commande.",
            "quantity",
        )


def largest_quantity(order: Order, design: str) -> int:
    """Of a model in one line of this order."""
    if order.campaign_id is None:
        return MAX_QUANTITY
    row = order.campaign.designs.filter(design=design).first() if order.campaign else None
    return min(row.largest_quantity or MAX_QUANTITY, MAX_QUANTITY) if row else MAX_QUANTITY


def workshop_finishes() -> list[str]:
    """What open workshops write among their finishes, each once."""
    found: dict[str, str] = {}
    for texts in (
        Workshop.objects.filter(state=Workshop.State.OPEN).order_by().values_list("finishes", flat=True).distinct()
    ):
        for text in texts or ():
            found.setdefault(str(text).casefold(), str(text))
    return [found[key] for key in sorted(found)]


# Within


def _line(order: Order, pk: int) -> OrderLine:
    line = order.lines.filter(pk=pk, lot=None).first()
    if line is None:
        raise OvertakenError(f"line {pk} is gone", "Entre-temps, cette ligne a été retirée du brouillon.")
    return line


def _touch(order: Order) -> None:
    order.save(update_fields=["updated_at"])


def _is(line: OrderLine, revision: DesignRevision, values: Mapping[str, Any], finish: str) -> bool:
    return line.revision_id == revision.pk and line.parameters == dict(values) and line.finish == finish
