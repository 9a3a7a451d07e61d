# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The maker's invoice and the State's part of it."""

from __future__ import annotations

from orders.life.step import Step, rule


@rule("invoice")
def invoice(step: Step) -> None:
    raise NotImplementedError


@rule("request_payment")
def request_payment(step: Step) -> None:
    raise NotImplementedError


@rule("record_payment")
def record_payment(step: Step) -> None:
    raise NotImplementedError
