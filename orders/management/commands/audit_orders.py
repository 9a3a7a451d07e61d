# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py audit_orders``: what is wrong with the orders' rows, one line each; status 1 if anything is."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from orders.models import Event, Order, OutboxMessage
from orders.services.auditing import audit


class Command(BaseCommand):
    help = "look at all orders' events, money, numbers, pieces and messages; print what does not agree"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--settled", action="store_true", help="no message may wait any more either")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = audit(settled=options["settled"])
        for fault in faults:
            self.stdout.write(str(fault))
        self.stdout.write(
            f"{Order.objects.count()} orders, {Event.objects.count()} events, "
            f"{OutboxMessage.objects.count()} messages: {len(faults)} faults"
        )
        if faults:
            sys.exit(1)
