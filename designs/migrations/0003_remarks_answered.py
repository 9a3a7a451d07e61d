# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A remark says when and by whom it was answered; models are in the care of organisations of designers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_notices'),
        ('designs', '0002_remark'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='remark',
            name='answered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='répondue le'),
        ),
        migrations.AddField(
            model_name='remark',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.CreateModel(
            name='Care',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('design', models.SlugField(verbose_name='modèle')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='designs_in_care', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'modèle confié',
                'verbose_name_plural': 'modèles confiés',
                'ordering': ['design'],
                'constraints': [models.UniqueConstraint(fields=('design', 'organisation'), name='one_care_a_model_and_organisation')],
            },
        ),
    ]
