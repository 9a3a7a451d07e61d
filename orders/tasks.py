# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Celery calls. A message carries nothing: the rows are the truth."""

from __future__ import annotations

from celery import shared_task

from orders.services import choosing, sending


@shared_task(name="orders.send")
def send() -> None:
    choosing.note_answers()
    sending.send_waiting()
