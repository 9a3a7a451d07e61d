# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Organisations: registering one, its page with its people, its record; the coordinators' list of all."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import AccountError, NotAllowedError
from accounts.models import BUYERS, Organisation, Role, is_coordinator
from accounts.registration import is_siret
from accounts.services.organisations import edit_organisation as edit
from accounts.services.organisations import manages, may_invite, register_organisation
from cms.organisation_forms import EditOrganisationForm, InviteForm, NewOrganisationForm
from cms.tables import Column, ListFilters, Table, choice_filter, words_filter
from fablabs.geography import UnknownCommuneError, commune
from fablabs.models import Maker
from fablabs.services.registering import unregistered

#: Rows of a page of the coordinators' list, and lines of history on an organisation's page.
ROWS = 50
LINES = 20


def organisation_or_404(request: HttpRequest, pk: int) -> Organisation:
    organisation = Organisation.objects.visible_to(request.user).filter(pk=pk).first()
    if organisation is None:
        raise Http404("Cette organisation n’existe pas.")
    return organisation


@require_http_methods(["GET", "HEAD", "POST"])
def new_organisation(request: HttpRequest) -> HttpResponse:
    proven = _proven_siret(request)
    form = NewOrganisationForm(
        request.user, request.POST if request.method == "POST" else None, initial={"siret": proven}
    )
    if form.is_valid():
        values = form.record()
        try:
            organisation = register_organisation(
                request.user, Organisation.Kind(values.pop("kind")), values.pop("name"), **values
            )
        except (AccountError, ValidationError) as error:
            form.take(error)
        else:
            return redirect("organisation", organisation.pk)
    context = {
        "title": "Inscrire une organisation",
        "form": form,
        "button": "Inscrire",
        "section": "workplace",
        "coordinates": is_coordinator(request.user),
        "proven_siret": proven,
    }
    return render(request, "cms/accounts/new_organisation.html", context, status=422 if form.is_bound else 200)


def _proven_siret(request: HttpRequest) -> str:
    """``?siret=`` of the address, if ProConnect said it of this person lately."""
    siret = request.GET.get("siret", "")
    known = is_siret(siret) and request.user.siret_evidence.standing().filter(siret=siret).exists()
    return siret if known else ""


@require_safe
def organisation_page(request: HttpRequest, pk: int) -> HttpResponse:
    return show_organisation(request, organisation_or_404(request, pk))


def show_organisation(
    request: HttpRequest, organisation: Organisation, invite_form: InviteForm | None = None, status: int = 200
) -> HttpResponse:
    managing = manages(request.user, organisation)
    inviting = may_invite(request.user, organisation)
    members = list(
        organisation.memberships.filter(is_active=True)
        .select_related("user")
        .order_by("-is_manager", "user__last_name", "user__first_name", "pk")
    )
    context: dict[str, Any] = {
        "title": organisation.name,
        "organisation": organisation,
        "members": members,
        "managing": managing,
        # Who asked to join wrote to the managers with a link that names the address.
        "invite_form": (invite_form or InviteForm(initial={"email": request.GET.get("email", "")}))
        if inviting
        else None,
        "invitations": organisation.invitations.open().select_related("invited_by") if inviting else [],
        "commune": _commune_of(organisation),
        "may_check_siret": organisation.siret and not organisation.siret_proven_by and is_coordinator(request.user),
        "buys": organisation.kind in BUYERS
        and any(member.user_id == request.user.pk and member.role == Role.BUYER for member in members),
        "changes": organisation.changes.select_related("actor", "person")[:LINES] if managing else [],
        "section": "workplace",
        **_record_of(request, organisation),
    }
    return render(request, "cms/accounts/organisation.html", context, status=status)


def _record_of(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """Where the workshops of a maker's organisation are described, by those who may: its people's next step."""
    if organisation.kind != Organisation.Kind.MAKER:
        return {}
    maker = Maker.objects.editable_by(request.user).filter(organisation=organisation).first()
    if maker is not None:
        return {"record": reverse("maker", args=[maker.pk]), "is_registered": True}
    if not is_coordinator(request.user) and unregistered(request.user).filter(pk=organisation.pk).exists():
        return {"record": reverse("maker-register"), "is_registered": False}
    return {}


def _commune_of(organisation: Organisation) -> str:
    """ "Nîmes (Gard)"; blank where the code is not there or no more a commune's."""
    try:
        return commune(organisation.insee).label if organisation.insee else ""
    except UnknownCommuneError:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
def edit_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    organisation = organisation_or_404(request, pk)
    if not manages(request.user, organisation):
        raise Http404("Cette fiche n’est pas la vôtre.")
    initial = {name: getattr(organisation, name) for name in ("name", "siren", "siret", "department")}
    initial["commune"] = organisation.insee
    form = EditOrganisationForm(request.user, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            edit(request.user, organisation, **form.record())
        except NotAllowedError as error:
            raise Http404(error.french) from error
        except (AccountError, ValidationError) as error:
            form.take(error)
        else:
            return redirect("organisation", organisation.pk)
    context = {
        "title": f"Modifier {organisation.name}", "form": form, "button": "Enregistrer", "section": "workplace",
        "back": organisation,
    }  # fmt: skip
    return render(request, "cms/accounts/form.html", context, status=422 if form.is_bound else 200)


class _OrganisationFilters(ListFilters):
    q = words_filter("Nom, SIREN ou SIRET", "name", "siren", "siret")
    type = choice_filter(
        "Type", {value: (str(label), Q(kind=value)) for value, label in Organisation.Kind.choices}, "tous"
    )


_COLUMNS = (
    Column("nom", "Nom", (Lower("name"),), lambda row: row.name, words="nom"),
    Column("type", "Type", ("kind",), lambda row: row.get_kind_display(), words="type"),
    Column("siren", "SIREN", ("siren",), lambda row: row.siren, is_shown=False),
    Column("siret", "SIRET", ("siret",), lambda row: row.siret),
    Column(
        "membres", "Membres", ("people",), lambda row: row.people, words="membres", largest_first=True, is_number=True
    ),
    Column(
        "inscrite", "Inscrite", ("created_at",), lambda row: row.created_at, words="inscrite le", largest_first=True
    ),
    Column("archivee", "Archivée le", ("archived_at",), lambda row: row.archived_at, is_shown=False),
)


@require_safe
def organisations_page(request: HttpRequest) -> HttpResponseBase:
    """For coordinators: everybody else finds theirs in their own place."""
    if not is_coordinator(request.user):
        raise Http404("Cette liste est celle de la coordination.")
    found = Organisation.objects.visible_to(request.user).annotate(
        people=Count("memberships", filter=Q(memberships__is_active=True))
    )
    table = Table(
        request, _COLUMNS, found, usual="nom", name="organisations", filters=_OrganisationFilters, a_page=ROWS
    )
    if (file := table.file()) is not None:
        return file
    context = {"title": "Organisations", "table": table, "page": table.page, "section": "workplace"}
    return render(request, "cms/accounts/organisations.html", context)
