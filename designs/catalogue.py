# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The published designs, found by identifier."""

from __future__ import annotations

from importlib import import_module

from designs.design import Design
from designs.errors import UnknownDesignError

#: identifier → module and class; modules are imported when asked for.
_DESIGNS = {
    "porte": ("designs.porte", "Porte"),
    "maisonnette": ("designs.maisonnette", "Maisonnette"),
    "chariot": ("designs.chariot", "Chariot"),
}


def identifiers() -> tuple[str, ...]:
    return tuple(_DESIGNS)


def design(identifier: str) -> Design:
    """Raises UnknownDesignError, which names the known ones."""
    if identifier not in _DESIGNS:
        raise UnknownDesignError(f"no design {identifier!r}; known designs: {', '.join(_DESIGNS)}")
    module, name = _DESIGNS[identifier]
    found = getattr(import_module(module), name)()
    assert isinstance(found, Design)
    return found
