# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sheets that are cut, ticked one by one at the machine. A tick is the workshop's own note: it moves no order, and comes through
later where the hall has no network."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from designs.typography import typeset
from orders.life.errors import NotAllowedError, RefusedError
from orders.life.parties import parties_of
from orders.life.table import Party
from orders.models import Order, Production, SheetCut, State

if TYPE_CHECKING:
    from accounts.models import User

#: While there is something to cut: a remake is cut after the delivery.
CUTTING = (State.IN_PRODUCTION, State.SHIPPED, State.DELIVERED, State.ACCEPTED)
#: A tap older than this is no tap of today's shift: the time of its arrival counts.
_LATEST = timedelta(days=2)


@transaction.atomic
def tick_sheet(
    order: Order,
    production_key: int,
    sheet: int,
    *,
    actor: User,
    most: int,
    is_cut: bool = True,
    tapped_at: datetime | None = None,
) -> SheetCut | None:
    """This sheet (1 … ``most``) of a package is cut, or is not after all (None). Told again, nothing changes: who came first, and
    when, stays. ``tapped_at``: when the finger touched it, where the network was away; what a clock gets wrong is not believed.

    Raises NotAllowedError, and RefusedError (field production: other files stand in the place of these; field sheet)."""
    if Party.MAKER not in parties_of(actor, order):
        raise NotAllowedError(f"{actor} is not the maker of order {order.pk}", "Cette commande n’est pas à vous.")
    production = (
        Production.objects.select_for_update(of=("self",)).filter(pk=production_key, line__order=order.pk).first()
    )
    if production is None:
        raise _refused("no such production", "Ces fichiers ne sont pas de cette commande.", "production")
    if production.replaced_at is not None:
        raise _refused(
            f"production {production.pk} was replaced",
            "Entre-temps, d’autres fichiers ont été préparés pour cette ligne : la coche du panneau "
            f"{sheet} était pour les anciens. Rechargez la page et vérifiez d’où vient ce panneau.",
            "production",
        )
    if State(order.state) not in CUTTING:
        raise _refused(f"the order is {order.state}", "Cette commande ne se découpe plus.", "production")
    if not 1 <= sheet <= most:
        raise _refused(f"no sheet {sheet} of {most}", "Ce panneau n’est pas dans ces fichiers.", "sheet")
    if not is_cut:
        SheetCut.objects.filter(production=production, sheet=sheet).delete()
        return None
    cut, _ = SheetCut.objects.get_or_create(
        production=production, sheet=sheet, defaults={"cut_by": actor, "cut_at": _when(production, tapped_at)}
    )
    return cut


def _when(production: Production, tapped_at: datetime | None) -> datetime:
    now = timezone.now()
    earliest = max(production.made_at, now - _LATEST)
    return tapped_at if tapped_at is not None and earliest <= tapped_at <= now else now


def _refused(english: str, french: str, field: str) -> RefusedError:
    return RefusedError(english, typeset(french), field)
