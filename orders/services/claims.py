# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Defects: told by the buyer, answered by the maker, closed by the buyer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from orders.life.errors import RefusedError
from orders.models import Claim, Order, Piece
from orders.services.pieces import remake, standing

if TYPE_CHECKING:
    from accounts.models import User

_Remedy = Claim.Remedy
_LONGEST = 2_000


def open_claim(order: Order, given: Mapping[str, Any], words: str, actor: User | None) -> Claim:
    """About a piece that has arrived, a remade one too; ``part`` is a part's code if the buyer knows it. Raises
    RefusedError (piece, part, note)."""
    piece = standing(order).filter(pk=given["piece"]).first()
    if piece is None or piece.stage != Piece.Stage.DELIVERED:
        raise RefusedError("no such piece has arrived", "Choisissez un exemplaire qui vous est arrivé.", "piece")
    part = str(given.get("part") or "").strip().upper()
    if part and not (part.isascii() and part.isalnum() and len(part) <= 12):
        raise RefusedError(
            f"{part!r} is no part's code",
            "Le code d’une pièce est gravé dessus, par exemple P03. Laissez vide si vous ne le voyez pas.",
            "part",
        )
    return Claim.objects.create(order=order, piece=piece, part=part, description=_bounded(words), opened_by=actor)


def answer_claim(order: Order, given: Mapping[str, Any], words: str, now: datetime) -> tuple[Claim, Piece | None]:
    """Repair, remake or no defect, with its reason; the new piece of a remake. An answer may be changed until the claim is
    closed or a new piece is begun. Raises RefusedError (claim, remedy)."""
    claim = _open(order, given)
    remedy = str(given["remedy"])
    if remedy not in _Remedy.values:
        raise RefusedError(f"{remedy!r} is no remedy", "Choisissez l’une des réponses.", "remedy")
    if claim.remedy == _Remedy.REMAKE or (remedy == _Remedy.REMAKE and claim.piece.stage == Piece.Stage.REPLACED):
        raise RefusedError(
            f"{claim.piece.serial} is replaced already",
            f"L’exemplaire {claim.piece.serial} est déjà remplacé par un nouveau.",
            "remedy",
        )
    claim.remedy, claim.answer, claim.answered_at = remedy, _bounded(words), now
    claim.save(update_fields=["remedy", "answer", "answered_at"])
    new = remake(claim.piece, timezone.localdate(now)) if remedy == _Remedy.REMAKE else None
    return claim, new


def resolve_claim(order: Order, given: Mapping[str, Any], now: datetime) -> Claim:
    """The buyer is content, or lives with the answer. Raises RefusedError (claim): not answered, or the new piece is not
    there yet."""
    claim = _open(order, given)
    if not claim.remedy:
        raise RefusedError("not answered", "L’atelier n’a pas encore répondu à cette réclamation.", "claim")
    new = Piece.objects.filter(replaces=claim.piece_id).first()
    if claim.remedy == _Remedy.REMAKE and (
        new is None or new.stage not in (Piece.Stage.DELIVERED, Piece.Stage.REPLACED)
    ):
        raise RefusedError(
            "the new piece has not arrived",
            "Le nouvel exemplaire n’est pas encore arrivé\N{NO-BREAK SPACE}: notez son arrivée d’abord.",
            "claim",
        )
    claim.resolved_at = now
    claim.save(update_fields=["resolved_at"])
    return claim


def _open(order: Order, given: Mapping[str, Any]) -> Claim:
    claim = order.claims.select_related("piece__line").filter(pk=given["claim"]).first()
    if claim is None:
        raise RefusedError("no such claim of this order", "Cette réclamation n’existe pas.", "claim")
    if claim.resolved_at is not None:
        raise RefusedError("closed already", "Cette réclamation est déjà close.", "claim")
    return claim


def _bounded(words: str) -> str:
    if len(words) > _LONGEST:
        raise RefusedError("too long", f"{_LONGEST} caractères au plus.", "note")
    return words
