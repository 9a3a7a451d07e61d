# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can be wrong with what a workshop says of itself."""

from __future__ import annotations


class MachineFileError(ValueError):
    """A machine file is not valid; the English message names the key. ``french`` is for pages."""

    @property
    def french(self) -> str:
        return f"La fiche de la machine n’est pas valable\u00a0: {self}"
