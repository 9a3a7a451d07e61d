# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Functions of numbers and arrays that numba makes fast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled once a machine where a cache can be written, else once a process (some seconds)."""
    try:
        fast: Callable[..., Any] = numba.njit(cache=True)(function)
    except RuntimeError:  # "cannot cache function: no locator available": a read-only installation
        fast = numba.njit(function)
    return fast
