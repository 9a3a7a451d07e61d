# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py sync_designs``: publish the revisions that the code draws."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cms.catalogue import sync_designs


class Command(BaseCommand):
    help = "Publish the design revisions that the code draws."

    def handle(self, *args: Any, **options: Any) -> None:
        for revision in sync_designs():
            self.stdout.write(str(revision))
