# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person's own place: what waits for this person, role by role, then what each role leads to, organisations, security."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Invitation, Membership, Role
from accounts.services.notices import pace_of
from accounts.services.organisations import rename
from accounts.services.siret_proofs import offers
from cms.dashboards.roles import dashboards_of
from cms.organisation_forms import OwnNameForm
from cms.workplace import links_of


@require_safe
def workplace(request: HttpRequest) -> HttpResponse:
    user = request.user
    memberships = list(
        Membership.objects.filter(user=user, is_active=True, organisation__archived_at=None)
        .select_related("organisation")
        .order_by("organisation__name", "role")
    )
    roles = [Role(membership.role) for membership in memberships]
    if user.is_superuser:
        roles.append(Role.COORDINATOR)
    dashboards = dashboards_of(user, roles)
    context = {
        "title": "Mon espace",
        "section": "workplace",
        "dashboards": dashboards,
        "waiting": sum(len(one.tasks) + one.more for one in dashboards),
        "memberships": memberships,
        "links": links_of(roles),
        "invitations": Invitation.objects.waiting().addressed_to(user).select_related("organisation", "invited_by"),
        "pace": pace_of(user).label,
        "second_factor": is_mfa_enabled(user),
        "offers": offers(user) if settings.TRETEAU_PROCONNECT else [],
        "proconnect": bool(settings.TRETEAU_PROCONNECT) and user.proconnect_identities.order_by("-last_at").first(),
        "edits_the_site": user.has_perm("wagtailadmin.access_admin"),
    }
    response = render(request, "cms/accounts/workplace.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def own_name(request: HttpRequest) -> HttpResponse:
    user = request.user
    form = OwnNameForm(
        request.POST if request.method == "POST" else None,
        initial={"first_name": user.first_name, "last_name": user.last_name},
    )
    if form.is_valid():
        rename(user, form.cleaned_data["first_name"], form.cleaned_data["last_name"])
        messages.success(request, "Votre nom est enregistré.")
        return redirect("workplace")
    return render(
        request,
        "cms/accounts/form.html",
        {"title": "Mon nom", "form": form, "button": "Enregistrer", "section": "workplace"},
        status=422 if form.is_bound else 200,
    )
