# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that a designer brings along: a script, or flat parts that were drawn elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from cms.views.studio import editing
from cms.views.studio.access import actor_of, draft_or_404
from cms.views.studio.trying import seen_url
from designs.content import MAX_FILE_BYTES, Content, ContentError
from designs.errors import DesignError
from designs.jail import JailError, why_not
from designs.plain_text import shown
from designs.services.drafting import save
from designs.specification import THICKEST, THINNEST
from designs.studio_errors import StudioError
from designs.typography import held
from fabrication.scripted.uploads import DRAWINGS, MAX_DRAWING_BYTES, UploadError, flat_content

#: Ends of the names of what is taken.
TAKEN = (".py", *DRAWINGS)
_FIGURE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?", re.ASCII)


class UploadRefused(ValueError):
    """``french``: why this file is not taken."""

    def __init__(self, french: str) -> None:
        super().__init__(french)
        self.french = held(french)


def none_of(endings: Sequence[str]) -> UploadRefused:
    return UploadRefused(f"Choisissez un fichier {', '.join(endings[:-1])} ou {endings[-1]}.")


@require_POST
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """A script joins the model's files, a drawing takes their place; the sentence why not stands beside the field."""
    draft = draft_or_404(request, slug)
    file = request.FILES.get("fichier")
    try:
        if not isinstance(file, UploadedFile):
            raise none_of(TAKEN)
        content, told = taken(
            file, draft.state().content, thickness=request.POST.get("epaisseur", ""), asker=actor_of(request)
        )
        save(draft, {"content": content}, actor=actor_of(request), based_on=request.POST.get("based_on", ""))
    except (UploadRefused, StudioError, ContentError) as error:
        refused = editing.Shown(title="Le fichier n’est pas importé", upload_error=error.french, status=422)
        return editing.page(request, draft, refused)
    for line in told:
        messages.success(request, line)
    return redirect(seen_url(draft.slug))


def taken(
    file: UploadedFile, content: Mapping[str, Any], *, thickness: str, asker: User
) -> tuple[dict[str, Any], list[str]]:
    """The draft's content with this file in it, and what is said of it. ``thickness``: as typed, of a DXF's sheet. Raises
    UploadRefused."""
    name = (file.name or "").rpartition("/")[2].rpartition("\\")[2]
    ending = f".{name.rpartition('.')[2].lower()}"
    if ending == ".py":
        text = _script(name, _read(file, MAX_FILE_BYTES, f"{MAX_FILE_BYTES // 1000} ko"))
        return _declared(_with_script(content, name, text)), [f"{name} est dans le modèle."]
    if ending in DRAWINGS:
        data = _read(file, MAX_DRAWING_BYTES, f"{MAX_DRAWING_BYTES // 1_000_000} Mo")
        return _flat(name, data, _thickness(thickness), str(asker.pk))
    raise none_of(TAKEN)


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


def _declared(content: dict[str, Any]) -> dict[str, Any]:
    """A script that was written elsewhere may say its own parameters: taken where the model has none yet. What is wrong with
    it, the next run says at its line."""
    if (content.get("specification") or {}).get("parameters") or why_not():
        return content
    from fabrication.scripted.asking import declared

    try:
        found = declared(Content.parse(content)).specification
    except DesignError:
        return content
    return {**content, "specification": found} if found else content


def _flat(name: str, data: bytes, thickness: float | None, asker: str) -> tuple[dict[str, Any], list[str]]:
    """The flat parts that are drawn in it take the place of script and parameters. Raises UploadRefused."""
    try:
        found = flat_content(name, data, thickness=thickness, asker=asker)
    except UploadError as error:
        raise UploadRefused(" ".join(dict.fromkeys(fault.french for fault in error.faults))) from error
    except JailError as error:
        raise UploadRefused(error.french) from error
    count = len(found.content["parts"])
    said = f"{shown(name, 80)} est lu\N{NO-BREAK SPACE}: {count} pièce{'s' if count > 1 else ''}."
    return found.content, [said, *found.notes]


def _thickness(typed: str) -> float | None:
    """Of the sheet, mm; None where nothing was typed. Raises UploadRefused."""
    text = typed.strip().replace(",", ".")
    if not text:
        return None
    if not _FIGURE.fullmatch(text) or not THINNEST <= float(text) <= THICKEST:
        raise UploadRefused(f"L’épaisseur du panneau est un nombre de {THINNEST:g} à {THICKEST:g} millimètres.")
    return float(text)
