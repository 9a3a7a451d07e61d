# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py simulate_campaign --orders 300 --seed 1``: a campaign lived through by a site, a worker and hands that are killed
at random; then what was lost or doubled. Status 1 if anything was.

On a migrated database of its own: it refuses one that has orders.
"""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from designs.models import DesignRevision
from orders.models import Order
from orders.simulation.campaign import Plan, simulate

_DESIGN = "porte"


class Command(BaseCommand):
    help = "live through an invented campaign while processes are killed at random; say what was lost"

    def add_arguments(self, parser: ArgumentParser) -> None:
        plan = Plan(300, 1)
        parser.add_argument("--orders", type=int, default=plan.orders)
        parser.add_argument("--seed", type=int, default=plan.seed)
        parser.add_argument("--hands", type=int, default=plan.hands, help="processes that take steps by the services")
        parser.add_argument("--kill-every", type=float, default=plan.kill_every_s, help="seconds, on average")
        parser.add_argument("--most-kills", type=int, default=plan.most_kills)
        parser.add_argument(
            "--trouble", type=float, default=plan.trouble, help="share of the mail server's bad moments"
        )
        parser.add_argument("--patience", type=float, default=plan.patience_s, help="seconds for all of it")

    def handle(self, *args: Any, **options: Any) -> None:
        if Order.objects.exists():
            raise CommandError("this database has orders: give the simulation one of its own (TRETEAU_VAR)")
        if DesignRevision.objects.filter(design=_DESIGN).first() is None:
            call_command("sync_designs", stdout=self.stdout)
        revision = DesignRevision.objects.filter(design=_DESIGN).order_by("-number")[0]
        plan = Plan(
            orders=options["orders"],
            seed=options["seed"],
            hands=options["hands"],
            kill_every_s=options["kill_every"],
            most_kills=options["most_kills"],
            trouble=options["trouble"],
            patience_s=options["patience"],
        )
        # Whoever stops it stops all that it started.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        result = simulate(plan, revision, self.stdout.write)
        for name, figure in result.figures.items():
            self.stdout.write(f"{name:>42}  {figure}")
        for fault in result.faults:
            self.stdout.write(f"FAULT  {fault}")
        if result.faults:
            sys.exit(1)
