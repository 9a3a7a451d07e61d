from django.db import migrations

#: Permissions beside those that Wagtail's own migrations give these groups (pages, pictures, documents).
EDITORS = [
    ('cms', 'question', ['add', 'change']),
    ('cms', 'registration', ['view']),
    ('cms', 'contactmessage', ['view', 'change']),
    ('cms', 'contactsubject', ['add', 'change', 'view']),
]
MODERATORS = [
    *EDITORS,
    ('cms', 'question', ['delete', 'publish', 'lock', 'unlock']),
    ('wagtailredirects', 'redirect', ['add', 'change', 'delete']),
]
NAMES = {'Editors': ('Éditeurs', EDITORS), 'Moderators': ('Modérateurs', MODERATORS)}
WORKFLOW = 'Relecture'


def make(apps, schema_editor):
    """Wagtail's two groups and its workflow in French; questions go through it too. A site's own names stay."""
    Group = apps.get_model('auth', 'Group')
    for english, (french, permissions) in NAMES.items():
        if not Group.objects.filter(name=french).exists():
            Group.objects.filter(name=english).update(name=french)
        group = Group.objects.filter(name=french).first()
        if group is not None:
            group.permissions.add(*permissions_of(apps, permissions))
    Task = apps.get_model('wagtailcore', 'Task')
    Task.objects.filter(name='Moderators approval').update(name='Relecture par la modération')
    Workflow = apps.get_model('wagtailcore', 'Workflow')
    Workflow.objects.filter(name='Moderators approval').update(name=WORKFLOW)
    workflow = Workflow.objects.filter(name=WORKFLOW).first()
    if workflow is not None:
        question = content_type(apps, 'cms', 'question')
        apps.get_model('wagtailcore', 'WorkflowContentType').objects.get_or_create(
            content_type=question, defaults={'workflow': workflow}
        )


def permissions_of(apps, wanted):
    """Rows that Django itself makes after all migrations: it finds them then."""
    Permission = apps.get_model('auth', 'Permission')
    for app, model, actions in wanted:
        kind = content_type(apps, app, model)
        for action in actions:
            permission, _ = Permission.objects.get_or_create(
                content_type=kind, codename=f'{action}_{model}', defaults={'name': f'Can {action} {model}'}
            )
            yield permission


def content_type(apps, app, model):
    return apps.get_model('contenttypes', 'ContentType').objects.get_or_create(app_label=app, model=model)[0]


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0005_editors_pages'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('wagtailadmin', '0006_formstate'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
        ('wagtaildocs', '0014_alter_document_file_size'),
        ('wagtailimages', '0027_image_description'),
        ('wagtailredirects', '0008_add_verbose_name_plural'),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
