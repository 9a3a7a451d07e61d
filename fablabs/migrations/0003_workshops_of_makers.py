# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each workshop of before gets a maker of its own, and its machine file becomes a machine and a stock."""

import tomllib

from django.db import migrations

_KINDS = {"entreprise": "manufacture"}


def forwards(apps, schema_editor):
    Organisation = apps.get_model("accounts", "Organisation")
    Maker = apps.get_model("fablabs", "Maker")
    CuttingMachine = apps.get_model("fablabs", "CuttingMachine")
    StockItem = apps.get_model("fablabs", "StockItem")
    for workshop in apps.get_model("fablabs", "Workshop").objects.filter(maker=None):
        organisation = Organisation.objects.create(kind="maker", name=workshop.name, is_demo=workshop.is_demo)
        workshop.maker = Maker.objects.create(
            organisation=organisation, kind=_KINDS.get(workshop.kind, workshop.kind)
        )
        file = tomllib.loads(workshop.machine_file)
        CuttingMachine.objects.create(workshop=workshop, name=file["machine"]["name"], settings=file["machine"])
        StockItem.objects.create(workshop=workshop, settings=file["stock"])
        workshop.save()


class Migration(migrations.Migration):

    dependencies = [
        ('fablabs', '0002_makers'),
    ]

    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
