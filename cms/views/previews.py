# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the view in volume asks for: is it computed, the mesh, the drawings, a still picture."""

from __future__ import annotations

import dataclasses
import gzip
import json
import threading
import time
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from cms.catalogue import revision_or_404
from cms.parameter_form import ParameterForm
from cms.pictures import png_of_glb
from cms.security import FILES
from designs.models import DesignRevision
from fabrication import artefacts
from fabrication.models import Artefact, Job
from fabrication.services import BusyError, request_preview

#: Seconds that one request waits for its answer; the browser asks again after that.
PATIENCE = 8.0
#: Requests of a process that may wait at once, half of its threads: however many sizes are asked for, other pages are answered.
_WAITING = threading.BoundedSemaphore(4)
_FOR_EVER = "public, max-age=31536000, immutable"  # the address holds the content's SHA-256


def wait_for(job: Job, seconds: float) -> Job:
    """The job as it is when it ends, or after so many seconds; as it is now, where many wait already."""
    if job.is_finished or not _WAITING.acquire(blocking=False):
        return job
    try:
        end = time.monotonic() + seconds
        pause = 0.03
        while not job.is_finished and time.monotonic() < end:
            time.sleep(pause)
            pause = min(pause * 1.15, 0.25)  # a preview takes three tenths of a second: asked for often at first
            job = Job.objects.select_related("view", "facts").get(pk=job.pk)
        return job
    finally:
        _WAITING.release()


def preview_of(revision: DesignRevision, values: dict[str, Any], seconds: float) -> dict[str, Any]:
    """``state`` is "ready" (with ``view``, ``picture``, ``facts``), "computing", "refused" or "failed"
    (with ``reason``), or "busy"."""
    try:
        return shown(wait_for(request_preview(revision, values), seconds))
    except BusyError as error:
        return {"state": "busy", "reason": error.french}


def shown(job: Job) -> dict[str, Any]:
    """What ``preview_of`` says of a job."""
    if job.state == Job.State.DONE:
        assert job.view and job.facts
        return {
            "state": "ready",
            "view": reverse("preview-view", args=[job.view.sha256]),
            "picture": reverse("preview-picture", args=[job.view.sha256]),
            "facts": read_facts(job.facts),
            "facts_sha256": job.facts.sha256,
        }
    if job.is_finished:
        return {"state": str(job.state), "reason": job.reason}
    return {"state": "computing"}


def read_facts(artefact: Artefact) -> dict[str, Any]:
    """Raises Http404 if the file was removed by hand."""
    try:
        facts: dict[str, Any] = json.loads(artefacts.file_of(artefact).read_bytes())
    except FileNotFoundError as error:
        raise Http404("Cet aperçu n’est plus gardé.") from error
    return facts


def facts_context(preview: dict[str, Any]) -> dict[str, Any]:
    """What the templates of figures and parts need; nothing to show if there is no preview yet."""
    if preview["state"] != "ready":
        return {}
    facts = preview["facts"]
    return {
        "facts": facts,
        "sha256": preview["facts_sha256"],
        "part_count": sum(part["quantity"] for part in facts["parts"]),
    }


@login_not_required
@require_safe
def preview_state(request: HttpRequest, design: str) -> HttpResponse:
    """JSON for the sizes in the query; waits a little, so that most answers are the final one."""
    revision = revision_or_404(design)
    form = ParameterForm.of_request(revision.drawing(), request.GET)
    if form.values is None:
        return _answer(
            {"state": "invalid", "messages": form.messages, "wrong": form.wrong, "remedies": _remedies(form)}, 422
        )
    preview = preview_of(revision, form.values, PATIENCE)
    if preview["state"] == "ready":
        context = facts_context(preview)
        shown = {name: render_to_string(f"cms/_{name}.html", context) for name in ("figures", "measures", "facts")}
        parts = {part["code"]: {name: part[name] for name in ("name", "grain")} for part in preview["facts"]["parts"]}
        seen = {"view": preview["view"], "picture": preview["picture"], "parts": parts}
        return _answer({"state": "ready", **seen, **shown}, 200)
    status = {"computing": 202, "refused": 422, "busy": 503}.get(preview["state"], 200)
    return _answer(preview, status)


def _remedies(form: ParameterForm) -> dict[str, dict[str, str]]:
    return {name: dataclasses.asdict(remedy) for name, remedy in form.remedies.items()}


def _answer(data: dict[str, Any], status: int) -> HttpResponse:
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


def _artefact(sha256: str, kind: Artefact.Kind) -> Artefact:
    artefact = Artefact.objects.filter(sha256=sha256, kind=kind).first()
    if artefact is None or not artefacts.file_of(artefact).is_file():
        raise Http404("Cet aperçu n’est plus gardé.")
    return artefact


@login_not_required
@require_safe
def view_file(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The mesh, a third as heavy where the browser unpacks it: a phone waits for its bytes, not for our six milliseconds."""
    file = artefacts.file_of(_artefact(sha256, Artefact.Kind.VIEW))
    response: HttpResponseBase
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        packed = gzip.compress(file.read_bytes(), 4, mtime=0)
        response = HttpResponse(packed, content_type="model/gltf-binary", headers={"Content-Encoding": "gzip"})
    else:
        response = FileResponse(file.open("rb"), content_type="model/gltf-binary")
    response["Cache-Control"] = _FOR_EVER
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@login_not_required
@require_safe
def part_drawing(request: HttpRequest, sha256: str, code: str) -> HttpResponse:
    facts = read_facts(_artefact(sha256, Artefact.Kind.FACTS))
    for part in facts["parts"]:
        if part["code"] == code:
            response = HttpResponse(part["svg"], content_type="image/svg+xml")
            response["Cache-Control"] = _FOR_EVER
            response["Content-Security-Policy"] = FILES
            return response
    raise Http404("Cette pièce n’existe pas.")


@login_not_required
@require_safe
def picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """A still picture of the view, for a browser without JavaScript or WebGL. Drawn when first asked for."""
    glb = artefacts.file_of(_artefact(sha256, Artefact.Kind.VIEW))
    kept = glb.with_suffix(".png")
    if not kept.is_file():
        draft = kept.with_name(f".{kept.name}.{time.monotonic_ns()}")
        draft.write_bytes(png_of_glb(glb.read_bytes()))
        draft.rename(kept)
    response = FileResponse(kept.open("rb"), content_type="image/png")
    response["Cache-Control"] = _FOR_EVER
    return response
