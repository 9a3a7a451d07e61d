# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a check answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Colour(StrEnum):
    GREEN = "green"
    AMBER = "amber"  # to be known, and explained; it may be published
    RED = "red"  # must not be published


@dataclass(frozen=True)
class Verdict:
    """One answer. ``figure`` and ``limit`` are in ``unit``; None where a check counts nothing.

    ``source`` says where the limit comes from; ``detail`` names what is meant, and if it is not green, what is wrong.
    """

    check: str
    figure: float | None
    limit: float | None
    unit: str
    source: str
    verdict: Colour
    detail: str
