# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A line may be cut from a later revision than the one that was ordered; what its maker answered is kept."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("designs", "0003_remarks_answered"),
        ("orders", "0011_sheets_cut_are_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RevisionChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moves", models.BooleanField(verbose_name="passe à cette révision")),
                ("chosen_at", models.DateTimeField(verbose_name="le")),
            ],
            options={
                "verbose_name": "choix d’une révision",
                "verbose_name_plural": "choix de révisions",
                "ordering": ["line", "pk"],
            },
        ),
        migrations.AddField(
            model_name="orderline",
            name="moved_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moved_order_lines",
                to="designs.designrevision",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("moved_to", None), ("revision__isnull", False), _connector="OR"),
                name="order_line_moves_from_what_was_ordered",
            ),
        ),
        migrations.AddField(
            model_name="revisionchoice",
            name="chosen_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="revisionchoice",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="revision_choices", to="orders.orderline"
            ),
        ),
        migrations.AddField(
            model_name="revisionchoice",
            name="revision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="designs.designrevision"
            ),
        ),
        migrations.AddConstraint(
            model_name="revisionchoice",
            constraint=models.UniqueConstraint(fields=("line", "revision"), name="one_answer_a_line_and_revision"),
        ),
    ]
