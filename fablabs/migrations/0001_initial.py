# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Workshop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True, verbose_name='identifiant')),
                ('name', models.CharField(max_length=120, verbose_name='nom')),
                ('commune', models.CharField(max_length=120, verbose_name='commune')),
                ('kind', models.CharField(choices=[('fablab', 'Fablab'), ('tiers-lieu', 'Tiers-lieu'), ('artisan', 'Artisan'), ('entreprise', 'Entreprise')], max_length=20, verbose_name='type')),
                ('machine_file', models.TextField(max_length=20000, verbose_name='fichier machine')),
                ('is_demo', models.BooleanField(default=False, verbose_name='démonstration')),
            ],
            options={
                'verbose_name': 'atelier',
                'verbose_name_plural': 'ateliers',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['fablab', 'tiers-lieu', 'artisan', 'entreprise'])), name='workshop_kind_known')],
            },
        ),
    ]
