# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau remark``: what a maker found about a part, kept with the revision in the site's database.

The one command that needs the site's settings: those of DJANGO_SETTINGS_MODULE, else the demo's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from designs.catalogue import shipped as find_design
from designs.design import Design
from designs.errors import RemarkError
from treteau.output import console, print_json

SETTINGS = "cms.settings.demo"


def add_remark(
    identifier: str,
    part: str,
    text: str,
    *,
    number: int | None,
    given: Mapping[str, str],
    author: str,
    as_json: bool,
) -> int:
    """Keep the remark and return 0.

    Raises UnknownDesignError, ParameterError, GeometryError; RemarkError for a part that the piece has not in these
    sizes, a text that can't be kept, a revision that is not published, a database that is not set up.
    """
    design = find_design(identifier)
    values = design.clean(given)
    # Only the drawing of today can be asked for its parts.
    today = number in (None, design.revision)
    parts = _codes(design, given) if today else ()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    try:
        django.setup()
        from designs.models import DesignRevision
        from designs.services import remark

        wanted = number or design.revision
        revision = DesignRevision.objects.filter(design=identifier, number=wanted).first()
        if revision is None:
            raise RemarkError(
                f"revision {wanted} of {identifier} is not published here: manage.py sync_designs publishes today's",
                "Cette révision du modèle n’est pas publiée.",
            )
        kept = remark(revision, part, text, author=author, parts=parts, parameters=values if today else None)
    except (DatabaseError, ImproperlyConfigured) as error:
        raise RemarkError(
            f"no database to keep it in ({error}): set DJANGO_SETTINGS_MODULE, or run manage.py migrate",
            "La base de données n’est pas prête.",
        ) from error
    if as_json:
        print_json({"id": kept.pk, "design": identifier, "revision": wanted, "part": kept.part_code, "text": kept.text})
    else:
        console().print(f"remark {kept.pk} on {kept} is kept", soft_wrap=True)
    return 0


def _codes(design: Design, given: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(part.code for part in design.build(given).parts)
