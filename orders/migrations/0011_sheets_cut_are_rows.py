# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of ticked sheets, whose rows are there since 0010."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_sheets_cut")]

    operations = [migrations.RemoveField(model_name="production", name="cut_sheets")]
