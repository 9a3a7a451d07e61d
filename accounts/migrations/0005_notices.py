# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person was told is kept for the bell, with how often they want e-mails."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_proconnect'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailPace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pace', models.CharField(choices=[('now', 'Tout de suite, un message à chaque fois'), ('daily', 'Une fois par jour, un résumé à 7\xa0h'), ('weekly', 'Une fois par semaine, un résumé le lundi à 7\xa0h'), ('never', 'Jamais\xa0: je lis mes avis sur le site')], default='now', max_length=6, verbose_name='rythme')),
                ('digested_on', models.DateField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mail_pace', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'rythme des messages',
                'verbose_name_plural': 'rythmes des messages',
                'constraints': [models.CheckConstraint(condition=models.Q(('pace__in', ['now', 'daily', 'weekly', 'never'])), name='mail_pace_known')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=160, unique=True)),
                ('kind', models.CharField(choices=[('order', 'commandes'), ('quote', 'devis'), ('workshop', 'atelier et fichiers'), ('model', 'remarques sur les modèles'), ('account', 'compte et organisations')], max_length=10, verbose_name='sujet')),
                ('text', models.CharField(max_length=200, verbose_name='avis')),
                ('place', models.CharField(blank=True, max_length=60)),
                ('place_args', models.JSONField(blank=True, default=list)),
                ('anchor', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('mail', models.CharField(choices=[('sent', 'par e-mail aussi'), ('waiting', 'dans le prochain résumé'), ('digested', 'dans un résumé'), ('none', 'ici seulement')], default='none', max_length=10)),
                ('digested_on', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'avis',
                'verbose_name_plural': 'avis',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['person', 'read_at', '-created_at'], name='notices_of_a_person'), models.Index(condition=models.Q(('mail', 'waiting')), fields=['person', 'mail'], name='notices_to_digest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='notice_says_something'), models.CheckConstraint(condition=models.Q(('kind__in', ['order', 'quote', 'workshop', 'model', 'account'])), name='notice_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('digested_on', None), ('mail__in', ['sent', 'waiting', 'none'])), models.Q(('digested_on__isnull', False), ('mail', 'digested')), _connector='OR'), name='notice_digested_is_dated')],
            },
        ),
    ]
