# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A published revision as a folder to take along: script, parameters, texts, okh.toml (docs/concevoir.md)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from designs.content import ContentError
from designs.errors import UnknownDesignError
from designs.folder import Folder, write
from designs.folder_files import zipped
from designs.models import DesignRevision
from designs.services.folders import folder_of


@login_not_required
@require_safe
def revision_folder(request: HttpRequest, design: str, number: int) -> HttpResponse:
    """The same bytes every time: the archive of a revision may be kept, compared, imported elsewhere."""
    rows = DesignRevision.objects.select_related("adapted_from")
    try:
        folder = folder_of(rows.get(design=design, number=number))
    except (DesignRevision.DoesNotExist, UnknownDesignError, ContentError, OverflowError) as error:
        raise Http404("Cette révision n’existe pas, ou n’est plus dessinée.") from error
    return archive(folder, f"{design}-{number}")


def archive(folder: Folder, name: str) -> HttpResponse:
    response = HttpResponse(zipped(write(folder), name), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.zip")
    response["Cache-Control"] = "public, max-age=600"
    return response
