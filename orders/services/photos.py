# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Photos of pieces: kept without what a telephone hides in them (orders/services/uploads.py draws them again)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from orders.life.errors import RefusedError
from orders.models import Event, Order, Photo, Piece
from orders.services.storage import IMAGE, store

if TYPE_CHECKING:
    from accounts.models import User

#: With one form: a telephone sends them one after the other.
MOST_AT_ONCE = 6
#: Of one order: a hundred pieces with some photos each.
MOST_OF_AN_ORDER = 400

#: Bytes and the name that the browser gave.
Sent = tuple[bytes, str]


def keep_photos(
    order: Order,
    sent: Iterable[Sent],
    actor: User | None,
    *,
    piece: Piece | None = None,
    caption: str = "",
    field: str = "photo",
) -> list[Photo]:
    """Rows with their files, within the step's transaction; ``belongs_to`` ties them to its event. Raises RefusedError
    with ``field``: too many, no picture, too large."""
    found = list(sent)
    if len(found) > MOST_AT_ONCE:
        raise RefusedError("too many at once", f"{MOST_AT_ONCE} photos au plus à la fois.", field)
    if found and order.photos.count() + len(found) > MOST_OF_AN_ORDER:
        raise RefusedError("too many", f"{MOST_OF_AN_ORDER} photos au plus par commande.", field)
    files = [store(order, content, name, actor, kinds=[IMAGE], field=field) for content, name in found]
    return [
        Photo.objects.create(order=order, file=file, piece=piece, caption=caption[:200], taken_by=actor)
        for file in files
    ]


def belongs_to(photos: list[Photo], event: Event) -> None:
    Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(event=event)
