# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a draft to an intention that the préfecture has, and what may still be changed of it."""

from __future__ import annotations

from orders.life.step import Step, rule


@rule("submit", "submit_self_funded")
def submit(step: Step) -> None:
    raise NotImplementedError


@rule("amend")
def amend(step: Step) -> None:
    raise NotImplementedError


@rule("self_fund")
def self_fund(step: Step) -> None:
    """Nothing else changes: the decision not to fund stays in the history."""
