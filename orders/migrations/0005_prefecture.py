# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The classes of each order's judgement, in a column of their own."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from orders.arbitration.classes import classes_of


def fill(apps: Any, schema_editor: Any) -> None:
    orders = apps.get_model("orders", "Order").objects
    for order in orders.exclude(judgement=None).only("pk", "judgement").iterator():
        if classes := classes_of(order.judgement):
            orders.filter(pk=order.pk).update(classes=classes)


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_thresholds")]
    operations = [
        migrations.AddField("order", "classes", models.CharField(blank=True, editable=False, max_length=20)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
