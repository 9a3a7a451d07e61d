# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must hold for each action and what it changes: one module a part of the life."""

from orders.life.steps import agreement, arbitration, choice, deliveries, ending, intention, making, payment

__all__ = ["agreement", "arbitration", "choice", "deliveries", "ending", "intention", "making", "payment"]
