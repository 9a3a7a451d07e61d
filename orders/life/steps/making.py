# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the signed commitment to pieces that are finished."""

from __future__ import annotations

from orders.life.step import Step, rule


@rule("start")
def start(step: Step) -> None:
    raise NotImplementedError


@rule("prepare")
def prepare(step: Step) -> None:
    raise NotImplementedError


@rule("progress")
def progress(step: Step) -> None:
    raise NotImplementedError
