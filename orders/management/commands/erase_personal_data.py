# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py erase_personal_data``: what has had its time goes, and is named. Once a day, from the server's own calendar."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders.services.retention import KINDS, erase_personal_data

#: References in a line; the rest is counted.
_SHOWN = 20


class Command(BaseCommand):
    help = "Erase the personal data whose time is over (docs/retention.md), and say what was erased."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")
        parser.add_argument("--today", type=_day, default=None, help="as on that day (YYYY-MM-DD), not a later one")
        parser.add_argument("--all", action="store_true", help="name every reference, not the first twenty of a kind")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = erase_personal_data(options["today"], dry_run=options["dry_run"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        verb = "would be erased" if report.is_dry else "erased"
        for kind in KINDS:
            found = report.found[kind.name]
            self.stdout.write(f"{kind.name}: {len(found)} {verb} (kept {kind.days} days): {kind.what}")
            shown = found if options["all"] else found[:_SHOWN]
            if shown:
                more = f" and {len(found) - len(shown)} more" if len(found) > len(shown) else ""
                self.stdout.write(f"  {', '.join(shown)}{more}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text[:30]!r} is no day: YYYY-MM-DD") from error
