# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Celery calls for meetings and messages. A message carries nothing: the rows are the truth."""

from __future__ import annotations

import logging

from celery import shared_task

log = logging.getLogger(__name__)


@shared_task(name="cms.send_letters")
def send_letters() -> None:
    """A fault of the reminders keeps no letter from its way."""
    from cms.letters import send_waiting
    from cms.meetings.reminding import remind

    for part in (remind, send_waiting):
        try:
            part()
        except Exception:
            log.exception("%s.%s", part.__module__, part.__name__)
