# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The thresholds below which a public buyer buys without a tender, with their days; more are added in the administration."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import migrations

_SOURCE = "Code de la commande publique, article R2122-8"
_THRESHOLDS = (
    (Decimal(40_000), date(2020, 1, 1), date(2026, 3, 31)),
    (Decimal(60_000), date(2026, 4, 1), None),
)


def add(apps: Any, schema_editor: Any) -> None:
    threshold = apps.get_model("orders", "PurchaseThreshold")
    for amount, first, last in _THRESHOLDS:
        threshold.objects.get_or_create(
            valid_from=first, defaults={"amount_eur": amount, "valid_to": last, "source": _SOURCE}
        )


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_zonings")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
