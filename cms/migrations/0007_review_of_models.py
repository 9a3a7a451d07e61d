# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

from django.db import migrations

REVIEWERS = 'Relecteurs des modèles'
WORKFLOW = 'Relecture des modèles'
ACTIONS = ('change', 'view', 'publish', 'lock', 'unlock')


def make(apps, schema_editor):
    """Whoever reviews models, and the step at which they do."""
    draft = content_type(apps, 'designs', 'designdraft')
    group, _ = apps.get_model('auth', 'Group').objects.get_or_create(name=REVIEWERS)
    Permission = apps.get_model('auth', 'Permission')
    for action in ACTIONS:
        permission, _ = Permission.objects.get_or_create(
            content_type=draft, codename=f'{action}_designdraft', defaults={'name': f'Can {action} designdraft'}
        )
        group.permissions.add(permission)
    admin, _ = Permission.objects.get_or_create(
        content_type=content_type(apps, 'wagtailadmin', 'admin'),
        codename='access_admin',
        defaults={'name': 'Can access Wagtail admin'},
    )
    group.permissions.add(admin)
    Workflow = apps.get_model('wagtailcore', 'Workflow')
    if Workflow.objects.filter(name=WORKFLOW).exists():
        return
    task = apps.get_model('designs', 'ModelReview').objects.create(
        name='Relecture par une autre personne', content_type=content_type(apps, 'designs', 'modelreview')
    )
    task.groups.add(group)
    workflow = Workflow.objects.create(name=WORKFLOW)
    apps.get_model('wagtailcore', 'WorkflowTask').objects.create(workflow=workflow, task_id=task.pk, sort_order=0)
    apps.get_model('wagtailcore', 'WorkflowContentType').objects.create(content_type=draft, workflow=workflow)


def content_type(apps, app, model):
    return apps.get_model('contenttypes', 'ContentType').objects.get_or_create(app_label=app, model=model)[0]


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0006_moderation'),
        ('designs', '0006_model_review'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('wagtailadmin', '0006_formstate'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
