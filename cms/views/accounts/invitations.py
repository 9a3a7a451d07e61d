# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Inviting, and answering. The page behind a link is open to all: who follows it may have no account yet."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import AccountError, NotAllowedError
from accounts.models import Invitation
from accounts.services import invitations as service
from cms.organisation_forms import InviteForm
from cms.templatetags.words import typeset
from cms.views.accounts.organisations import organisation_or_404, show_organisation


def _link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation", args=[token]))


def _said(request: HttpRequest, invitation: Invitation) -> None:
    if invitation.sent_at is None:
        messages.error(
            request,
            typeset("L’invitation est gardée, mais le message n’a pas pu partir : renvoyez-le dans quelques minutes."),
        )
    else:
        messages.success(request, f"L’invitation est partie vers {invitation.email}.")


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = organisation_or_404(request, pk)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            invitation = service.invite(
                request.user,
                organisation,
                form.cleaned_data["email"],
                is_manager=form.cleaned_data["is_manager"],
                link=lambda token: _link(request, token),
            )
        except NotAllowedError as error:
            raise Http404(error.french) from error
        except AccountError as error:
            form.add_error("email", error.french)
        else:
            _said(request, invitation)
            return redirect("organisation", organisation.pk)
    return show_organisation(request, organisation, form, status=422)


@require_POST
def change_invitation(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """``renvoyer`` or ``retirer``, by who may invite."""
    invitation = Invitation.objects.visible_to(request.user).filter(pk=pk).select_related("organisation").first()
    if invitation is None or action not in ("renvoyer", "retirer"):
        raise Http404("Cette invitation n’existe pas.")
    try:
        if action == "renvoyer":
            _said(request, service.send_again(request.user, invitation, link=lambda token: _link(request, token)))
        else:
            service.revoke(request.user, invitation)
            messages.success(request, f"L’invitation de {invitation.email} est retirée.")
    except NotAllowedError as error:
        raise Http404(error.french) from error
    except AccountError as error:
        messages.error(request, typeset(error.french))
    return redirect("organisation", invitation.organisation_id)


@require_POST
def answer_invitation(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """``accepter`` or ``decliner``, by the person whose confirmed address was invited."""
    invitation = Invitation.objects.addressed_to(request.user).filter(pk=pk).select_related("organisation").first()
    if invitation is None or answer not in ("accepter", "decliner"):
        raise Http404("Cette invitation n’existe pas.")
    try:
        if answer == "accepter":
            service.accept(request.user, invitation)
        else:
            service.decline(request.user, invitation)
    except AccountError as error:
        messages.error(request, typeset(error.french))
        return redirect("workplace")
    if answer == "decliner":
        messages.success(request, "L’invitation est déclinée.")
        return redirect("workplace")
    messages.success(request, typeset(f"Bienvenue dans « {invitation.organisation.name} »."))
    return redirect("organisation", invitation.organisation_id)


@login_not_required
@never_cache
@require_safe
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """What the link of a message shows. It changes nothing: mail programs follow links by themselves."""
    invitation = service.find(token)
    if invitation is None:
        return render(
            request, "cms/accounts/invitation_gone.html", {"title": "Cette invitation n’est plus valable"}, status=404
        )
    query = {"next": request.path}
    mine = request.user.is_authenticated and service.is_addressed_to(invitation, request.user)
    context = {
        "title": f"Rejoindre {invitation.organisation.name}",
        "invitation": invitation,
        "mine": mine,
        "signup": f"{reverse('account_signup')}?{urlencode({**query, 'email': invitation.email})}",
        "login": f"{reverse('account_login')}?{urlencode(query)}",
    }
    response = render(request, "cms/accounts/invitation.html", context)
    # The token in the address goes nowhere. Under "no-referrer" a browser would send its answers with "Origin: null", which
    # the check against forged forms refuses.
    response["Referrer-Policy"] = "strict-origin"
    return response
