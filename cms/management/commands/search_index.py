# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py search_index``: what the search knows, looked at again from the beginning."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cms.search.index import rebuild


class Command(BaseCommand):
    help = "Write the search's rows anew where they differ from what anybody may read today."

    def handle(self, *args: Any, **options: Any) -> None:
        written, gone = rebuild()
        self.stdout.write(f"{written} entries written, {gone} taken away")
