# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What leaves the workshop, what arrives, and what is wrong with it."""

from __future__ import annotations

from orders.life.step import Step, rule


@rule("ship", "ship_part", "ship_remake")
def ship(step: Step) -> None:
    raise NotImplementedError


@rule("receive_part", "deliver", "receive_remake")
def receive(step: Step) -> None:
    raise NotImplementedError


@rule("accept")
def accept(step: Step) -> None:
    raise NotImplementedError


@rule("claim")
def claim(step: Step) -> None:
    raise NotImplementedError


@rule("answer_claim")
def answer_claim(step: Step) -> None:
    raise NotImplementedError


@rule("resolve_claim")
def resolve_claim(step: Step) -> None:
    raise NotImplementedError
