# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0001_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='ZoningList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('frr', 'frr'), ('zrr', 'zrr'), ('qpv', 'qpv'), ('france-services', 'france-services')], max_length=20, verbose_name='zonage')),
                ('vintage', models.CharField(max_length=20, verbose_name='millésime')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('valid_from', models.DateField(verbose_name='en vigueur depuis')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='en vigueur jusqu’à')),
                ('is_complete', models.BooleanField(default=False, verbose_name='cite toutes les communes concernées')),
                ('is_demo', models.BooleanField(default=False, verbose_name='démonstration')),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='fichier')),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('counts', models.JSONField(blank=True, default=dict)),
                ('imported_at', models.DateTimeField(auto_now=True, verbose_name='importée le')),
            ],
            options={
                'verbose_name': 'liste de zonage',
                'verbose_name_plural': 'listes de zonage',
                'ordering': ['kind', '-valid_from', '-vintage', 'id'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'vintage', 'is_demo'), name='one_zoning_list_a_vintage'), models.CheckConstraint(condition=models.Q(('kind__in', ['frr', 'zrr', 'qpv', 'france-services'])), name='zoning_list_kind_known'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='zoning_list_days_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Zoning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('insee', models.CharField(max_length=5, verbose_name='code de la commune')),
                ('code', models.CharField(blank=True, max_length=40, verbose_name='identifiant dans la liste')),
                ('status', models.CharField(choices=[('full', 'full'), ('partial', 'partial'), ('none', 'none')], max_length=8, verbose_name='classement')),
                ('label', models.CharField(blank=True, max_length=200, verbose_name='libellé')),
                ('siret', models.CharField(blank=True, max_length=14, verbose_name='SIRET')),
                ('valid_from', models.DateField(verbose_name='depuis')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='jusqu’à')),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='zonings', to='orders.zoninglist')),
            ],
            options={
                'verbose_name': 'zonage',
                'ordering': ['list_id', 'insee', 'code', 'valid_from'],
                'indexes': [models.Index(condition=models.Q(('siret', ''), _negated=True), fields=['siret'], name='zoning_siret')],
                'constraints': [models.UniqueConstraint(fields=('list', 'insee', 'code', 'valid_from'), name='one_zoning_a_place_and_day'), models.CheckConstraint(condition=models.Q(('status__in', ['full', 'partial', 'none'])), name='zoning_status_known'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='zoning_days_in_order')],
            },
        ),
    ]
