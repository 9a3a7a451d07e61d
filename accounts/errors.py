# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can't be done with people and organisations, in English for logs and in French for pages."""

from __future__ import annotations


class AccountError(ValueError):
    """``field`` names the form's field that it is about, if it is about one; ``french`` is a whole sentence."""

    def __init__(self, message: str, french: str, field: str = "") -> None:
        super().__init__(message)
        self.french = french
        self.field = field


class NotAllowedError(AccountError, PermissionError):
    """This person may not do this. Pages answer 404: what is not yours does not exist."""


class AlreadyRegisteredError(AccountError):
    """The organisation is there; its managers invite."""


class LastManagerError(AccountError):
    """Nobody would be left who can invite and remove people."""


class InvitationError(AccountError):
    """Too old, used, taken back, or somebody else's."""


class TooManyError(AccountError):
    """More invitations than anybody means to send."""
