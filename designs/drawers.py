# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who draws a model that is no code of ours.

A floor above registers how: drawing a stranger's script takes a jail and the recognition of flat parts, of which this floor
knows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from designs.errors import UnknownDesignError

if TYPE_CHECKING:
    from designs.content import Content
    from designs.design import Design


class Drawer(Protocol):
    """Gives the design that this content is, without drawing it yet. ``number`` is 0 and ``version`` empty for a candidate;
    ``texts`` are title, summary, story, credit, licence and changes, each in French or missing."""

    def __call__(
        self, identifier: str, number: int, content: Content, texts: Mapping[str, str], version: str, /
    ) -> Design: ...


_drawers: dict[str, Drawer] = {}


def register(origin: str, drawer: Drawer) -> None:
    """``origin`` is that of a revision: "studio". The last one registered draws."""
    _drawers[origin] = drawer


def drawn_by(
    origin: str, identifier: str, number: int, content: Content, texts: Mapping[str, str], version: str = ""
) -> Design:
    """Raises UnknownDesignError where nobody draws what comes from there."""
    if origin not in _drawers:
        raise UnknownDesignError(
            f"nobody draws what comes from {origin!r}; registered: {', '.join(_drawers) or 'none'}"
        )
    return _drawers[origin](identifier, number, content, texts, version)
