# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The index of words of the site's own search."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0002_pictures'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('model', 'modèle'), ('page', 'page'), ('news', 'actualité'), ('question', 'question'), ('meeting', 'rencontre'), ('resource', 'ressource'), ('workshop', 'atelier')], max_length=10)),
                ('key', models.CharField(max_length=100, unique=True)),
                ('title', models.CharField(max_length=255)),
                ('address', models.CharField(max_length=500)),
                ('text', models.TextField(blank=True)),
                ('stamp', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'entrée de la recherche',
                'verbose_name_plural': 'entrées de la recherche',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='SearchSpelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plain', models.CharField(max_length=40, unique=True)),
                ('written', models.CharField(max_length=60)),
                ('stem', models.CharField(db_index=True, max_length=40)),
                ('length', models.PositiveSmallIntegerField(db_index=True)),
            ],
            options={
                'ordering': ['plain'],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stem', models.CharField(max_length=40)),
                ('points', models.PositiveIntegerField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='cms.searchentry')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddConstraint(
            model_name='searchword',
            constraint=models.UniqueConstraint(fields=('stem', 'entry'), name='search_word_once_an_entry'),
        ),
    ]
