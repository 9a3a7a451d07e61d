# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which maker, and what ends that choice."""

from __future__ import annotations

from orders.life.step import Step, rule


@rule("choose_maker")
def choose_maker(step: Step) -> None:
    raise NotImplementedError


@rule("change_maker", "maker_refuse")
def back_to_the_choice(step: Step) -> None:
    raise NotImplementedError
