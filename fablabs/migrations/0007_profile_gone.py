# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('fablabs', '0006_imports'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='cuttingmachine',
            name='profile',
        ),
    ]
