# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The life of an order: one table of actions, one function that takes a step."""

from orders.life.advancing import advance
from orders.life.errors import (
    ClosedError,
    NotAllowedError,
    OrderError,
    OvertakenError,
    RefusedError,
)
from orders.life.table import ACTIONS, Action, Party

__all__ = [
    "ACTIONS",
    "Action",
    "ClosedError",
    "NotAllowedError",
    "OrderError",
    "OvertakenError",
    "Party",
    "RefusedError",
    "advance",
]
