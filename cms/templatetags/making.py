# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far a piece is, in words."""

from __future__ import annotations

from django import template

from orders.models import Piece
from orders.services.pieces import STAGE_WORDS

register = template.Library()


@register.filter
def stage(piece: Piece) -> str:
    """ "monté", of one piece ("un exemplaire")."""
    return STAGE_WORDS[Piece.Stage(piece.stage)][0]
