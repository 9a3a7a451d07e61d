# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sections of a record that are one form each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cms.catalogue import titles as titles_of_models
from cms.maker_forms.fields import RecordForm
from cms.maker_forms.record import IdentityForm, offer_forms
from cms.maker_forms.site import CapacityForm, PlaceForm, PricesForm, TerritoryForm, WeeksForm
from cms.views.makers.access import maker_or_404, site_or_404
from cms.views.makers.answers import after_saving, attempt, saved, seen_by, show
from fablabs.models import Maker, Workshop
from fablabs.services.editing import edit, fingerprint, stored
from fablabs.services.offering import close_weeks, closed_mondays, mondays_ahead, offered, set_offers
from fablabs.services.places import PLACE_FIELDS, add_site, move

_FORM = "cms/makers/form.html"
_both = require_http_methods(["GET", "HEAD", "POST"])


def trail_of(maker: Maker, workshop: Workshop | None = None) -> list[dict[str, str]]:
    found = [
        {"url": reverse("makers-own"), "title": "Mes ateliers"},
        {"url": reverse("maker", args=[maker.pk]), "title": str(maker)},
    ]
    if workshop is not None:
        found.append({"url": reverse("maker-site", args=[workshop.slug]), "title": workshop.name})
    return found


@dataclass(frozen=True)
class Section:
    """A page with one form. ``standing`` is what the record holds of it; ``make`` fills a form with that, or with what
    was typed."""

    title: str
    introduction: str
    maker: Maker
    workshop: Workshop | None
    standing: Mapping[str, Any]
    make: Callable[[Any], RecordForm]
    save: Callable[[Mapping[str, Any], str], Any]  # the values, and the fingerprint of those that the editor saw
    values: Callable[[Any], Mapping[str, Any]]
    has_commune: bool = False

    def answer(self, request: HttpRequest) -> HttpResponse:
        maker, workshop = self.maker, self.workshop
        back = reverse("maker-site", args=[workshop.slug]) if workshop else reverse("maker", args=[maker.pk])
        status, seen, others = 200, fingerprint(self.standing), []
        form = self.make(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            status, seen = 422, seen_by(request)
            if form.is_valid():
                given = self.values(form)
                status, others, now = attempt(form, lambda: self.save(given, seen), given)
                if not status:
                    return saved(request, after_saving(request, workshop) if workshop else back)
                seen = now or seen
        context = {
            "title": self.title,
            "introduction": self.introduction,
            "form": form,
            "has_commune": self.has_commune,
            "workshop": workshop,
            "trail": trail_of(maker, workshop),
            "back": back,
        }
        return show(request, _FORM, context, (form, ""), status=status, seen=seen, others=others)


def _of_site(
    request: HttpRequest,
    slug: str,
    title: str,
    introduction: str,
    make: type[RecordForm],
    fields: tuple[str, ...],
    subject: str,
) -> HttpResponse:
    """Some fields of a site, edited together."""
    workshop = site_or_404(request, slug)
    standing = stored(workshop, fields)
    subject = f"{subject} de {workshop.name}"
    initial = {name: ", ".join(value) if name == "departments" else value for name, value in standing.items()}
    return Section(
        title,
        introduction,
        workshop.maker,
        workshop,
        standing,
        lambda data: make(data) if data is not None else make(initial=initial),
        lambda given, seen: edit(workshop, given, actor=request.user, subject=subject, seen=seen),  # type: ignore[arg-type]
        lambda form: form.values() if hasattr(form, "values") else dict(form.cleaned_data),
    ).answer(request)


@_both
def prices(request: HttpRequest, slug: str) -> HttpResponse:
    introduction = "Hors taxes. Ils servent à calculer les devis ; vous pourrez corriger chaque ligne de chacun."
    fields = ("machine_hour_eur", "hand_hour_eur", "delivery_km_eur", "minimum_eur")
    return _of_site(request, slug, "Vos prix", introduction, PricesForm, fields, "prix")


@_both
def capacity(request: HttpRequest, slug: str) -> HttpResponse:
    introduction = (
        "Ce que vous pouvez prendre aujourd’hui. Rien ne vous engage avant le bon d’engagement de l’acheteur."
    )
    fields = ("units_per_week", "lead_days", "finishes")
    return _of_site(request, slug, "Capacité, délai, finitions", introduction, CapacityForm, fields, "capacité")


@_both
def territory(request: HttpRequest, slug: str) -> HttpResponse:
    introduction = "Une commande qui vient de plus loin ne vous est pas proposée."
    fields = ("radius_km", "departments")
    return _of_site(request, slug, "Territoire desservi", introduction, TerritoryForm, fields, "territoire")


def _first_place(maker: Maker) -> dict[str, str]:
    """The first site is most often where its organisation is: what that one said already is not asked for again."""
    if maker.workshops.exists():
        return {"name": str(maker)}
    organisation = maker.organisation
    return {"name": str(maker), "siret": organisation.siret, "commune": organisation.insee}


@_both
def add_place(request: HttpRequest, maker_pk: int) -> HttpResponse:
    maker = maker_or_404(request, maker_pk)
    form = PlaceForm(request.POST) if request.method == "POST" else PlaceForm(initial=_first_place(maker))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made: list[Workshop] = []
            status, _, _ = attempt(
                form,
                lambda: made.append(add_site(maker, form.values(), actor=request.user)),  # type: ignore[arg-type]
            )
            if not status:
                return saved(request, after_saving(request, made[0]), "Votre atelier est inscrit.")
    context = {
        "title": "Où est votre atelier ?",
        "introduction": "Un atelier par établissement. Vous pourrez en ajouter d’autres.",
        "form": form,
        "has_commune": True,
        "adding": True,
        "trail": trail_of(maker),
        "back": reverse("maker", args=[maker.pk]),
    }
    return show(request, _FORM, context, (form, ""), status=status)


@_both
def place(request: HttpRequest, slug: str) -> HttpResponse:
    workshop = site_or_404(request, slug)
    standing = stored(workshop, PLACE_FIELDS)
    initial = standing | {"commune": workshop.insee}
    return Section(
        "Le lieu",
        "La coordination valide un SIRET et une adresse. Si vous changez l’un des deux pour un atelier ouvert, il attend "
        "une nouvelle validation avant de recevoir d’autres commandes.",
        workshop.maker,
        workshop,
        standing,
        lambda data: PlaceForm(data) if data is not None else PlaceForm(initial=initial),
        lambda given, seen: move(workshop, given, actor=request.user, seen=seen),  # type: ignore[arg-type]
        lambda form: form.values(),
        has_commune=True,
    ).answer(request)


@_both
def weeks(request: HttpRequest, slug: str) -> HttpResponse:
    workshop = site_or_404(request, slug)
    closed = closed_mondays(workshop)
    choices = sorted({*mondays_ahead(), *closed})
    initial = {"weeks": [day.isoformat() for day in closed]}
    return Section(
        "Semaines fermées",
        "Cochez les semaines où l’atelier ne fabrique pas : aucune commande n’y est comptée.",
        workshop.maker,
        workshop,
        {"weeks": closed},
        lambda data: WeeksForm(choices, data) if data is not None else WeeksForm(choices, initial=initial),
        lambda given, seen: close_weeks(
            workshop,
            given["weeks"],
            reason=given["reason"],
            actor=request.user,  # type: ignore[arg-type]
            seen=seen,
        ),
        lambda form: {"weeks": form.mondays(), "reason": form.cleaned_data["reason"]},
    ).answer(request)


@_both
def identity(request: HttpRequest, maker_pk: int) -> HttpResponse:
    maker = maker_or_404(request, maker_pk)
    organisation = maker.organisation
    standing = stored(maker, ("kind", "presentation", "website", "vat_rate"))
    initial = standing | {"vat_percent": standing["vat_rate"] * 100}
    siren = f"SIREN {organisation.siren}." if organisation.siren else "Son SIREN manque : la coordination l’ajoute."
    return Section(
        "Votre structure",
        f"{organisation.name}. {siren}",
        maker,
        None,
        standing,
        lambda data: IdentityForm(data) if data is not None else IdentityForm(initial=initial),
        lambda given, seen: edit(maker, given, actor=request.user, subject=f"fiche de {maker}", seen=seen),  # type: ignore[arg-type]
        lambda form: form.values(),
    ).answer(request)


@_both
def offers(request: HttpRequest, maker_pk: int) -> HttpResponse:
    maker = maker_or_404(request, maker_pk)
    standing = offered(maker)
    titles = list(titles_of_models().items())
    seen, others, status = fingerprint(standing), [], 200
    if request.method == "POST":
        rows, status, seen = offer_forms(titles, standing, request.POST), 422, seen_by(request)
        if all([row.is_valid() for _, _, row in rows]):  # noqa: C419 (every row's errors are told)
            wanted = {identifier: row.values() for identifier, _, row in rows if row.cleaned_data["offered"]}
            status, others, now = attempt(
                rows[0][2],
                lambda: set_offers(maker, wanted, actor=request.user, seen=seen_by(request)),  # type: ignore[arg-type]
                wanted,
            )
            if not status:
                return saved(request, reverse("maker", args=[maker.pk]))
            seen = now or seen
    else:
        rows = offer_forms(titles, standing)
    context = {
        "title": "Les modèles que vous proposez",
        "rows": rows,
        "trail": trail_of(maker),
        "back": reverse("maker", args=[maker.pk]),
    }
    forms = [(row, title) for _, title, row in rows]
    return show(request, "cms/makers/offers.html", context, *forms, status=status, seen=seen, others=others)
