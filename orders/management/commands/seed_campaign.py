# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py seed_campaign``: thousands of invented orders, to see how the site bears them. Never on a site in use."""

from __future__ import annotations

import argparse
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from orders.models import Order
from orders.seeding.campaign import SeedError, seed

#: What one command makes at most: beyond it, numbers of invented organisations would run out.
MOST_ORDERS, MOST_MAKERS = 50_000, 20_000


class Command(BaseCommand):
    help = "Make a campaign of invented orders in every state, with their events, money, papers and messages."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--orders", type=_count(MOST_ORDERS), default=5_000)
        parser.add_argument("--makers", type=_count(MOST_MAKERS), default=1_500)
        parser.add_argument("--seed", type=int, default=1, help="the same number makes the same campaign")
        parser.add_argument("--stages", action="store_true", help="a campaign in each stage instead of a single one")
        parser.add_argument("--force", action="store_true", help="even where real orders or organisations are")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["force"]:
            real = Order.objects.filter(is_demo=False).count()
            houses = Organisation.objects.filter(is_demo=False).count()
            if real or houses:
                raise CommandError(
                    f"{real} orders and {houses} organisations of this database are no demonstration's: invented ones would "
                    "stand among them. --force makes them all the same"
                )
        started = time.perf_counter()
        file = settings.ROOT / "examples" / "machines" / "router-2500.toml"
        try:
            made = seed(options["orders"], options["makers"], options["seed"], file, stages=options["stages"])
        except (SeedError, OSError) as error:
            raise CommandError(str(error)) from error
        words = ", ".join(f"{count} {name}" for name, count in made.items())
        self.stdout.write(f"{words} in {time.perf_counter() - started:.1f} s")


def _count(most: int) -> Any:
    def count(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"a number from 1 to {most}")
        return int(text)

    return count
