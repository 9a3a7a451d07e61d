# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makers' remarks on models, for whoever looks after them, and for the coordination, which says who does."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation, User, is_coordinator
from cms.catalogue import titles as titles_of_models
from cms.views.coordination import coordinators_only
from designs.errors import RemarkError
from designs.models import Care, DesignRevision, Remark
from designs.services import MOST_ANSWER, answer, close, close_by, designs_of, entrust, later_revisions, remarks_of
from designs.services.roles import drafts_of

_A_PAGE = 20
_STATES = {"": "Toutes", "open": "À lire", "answered": "Répondues", "closed": "Closes"}


class AnswerForm(forms.Form):
    reponse = forms.CharField(
        label="Votre réponse",
        widget=forms.Textarea(attrs={"rows": 4}),
        strip=True,
        error_messages={"required": "Écrivez votre réponse."},
    )


@require_safe
def remarks(request: HttpRequest) -> HttpResponse:
    """Open ones first; the filter is in the address. Http404 for who looks after no model."""
    return _page(request)


@require_POST
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer one, or close it."""
    found = remarks_of(request.user).filter(pk=pk).select_related("revision").first()
    if found is None:
        raise Http404("Cette remarque n’existe pas.")
    user = cast(User, request.user)
    form = AnswerForm(request.POST)
    try:
        if "clore" in request.POST:
            close(found, actor=user)
            messages.success(request, "La remarque est close.")
        elif "corriger" in request.POST:
            _close_by(request, found, user)
        elif form.is_valid():
            answer(found, form.cleaned_data["reponse"], actor=user)
            messages.success(request, "Votre réponse est gardée avec la remarque, et paraît sur la page du modèle.")
        else:
            return _page(request, (pk, form))
    except RemarkError as error:
        form.add_error("reponse" if "clore" not in request.POST else None, error.french)
        return _page(request, (pk, form))
    return _back(request)


def _close_by(request: HttpRequest, found: Remark, user: User) -> None:
    """What is no later revision of the model is refused in a message: nothing was typed that could be lost."""
    number = request.POST.get("revision", "")
    chosen = None
    if number.isascii() and number.isdecimal() and len(number) < 10:
        chosen = DesignRevision.objects.filter(design=found.revision.design, number=int(number)).first()
    if chosen is None:
        messages.error(request, "Choisissez la révision qui corrige.")
        return
    try:
        close_by(found, chosen, actor=user)
    except RemarkError as error:
        messages.error(request, error.french)
        return
    messages.success(request, f"La remarque est close\N{NO-BREAK SPACE}: corrigé dans la révision {chosen.number}.")


@require_POST
def care(request: HttpRequest) -> HttpResponse:
    """A coordinator says which organisations look after a model."""
    coordinators_only(request)
    design = request.POST.get("modele", "")
    if design not in titles_of_models():
        raise Http404("Ce modèle n’existe pas.")
    keys = {int(key) for key in request.POST.getlist("bureau") if key.isascii() and key.isdigit() and len(key) < 10}
    chosen = _studios().filter(pk__in=keys)
    try:
        entrust(design, chosen, actor=cast(User, request.user))
    except RemarkError as error:
        messages.error(request, error.french)
    else:
        names = ", ".join(one.name for one in chosen)
        told = f"confié à {names}" if names else "confié à personne"
        messages.success(request, f"{titles_of_models()[design]}\N{NO-BREAK SPACE}: {told}.")
    return HttpResponseRedirect(f"{reverse('remarks')}#confier")


def _page(request: HttpRequest, sent: tuple[int, AnswerForm] | None = None) -> HttpResponse:
    coordinates = is_coordinator(request.user)
    titles = titles_of_models()
    own = set(titles) if coordinates else _own(request)
    if not own:
        raise Http404("Aucun modèle n’est confié à cette personne.")
    source = request.POST if sent else request.GET
    asked = {name: source.get(name, "") for name in ("modele", "etat")}
    found = remarks_of(request.user).select_related("revision", "answered_by", "closed_by")
    if asked["modele"]:
        found = found.filter(revision__design=asked["modele"]) if asked["modele"] in own else found.none()
    if asked["etat"]:
        found = found.filter(status=asked["etat"]) if asked["etat"] in _STATES else found.none()
    opened = Case(When(status=Remark.Status.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = found.annotate(rank=opened).order_by("rank", "-created_at", "-pk")
    page = Paginator(found, _A_PAGE).get_page(source.get("page", "")[:9])
    rows = list(page)
    if sent and all(row.pk != sent[0] for row in rows):  # what was typed is never lost
        rows = [
            *remarks_of(request.user).filter(pk=sent[0]).select_related("revision", "answered_by", "closed_by"),
            *rows,
        ]
    later = later_revisions(rows)
    context: dict[str, Any] = {
        "title": "Remarques des ateliers",
        "section": "workplace",
        "rows": [(row, titles.get(row.revision.design, row.revision.design), later[row.pk]) for row in rows],
        "page": page,
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "models": sorted((name, title) for name, title in titles.items() if name in own),
        "states": list(_STATES.items()),
        "sent_pk": sent[0] if sent else None,
        "sent_form": sent[1] if sent else None,
        "most": MOST_ANSWER,
        "cares": _cares(titles) if coordinates else [],
        "studios": list(_studios()) if coordinates else [],
        "trail": [{"url": reverse("workplace"), "title": "Mon espace"}],
    }
    response = render(request, "cms/accounts/remarks.html", context, status=422 if sent else 200)
    response["Cache-Control"] = "private, no-store"
    return response


def _own(request: HttpRequest) -> set[str]:
    """Models at which this person works, or that are in their care."""
    cared = designs_of(request.user).values_list("design", flat=True)
    return {*cared, *drafts_of(request.user).values_list("slug", flat=True)}


def _studios() -> Any:
    return Organisation.objects.filter(kind=Organisation.Kind.DESIGNER, archived_at=None).order_by("name", "pk")


def _cares(titles: dict[str, str]) -> list[tuple[str, str, set[int]]]:
    """Identifier, title, the organisations that look after it; one query."""
    held: dict[str, set[int]] = {}
    for design, organisation in Care.objects.values_list("design", "organisation"):
        held.setdefault(design, set()).add(organisation)
    return [(name, title, held.get(name, set())) for name, title in sorted(titles.items())]


def _back(request: HttpRequest) -> HttpResponse:
    kept = {name: request.POST.get(name, "")[:50] for name in ("modele", "etat") if request.POST.get(name)}
    return HttpResponseRedirect(reverse("remarks") + (f"?{urlencode(kept)}" if kept else ""))
