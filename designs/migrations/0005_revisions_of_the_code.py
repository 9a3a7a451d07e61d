# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

from django.db import migrations


def number_versions(apps, schema_editor):
    """Every revision until now was drawn by the code. What each changed is not known: as much as can be."""
    DesignRevision = apps.get_model('designs', 'DesignRevision')
    for revision in DesignRevision.objects.all():
        revision.version = f'{revision.number}.0.0'
        revision.created_at = revision.published_at
        revision.save(update_fields=['version', 'created_at'])


class Migration(migrations.Migration):

    dependencies = [
        ('designs', '0004_studio'),
    ]

    operations = [
        migrations.RunPython(number_versions, migrations.RunPython.noop),
    ]
