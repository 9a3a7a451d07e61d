# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker's own place: what is missing first, then the record; registering, leaving, and all that happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import ValidationError as Invalid

from accounts.models import Role, is_coordinator
from cms.maker_forms.record import RegisterForm
from cms.views.makers.access import maker_or_404, site_or_404
from cms.views.makers.answers import attempt, page_of, refused, saved, show
from cms.views.makers.sections import trail_of
from cms.views.makers.words import ACTIONS, not_offered_by, offers_of, told
from designs.typography import listed
from fablabs.geography import department_name
from fablabs.machine import Controller
from fablabs.models import Change, CuttingMachine, Maker, Workshop
from fablabs.services.closing import archive_maker, close_site, reopen_site, restore_maker, work_in_progress
from fablabs.services.history import without_echo
from fablabs.services.missing import Missing, missing
from fablabs.services.refusals import NotAllowedError, RecordError
from fablabs.services.registering import register, unregistered
from fablabs.services.validating import ask, pause, resume

_PER_PAGE = 50
_CONTROLLERS = {
    Controller.GRBL: "GRBL",
    Controller.LINUXCNC: "LinuxCNC",
    Controller.MACH3: "Mach3",
    Controller.SHOPBOT: "ShopBot",
}
_both = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Lack:
    """Something missing, and where to fill it in."""

    french: str
    url: str


@dataclass(frozen=True)
class SiteCard:
    workshop: Workshop
    lacks: list[Lack]

    @property
    def can_ask(self) -> bool:
        return not self.lacks and self.workshop.state == Workshop.State.DRAFT and self.workshop.asked_at is None


def lacks_of(workshop: Workshop) -> list[Lack]:
    found: list[Missing] = list(missing(workshop))
    return [Lack(lack.french, page_of(workshop, lack.section)) for lack in found]


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The makers of this person; its only one at once."""
    user = request.user
    if not user.is_authenticated:
        raise Http404("Cette page n’existe pas.")
    mine = (
        Maker.objects.filter(
            organisation__memberships__user=user,
            organisation__memberships__role=Role.MAKER,
            organisation__memberships__is_active=True,
            organisation__archived_at=None,
            archived_at=None,
        )
        .select_related("organisation")
        .distinct()
    )
    makers = list(mine)
    waiting = list(unregistered(user)) if not is_coordinator(user) else []
    if len(makers) == 1 and not waiting:
        return redirect("maker", makers[0].pk)
    if not makers and waiting:
        return redirect("maker-register")
    context = {"title": "Mes ateliers", "makers": makers, "waiting": waiting, "is_coordinator": is_coordinator(user)}
    return render(request, "cms/makers/own.html", context)


@_both
def register_page(request: HttpRequest) -> HttpResponse:
    """The first step: who you are. The next ones are the record's own pages."""
    organisations = unregistered(request.user)
    if not organisations.exists():
        raise Http404("Aucune structure n’attend son inscription.")
    first = organisations.first()
    assert first is not None
    form = (
        RegisterForm(request.POST)
        if request.method == "POST"
        else RegisterForm(initial={"organisation": first.pk, "siren": first.siren})
    )
    form.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given, made = form.cleaned_data, []
            status, _, _ = attempt(
                form,
                lambda: made.append(
                    register(given["organisation"], siren=given["siren"], kind=given["kind"], actor=request.user)  # type: ignore[arg-type]
                ),
            )
            if not status:
                address = reverse("maker-site-add", args=[made[0].pk])
                return saved(request, address, "Votre structure est inscrite. Dites maintenant où est l’atelier.")
    context = {
        "title": "Inscrire mon atelier",
        "introduction": "La première étape. Chacune est enregistrée : vous pouvez vous arrêter et reprendre plus tard.",
        "form": form,
        "adding": True,
        "trail": [{"url": reverse("makers-own"), "title": "Mes ateliers"}],
        "back": reverse("makers-own"),
    }
    return show(request, "cms/makers/form.html", context, (form, ""), status=status)


@require_safe
def maker_page(request: HttpRequest, maker_pk: int) -> HttpResponse:
    maker = maker_or_404(request, maker_pk)
    sites = Workshop.objects.filter(maker=maker).with_equipment()
    cards = [
        SiteCard(workshop, lacks_of(workshop) if workshop.state != Workshop.State.CLOSED else []) for workshop in sites
    ]
    context = {
        "title": str(maker),
        "maker": maker,
        "cards": cards,
        "evidence": maker.evidence.all(),
        "offers": offers_of(maker),
        "not_offered": not_offered_by(maker),
        "vat_percent": maker.vat_rate * 100,
        "is_coordinator": is_coordinator(request.user),
        "trail": trail_of(maker)[:1],
    }
    return render(request, "cms/makers/maker.html", context)


