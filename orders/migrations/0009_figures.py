# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An invoice adds up to the cent in binary fractions too, which is how SQLite adds."""

from decimal import Decimal

from django.db import migrations, models

_SUM = models.F("net_eur") + models.F("vat_eur")


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_papers")]

    operations = [
        migrations.RemoveConstraint("invoice", "invoice_adds_up"),
        migrations.AddConstraint(
            "invoice",
            models.CheckConstraint(
                condition=models.Q(
                    ("net_eur__gte", 0),
                    ("vat_eur__gte", 0),
                    ("gross_eur__gt", _SUM - Decimal("0.005")),
                    ("gross_eur__lt", _SUM + Decimal("0.005")),
                ),
                name="invoice_adds_up",
                violation_error_message="Le montant TTC n’est pas la somme du HT et de la TVA.",
            ),
        ),
    ]
