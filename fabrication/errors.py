# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Refusals of the workshop's side. Messages are English, name the part, and say what to do."""

from __future__ import annotations


class FabricationError(Exception):
    """Base of all fabrication errors. ``french`` is the same sentence for pages and e-mails."""

    def __init__(self, english: str, french: str | None = None) -> None:
        super().__init__(english)
        self.french = french or english


class NotMakeableError(FabricationError, ValueError):
    """This design can't be made on this machine: which part, why. (Exit code 3.)"""


class ChoiceError(NotMakeableError):
    """What was asked for besides the design is not there: a part's code, a layout of other parts or
    sheets. (Exit code 2: another answer helps.)"""


class NotFlatError(FabricationError, ValueError):
    """A solid is no flat part: names the part and the face."""


class VerificationError(FabricationError, ValueError):
    """A package can't even be opened for verification."""
