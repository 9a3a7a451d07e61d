# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

import accounts.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('collectivite', 'collectivité ou groupement'), ('france-services', 'structure France Services'), ('prefecture', 'préfecture'), ('maker', 'atelier de fabrication'), ('designer', 'bureau de création'), ('coordinator', 'coordination')], max_length=20, verbose_name='type')),
                ('name', models.CharField(max_length=160, verbose_name='nom')),
                ('siren', models.CharField(blank=True, max_length=9, validators=[accounts.models.validate_siren], verbose_name='SIREN')),
                ('siret', models.CharField(blank=True, max_length=14, validators=[accounts.models.validate_siret], verbose_name='SIRET')),
                ('insee', models.CharField(blank=True, max_length=5, verbose_name='code de la commune')),
                ('department', models.CharField(blank=True, max_length=3, verbose_name='département')),
                ('is_demo', models.BooleanField(default=False, verbose_name='démonstration')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'organisation',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(models.Q(('siren', ''), _negated=True), ('kind', 'maker')), fields=('kind', 'siren'), name='one_maker_a_siren', violation_error_message='Une organisation est déjà inscrite avec ce SIREN.'), models.CheckConstraint(condition=models.Q(('kind__in', ['collectivite', 'france-services', 'prefecture', 'maker', 'designer', 'coordinator'])), name='organisation_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('buyer', 'commande'), ('prefecture', 'arbitre et finance'), ('maker', 'fabrique'), ('designer', 'conçoit'), ('coordinator', 'coordonne')], max_length=20, verbose_name='rôle')),
                ('is_manager', models.BooleanField(default=False, verbose_name='gère les membres')),
                ('is_active', models.BooleanField(default=True, verbose_name='actif')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'appartenance',
                'constraints': [models.UniqueConstraint(fields=('user', 'organisation', 'role'), name='one_membership_a_role'), models.CheckConstraint(condition=models.Q(('role__in', ['buyer', 'prefecture', 'maker', 'designer', 'coordinator'])), name='membership_role_known')],
            },
        ),
    ]
