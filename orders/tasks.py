# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Celery calls. A message carries nothing: the rows are the truth."""

from __future__ import annotations

from celery import shared_task

from orders.services import sending


@shared_task(name="orders.send")
def send() -> None:
    sending.send_waiting()
