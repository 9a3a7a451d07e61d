# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far the workshop is: pieces by stage, photos. For the maker, the way to its own page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from cms.templatetags.french import plural
from cms.views.making.access import pieces_of
from orders.life import Party
from orders.models import WITH_MAKER, Order, Piece, State
from orders.services.pieces import STAGE_WORDS, WORKSHOP_STAGES, title_of

_STAGES = (*WORKSHOP_STAGES, Piece.Stage.SHIPPED, Piece.Stage.DELIVERED)


def section(request: HttpRequest, order: Order, parties: frozenset[Party]) -> dict[str, Any] | None:
    """From the commitment on."""
    if order.state not in WITH_MAKER or order.state == State.MAKER_CHOSEN or not parties:
        return None  # a workshop that was only asked for a quote is no party
    pieces = pieces_of(order)
    if not pieces and Party.MAKER not in parties:
        return None
    lines: dict[int, dict[str, Any]] = {}
    for piece in pieces:
        line = lines.setdefault(piece.line_id, {"title": title_of(piece.line), "pieces": [], "material": ""})
        line["pieces"].append(piece)
        line["material"] = piece.material or line["material"]
    for line in lines.values():
        own = line["pieces"]
        reached = [_STAGES.index(Piece.Stage(piece.stage)) for piece in own]
        line["percent"] = round(100 * sum(reached) / (len(own) * (len(_STAGES) - 1)))
        line["counts"] = _counts(own)
    return {
        "lines": list(lines.values()),
        # Those of a defect stand with its claim.
        "photos": list(order.photos.filter(event__action="progress").select_related("piece").order_by("-pk")[:12]),
        "making": reverse("making", args=[order.public_id]) if Party.MAKER in parties else "",
    }


def _counts(pieces: list[Piece]) -> list[str]:
    """ "2 livrés", "1 monté"."""
    numbers = [(stage, sum(piece.stage == stage for piece in pieces)) for stage in _STAGES]
    return [plural(count, ",".join(STAGE_WORDS[stage])) for stage, count in numbers if count]
