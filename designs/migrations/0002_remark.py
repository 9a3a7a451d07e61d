# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('designs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part_code', models.CharField(max_length=10, verbose_name='pièce')),
                ('text', models.TextField(max_length=2000, verbose_name='remarque')),
                ('author', models.CharField(blank=True, max_length=100, verbose_name='auteur')),
                ('job_key', models.CharField(blank=True, max_length=64, verbose_name='travail')),
                ('parameters', models.JSONField(blank=True, default=dict, verbose_name='dimensions')),
                ('status', models.CharField(choices=[('open', 'à lire'), ('answered', 'répondue'), ('closed', 'close')], default='open', max_length=20, verbose_name='état')),
                ('answer', models.TextField(blank=True, verbose_name='réponse')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='reçue le')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='designs.designrevision', verbose_name='révision')),
            ],
            options={
                'verbose_name': 'remarque',
                'verbose_name_plural': 'remarques',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['status', '-created_at'], name='remarks_to_read')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='remark_says_something'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'answered', 'closed'])), name='remark_status_known')],
            },
        ),
    ]
