# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "Site"

    def ready(self) -> None:
        # Tasks are bound to the current application: the web process needs it to ring.
        import cms.celery  # noqa: F401
        from cms.forgetting import connect
        from cms.meetings.signals import connect as announce_meetings
        from cms.remaking import connect as remake
        from cms.retention import register as keep_no_longer
        from cms.search.keeping import connect as keep_search
        from cms.views.makers.in_progress import quotes_in_force, unfinished_jobs
        from fablabs.services.closing import register_blocker
        from orders.services.producing import orders_in_progress

        keep_search()
        announce_meetings()
        keep_no_longer()
        remake()
        # Here and not beside the pages: a command or a worker that closes a workshop loads no addresses.
        register_blocker("jobs", unfinished_jobs)
        register_blocker("quotes", quotes_in_force)
        register_blocker("orders", orders_in_progress)
        connect()
