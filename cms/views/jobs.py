# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A job's page: where it is, then what it made, or why it could not."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zipfile import BadZipFile

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cms.catalogue import picture_of
from cms.checks import sentences
from cms.packages import PackageReader, content_type, package_reader
from cms.parameter_form import ParameterForm
from cms.security import FILES
from cms.stages import sentence, stages
from fabrication import artefacts
from fabrication.models import Job


def _job_or_404(public_id: UUID) -> Job:
    job = Job.objects.select_related("revision", "workshop", "package").filter(public_id=public_id).first()
    if job is None or job.kind != Job.Kind.PACKAGE:
        raise Http404("Cette demande n’existe pas.")
    return job


def _package_or_404(job: Job) -> PackageReader:
    if job.package is None:
        raise Http404("Cette demande n’a pas de fichiers.")
    try:
        return package_reader(artefacts.file_of(job.package))
    except (OSError, BadZipFile, StopIteration) as error:
        raise Http404("Ces fichiers ne sont plus gardés.") from error


@require_safe
def job_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    job = _job_or_404(public_id)
    form = _form(job)
    context: dict[str, Any] = {
        "job": job,
        "design": form.design if form else None,
        "model_title": job.revision.texts.get("title", job.revision.design),
        "picture": picture_of(job.revision.design),
        "fields": [f for f in form.fields if f.name in form.query()] if form else [],
        "way_back": _way_back(job, form),
        "stages": stages(job),
        "sentence": sentence(job),
        "section": "models",
    }
    context["trail"] = [
        {"url": reverse("models"), "title": "Les modèles"},
        {"url": context["way_back"], "title": context["model_title"]},
    ]
    if job.state == Job.State.DONE:
        package = _package_or_404(job)
        manifest = package.manifest
        context |= {
            "package": job.package,
            "groups": package.groups(),
            "sheets": package.sheet_pictures(),
            "checks": sentences(manifest),
            "all_ok": all(check["ok"] for check in manifest["checks"]),
            "hardware": manifest["hardware"],
            "part_count": sum(part["quantity"] for part in manifest["parts"]),
            "stock": manifest["stock"],
            "solid": next((path for path in sorted(package.sizes) if path.endswith(".step")), ""),
        }
        context["title"] = "Les fichiers sont prêts"
    else:
        context["title"] = {
            Job.State.REFUSED: "Cette fabrication n’est pas possible",
            Job.State.FAILED: "Le calcul n’a pas abouti",
        }.get(Job.State(job.state), "Préparation des fichiers")
    response = render(request, "cms/job.html", context)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _form(job: Job) -> ParameterForm | None:
    """The sizes as they were asked for; None if this revision is not drawn any more."""
    try:
        return ParameterForm(job.revision.drawing(), job.parameters)
    except LookupError:
        return None


def _way_back(job: Job, form: ParameterForm | None) -> str:
    query: dict[str, str] = form.query() if form else {}
    if job.quantity != 1:
        query["quantite"] = str(job.quantity)
    if job.workshop:
        query["atelier"] = job.workshop.slug
    return reverse("model", args=[job.revision.design]) + (f"?{urlencode(query)}" if query else "")


@require_safe
def sheet_page(request: HttpRequest, public_id: UUID, index: int) -> HttpResponse:
    """One sheet as large as the window, with a way back: a drawing alone opens at 2.5 m wide."""
    job = _job_or_404(public_id)
    sheet = next((s for s in _package_or_404(job).sheet_pictures() if s["index"] == index and s["svg"]), None)
    if sheet is None:
        raise Http404("Ce panneau n’existe pas.")
    trail = [
        {"url": reverse("models"), "title": "Les modèles"},
        {"url": reverse("job", args=[public_id]), "title": "Les fichiers"},
    ]
    context = {"job": job, "sheet": sheet, "title": f"Panneau {index}", "section": "models", "trail": trail}
    response = render(request, "cms/sheet.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def job_state(request: HttpRequest, public_id: UUID) -> JsonResponse:
    job = _job_or_404(public_id)
    response = JsonResponse(
        {
            "state": job.state,
            "finished": job.is_finished,
            "progress": job.progress,
            "sentence": sentence(job),
            "stages": [stage.state for stage in stages(job)],
        },
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def archive(request: HttpRequest, public_id: UUID) -> FileResponse:
    job = _job_or_404(public_id)
    _package_or_404(job)
    assert job.package
    file = artefacts.file_of(job.package)
    return FileResponse(file.open("rb"), as_attachment=True, filename=job.package.name, content_type="application/zip")


@require_safe
def one_file(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """One file of the archive; ``?voir`` shows it in the page instead of saving it."""
    package = _package_or_404(_job_or_404(public_id))
    try:
        content = package.read(name)
    except KeyError as error:
        raise Http404("Ce fichier n’est pas dans l’archive.") from error
    response = HttpResponse(content, content_type=content_type(name))
    shown = "voir" in request.GET and name.endswith((".svg", ".pdf"))
    if shown and name.endswith(".svg"):
        # A cutting line is 0.2 mm wide: on a screen, 2.5 m of sheet would look empty.
        style = b"<style>path{vector-effect:non-scaling-stroke;stroke-width:1px}</style></svg>"
        response.content = content.replace(b"</svg>", style)
    response["Content-Disposition"] = content_disposition_header(not shown, name.rsplit("/", 1)[-1])
    # A PDF viewer is a page of the browser's own, which a sandbox would keep from starting.
    response["Content-Security-Policy"] = (
        FILES if not name.endswith(".pdf") else "default-src 'none'; object-src 'self'"
    )
    return response
