# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DesignRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('design', models.SlugField(verbose_name='modèle')),
                ('number', models.PositiveIntegerField(verbose_name='révision')),
                ('code_path', models.CharField(max_length=200, verbose_name='code')),
                ('defaults', models.JSONField(verbose_name='valeurs par défaut')),
                ('texts', models.JSONField(verbose_name='textes')),
                ('published_at', models.DateTimeField(auto_now_add=True, verbose_name='publiée le')),
            ],
            options={
                'verbose_name': 'révision d’un modèle',
                'verbose_name_plural': 'révisions des modèles',
                'ordering': ['design', '-number'],
                'constraints': [models.UniqueConstraint(fields=('design', 'number'), name='one_row_a_revision'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='revision_number_from_1')],
            },
        ),
    ]
