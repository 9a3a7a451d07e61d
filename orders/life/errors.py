# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a step of an order is refused with. The text is English, for logs; ``french`` is for the page."""

from __future__ import annotations


class OrderError(ValueError):
    """A refused step. ``field``: of the form, where the refusal is about one ("" : of the whole)."""

    def __init__(self, english: str, french: str, field: str = "") -> None:
        super().__init__(english)
        self.french = french
        self.field = field


class NotAllowedError(OrderError):
    """This person may not do that for this order: to them it does not exist, a page answers 404."""


class OvertakenError(OrderError):
    """Somebody else was quicker: the order is not in a state any more from which this step goes on. ``french`` says what
    happened, by whom and when."""


class RefusedError(OrderError):
    """A guard says no, and what to do about it."""


class ClosedError(RefusedError):
    """The campaign's dates say no; the date is in the text."""
