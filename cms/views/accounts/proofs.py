# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a proven SIRET opens, and a coordinator's word for a SIRET."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accounts.errors import AccountError, NotAllowedError
from accounts.models import Organisation
from accounts.services import siret_proofs as service
from cms.templatetags.words import typeset
from cms.views.accounts.organisations import organisation_or_404


def _named_by_evidence(pk: int) -> Organisation:
    """Not yet this person's: the service asks for the evidence, and its refusal is a page that does not exist."""
    organisation = Organisation.objects.filter(pk=pk).first()
    if organisation is None:
        raise Http404("Cette organisation n’existe pas.")
    return organisation


@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = _named_by_evidence(pk)
    try:
        service.join_proven(request.user, organisation)
    except NotAllowedError as error:
        raise Http404(error.french) from error
    except AccountError as error:
        messages.error(request, typeset(error.french))
        return redirect("workplace")
    messages.success(request, typeset(f"Bienvenue dans « {organisation.name} » : vous en gérez les membres."))
    return redirect("organisation", organisation.pk)


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = _named_by_evidence(pk)
    page = f"{reverse('organisation', args=[organisation.pk])}?{urlencode({'email': request.user.email})}#inviter"
    link = request.build_absolute_uri(page)
    try:
        service.ask_to_join(request.user, organisation, link=link)
    except NotAllowedError as error:
        raise Http404(error.french) from error
    except AccountError as error:
        messages.error(request, typeset(error.french))
    else:
        messages.success(
            request, typeset(f"Votre demande est partie : l’invitation de « {organisation.name} » paraîtra ici.")
        )
    return redirect("workplace")


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """By a coordinator, who has looked the SIRET up."""
    organisation = organisation_or_404(request, pk)
    try:
        service.check_siret(request.user, organisation)
    except NotAllowedError as error:
        raise Http404(error.french) from error
    except AccountError as error:
        messages.error(request, typeset(error.french))
    else:
        messages.success(request, "Le SIRET est marqué comme vérifié.")
    return redirect("organisation", organisation.pk)
