# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each ticked sheet has a row: who, and when. Ticks of before are told by the order's history."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def ticks_of_before(apps: Any, schema_editor: Any) -> None:
    events = apps.get_model("orders", "Event").objects
    cuts = apps.get_model("orders", "SheetCut").objects
    for production in apps.get_model("orders", "Production").objects.select_related("line").exclude(cut_sheets=[]):
        told: dict[int, Any] = {}
        for event in events.filter(order=production.line.order_id, action="progress").order_by("sequence"):
            if event.data.get("production") == production.pk:
                told = {sheet: told.get(sheet, event) for sheet in event.data.get("sheets", ())}
        for sheet in set(production.cut_sheets):
            event = told.get(sheet)
            cuts.create(
                production=production,
                sheet=sheet,
                cut_by_id=event and event.actor_id,
                cut_at=event.at if event else production.made_at,
            )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("orders", "0009_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="SheetCut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.PositiveSmallIntegerField(verbose_name="panneau")),
                ("cut_at", models.DateTimeField(verbose_name="découpé le")),
                (
                    "cut_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "production",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sheets_cut",
                        to="orders.production",
                    ),
                ),
            ],
            options={
                "verbose_name": "panneau découpé",
                "verbose_name_plural": "panneaux découpés",
                "ordering": ["production", "sheet"],
                "constraints": [
                    models.UniqueConstraint(fields=("production", "sheet"), name="one_tick_a_sheet"),
                    models.CheckConstraint(condition=models.Q(("sheet__gte", 1)), name="sheet_counted_from_1"),
                ],
            },
        ),
        migrations.RunPython(ticks_of_before, migrations.RunPython.noop),
    ]
