# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The published designs, found by identifier: those in code, and whatever a database knows beside them.

``design("chariot@1")`` and ``design("table-d-accueil@<SHA-256>")`` are one drawing exactly, as ``Design.reference`` names it.
Without a database (a script, the shell) there are the shipped ones."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from designs.design import Design
from designs.errors import UnknownDesignError

#: identifier → module and class; modules are imported when asked for.
_DESIGNS = {
    "porte": ("designs.porte", "Porte"),
    "maisonnette": ("designs.maisonnette", "Maisonnette"),
    "chariot": ("designs.chariot", "Chariot"),
}

#: (identifier, content key or "") → the design; None: nothing is known of it there.
Finder = Callable[[str, str], Design | None]
_finders: list[Finder] = []


def identifiers() -> tuple[str, ...]:
    """Of the shipped designs."""
    return tuple(_DESIGNS)


def register(finder: Finder) -> None:
    """Who knows designs that are not in code, and later revisions of those that are."""
    if finder not in _finders:
        _finders.append(finder)


def design(reference: str) -> Design:
    """Raises UnknownDesignError, which names the shipped ones, also for a revision that nobody draws any more.

    An identifier of code alone is the shipped drawing, wherever it is asked for; which of its revisions people order today,
    designs.services.finding says."""
    identifier, _, content_key = reference.partition("@")
    drawn = shipped(identifier) if identifier in _DESIGNS else None
    if drawn is not None and content_key in ("", drawn.content_key):
        return drawn
    for finder in _finders:
        found = finder(identifier, content_key)
        if found is not None:
            return found
    if drawn is None:
        raise UnknownDesignError(f"no design {identifier!r}; known designs: {', '.join(_DESIGNS)}")
    raise UnknownDesignError(f"no {reference!r}: {identifier} is drawn in revision {drawn.revision}")


def shipped(identifier: str) -> Design:
    """The one in code. Raises UnknownDesignError, which names the known ones."""
    if identifier not in _DESIGNS:
        raise UnknownDesignError(f"no design {identifier!r}; known designs: {', '.join(_DESIGNS)}")
    module, name = _DESIGNS[identifier]
    found = getattr(import_module(module), name)()
    assert isinstance(found, Design)
    return found
