# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fabrication', '0002_searches_and_single_parts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Study',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('design', models.SlugField(max_length=60)),
                ('parameters', models.JSONField()),
                ('state', models.CharField(choices=[('queued', 'en attente'), ('running', 'en cours'), ('done', 'terminé'), ('failed', 'échoué')], default='queued', max_length=10)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('rung_at', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(auto_now=True)),
                ('fault', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': 'étude de faisabilité',
                'verbose_name_plural': 'études de faisabilité',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['state', 'lease_until'], name='study_to_sweep')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed'])), name='study_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('attempts__gte', 1), ('lease_until__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until', None)), _connector='OR'), name='study_running_has_a_lease'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('fault', ''), _negated=True), _connector='OR'), name='study_failure_says_why')],
            },
        ),
        migrations.CreateModel(
            name='Feasibility',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('profile', models.CharField(max_length=64)),
                ('obstacles', models.JSONField(default=list)),
                ('needs', models.JSONField(blank=True, null=True)),
                ('most', models.PositiveIntegerField(blank=True, null=True)),
                ('remedies', models.JSONField(blank=True, null=True)),
                ('found_at', models.DateTimeField(auto_now_add=True)),
                ('study', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feasibilities', to='fabrication.study')),
            ],
            options={
                'verbose_name': 'faisabilité',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('study', 'profile'), name='one_feasibility_a_profile')],
            },
        ),
    ]
