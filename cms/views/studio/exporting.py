# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model as a folder to take along, published or saved: script, parameters, texts, okh.toml (docs/concevoir.md)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cms.views.studio import editing
from cms.views.studio.access import draft_to_read_or_404, private
from designs.content import ContentError
from designs.errors import UnknownDesignError
from designs.folder import Folder, write
from designs.folder_files import zipped
from designs.models import DesignRevision
from designs.services.folders import folder_of, folder_of_draft


@login_not_required
@require_safe
def revision_folder(request: HttpRequest, design: str, number: int) -> HttpResponse:
    """The same bytes every time: the archive of a revision may be kept, compared, imported elsewhere."""
    rows = DesignRevision.objects.select_related("adapted_from")
    try:
        folder = folder_of(rows.get(design=design, number=number))
    except (DesignRevision.DoesNotExist, UnknownDesignError, ContentError, OverflowError) as error:
        raise Http404("Cette révision n’existe pas, ou n’est plus dessinée.") from error
    return public(archive(folder, f"{design}-{number}"))


@require_safe
def draft_folder(request: HttpRequest, slug: str) -> HttpResponse:
    """The saved state, the same bytes for the same state. Http404 for whoever neither works at it nor reads it over."""
    draft = draft_to_read_or_404(request, slug)
    try:
        folder = folder_of_draft(draft)
    except ContentError as error:
        reason = f"Le modèle ne s’exporte pas encore. {error.french}"
        return editing.page(request, draft, editing.Shown(title="Rien n’est exporté", reason=reason, status=422))
    return private(archive(folder, draft.slug))


def archive(folder: Folder, name: str) -> HttpResponse:
    response = HttpResponse(zipped(write(folder), name), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.zip")
    return response


def public(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "public, max-age=600"
    return response
