# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the signed commitment to pieces that are finished."""

from __future__ import annotations

from django.utils import timezone

from orders.life.step import Step, rule
from orders.models import Piece
from orders.services.moving import move, stay
from orders.services.photos import belongs_to, keep_photos
from orders.services.pieces import make_pieces, set_stages, standing
from orders.services.producing import prepare as prepare_files


@rule("start")
def start(step: Step) -> None:
    """Every piece has a serial number from now on."""
    order = step.order
    step.refuse_unless(
        order.lines.filter(lot=None).exists(),
        "the order has no furniture",
        "Cette commande ne contient pas de mobilier.",
    )
    order.started_at = step.now
    step.data["pieces"] = make_pieces(order, timezone.localdate(step.now))


@rule("prepare")
def prepare(step: Step) -> None:
    production = prepare_files(step.order, dict(step.given), step.actor, step.now)
    step.data.update(
        line=production.line_id,
        production=production.pk,
        job=str(production.job.public_id),
        thickness_mm=str(production.thickness_mm),
        readings_mm=[str(value) for value in step.given["thickness_mm"]],
        quantity=step.given["quantity"],
    )


@rule("move_revision")
def move_revision(step: Step) -> None:
    """``given``: line and revision (primary keys), the one that the actor read about. The agreed price stays as it is."""
    step.data.update(move(step.order, step.given["line"], step.given["revision"], step.actor, step.now))


@rule("keep_revision")
def keep_revision(step: Step) -> None:
    """``given``: line and revision, as for the move."""
    step.data.update(stay(step.order, step.given["line"], step.given["revision"], step.actor, step.now))


@rule("progress")
def progress(step: Step) -> None:
    """Pieces that went on (or back), a photo: whatever the form says, at least one of them."""
    order, given = step.order, step.given
    known = ("stages", "photo")
    step.refuse_unless(
        any(given.get(name) for name in known),
        "nothing is noted",
        "Il n’y a rien à noter\N{NO-BREAK SPACE}: rien n’a changé.",
    )
    if given.get("stages"):
        changed = set_stages(order, given["stages"], step.now, note=step.note, seen=given.get("seen_stages"))
        step.refuse_unless(
            changed or given.get("photo"),
            "no piece changed",
            "Rien n’a changé\N{NO-BREAK SPACE}: ces exemplaires en étaient déjà là.",
            "stages",
        )
        step.data["stages"] = changed
    if given.get("photo"):
        photos = keep_photos(
            order, [given["photo"]], step.actor, piece=_piece(step), caption=str(given.get("caption") or "")
        )
        step.data["photos"] = len(photos)
        step.then(lambda event: belongs_to(photos, event))


def _piece(step: Step) -> Piece | None:
    key = step.given.get("piece")
    if not key:
        return None
    piece = standing(step.order).filter(pk=key).first()
    step.refuse_unless(
        piece is not None, "no such piece of this order", "Cet exemplaire n’est plus dans cette commande.", "piece"
    )
    return piece
