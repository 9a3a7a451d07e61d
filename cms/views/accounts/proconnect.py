# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""To ProConnect, back from it, and out of it. Signing in goes through allauth as a password's does: a second factor that
was set is asked, a closed account stays closed.

A browser holds ``form-action 'self'`` against every redirect that answers a form. So the way to ProConnect is a link, and
the way out, which begins with a form, is a page of ours that goes on by itself."""

from __future__ import annotations

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.backends import AccountBackend
from accounts.models import User
from accounts.services.proconnect import Arrival, ProConnectError, known_person, person_of
from accounts.services.siret_proofs import keep_evidence
from cms import proconnect
from cms.templatetags.words import typeset

#: Where in the session it is said where somebody wanted to go.
_NEXT = "proconnect_next"


@login_not_required
@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    limited: HttpResponse | None = consume_or_429(request, action="proconnect", limit_get=True)
    if limited:
        return limited
    request.session[_NEXT] = get_next_redirect_url(request)
    try:
        return proconnect.start(request, request.build_absolute_uri(reverse("proconnect-back")))
    except ProConnectError as error:
        return _refused(request, error)


@login_not_required
@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """With a code from ProConnect. Nothing is made and nobody let in before all of it was verified."""
    next_url = request.session.pop(_NEXT, None)
    try:
        vouched = proconnect.finish(request)
        if request.user.is_authenticated and known_person(vouched) != request.user:
            raise ProConnectError(
                "another person is signed in",
                f"Vous êtes connecté avec {request.user.email}, et ProConnect a répondu pour {vouched.email}. Déconnectez-vous "
                "d’abord, ou ajoutez cette adresse à votre compte et confirmez-la.",
            )
        user, arrival = person_of(vouched)
    except ProConnectError as error:
        return _refused(request, error)
    if AccountBackend().user_can_authenticate(user):
        keep_evidence(user, vouched)
        if arrival is Arrival.JOINED:
            get_adapter(request).send_notification_mail("account/email/proconnect_joined", user)
    if request.user.is_authenticated:
        messages.success(request, "ProConnect a répondu pour vous.")
        return redirect(next_url or "workplace")
    return _let_in(request, user, next_url)


def _let_in(request: HttpRequest, user: User, next_url: str | None) -> HttpResponse:
    request.session.set_expiry(0)  # until the browser closes: ProConnect's own session lasts twelve hours
    response: HttpResponse = perform_login(request, user, redirect_url=next_url)
    return response


def _refused(request: HttpRequest, error: ProConnectError) -> HttpResponse:
    messages.error(request, typeset(error.french))
    return redirect("workplace" if request.user.is_authenticated else "account_login")


@login_not_required
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """allauth's; and who came by ProConnect leaves it too, since the next person at this computer would come back in."""
    id_token = request.session.get(proconnect.ID_TOKEN) if settings.TRETEAU_PROCONNECT else None
    response: HttpResponse = account.logout(request)
    if not id_token or request.method != "POST":
        return response
    request.session.pop(proconnect.ID_TOKEN, None)
    try:
        url = proconnect.leave(request, id_token, request.build_absolute_uri(reverse("proconnect-left")))
    except ProConnectError:
        messages.error(
            request,
            typeset(
                "ProConnect ne répond pas : vous y êtes encore connecté. Sur un ordinateur partagé, fermez le navigateur."
            ),
        )
        return response
    request.session[_NEXT] = response["Location"]
    return render(request, "cms/accounts/leaving.html", {"title": "Déconnexion", "url": url})


@login_not_required
@never_cache
@require_GET
def left(request: HttpRequest) -> HttpResponse:
    """Back from ProConnect's sign-out."""
    next_url = request.session.get(_NEXT)
    if not proconnect.has_left(request):
        return redirect(settings.LOGOUT_REDIRECT_URL)
    if not request.user.is_authenticated:
        request.session.flush()
    messages.success(request, "Vous êtes déconnecté, de ProConnect aussi.")
    return redirect(next_url or settings.LOGOUT_REDIRECT_URL)
