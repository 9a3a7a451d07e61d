# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fablabs', '0006_imports'),
        ('fabrication', '0004_quotes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AssignmentRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('campaign', models.CharField(max_length=80, verbose_name='campagne')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('inputs', models.BinaryField()),
                ('inputs_sha256', models.CharField(max_length=64)),
                ('makers', models.CharField(choices=[('site', 'ateliers ouverts du site'), ('table', 'tableau envoyé')], max_length=10)),
                ('orders_count', models.PositiveIntegerField()),
                ('makers_count', models.PositiveIntegerField()),
                ('today', models.DateField()),
                ('radius_km', models.FloatField(validators=[django.core.validators.MinValueValidator(0)], verbose_name='rayon')),
                ('weeks', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(104)], verbose_name='semaines')),
                ('unserved_km', models.FloatField(default=1000)),
                ('balance_km', models.FloatField(default=0)),
                ('steps', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('queued', 'en attente'), ('running', 'en cours'), ('done', 'terminée'), ('refused', 'refusée'), ('failed', 'échouée')], default='queued', max_length=10)),
                ('stage', models.CharField(blank=True, max_length=40)),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('rung_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('fault', models.TextField(blank=True)),
                ('capacity', models.PositiveBigIntegerField(blank=True, null=True)),
                ('served', models.PositiveBigIntegerField(blank=True, null=True)),
                ('unserved', models.PositiveBigIntegerField(blank=True, null=True)),
                ('unserved_orders', models.PositiveIntegerField(blank=True, null=True)),
                ('split_orders', models.PositiveIntegerField(blank=True, null=True)),
                ('metres', models.PositiveBigIntegerField(blank=True, null=True)),
                ('objective_m', models.PositiveBigIntegerField(blank=True, null=True)),
                ('bound_m', models.PositiveBigIntegerField(blank=True, null=True)),
                ('nearest_unserved', models.PositiveBigIntegerField(blank=True, null=True)),
                ('nearest_unserved_orders', models.PositiveIntegerField(blank=True, null=True)),
                ('nearest_metres', models.PositiveBigIntegerField(blank=True, null=True)),
                ('nearest_objective_m', models.PositiveBigIntegerField(blank=True, null=True)),
                ('proven', models.BooleanField(default=False)),
                ('steps_made', models.PositiveIntegerField(blank=True, null=True)),
                ('cut', models.BooleanField(default=False)),
                ('proposed_at', models.DateTimeField(blank=True, null=True)),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='fabrication.assignmentrun')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'répartition',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='AssignmentRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pin', 'imposer'), ('forbid', 'écarter')], max_length=10)),
                ('demand', models.CharField(max_length=200, verbose_name='commande')),
                ('maker', models.CharField(max_length=200, verbose_name='atelier')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='fabrication.assignmentrun')),
            ],
            options={
                'verbose_name': 'règle de répartition',
                'verbose_name_plural': 'règles de répartition',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='AssignmentRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('demand', models.CharField(max_length=200)),
                ('place', models.CharField(max_length=160)),
                ('design', models.CharField(max_length=60)),
                ('quantity', models.PositiveIntegerField()),
                ('maker', models.CharField(blank=True, max_length=200)),
                ('maker_name', models.CharField(blank=True, max_length=200)),
                ('metres', models.PositiveIntegerField(blank=True, null=True)),
                ('why', models.CharField(max_length=20)),
                ('reason', models.TextField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='fabrication.assignmentrun')),
            ],
            options={
                'verbose_name': 'ligne de répartition',
                'verbose_name_plural': 'lignes de répartition',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('campaign', models.CharField(max_length=80)),
                ('demand', models.CharField(db_index=True, max_length=200)),
                ('quantity', models.PositiveIntegerField()),
                ('metres', models.PositiveIntegerField()),
                ('proposed_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='fabrication.assignmentrun')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='fablabs.workshop')),
            ],
            options={
                'verbose_name': 'proposition',
                'ordering': ['-proposed_at', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='assignmentrun',
            index=models.Index(fields=['state', 'lease_until'], name='run_to_sweep'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'refused', 'failed'])), name='run_state_known'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrun',
            constraint=models.CheckConstraint(condition=models.Q(('makers__in', ['site', 'table'])), name='run_makers_known'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrun',
            constraint=models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='run_progress_is_a_percentage'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('lease_until', None), ('state', 'queued')), models.Q(('attempts__gte', 1), ('finished_at', None), ('lease_until__isnull', False), ('state', 'running')), models.Q(('finished_at__isnull', False), ('lease_until', None), ('state__in', ['done', 'refused', 'failed'])), _connector='OR'), name='run_state_has_its_fields'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bound_m__isnull', False), ('objective_m__isnull', False), ('served__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('objective_m', None), ('proposed_at', None)), _connector='OR'), name='run_done_has_its_answer'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused', 'failed']), models.Q(('reason', ''), _negated=True)), models.Q(('state__in', ['queued', 'running', 'done']), ('reason', '')), _connector='OR'), name='run_refusal_says_why'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrun',
            constraint=models.CheckConstraint(condition=models.Q(('objective_m', None), ('objective_m__gte', models.F('bound_m')), _connector='OR'), name='run_bound_is_below'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrun',
            constraint=models.CheckConstraint(condition=models.Q(('replaced_at', None), ('proposed_at__isnull', False), _connector='OR'), name='run_replaced_was_proposed'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrule',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['pin', 'forbid'])), name='rule_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrule',
            constraint=models.UniqueConstraint(fields=('run', 'demand', 'maker'), name='one_rule_a_pair'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrule',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'pin')), fields=('run', 'demand'), name='one_pin_an_order'),
        ),
        migrations.AddIndex(
            model_name='assignmentrow',
            index=models.Index(fields=['run', 'maker'], name='row_by_maker'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrow',
            constraint=models.UniqueConstraint(fields=('run', 'position'), name='one_row_a_position'),
        ),
        migrations.AddConstraint(
            model_name='assignmentrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('maker', ''), ('metres', None)), models.Q(models.Q(('maker', ''), _negated=True), ('metres__isnull', False)), _connector='OR'), name='row_maker_is_somewhere'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('campaign', 'demand', 'workshop'), name='one_standing_proposal_a_pair'),
        ),
    ]
