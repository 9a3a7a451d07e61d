# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why a change of a record is refused. ``french`` is for pages, the message for logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class NotAllowedError(PermissionError):
    """This person may not do this. Pages say that there is nothing here."""


class RecordError(ValueError):
    """A change that can't be: ``messages`` are French, by field; "" for what is no single field's."""

    def __init__(self, message: str, messages: Mapping[str, str]) -> None:
        super().__init__(message)
        self.messages = dict(messages)

    @property
    def french(self) -> str:
        return " ".join(self.messages.values())


class StaleError(RecordError):
    """Somebody else changed the same fields since they were read. ``stored`` is what stands there now."""

    def __init__(self, subject: str, stored: Mapping[str, Any]) -> None:
        super().__init__(
            f"{subject} was changed by somebody else in the meantime",
            {
                "": "Quelqu’un d’autre a modifié ces informations pendant que vous les remplissiez. Votre saisie est "
                "gardée ci-dessous\N{NO-BREAK SPACE}: relisez-la, puis enregistrez de nouveau pour la mettre à la place."
            },
        )
        self.stored = dict(stored)


class BlockedError(RecordError):
    """Work in progress stands against it. ``reasons`` are French sentences."""

    def __init__(self, subject: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{subject} has work in progress", {"": " ".join(reasons)})
        self.reasons = tuple(reasons)
