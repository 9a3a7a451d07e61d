# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece's passport: found by its code, which is printed and engraved on it. Anybody who holds the piece may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from django.urls import reverse

from orders.models import Order, Piece
from orders.services.pieces import clean_code

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Codes that nobody has, from one place, before it has to wait; a telephone that misreads a label asks twice or thrice.
MOST_GUESSES, GUESSES_SECONDS = 30, 600


def with_passport(pieces: QuerySet[Piece]) -> QuerySet[Piece]:
    """All that a passport or a label says, in one query."""
    return pieces.select_related(
        "line__revision", "line__moved_to", "workshop__maker__organisation", "production__job__package", "production__job__revision",
        "replaces", "replaced_by",
    )  # fmt: skip


def piece_of(text: str) -> Piece | None:
    """By its code, however it was typed."""
    code = clean_code(text)
    return with_passport(Piece.objects.all()).filter(code=code).first() if code else None


def pieces_of(order: Order) -> list[Piece]:
    """Standing ones, in the order of their lines: a label each."""
    found = with_passport(Piece.objects.filter(line__order=order)).exclude(stage=Piece.Stage.REPLACED)
    return list(found.order_by("line__position", "index"))


def address_of(piece: Piece) -> str:
    """What the QR code says: the whole address, of the site as it is known to the world."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("passport", args=[piece.code])


def short_address(piece: Piece) -> str:
    """For those who type: without https://."""
    return address_of(piece).split("://", 1)[-1].rstrip("/")


def has_guessed_too_often(place: str) -> bool:
    """``place``: whence a request comes."""
    return int(caches["strangers"].get(_key(place), 0)) >= MOST_GUESSES


def note_guess(place: str) -> None:
    """Counted as long as nobody there has been quiet for a while: each wrong code begins the wait again."""
    caches["strangers"].set(_key(place), int(caches["strangers"].get(_key(place), 0)) + 1, GUESSES_SECONDS)


def _key(place: str) -> str:
    return f"passport-guesses:{place}"
