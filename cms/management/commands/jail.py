# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py jail``: what runs designers' scripts, apart from everything else (docs/jail.md)."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from designs.jail.service import check, serve


class Command(BaseCommand):
    help = "Keep two warm processes in the jail and run designers' scripts in copies of them, until told to stop."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="try the jail's walls from inside, say what held")

    def handle(self, *args: Any, **options: Any) -> None:
        code = (check if options["check"] else serve)(self._say)
        if code:
            sys.exit(code)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