def _without_program(machine: CuttingMachine) -> dict[str, str]:
    """What keeps the program of a machine with a controller from being written: nobody should learn it at the machine."""
    from fabrication.toolpaths.tooling import missing_of_machine, missing_of_tool

    try:
        whole = machine.machine
    except Invalid:  # a draft: its lacks are told above
        return {}
    if whole.controller is None or not whole.tools or not machine.is_active:
        return {}
    lacks = [lack.french for lack in missing_of_machine(whole)]
    for tool in whole.tools:
        lacks += [f"{lack.french} de l’outil {tool.name}" for lack in missing_of_tool(tool, whole)]
    return {"controller": _CONTROLLERS[whole.controller], "unsaid": listed(lacks)} if lacks else {}


@require_safe
def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    workshop = site_or_404(request, slug)
    items = list(workshop.stock.all())
    machines = [
        {
            "row": machine,
            "files": [item for item in items if machine.is_active and item.is_active and machine.file_with(item)],
            "tools": len(machine.settings.get("tools") or ()),
            **_without_program(machine),
        }
        for machine in workshop.machines.all()
    ]
    context = {
        "title": workshop.name,
        "workshop": workshop,
        "maker": workshop.maker,
        "card": SiteCard(workshop, lacks_of(workshop)),
        "machines": machines,
        "items": items,
        "departments": ", ".join(department_name(code) for code in workshop.departments),
        "weeks": workshop.closed_weeks.all(),
        "trail": trail_of(workshop.maker),
    }
    return render(request, "cms/makers/site.html", context)


_STATE_ACTIONS: dict[str, tuple[Callable[..., None], str]] = {
    "demander": (ask, "Votre demande est partie. La coordination vous répond ici."),
    "pause": (pause, "L’atelier est en pause : aucune commande ne vous sera proposée."),
    "reprendre": (resume, "C’est noté."),
    "fermer": (close_site, "L’atelier est fermé. Sa fiche est gardée."),
    "rouvrir": (reopen_site, "L’atelier est à valider de nouveau."),
}


@require_POST
def site_state(request: HttpRequest, slug: str) -> HttpResponse:
    workshop = site_or_404(request, slug)
    address = reverse("maker-site", args=[slug])
    if request.POST.get("action") not in _STATE_ACTIONS:
        return refused(request, address, "Cette action n’existe pas.")
    act, sentence = _STATE_ACTIONS[request.POST["action"]]
    try:
        act(workshop, actor=request.user)
    except NotAllowedError:
        return refused(request, address, "La coordination a suspendu cet atelier : elle seule peut le rouvrir.")
    except RecordError as error:
        return refused(request, address, error.french)
    return saved(request, address, sentence)


@_both
def leave(request: HttpRequest, maker_pk: int) -> HttpResponse:
    """Off the register, or back on it by a coordinator."""
    maker = maker_or_404(request, maker_pk)
    if request.method == "POST":
        try:
            if "retablir" in request.POST:
                restore_maker(maker, actor=request.user)  # type: ignore[arg-type]
                return saved(request, reverse("maker", args=[maker.pk]), "Le fabricant est de nouveau au registre.")
            archive_maker(maker, actor=request.user)  # type: ignore[arg-type]
        except NotAllowedError as error:
            raise Http404("Cette fiche n’existe pas.") from error
        except RecordError as error:
            return refused(request, request.path, error.french)
        return saved(request, reverse("makers-own"), "Votre structure n’est plus au registre. Sa fiche est gardée.")
    reasons = [sentence for site in maker.workshops.all() for sentence in work_in_progress(site)]
    context = {"title": "Quitter le registre", "maker": maker, "reasons": reasons, "trail": trail_of(maker)}
    return render(request, "cms/makers/leave.html", context)


@require_safe
def history(request: HttpRequest, maker_pk: int) -> HttpResponse:
    maker = maker_or_404(request, maker_pk)
    changes = Change.objects.filter(maker=maker).select_related("actor", "workshop")
    page = Paginator(changes, _PER_PAGE).get_page(request.GET.get("page"))
    rows: list[dict[str, Any]] = [
        {
            "change": change,
            "subject": without_echo(change.subject),
            "action": ACTIONS.get(change.action, change.action),
            "values": told(change.values),
        }
        for change in page
    ]
    context = {"title": "Historique", "maker": maker, "page_of_changes": page, "rows": rows, "trail": trail_of(maker)}
    return render(request, "cms/makers/history.html", context)
