# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A SIRET may be proven, by ProConnect or by a coordinator; what ProConnect said of a person is kept."""

import accounts.models.organisation
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_sign_up'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProConnectIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issuer', models.CharField(max_length=200)),
                ('subject', models.CharField(max_length=255)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'identité ProConnect',
                'verbose_name_plural': 'identités ProConnect',
            },
        ),
        migrations.CreateModel(
            name='SiretEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('siret', models.CharField(max_length=14, validators=[accounts.models.organisation.validate_siret], verbose_name='SIRET')),
                ('idp_id', models.CharField(max_length=100, verbose_name='fournisseur d’identité')),
                ('acr', models.CharField(max_length=100, verbose_name='niveau')),
                ('first_at', models.DateTimeField(auto_now_add=True)),
                ('last_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'preuve de SIRET',
                'verbose_name_plural': 'preuves de SIRET',
                'ordering': ['-last_at', '-id'],
            },
        ),
        migrations.AddField(
            model_name='organisation',
            name='siret_proven_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='organisation',
            name='siret_proven_by',
            field=models.CharField(blank=True, choices=[('proconnect', 'ProConnect'), ('coordinator', 'la coordination')], editable=False, max_length=20),
        ),
        migrations.AlterField(
            model_name='change',
            name='action',
            field=models.CharField(choices=[('created', 'a inscrit l’organisation'), ('edited', 'a modifié l’organisation'), ('invited', 'a invité'), ('sent-again', 'a renvoyé l’invitation de'), ('revoked', 'a retiré l’invitation de'), ('declined', 'a décliné l’invitation'), ('joined', 'a rejoint l’organisation'), ('granted', 'a donné le rôle à'), ('manager', 'a confié la gestion des membres à'), ('not-manager', 'a retiré la gestion des membres à'), ('removed', 'a retiré'), ('left', 'a quitté l’organisation'), ('asked', 'a demandé à rejoindre l’organisation'), ('proven', 'a prouvé le SIRET par ProConnect'), ('checked', 'a vérifié le SIRET')], max_length=20, verbose_name='action'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('siret_proven_at', None), ('siret_proven_by', '')), models.Q(('siret_proven_at__isnull', False), ('siret_proven_by__in', ['proconnect', 'coordinator']), models.Q(('siret', ''), _negated=True)), _connector='OR'), name='organisation_siret_proven_whole'),
        ),
        migrations.AddField(
            model_name='proconnectidentity',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proconnect_identities', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='siretevidence',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='siret_evidence', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='proconnectidentity',
            constraint=models.UniqueConstraint(fields=('issuer', 'subject'), name='one_account_a_proconnect_identity'),
        ),
        migrations.AddConstraint(
            model_name='siretevidence',
            constraint=models.UniqueConstraint(fields=('user', 'siret', 'idp_id'), name='one_evidence_a_siret'),
        ),
    ]
