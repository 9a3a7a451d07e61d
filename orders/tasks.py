# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Celery calls. A message carries nothing: the rows are the truth."""

from __future__ import annotations

import logging
from collections.abc import Callable

from celery import shared_task

from orders.services import choosing, digesting, packages_made, papers, reminding, revision_news, sending, storage

log = logging.getLogger(__name__)


@shared_task(name="orders.send")
def send() -> None:
    """A fault of one part keeps no other from its work: no answer that can't be noted stops the mail."""
    for part in (
        choosing.note_answers,
        reminding.remind,
        packages_made.tell_finished,
        revision_news.tell_makers,
        sending.send_waiting,
    ):
        _attempt(part)


@shared_task(name="orders.digest")
def digest() -> None:
    """At 7:00 in France, and soon after for what nobody did then."""
    _attempt(digesting.write_digests)


@shared_task(name="orders.print")
def print_papers() -> None:
    """Apart from the mail, which does not wait for seconds of printing."""
    _attempt(papers.print_waiting)


@shared_task(name="orders.tidy")
def tidy() -> None:
    """Files that no row names."""
    storage.tidy()


def _attempt(part: Callable[[], int]) -> None:
    try:
        part()
    except Exception:
        log.exception("%s.%s", part.__module__, part.__name__)
