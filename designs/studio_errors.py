# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the studio refuses. ``str(error)`` is English, ``french`` the sentence for people, ``messages`` what stands beside a
field."""

from __future__ import annotations

from collections.abc import Mapping

from designs.errors import DesignError
from designs.typography import spaced


class StudioError(DesignError, ValueError):
    """Something that can't be done with a model. ``messages`` maps the path of a field ("texts.title") to a French sentence."""

    def __init__(self, english: str, french: str = "", messages: Mapping[str, str] | None = None) -> None:
        super().__init__(english)
        self.messages = {path: spaced(message) for path, message in (messages or {}).items()}
        self.french = spaced(french) if french else " ".join(self.messages.values())


class NotYoursError(StudioError):
    """Not this person's model, or not this person's to decide. Pages answer that there is no such thing."""

    def __init__(self, english: str, french: str = "Ce modèle n’est pas à vous.") -> None:
        super().__init__(english, french)


class LockedError(StudioError):
    """Nobody changes what is being reviewed, or what waits for its date."""


class ConflictError(StudioError):
    """Somebody saved in between. ``current`` is the newer state's id; who overwrites it on purpose says it as ``based_on``."""

    def __init__(self, english: str, french: str, current: str) -> None:
        super().__init__(english, french)
        self.current = current


class PublicationRefused(StudioError):
    """Not publishable as it is: ``messages`` say what is missing, each under what it is about.

    ``waits``: nobody has to mend anything, workers have to look; "failed" where they tried and could not, else "asked"."""

    waits = ""
