# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The agreement between the préfecture and the buyer."""

from __future__ import annotations

from orders.life.step import Step, rule


@rule("sign_agreement")
def sign_agreement(step: Step) -> None:
    raise NotImplementedError


@rule("commit")
def commit(step: Step) -> None:
    raise NotImplementedError
