# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that a designer brings along, and the model as a folder to take away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from cms.views.studio import editing
from cms.views.studio.running import seen_url
from cms.views.studio.sent import actor_of, draft_or_404
from designs.content import MAX_FILE_BYTES, Content, ContentError
from designs.folder import Folder, write
from designs.folder_files import zipped
from designs.models import DesignDraft
from designs.plain_text import shown
from designs.services.drafting import save
from designs.studio_errors import StudioError

#: Of a drawing made elsewhere: a kit of two hundred flat parts is a few megabytes.
MAX_DRAWING_BYTES = 10_000_000
_DRAWINGS = {".step": "step", ".stp": "step", ".dxf": "dxf"}
_CHOOSE = "Choisissez un fichier .py, .step, .stp ou .dxf."


class UploadRefused(ValueError):
    """``french``: why this file is not taken."""

    def __init__(self, french: str) -> None:
        super().__init__(french)
        self.french = french


@require_POST
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """A script joins the model's files, a drawing takes their place; the sentence why not stands beside the field."""
    draft = draft_or_404(request, slug)
    file = request.FILES.get("fichier")
    try:
        if not isinstance(file, UploadedFile):
            raise UploadRefused(_CHOOSE)
        content, told = _with(file, draft.state().content, str(actor_of(request).pk))
        save(draft, {"content": content}, actor=actor_of(request), based_on=request.POST.get("based_on", ""))
    except (UploadRefused, StudioError, ContentError) as error:
        refused = editing.Shown(title="Le fichier n’est pas importé", upload_error=error.french, status=422)
        return editing.page(request, draft, refused)
    messages.success(request, told)
    return redirect(seen_url(draft.slug))


def _with(file: UploadedFile, content: Mapping[str, Any], asker: str) -> tuple[dict[str, Any], str]:
    """The draft's content with this file in it, and what is said of it. Raises UploadRefused."""
    name = (file.name or "").rpartition("/")[2].rpartition("\\")[2]
    ending = f".{name.rpartition('.')[2].lower()}"
    if ending == ".py":
        text = _script(name, _read(file, MAX_FILE_BYTES, f"{MAX_FILE_BYTES // 1000} ko"))
        return _with_script(content, name, text), f"{name} est dans le modèle."
    if ending in _DRAWINGS:
        data = _read(file, MAX_DRAWING_BYTES, f"{MAX_DRAWING_BYTES // 1_000_000} Mo")
        return _flat(content, _DRAWINGS[ending], data, asker), f"{shown(name)} est lu."
    raise UploadRefused(_CHOOSE)


def _read(file: UploadedFile, most: int, words: str) -> bytes:
    """The size is looked at before the content."""
    if (file.size or 0) > most:
        raise UploadRefused(f"Ce fichier est trop gros : {words} au plus.")
    data = bytes(file.read(most + 1))
    if len(data) > most:
        raise UploadRefused(f"Ce fichier est trop gros : {words} au plus.")
    if not data.strip():
        raise UploadRefused("Ce fichier est vide.")
    return data


def _script(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UploadRefused(f"{shown(name)} n’est pas un texte en UTF-8 (ligne {line}).") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _with_script(content: Mapping[str, Any], name: str, text: str) -> dict[str, Any]:
    """In a model of flat parts it takes their place: they have no script."""
    was_script = content.get("kind") != "flat"
    sources = dict(content.get("sources") or {}) if was_script else {}
    main = str(content.get("main") or "") if was_script else ""
    return {**content, "kind": "script", "parts": [], "sources": {**sources, name: text}, "main": main or name}


def _flat(content: Mapping[str, Any], kind: str, data: bytes, asker: str) -> dict[str, Any]:
    """The flat parts that are drawn in it take the place of script and parameters; sheets stay. Raises UploadRefused."""
    from fabrication.scripted.drawings import DrawingError, parts_of

    try:
        parts = parts_of(kind, data, asker=asker)
    except DrawingError as error:
        raise UploadRefused(error.french) from error
    specification = dict(content.get("specification") or {})
    kept = {name: specification[name] for name in ("thickness_range",) if name in specification}
    return {"kind": "flat", "main": "", "sources": {}, "parts": parts, "specification": kept}


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """The saved state as an archive of one folder, the same bytes for the same state."""
    draft: DesignDraft = draft_or_404(request, slug)
    state = draft.state()
    try:
        folder = Folder(draft.slug, Content.parse(state.content), state.texts)
    except ContentError as error:
        reason = f"Le modèle ne s’exporte pas encore. {error.french}"
        return editing.page(request, draft, editing.Shown(title="Rien n’est exporté", reason=reason, status=422))
    response = HttpResponse(zipped(write(folder), draft.slug), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{draft.slug}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response
