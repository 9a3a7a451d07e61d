# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked for from finished files: a part again, a better layout, a remark on a part."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cms.followup_forms import PartForm, RemarkForm
from cms.public_forms import public_form
from cms.views.jobs import finished_or_404, job_or_404, package_page
from cms.views.making.forms import ReadingForm
from designs.errors import DesignError, UnknownDesignError
from designs.models import Remark
from designs.services import remark
from fablabs.errors import MachineFileError
from fabrication.errors import NotMakeableError
from fabrication.models import Job
from fabrication.services import BusyError, request_measured, request_part, request_relaid, request_search

#: Unread remarks on one package: more are a machine's, or belong into one.
MOST_REMARKS = 20


@login_not_required
@public_form
@require_POST
def part_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One part of the same piece for the same machine: it broke, or was cut wrong."""
    job, package = finished_or_404(public_id)
    form = PartForm(package.manifest, request.POST)
    if form.is_valid():
        try:
            again = request_part(job, form.cleaned_data["piece"], form.cleaned_data["quantite"])
        except (NotMakeableError, MachineFileError, BusyError) as error:
            form.add_error(None, error.french)
        except UnknownDesignError as error:
            raise Http404(error.french) from error
        else:
            return redirect("job", again.public_id)
    return package_page(request, job, package, part_form=form, status=422)


@login_not_required
@public_form
@require_POST
def measured(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The files anew, for the panel that lies on the machine as the calliper reads it: for its thickest reading."""
    job, package = finished_or_404(public_id)
    form = ReadingForm(request.POST)
    if form.is_valid():
        try:
            again = request_measured(job, float(max(form.cleaned_data["lecture"])))
        except (NotMakeableError, MachineFileError, BusyError) as error:
            form.add_error("lecture", error.french)
        except UnknownDesignError as error:
            raise Http404(error.french) from error
        else:
            return redirect("job", again.public_id)
    return package_page(request, job, package, reading=form, status=422)


@login_not_required
@public_form
@require_POST
def better_layout(request: HttpRequest, public_id: UUID) -> HttpResponse:
    job, package = finished_or_404(public_id)
    try:
        search = request_search(job)
    except UnknownDesignError as error:
        raise Http404(error.french) from error
    except (MachineFileError, BusyError) as error:
        messages.error(request, error.french)
        return package_page(request, job, package, status=503 if isinstance(error, BusyError) else 422)
    return redirect("job", search.public_id)


@login_not_required
@public_form
@require_POST
def relaid(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The files anew, with the layout that a search found."""
    search = job_or_404(public_id)
    if search.kind != Job.Kind.LAYOUT or search.state != Job.State.DONE:
        raise Http404("Cette recherche n’a pas de résultat.")
    try:
        job = request_relaid(search)
    except UnknownDesignError as error:
        raise Http404(error.french) from error
    except (MachineFileError, BusyError) as error:
        messages.error(request, error.french)
        return redirect("job", search.public_id)
    return redirect("job", job.public_id)


@login_not_required
@public_form
@require_POST
def remark_on_part(request: HttpRequest, public_id: UUID) -> HttpResponse:
    job, package = finished_or_404(public_id)
    form = RemarkForm(package.manifest, request.POST)
    if form.is_valid() and Remark.objects.filter(job_key=job.key, status=Remark.Status.OPEN).count() >= MOST_REMARKS:
        form.add_error(
            "texte", "Vos remarques précédentes n’ont pas encore été lues\N{NO-BREAK SPACE}: attendez une réponse."
        )
    if form.is_valid():
        try:
            remark(
                job.revision,
                form.cleaned_data["piece"],
                form.cleaned_data["texte"],
                author=form.cleaned_data["auteur"],
                job_key=job.key,
                parts=[part["code"] for part in package.manifest["parts"]],
                parameters=job.parameters,
                written_by=request.user if request.user.is_authenticated else None,
            )
        except DesignError as error:
            form.add_error("texte", getattr(error, "french", "") or str(error))
        else:
            messages.success(request, "Merci. Votre remarque est gardée avec cette version du modèle.")
            return redirect(reverse("job", args=[job.public_id]) + "#remarque")
    return package_page(request, job, package, remark_form=form, status=422)
