# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

import django.core.validators
import django.db.models.deletion
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_sign_up'),
        ('fablabs', '0005_records'),
        ('fabrication', '0003_feasibility'),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnHardwarePrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=120, verbose_name='référence')),
                ('unit', models.CharField(max_length=20, verbose_name='unité')),
                ('price_eur', models.DecimalField(decimal_places=2, max_digits=9, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='prix HT')),
                ('set_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name': 'prix d’une fourniture',
                'verbose_name_plural': 'prix des fournitures',
                'ordering': ['maker', 'reference'],
            },
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('question', models.CharField(editable=False, max_length=64)),
                ('design', models.SlugField(max_length=60, verbose_name='modèle')),
                ('quantity', models.PositiveIntegerField(verbose_name='quantité')),
                ('thickness_class', models.CharField(max_length=30)),
                ('insee', models.CharField(blank=True, max_length=5, verbose_name='code de la commune')),
                ('commune', models.CharField(blank=True, max_length=120, verbose_name='commune de livraison')),
                ('deadline', models.DateField(blank=True, null=True, verbose_name='à livrer avant le')),
                ('terms', models.JSONField(verbose_name='tarif de l’atelier ce jour-là')),
                ('vat_rate', models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True, verbose_name='taux de TVA')),
                ('figures', models.JSONField(blank=True, null=True, verbose_name='chiffres du plan')),
                ('state', models.CharField(choices=[('computing', 'en calcul'), ('refused', 'impossible'), ('computed', 'estimation calculée'), ('corrected', 'estimation corrigée'), ('issued', 'devis émis'), ('withdrawn', 'retiré')], default='computing', max_length=10, verbose_name='état')),
                ('reason', models.TextField(blank=True, verbose_name='raison')),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('computed_at', models.DateTimeField(blank=True, null=True)),
                ('issued_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valable jusqu’au')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('number', models.PositiveIntegerField(blank=True, null=True, verbose_name='numéro')),
                ('parties', models.JSONField(blank=True, default=dict)),
                ('known_eur', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='somme connue')),
                ('net_eur', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='total HT')),
                ('vat_eur', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='TVA')),
                ('gross_eur', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='total TTC')),
                ('piece_eur', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='prix HT d’un exemplaire, sans livraison')),
                ('flagged_at', models.DateTimeField(blank=True, null=True)),
                ('comparison', models.JSONField(blank=True, default=dict)),
                ('cleared_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_reason', models.TextField(blank=True, verbose_name='raison du retrait')),
                ('told_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'devis',
                'verbose_name_plural': 'devis',
                'ordering': ['-asked_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='QuoteCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('changed', 'modifiée'), ('added', 'ajoutée'), ('removed', 'retirée')], max_length=10)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('reason', models.CharField(max_length=500, verbose_name='raison')),
                ('before', models.JSONField(blank=True, default=dict)),
                ('after', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'verbose_name': 'correction de devis',
                'verbose_name_plural': 'corrections de devis',
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='QuoteEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('asked', 'demandé'), ('computed', 'calculé'), ('refused', 'impossible'), ('corrected', 'corrigé'), ('issued', 'émis'), ('withdrawn', 'retiré'), ('flagged', 'signalé pour son prix'), ('cleared', 'prix admis'), ('hidden', 'masqué'), ('shown', 'affiché à nouveau')], max_length=10)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': 'événement d’un devis',
                'verbose_name_plural': 'événements des devis',
                'ordering': ['at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='QuoteLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=40)),
                ('section', models.CharField(choices=[('pieces', 'Fabrication'), ('sheets', 'Panneaux'), ('machine', 'Usinage'), ('hands', 'Main-d’œuvre'), ('hardware', 'Fournitures'), ('delivery', 'Livraison'), ('minimum', 'Minimum de commande'), ('other', 'Autres lignes du fabricant')], max_length=20, verbose_name='rubrique')),
                ('label', models.CharField(max_length=200, verbose_name='désignation')),
                ('quantity', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='quantité')),
                ('unit', models.CharField(max_length=20, verbose_name='unité')),
                ('unit_price_eur', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='prix unitaire HT')),
                ('amount_eur', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='montant HT')),
                ('explanation', models.TextField(blank=True, verbose_name='calcul')),
                ('source', models.TextField(blank=True, verbose_name='source')),
                ('missing', models.CharField(blank=True, max_length=300, verbose_name='ce qui manque')),
                ('is_corrected', models.BooleanField(default=False)),
                ('is_removed', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'ligne de devis',
                'verbose_name_plural': 'lignes de devis',
                'ordering': ['quote', 'position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='QuoteNumber',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'suite des numéros de devis',
            },
        ),
        migrations.RemoveConstraint(
            model_name='job',
            name='job_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='job',
            name='job_done_has_its_artefacts',
        ),
        migrations.AlterField(
            model_name='job',
            name='kind',
            field=models.CharField(choices=[('package', 'fichiers de fabrication'), ('preview', 'aperçu'), ('layout', 'meilleure disposition'), ('quote', 'chiffrage')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['package', 'preview', 'layout', 'quote'])), name='job_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('facts', None), ('kind', 'package'), ('package__isnull', False), ('state', 'done'), ('view', None)), models.Q(('facts__isnull', False), ('kind', 'preview'), ('package', None), ('state', 'done'), ('view__isnull', False)), models.Q(('facts', None), ('kind', 'layout'), ('package', None), ('state', 'done'), ('view', None)), models.Q(('facts__isnull', False), ('kind', 'quote'), ('package', None), ('state', 'done'), ('view', None)), models.Q(models.Q(('state', 'done'), _negated=True), ('facts', None), ('package', None), ('view', None)), _connector='OR'), name='job_done_has_its_artefacts'),
        ),
        migrations.AddField(
            model_name='ownhardwareprice',
            name='maker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hardware_prices', to='fablabs.maker'),
        ),
        migrations.AddField(
            model_name='ownhardwareprice',
            name='set_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quote',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quotes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quote',
            name='hidden_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quote',
            name='issued_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quote',
            name='job',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='fabrication.job'),
        ),
        migrations.AddField(
            model_name='quote',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='quote',
            name='workshop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='fablabs.workshop'),
        ),
        migrations.AddField(
            model_name='quotecorrection',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quotecorrection',
            name='quote',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='fabrication.quote'),
        ),
        migrations.AddField(
            model_name='quoteevent',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quoteevent',
            name='quote',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='fabrication.quote'),
        ),
        migrations.AddField(
            model_name='quoteline',
            name='quote',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='fabrication.quote'),
        ),
        migrations.AddField(
            model_name='quotecorrection',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='fabrication.quoteline'),
        ),
        migrations.AddConstraint(
            model_name='ownhardwareprice',
            constraint=models.UniqueConstraint(fields=('maker', 'reference', 'unit'), name='one_hardware_price_a_reference'),
        ),
        migrations.AddConstraint(
            model_name='ownhardwareprice',
            constraint=models.CheckConstraint(condition=models.Q(('price_eur__gte', 0)), name='hardware_price_never_negative'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['design', 'thickness_class', 'quantity', 'computed_at'], name='quotes_to_compare'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(condition=models.Q(('flagged_at__isnull', False)), fields=['flagged_at'], name='quotes_to_watch'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['asked_by', 'question'], name='quote_asked_before'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['computing', 'refused', 'computed', 'corrected', 'issued', 'withdrawn'])), name='quote_state_known'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1), ('quantity__lte', 100)), name='quote_quantity_bounded'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('computed_at', None), ('figures', None), ('issued_at', None), ('state', 'computing')), models.Q(('computed_at', None), ('issued_at', None), ('state', 'refused'), models.Q(('reason', ''), _negated=True)), models.Q(('computed_at__isnull', False), ('issued_at', None), ('state__in', ['computed', 'corrected']), ('withdrawn_at', None)), models.Q(('issued_at__isnull', False), ('state', 'issued'), ('valid_until__isnull', False), ('withdrawn_at', None)), models.Q(('state', 'withdrawn'), ('withdrawn_at__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='quote_state_has_its_fields'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issued_at', None), ('number', None), ('year', None)), models.Q(('issued_at__isnull', False), ('number__gte', 1), ('year__isnull', False)), _connector='OR'), name='quote_has_a_number_once_issued'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('gross_eur', None), models.Q(('gross_eur__gte', models.F('net_eur')), ('net_eur__isnull', False), ('vat_eur__isnull', False)), _connector='OR'), name='quote_totals_agree'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('hidden_at', None), models.Q(('hidden_at__isnull', False), models.Q(('hidden_reason', ''), _negated=True)), _connector='OR'), name='quote_hidden_says_why'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(condition=models.Q(('number__isnull', False)), fields=('year', 'number'), name='one_quote_a_number'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['computing', 'computed', 'corrected'])), fields=('asked_by', 'question'), name='one_quote_a_question'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.UniqueConstraint(fields=('quote', 'code'), name='one_line_a_code'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_eur__isnull', False), ('quantity__isnull', False), ('unit_price_eur__isnull', False)), models.Q(('amount_eur', None), models.Q(('quantity', None), ('unit_price_eur', None), _connector='OR')), _connector='OR'), name='line_amount_where_all_is_known'),
        ),
        migrations.AddConstraint(
            model_name='quoteline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quantity', None), ('quantity__gte', 0), _connector='OR'), models.Q(('unit_price_eur', None), ('unit_price_eur__gte', 0), _connector='OR')), name='line_never_negative'),
        ),
        migrations.AddConstraint(
            model_name='quotecorrection',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='correction_says_why'),
        ),
        migrations.AddConstraint(
            model_name='quotecorrection',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['changed', 'added', 'removed'])), name='correction_action_known'),
        ),
    ]
