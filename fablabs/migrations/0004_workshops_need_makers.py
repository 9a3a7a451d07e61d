# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fablabs', '0003_workshops_of_makers'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='workshop',
            name='kind',
        ),
        migrations.RemoveField(
            model_name='workshop',
            name='machine_file',
        ),
        migrations.AlterField(
            model_name='workshop',
            name='maker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='workshops', to='fablabs.maker'),
        ),
        migrations.AlterField(
            model_name='workshop',
            name='insee',
            field=models.CharField(db_index=True, max_length=5, verbose_name='code de la commune'),
        ),
    ]
