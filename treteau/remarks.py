# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau remark``: what a maker found about a part, kept with the revision in the site's database.

The one command that needs the site's settings: those of DJANGO_SETTINGS_MODULE, else the demo's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designs.catalogue import shipped
from designs.errors import RemarkError, UnknownDesignError
from treteau.output import console, print_json

if TYPE_CHECKING:
    from designs.models import DesignRevision

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
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    try:
        django.setup()
        from designs.services import remark

        revision = _revision(identifier, number)
        parts, values = _drawn(revision, given, is_asked_by_number=number is not None)
        kept = remark(revision, part, text, author=author, parts=parts, parameters=values)
    except (DatabaseError, ImproperlyConfigured) as error:
        raise RemarkError(
            f"no database to keep it in ({error}): set DJANGO_SETTINGS_MODULE, or run manage.py migrate",
            "La base de données n’est pas prête.",
        ) from error
    if as_json:
        print_json(
            {
                "id": kept.pk,
                "design": identifier,
                "revision": revision.number,
                "part": kept.part_code,
                "text": kept.text,
            }
        )
    else:
        console().print(f"remark {kept.pk} on {kept} is kept", soft_wrap=True)
    return 0


def _revision(identifier: str, number: int | None) -> DesignRevision:
    """The one of that number, or the one that people order today. Raises UnknownDesignError, RemarkError."""
    from designs.models import DesignRevision
    from designs.services.finding import current_revisions

    if number is None:
        found = current_revisions().get(identifier)
    else:
        found = DesignRevision.objects.filter(design=identifier, number=number).first()
    if found is not None:
        return found
    if not DesignRevision.objects.filter(design=identifier).exists():
        shipped(identifier)  # says which designs there are
    wanted = number if number is not None else shipped(identifier).revision
    raise RemarkError(
        f"revision {wanted} of {identifier} is not published here: manage.py sync_designs publishes today's",
        "Cette révision du modèle n’est pas publiée.",
    )


def _drawn(
    revision: DesignRevision, given: Mapping[str, str], *, is_asked_by_number: bool
) -> tuple[tuple[str, ...], dict[str, Any] | None]:
    """Its parts' codes in these sizes, and all sizes; nothing of a revision that nobody draws any more."""
    try:
        design = revision.drawing()
    except UnknownDesignError:
        if not is_asked_by_number:
            raise
        return (), None
    return tuple(part.code for part in design.build(given).parts), design.clean(given)
