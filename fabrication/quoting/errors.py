# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Refusals about quotes. Messages are English, with the French of the page beside them."""

from __future__ import annotations

from fabrication.errors import FabricationError


class QuoteError(FabricationError, ValueError):
    """This can't be quoted, corrected or issued as asked: ``field`` is the form's, empty for all of it."""

    def __init__(self, english: str, french: str, field: str = "") -> None:
        super().__init__(english, french)
        self.field = field


class NotAllowedError(QuoteError):
    """The quote is not this person's to act on."""

    def __init__(self, english: str = "this quote is not yours") -> None:
        super().__init__(english, "Ce devis n’est pas le vôtre.")
