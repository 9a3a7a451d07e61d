# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A job's page: where it is, then what it made, or why it could not."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zipfile import BadZipFile

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cms.bench import minutes_of
from cms.catalogue import picture_of
from cms.checks import sentences
from cms.followup_forms import PartForm, RemarkForm
from cms.job_bench import job_bench
from cms.layout_figures import layout_figures
from cms.packages import PackageReader, content_type, package_reader
from cms.parameter_form import ParameterForm
from cms.progress import Progress, progress_response
from cms.security import FILES
from cms.stages import sentence, stages
from cms.views.making.forms import ReadingForm
from fabrication import artefacts
from fabrication.models import Job


def job_or_404(public_id: UUID) -> Job:
    job = Job.objects.select_related("revision", "workshop", "package", "based_on").filter(public_id=public_id).first()
    if job is None or job.kind not in (Job.Kind.PACKAGE, Job.Kind.LAYOUT):  # the others have no page of their own
        raise Http404("Cette demande n’existe pas.")
    return job


def finished_or_404(public_id: UUID) -> tuple[Job, PackageReader]:
    """A job with its files. Http404 for any other."""
    job = job_or_404(public_id)
    if job.package is None:
        raise Http404("Cette demande n’a pas de fichiers.")
    try:
        return job, package_reader(artefacts.file_of(job.package))
    except (OSError, BadZipFile, StopIteration) as error:
        raise Http404("Ces fichiers ne sont plus gardés.") from error


@login_not_required
@require_safe
def job_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    job = job_or_404(public_id)
    if job.state == Job.State.DONE:
        if job.kind == Job.Kind.LAYOUT:
            return search_page(request, job)
        return package_page(request, *finished_or_404(public_id))
    searching = job.kind == Job.Kind.LAYOUT
    title = {
        Job.State.REFUSED: "Cette fabrication n’est pas possible",
        Job.State.FAILED: "Le calcul n’a pas abouti",
    }.get(Job.State(job.state), "Recherche d’une meilleure disposition" if searching else "Préparation des fichiers")
    return _page(request, job, title)


def package_page(
    request: HttpRequest,
    job: Job,
    package: PackageReader,
    *,
    part_form: PartForm | None = None,
    remark_form: RemarkForm | None = None,
    reading: ReadingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Finished files: what they are, what was checked, and what can be asked for next."""
    manifest = package.manifest
    return _page(
        request,
        job,
        "La pièce est prête à découper" if job.only else "Les fichiers sont prêts",
        status=status,
        package=job.package,
        **job_bench(request, job, package, form=reading),
        groups=package.groups(),
        sheets=package.sheet_pictures(),
        checks=sentences(manifest),
        all_ok=all(check["ok"] for check in manifest["checks"]),
        hardware=manifest["hardware"],
        part_count=sum(part["quantity"] for part in manifest["parts"]),
        stock=manifest["stock"],
        solid=package.first(".step"),
        notice=package.first("notice-de-montage.pdf"),
        coupon=package.first("coupon.dxf"),
        # Packages that were made before these keys were there stay on their pages.
        machine_minutes=sum(minutes_of(sheet) for sheet in manifest["sheets"]),
        part_form=part_form or PartForm(manifest),
        remark_form=remark_form or RemarkForm(manifest),
        worth_searching=len(manifest["sheets"]) > 1 or sum(p["quantity"] for p in manifest["parts"]) > 1,
    )


def search_page(request: HttpRequest, job: Job) -> HttpResponse:
    """What a search found, beside what it began with."""
    before = None
    if job.based_on and job.based_on.package:
        with suppress(OSError, BadZipFile, StopIteration):
            before = layout_figures(package_reader(artefacts.file_of(job.based_on.package)).manifest["sheets"])
    after = layout_figures(job.layout)
    better = before is not None and after.is_better_than(before)
    title = "Une meilleure disposition" if better else "La disposition est déjà la bonne"
    return _page(request, job, title, before=before, after=after, better=better)


def _page(request: HttpRequest, job: Job, title: str, *, status: int = 200, **more: Any) -> HttpResponse:
    form = _form(job)
    model_title = job.revision.texts.get("title", job.revision.design)
    way_back = _way_back(job, form)
    trail = [{"url": reverse("models"), "title": "Les modèles"}, {"url": way_back, "title": model_title}]
    if job.based_on and job.kind == Job.Kind.LAYOUT:
        trail.append({"url": reverse("job", args=[job.based_on.public_id]), "title": "Les fichiers"})
    context: dict[str, Any] = {
        "title": title,
        "job": job,
        "design": form.design if form else None,
        "model_title": model_title,
        "picture": picture_of(job.revision),
        "fields": [f for f in form.fields if f.name in form.query()] if form else [],
        "way_back": way_back,
        "progress": progress_of(job),
        "section": "models",
        "trail": trail,
        **more,
    }
    response = render(request, "cms/job.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def progress_of(job: Job) -> Progress:
    return Progress(job.state, job.is_finished, job.progress, sentence(job), tuple(stages(job)))


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
    return reverse("configure", args=[job.revision.design]) + (f"?{urlencode(query)}" if query else "")


@login_not_required
@require_safe
def sheet_page(request: HttpRequest, public_id: UUID, index: int) -> HttpResponse:
    """One sheet as large as the window, with a way back: a drawing alone opens at 2.5 m wide."""
    job, package = finished_or_404(public_id)
    sheet = next((s for s in package.sheet_pictures() if s["index"] == index and s["svg"]), None)
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


@login_not_required
@require_safe
def job_state(request: HttpRequest, public_id: UUID) -> JsonResponse:
    job = job_or_404(public_id)
    return progress_response(progress_of(job))


@login_not_required
@require_safe
def archive(request: HttpRequest, public_id: UUID) -> FileResponse:
    job, _ = finished_or_404(public_id)
    assert job.package
    file = artefacts.file_of(job.package)
    return FileResponse(file.open("rb"), as_attachment=True, filename=job.package.name, content_type="application/zip")


@login_not_required
@require_safe
def one_file(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """One file of the archive; ``?voir`` shows it in the page instead of saving it."""
    _, package = finished_or_404(public_id)
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
