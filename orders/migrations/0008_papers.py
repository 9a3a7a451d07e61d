# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A paper is a row before it is printed; an agreement is signed by the buyer first."""

import django.db.models.deletion
from django.db import migrations, models

_FILE = {"blank": True, "null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "orders.storedfile"}


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_prefecture")]

    operations = [
        migrations.AlterField("document", "pdf", models.ForeignKey(**_FILE)),
        migrations.AddField("document", "buyer_signed", models.ForeignKey(**_FILE)),
        migrations.AddField("document", "buyer_signed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint(
            "document",
            models.CheckConstraint(
                condition=models.Q(("buyer_signed", None), ("buyer_signed_at", None))
                | models.Q(("buyer_signed__isnull", False), ("buyer_signed_at__isnull", False)),
                name="document_signed_by_the_buyer_is_dated",
            ),
        ),
    ]
