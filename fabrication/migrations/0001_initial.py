# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

import django.core.validators
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('designs', '0001_initial'),
        ('fablabs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Artefact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('package', 'archive de fabrication'), ('view', 'vue en volume'), ('facts', 'fiche')], max_length=20)),
                ('key', models.CharField(max_length=64, unique=True)),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('path', models.CharField(max_length=120)),
                ('name', models.CharField(max_length=200)),
                ('size', models.PositiveBigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'artefact',
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('package', 'fichiers de fabrication'), ('preview', 'aperçu')], max_length=20)),
                ('parameters', models.JSONField()),
                ('machine_file', models.TextField(blank=True)),
                ('quantity', models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)])),
                ('key', models.CharField(db_index=True, max_length=64)),
                ('state', models.CharField(choices=[('queued', 'en attente'), ('running', 'en cours'), ('done', 'terminé'), ('refused', 'refusé'), ('failed', 'échoué')], default='queued', max_length=20)),
                ('stage', models.CharField(blank=True, max_length=40)),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('rung_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('fault', models.TextField(blank=True)),
                ('facts', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fabrication.artefact')),
                ('package', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fabrication.artefact')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='designs.designrevision')),
                ('view', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fabrication.artefact')),
                ('workshop', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='fablabs.workshop')),
            ],
            options={
                'verbose_name': 'travail',
                'verbose_name_plural': 'travaux',
                'ordering': ['-created_at'],
                'indexes': [models.Index(fields=['state', 'lease_until'], name='job_to_sweep')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['package', 'preview'])), name='job_kind_known'), models.CheckConstraint(condition=models.Q(('quantity__gte', 1), ('quantity__lte', 100)), name='job_quantity_bounded'), models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='job_progress_is_a_percentage'), models.CheckConstraint(condition=models.Q(('kind', 'preview'), models.Q(('machine_file', ''), _negated=True), _connector='OR'), name='package_job_has_a_machine'), models.CheckConstraint(condition=models.Q(models.Q(('attempts', 0), ('finished_at', None), ('lease_until', None), ('started_at', None), ('state', 'queued')), models.Q(('attempts__gte', 1), ('finished_at', None), ('lease_until__isnull', False), ('started_at__isnull', False), ('state', 'running')), models.Q(('finished_at__isnull', False), ('lease_until', None), ('state__in', ['done', 'refused', 'failed'])), _connector='OR'), name='job_state_has_its_fields'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused', 'failed']), models.Q(('reason', ''), _negated=True)), models.Q(('state__in', ['queued', 'running', 'done']), ('reason', '')), _connector='OR'), name='job_refusal_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('facts', None), ('kind', 'package'), ('package__isnull', False), ('state', 'done'), ('view', None)), models.Q(('facts__isnull', False), ('kind', 'preview'), ('package', None), ('state', 'done'), ('view__isnull', False)), models.Q(models.Q(('state', 'done'), _negated=True), ('facts', None), ('package', None), ('view', None)), _connector='OR'), name='job_done_has_its_artefacts'), models.CheckConstraint(condition=models.Q(('started_at', None), ('finished_at', None), ('finished_at__gte', models.F('started_at')), _connector='OR'), name='job_times_are_in_order')],
            },
        ),
    ]
