# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be wrong with a place, in English for logs and in French for pages."""

from __future__ import annotations


class UnknownCommuneError(LookupError):
    """No commune has this INSEE code, nor had it."""

    def __init__(self, code: object) -> None:
        self.code = str(code)[:20]
        super().__init__(f"no French commune has the INSEE code {self.code!r}")

    @property
    def french(self) -> str:
        return f"Aucune commune ne porte le code «\u00a0{self.code}\u00a0»."


class NotConnectedError(ValueError):
    """Two places with sea between them and no road: there is no distance to give. ``one`` and ``other`` are the two
    territories' names in French, with their article."""

    def __init__(self, one: str, other: str) -> None:
        self.one, self.other = one, other
        super().__init__(f"no road leads from {one} to {other}: there is no distance between them")

    @property
    def french(self) -> str:
        return f"Aucune route ne relie {self.one} et {self.other}\u00a0: il n’y a pas de distance à donner."
