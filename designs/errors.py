# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can go wrong while a design is built; each error is also the fitting built-in one."""

from __future__ import annotations

from collections.abc import Mapping

from designs.typography import unbroken


class DesignError(Exception):
    """A design can't be built as asked. ``str(error)`` is English, for logs and exceptions."""


class ParameterError(DesignError, ValueError):
    """One or more parameter values are refused.

    ``messages`` maps the parameter's name to a French sentence, to be shown beside its field;
    a constraint between several parameters appears under each of them.
    ``str(error)`` is one English line that names every refused parameter.
    """

    def __init__(self, english: str, messages: Mapping[str, str]) -> None:
        super().__init__(english)
        self.messages = {name: unbroken(message) for name, message in messages.items()}


class SheetError(DesignError, ValueError):
    """The sheet does not suit the design (too thin, too thick, too light for these sizes).

    ``french`` is the sentence for people, if there is more to say than that.
    """

    def __init__(self, english: str, french: str = "") -> None:
        super().__init__(english)
        self.french = unbroken(french)


class GeometryError(DesignError, ValueError):
    """A panel or a joint has no valid geometry with these sizes; the message names the part."""


class OkhError(DesignError, ValueError):
    """What should be somebody's OKH manifest is none; one line, which names the file."""


class RemarkError(DesignError, ValueError):
    """A remark that can't be kept; ``french`` is the sentence for people."""

    def __init__(self, english: str, french: str) -> None:
        super().__init__(english)
        self.french = french


class UnknownDesignError(DesignError, LookupError):
    """No design of that identifier, or of that revision, is drawn by this code."""

    french = "Cette version du modèle n’est plus dessinée."
