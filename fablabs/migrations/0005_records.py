# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fablabs', '0004_workshops_need_makers'),
    ]

    operations = [
        migrations.AddField(
            model_name='workshop',
            name='asked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='validation demandée le'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='is_held',
            field=models.BooleanField(default=False, verbose_name='suspendu par la coordination'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('asked_at', None), ('state', 'draft'), _connector='OR'), name='workshop_asks_while_a_draft'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('is_held', False), ('state', 'paused'), _connector='OR'), name='workshop_held_is_paused'),
        ),
    ]
