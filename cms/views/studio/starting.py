# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model begins: from the template that works at once, from a folder, or as an adaptation of a published one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from cms.studio_start_forms import FILE, AdaptForm, NewForm
from cms.views.studio.access import actor_of, private, trail
from cms.views.studio.uploading import TAKEN, UploadRefused, none_of, taken
from designs import templates
from designs.content import Content, ContentError
from designs.design import Design
from designs.errors import DesignError, UnknownDesignError
from designs.folder import MAX_ZIP, Folder, FolderError, read_zip
from designs.services import drafting, finding, folders
from designs.services.roles import bureaus_of
from designs.studio_errors import StudioError
from designs.typography import spaced


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Http404 for whoever designs for no bureau."""
    form = NewForm(_bureaus_or_404(request), *((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        try:
            folder, told = _begun_from(form, actor_of(request))
            credit = folder.texts.get("credit") or f"Dessiné par {form.bureau_chosen}"
            draft = folders.begin(
                folder,
                organisation=form.bureau_chosen,
                actor=actor_of(request),
                slug=form.slug,
                texts={"title": form.cleaned_data["titre"], "credit": credit, "changes": ""},
            )
        except (FolderError, UploadRefused) as error:
            form.add_error("fichier", error.french)
        except StudioError as error:
            form.take(error)
        except ContentError as error:
            form.add_error("fichier" if form.cleaned_data["depart"] == FILE else None, error.french)
        else:
            for line in ["Le brouillon est prêt.", *told]:
                messages.success(request, line)
            return redirect("studio-edit", draft.slug)
    return _page(
        request,
        "cms/studio/new.html",
        form,
        "Nouveau modèle",
        {"published": list(finding.current_revisions().values())},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def fork(request: HttpRequest, design: str) -> HttpResponse:
    """« Adapter ce modèle »: a model of one's own that begins with what is published. Http404 for an unknown model; whoever
    designs for nobody reads how to begin."""
    try:
        revision = finding.current(design)
    except UnknownDesignError as error:
        raise Http404("Ce modèle n’existe pas.") from error
    bureaus = bureaus_of(request.user).order_by("name", "pk")
    form = AdaptForm(bureaus, request.POST if request.method == "POST" else None) if bureaus else None
    if form is not None and form.is_bound and form.is_valid():
        try:
            draft = drafting.fork(
                revision,
                actor=actor_of(request),
                slug=form.slug,
                title=form.cleaned_data["titre"],
                organisation=form.bureau_chosen,
            )
        except StudioError as error:
            form.take(error)
        except DesignError as error:
            form.add_error(None, getattr(error, "french", "") or "Ce modèle ne s’adapte pas pour l’instant.")
        else:
            messages.success(request, f"Votre adaptation commence avec la version {revision.version}.")
            return redirect("studio-edit", draft.slug)
    more = {
        "revision": revision,
        "credit": revision.texts.get("credit", ""),
        "licence": revision.texts.get("licence", ""),
    }
    return _page(request, "cms/studio/fork.html", form, spaced(f"Adapter « {revision.title} »"), more)


def _begun_from(form: NewForm, actor: User) -> tuple[Folder, list[str]]:
    """And what is said of a file that was read. Raises FolderError, UploadRefused, ContentError for one that is none, or too
    long."""
    if form.cleaned_data["depart"] != FILE:
        return templates.started_from(templates.template(form.cleaned_data["depart"]), form.slug), []
    name = (form.file.name or "").lower()
    if name.endswith(".zip"):
        return read_zip(form.file.read(MAX_ZIP + 1)), []
    if not name.endswith(TAKEN):
        raise none_of((".zip", *TAKEN))
    content, told = taken(form.file, {"specification": {}}, thickness=form.cleaned_data["epaisseur"], asker=actor)
    return Folder(form.slug, Content.parse(content), {"licence": Design.licence}), told


def _bureaus_or_404(request: HttpRequest) -> Any:
    found = bureaus_of(request.user).order_by("name", "pk")
    if not found:
        raise Http404("Cette personne ne conçoit pour aucun bureau.")
    return found


def _page(
    request: HttpRequest, template: str, form: AdaptForm | None, title: str, more: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "title": title,
        "section": "workplace",
        "form": form,
        "trail": trail(),
        **(more or {}),
    }
    status = 422 if form is not None and form.is_bound else 200
    return private(render(request, template, context, status=status))
