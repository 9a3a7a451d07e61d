# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Celery calls for the search, hourly: a bulk update tells nobody, and a restart may have cut a refresh short."""

from __future__ import annotations

from celery import shared_task

from cms.search.index import rebuild


@shared_task(name="cms.search_index")
def search_index() -> None:
    rebuild()
