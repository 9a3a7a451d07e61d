# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

import accounts.models
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import fablabs.models.equipment
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_organisations'),
        ('fablabs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=40, verbose_name='action')),
                ('subject', models.CharField(max_length=200, verbose_name='objet')),
                ('values', models.JSONField(blank=True, default=dict, verbose_name='valeurs')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='remarque')),
                ('at', models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                'verbose_name': 'modification',
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ClosedWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('monday', models.DateField(verbose_name='semaine du')),
                ('reason', models.CharField(blank=True, max_length=120, verbose_name='raison')),
            ],
            options={
                'verbose_name': 'semaine fermée',
                'verbose_name_plural': 'semaines fermées',
                'ordering': ['monday'],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('source_id', models.CharField(max_length=120, verbose_name='identifiant dans la source')),
                ('name', models.CharField(max_length=200, verbose_name='nom')),
                ('insee', models.CharField(blank=True, db_index=True, max_length=5, verbose_name='code de la commune')),
                ('latitude', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('longitude', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                ('website', models.URLField(blank=True, max_length=500, verbose_name='site internet')),
                ('facts', models.JSONField(blank=True, default=dict, verbose_name='faits')),
                ('imported_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name': 'contact',
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CuttingMachine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='nom')),
                ('settings', models.JSONField(validators=[fablabs.models.equipment.validate_machine], verbose_name='réglages')),
                ('is_active', models.BooleanField(default=True, verbose_name='en service')),
                ('profile', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
            ],
            options={
                'verbose_name': 'machine',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.CharField(choices=[('technical', 'technique'), ('environmental', 'environnemental'), ('social', 'social'), ('economic', 'économique')], max_length=20, verbose_name='critère')),
                ('title', models.CharField(max_length=160, verbose_name='fait')),
                ('detail', models.TextField(blank=True, max_length=2000, verbose_name='détail')),
                ('link', models.URLField(blank=True, verbose_name='lien')),
                ('dated', models.DateField(verbose_name='date')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valable jusqu’au')),
            ],
            options={
                'verbose_name': 'élément de preuve',
                'verbose_name_plural': 'éléments de preuve',
                'ordering': ['criterion', '-dated', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Maker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('fablab', 'Fablab'), ('tiers-lieu', 'Tiers-lieu'), ('artisan', 'Artisan'), ('manufacture', 'Manufacture')], max_length=20, verbose_name='type')),
                ('presentation', models.TextField(blank=True, max_length=4000, verbose_name='présentation')),
                ('website', models.URLField(blank=True, verbose_name='site internet')),
                ('vat_rate', models.DecimalField(decimal_places=3, default=Decimal('0.2'), max_digits=4, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('0.5'))], verbose_name='taux de TVA')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'fabricant',
                'ordering': ['organisation__name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('design', models.SlugField(max_length=60, verbose_name='modèle')),
                ('price_eur', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='prix HT d’un exemplaire')),
                ('smallest_quantity', models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='à partir de')),
                ('largest_quantity', models.PositiveIntegerField(blank=True, null=True, verbose_name='jusqu’à')),
            ],
            options={
                'verbose_name': 'modèle proposé',
                'ordering': ['design'],
            },
        ),
        migrations.CreateModel(
            name='StockItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settings', models.JSONField(validators=[fablabs.models.equipment.validate_stock], verbose_name='panneau')),
                ('origin', models.CharField(choices=[('new', 'neuf'), ('recycled', 'recyclé'), ('reclaimed', 'réemploi')], default='new', max_length=10, verbose_name='origine')),
                ('is_active', models.BooleanField(default=True, verbose_name='disponible')),
            ],
            options={
                'verbose_name': 'stock',
                'ordering': ['id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='workshop',
            name='workshop_kind_known',
        ),
        migrations.AddField(
            model_name='workshop',
            name='address',
            field=models.CharField(blank=True, max_length=200, verbose_name='adresse'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='workshop',
            name='delivery_km_eur',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='livraison HT par kilomètre'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='departments',
            field=models.JSONField(blank=True, default=list, verbose_name='départements desservis'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='finishes',
            field=models.JSONField(blank=True, default=list, verbose_name='finitions'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='hand_hour_eur',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='heure de main-d’œuvre HT'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='insee',
            field=models.CharField(db_index=True, default='', max_length=5, verbose_name='code de la commune'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='latitude',
            field=models.FloatField(blank=True, null=True, verbose_name='latitude'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='lead_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(730)], verbose_name='délai en jours'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='longitude',
            field=models.FloatField(blank=True, null=True, verbose_name='longitude'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='machine_hour_eur',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='heure de machine HT'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='minimum_eur',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='minimum de commande HT'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='postcode',
            field=models.CharField(blank=True, max_length=5, verbose_name='code postal'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='radius_km',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='rayon desservi'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='siret',
            field=models.CharField(blank=True, max_length=14, validators=[accounts.models.validate_siret], verbose_name='SIRET'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='state',
            field=models.CharField(choices=[('draft', 'à valider'), ('open', 'ouvert aux commandes'), ('paused', 'en pause'), ('closed', 'fermé')], default='draft', max_length=10, verbose_name='état'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='state_reason',
            field=models.CharField(blank=True, max_length=500, verbose_name='raison'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='units_per_week',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='exemplaires par semaine'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='validated_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='workshop',
            name='validated_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='change',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='change',
            name='workshop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='changes', to='fablabs.workshop'),
        ),
        migrations.AddField(
            model_name='closedweek',
            name='workshop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closed_weeks', to='fablabs.workshop'),
        ),
        migrations.AddField(
            model_name='cuttingmachine',
            name='workshop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='machines', to='fablabs.workshop'),
        ),
        migrations.AddField(
            model_name='maker',
            name='organisation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='maker', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='maker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='fablabs.maker'),
        ),
        migrations.AddField(
            model_name='contact',
            name='maker',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contacts', to='fablabs.maker'),
        ),
        migrations.AddField(
            model_name='change',
            name='maker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='fablabs.maker'),
        ),
        migrations.AddField(
            model_name='workshop',
            name='maker',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='workshops', to='fablabs.maker'),
        ),
        migrations.AddIndex(
            model_name='workshop',
            index=models.Index(fields=['latitude', 'longitude'], name='workshop_place'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.UniqueConstraint(condition=models.Q(('siret', ''), _negated=True), fields=('siret',), name='one_workshop_a_siret', violation_error_message='Un atelier est déjà inscrit avec ce SIRET.'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'open', 'paused', 'closed'])), name='workshop_state_known'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'open'), _negated=True), ('validated_at__isnull', False), _connector='OR'), name='workshop_open_once_validated', violation_error_message='Un atelier s’ouvre aux commandes une fois validé par la coordination.'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__gte', -90), ('latitude__lte', 90), ('longitude__gte', -180), ('longitude__lte', 180)), _connector='OR'), name='workshop_place_on_earth'),
        ),
        migrations.AddField(
            model_name='offer',
            name='maker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='fablabs.maker'),
        ),
        migrations.AddField(
            model_name='stockitem',
            name='workshop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stock', to='fablabs.workshop'),
        ),
        migrations.AddConstraint(
            model_name='closedweek',
            constraint=models.UniqueConstraint(fields=('workshop', 'monday'), name='a_week_is_closed_once'),
        ),
        migrations.AddConstraint(
            model_name='closedweek',
            constraint=models.CheckConstraint(condition=models.Q(('monday__iso_week_day', 1)), name='a_closed_week_begins_on_monday'),
        ),
        migrations.AddConstraint(
            model_name='maker',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['fablab', 'tiers-lieu', 'artisan', 'manufacture'])), name='maker_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('criterion__in', ['technical', 'environmental', 'social', 'economic'])), name='evidence_criterion_known'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('dated')), _connector='OR'), name='evidence_dates_in_order', violation_error_message='La fin de validité précède la date du fait.'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['latitude', 'longitude'], name='contact_place'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(fields=('source', 'source_id'), name='one_contact_an_entry'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(fields=('maker', 'design'), name='one_offer_a_design'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(('largest_quantity', None), ('largest_quantity__gte', models.F('smallest_quantity')), _connector='OR'), name='offer_quantities_in_order', violation_error_message='La plus grande quantité est inférieure à la plus petite.'),
        ),
        migrations.AddConstraint(
            model_name='stockitem',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['new', 'recycled', 'reclaimed'])), name='origin_known'),
        ),
    ]
