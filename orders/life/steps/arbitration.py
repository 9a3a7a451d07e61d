# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The préfecture's decision, and the money that goes with it."""

from __future__ import annotations

from orders.life.step import Step, rule


@rule("review")
def review(step: Step) -> None:
    """Nothing else changes."""


@rule("send_back")
def send_back(step: Step) -> None:
    step.order.sent_back_at = step.now


@rule("fund")
def fund(step: Step) -> None:
    raise NotImplementedError


@rule("refuse_funding")
def refuse_funding(step: Step) -> None:
    order = step.order
    order.decided_at, order.decided_by, order.decision_reason = step.now, step.actor, step.note


@rule("reconsider")
def reconsider(step: Step) -> None:
    raise NotImplementedError
