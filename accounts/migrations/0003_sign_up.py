# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The e-mail address becomes the login, invitations and the record of changes come."""

import accounts.models.person
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


def one_address_each(apps, schema_editor):
    """No two accounts have one address, and none has none. Who signed in last keeps a shared one; the others get an
    address that leads nowhere (RFC 2606), under which the keeper of the site finds them by their old name."""
    User = apps.get_model("accounts", "User")
    taken = set()
    for user in User.objects.using(schema_editor.connection.alias).order_by(
        models.F("last_login").desc(nulls_last=True), "pk"
    ):
        email = user.email.strip().lower()
        if not email or email in taken:
            email = f"compte-{user.pk}.{user.username}"[:60].rstrip(".").lower().replace("@", ".") + "@sans-adresse.invalid"
        taken.add(email)
        if email != user.email:
            User.objects.using(schema_editor.connection.alias).filter(pk=user.pk).update(email=email)


def confirm_the_keepers(apps, schema_editor):
    """Their addresses were typed on the server, by ``createsuperuser``: no message has to confirm them."""
    User, EmailAddress = apps.get_model("accounts", "User"), apps.get_model("account", "EmailAddress")
    for user in User.objects.using(schema_editor.connection.alias).filter(is_superuser=True):
        EmailAddress.objects.using(schema_editor.connection.alias).get_or_create(
            user_id=user.pk, email=user.email, defaults={"verified": True, "primary": True}
        )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_organisations'),
        # Its table of addresses is written to below.
        ('account', '0009_emailaddress_unique_primary_email'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('created', 'a inscrit l’organisation'), ('edited', 'a modifié l’organisation'), ('invited', 'a invité'), ('sent-again', 'a renvoyé l’invitation de'), ('revoked', 'a retiré l’invitation de'), ('declined', 'a décliné l’invitation'), ('joined', 'a rejoint l’organisation'), ('granted', 'a donné le rôle à'), ('manager', 'a confié la gestion des membres à'), ('not-manager', 'a retiré la gestion des membres à'), ('removed', 'a retiré'), ('left', 'a quitté l’organisation')], max_length=20, verbose_name='action')),
                ('values', models.JSONField(blank=True, default=dict, verbose_name='valeurs')),
                ('at', models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                'verbose_name': 'modification',
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='adresse électronique')),
                ('role', models.CharField(choices=[('buyer', 'commande'), ('prefecture', 'arbitre et finance'), ('maker', 'fabrique'), ('designer', 'conçoit'), ('coordinator', 'coordonne')], max_length=20, verbose_name='rôle')),
                ('is_manager', models.BooleanField(default=False, verbose_name='gère les membres')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'invitation',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.RunPython(one_address_each, migrations.RunPython.noop),
        migrations.AlterModelManagers(
            name='user',
            managers=[
                ('objects', accounts.models.person.UserManager()),
            ],
        ),
        migrations.AddField(
            model_name='user',
            name='is_demo',
            field=models.BooleanField(default=False, verbose_name='démonstration'),
        ),
        migrations.AlterField(
            model_name='user',
            name='email',
            field=models.EmailField(error_messages={'unique': 'Un compte existe déjà avec cette adresse.'}, max_length=254, unique=True, verbose_name='adresse électronique'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('siren', ''), _negated=True), ('kind__in', ['collectivite', 'designer'])), fields=('kind', 'siren'), name='one_organisation_a_siren', violation_error_message='Une organisation est déjà inscrite avec ce SIREN.'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('siret', ''), _negated=True), ('kind', 'france-services')), fields=('kind', 'siret'), name='one_counter_a_siret', violation_error_message='Une structure est déjà inscrite avec ce SIRET.'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_account_an_address', violation_error_message='Un compte existe déjà avec cette adresse.'),
        ),
        migrations.AddField(
            model_name='change',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='change',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='change',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='accepted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.organisation'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None)), fields=('organisation', 'email', 'role'), name='one_open_invitation_an_address'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None), _connector='OR'), name='invitation_accepted_or_revoked'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['buyer', 'prefecture', 'maker', 'designer', 'coordinator'])), name='invitation_role_known'),
        ),
        migrations.RunPython(confirm_the_keepers, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='user',
            name='username',
        ),
    ]
