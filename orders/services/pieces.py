# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pieces of furniture: their serial numbers, their passports' codes, how far each is."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from orders.life.errors import RefusedError
from orders.models import Order, OrderLine, Piece
from orders.services.numbering import next_number, next_numbers

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Of a passport's code: no 0, O, 1, I or L, which people take for one another. 31¹² codes: nobody guesses one.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12

_Stage = Piece.Stage
#: What a workshop notes, in the order in which it happens; what comes after it is noted with a delivery.
WORKSHOP_STAGES = (_Stage.TO_CUT, _Stage.CUT, _Stage.ASSEMBLED, _Stage.FINISHED)
#: Of one, of several: "un exemplaire monté", "trois exemplaires montés".
STAGE_WORDS = {
    _Stage.TO_CUT: ("à découper", "à découper"),
    _Stage.CUT: ("découpé", "découpés"),
    _Stage.ASSEMBLED: ("monté", "montés"),
    _Stage.FINISHED: ("fini", "finis"),
    _Stage.SHIPPED: ("en route", "en route"),
    _Stage.DELIVERED: ("livré", "livrés"),
    _Stage.REPLACED: ("remplacé", "remplacés"),
}
#: Left the workshop.
AWAY = (_Stage.SHIPPED, _Stage.DELIVERED)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def clean_code(text: str) -> str:
    """A code as somebody types it ("abcd-efgh jkmn") → as it is kept; "" for what can't be one."""
    if len(text) > 3 * CODE_LENGTH:
        return ""
    code = text.replace("-", "").replace(" ", "").upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def grouped(code: str) -> str:
    """ "ABCD-EFGH-JKMN", as people read it aloud."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def standing(order: Order) -> QuerySet[Piece]:
    """The order's pieces, but those that another one has replaced."""
    return Piece.objects.filter(line__order=order).exclude(stage=_Stage.REPLACED)


def has_pieces(order: Order, stage: str) -> bool:
    """Is any of them at this stage?"""
    return standing(order).filter(stage=stage).exists()


def make_pieces(order: Order, day: date) -> int:
    """One row a piece of every line of furniture, to be cut; returns how many. Within the step's transaction."""
    assert order.workshop_id is not None
    wanted = [(line, index) for line in order.lines.filter(lot=None) for index in range(1, line.quantity + 1)]
    numbers = next_numbers("piece", day.year, len(wanted))
    rows = [
        Piece(
            line=line,
            index=index,
            code=new_code(),
            year=day.year,
            number=number,
            workshop_id=order.workshop_id,
        )
        for (line, index), number in zip(wanted, numbers, strict=True)
    ]
    Piece.objects.bulk_create(rows)
    return len(rows)


def remake(piece: Piece, day: date) -> Piece:
    """A new piece in the place of this one, which is from now on replaced. Within the step's transaction."""
    piece.stage = _Stage.REPLACED
    piece.save(update_fields=["stage"])
    return Piece.objects.create(
        line=piece.line,
        index=piece.index,
        code=new_code(),
        year=day.year,
        number=next_number("piece", day.year),
        workshop=piece.workshop,
        replaces=piece,
    )


def set_stages(
    order: Order, wanted: Mapping[int, str], now: datetime, *, note: str, seen: Mapping[int, str] | None = None
) -> dict[str, str]:
    """Move pieces (primary key → stage) within the workshop; those that are there already stay. Returns serial → stage of
    what changed. ``seen``: where they were on the page, so that two telephones in one hall don't undo each other's notes.
    Raises RefusedError: not the order's, elsewhere by now, away, no files yet, or back without a reason."""
    found = {piece.pk: piece for piece in standing(order).filter(pk__in=list(wanted)).select_related("production")}
    if set(found) != set(wanted):
        raise RefusedError("no such piece of this order", "Cet exemplaire n’est plus dans cette commande.", "stages")
    changed: dict[str, str] = {}
    for pk, name in wanted.items():
        piece = found[pk]
        if name not in WORKSHOP_STAGES:
            raise RefusedError(f"{name!r} is no stage of the workshop's", "Choisissez l’une des étapes.", "stages")
        stage = _Stage(name)
        if stage == piece.stage:
            continue
        if seen is not None and seen.get(pk, piece.stage) != piece.stage and piece.stage in WORKSHOP_STAGES:
            raise RefusedError(
                f"{piece.serial} is {piece.stage} by now",
                f"Entre-temps, quelqu’un a noté l’exemplaire {piece.serial} comme «\N{NO-BREAK SPACE}"
                f"{STAGE_WORDS[_Stage(piece.stage)][0]}\N{NO-BREAK SPACE}». Vérifiez, puis notez de nouveau.",
                "stages",
            )
        _refuse_unless_movable(piece, stage, note)
        _move(piece, stage, now)
        changed[piece.serial] = stage.value
    return changed


def _refuse_unless_movable(piece: Piece, stage: Piece.Stage, note: str) -> None:
    if piece.stage in AWAY:
        raise RefusedError(
            f"{piece.serial} is {piece.stage}", f"L’exemplaire {piece.serial} a déjà quitté l’atelier.", "stages"
        )
    if stage != _Stage.TO_CUT and piece.production_id is None:
        raise RefusedError(
            f"{piece.serial} has no files yet",
            f"Préparez d’abord les fichiers de découpe de l’exemplaire {piece.serial}\N{NO-BREAK SPACE}: son passeport "
            "dira de quel panneau il vient.",
            "stages",
        )
    if WORKSHOP_STAGES.index(stage) < WORKSHOP_STAGES.index(_Stage(piece.stage)) and not note:
        raise RefusedError(
            f"{piece.serial} goes back to {stage}: a reason is needed",
            f"L’exemplaire {piece.serial} revient en arrière\N{NO-BREAK SPACE}: écrivez pourquoi.",
            "note",
        )


def _move(piece: Piece, stage: Piece.Stage, now: datetime) -> None:
    piece.stage = stage
    finished = stage == _Stage.FINISHED
    piece.made_on = timezone.localdate(now) if finished else None
    piece.save(update_fields=["stage", "made_on"])


def chosen(order: Order, keys: Iterable[int], stages: Iterable[str], english: str, french: str) -> list[Piece]:
    """The order's standing pieces of these keys, all of them in one of the stages. Raises RefusedError (field pieces)."""
    wanted = set(keys)
    found = list(standing(order).filter(pk__in=wanted).select_related("line__revision"))
    if not wanted:
        raise RefusedError("no piece is chosen", "Choisissez au moins un exemplaire.", "pieces")
    if len(found) != len(wanted):
        raise RefusedError("no such piece of this order", "Cet exemplaire n’est plus dans cette commande.", "pieces")
    wrong = [piece.serial for piece in found if piece.stage not in set(stages)]
    if wrong:
        raise RefusedError(f"{english}: {', '.join(wrong)}", f"{french} {', '.join(wrong)}.", "pieces")
    return found


def title_of(line: OrderLine) -> str:
    """ "Chariot-établi"; a line of furniture has a revision."""
    assert line.revision is not None
    return str(line.revision.texts.get("title", line.design))
