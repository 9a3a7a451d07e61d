# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Decisions over many intentions: what was ticked, looked at once more, then decided one by one, with a report.

Nothing is kept between the pages but what the forms carry: the same form sent twice decides once, and the report comes again.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cms.maker_forms.fields import RecordForm
from cms.views.arbitration.desk import Desk, desk_or_404
from cms.views.arbitration.listing import actions_of, listing_of
from cms.views.makers.words import error_lines
from designs.typography import SPACE, THIN, french_number
from orders.arbitration.criteria import weights_of
from orders.arbitration.what_if import Outcome, Why, what_if
from orders.life import ACTIONS, RefusedError
from orders.life.advancing import MOST_NOTE
from orders.life.steps.arbitration import terms_of
from orders.models import TO_ARBITRATE, Campaign, Order, State
from orders.services.arbitrating import Report, Wanted, decide_many
from orders.services.intentions import Row, candidates_of, grants_of, money_of, rows_of

#: Orders in one decision: a whole campaign.
MOST = 5_000
#: Rows that a page shows; the others are counted.
SHOWN = 100
_TICKED = re.compile(r"([0-9]{1,15})\.([0-9]{1,9})", re.ASCII)
_BATCH = 500
#: From where each action may start, as decide() takes it.
_FROM = {
    "review": (State.SUBMITTED,),
    "send_back": TO_ARBITRATE,
    "fund": TO_ARBITRATE,
    "refuse_funding": TO_ARBITRATE,
}


class ReasonForm(RecordForm):
    raison = forms.CharField(
        label="Raison",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": f"Écrivez la raison{SPACE}: elle est gardée avec chaque commande, et l’acheteur la lit."
        },
    )

    def __init__(self, data: Any, action: str) -> None:
        super().__init__(data)
        field = self.fields["raison"]
        field.required = ACTIONS[action].needs_note
        field.help_text = f"La même pour toutes{SPACE}: chaque acheteur la lira." + (
            "" if field.required else " Facultative."
        )
        field.widget.attrs["aria-describedby"] = "raison-aide raison-messages"

    def clean_raison(self) -> str:
        text = str(self.cleaned_data["raison"])
        if len(text) > MOST_NOTE:
            raise forms.ValidationError(f"{french_number(MOST_NOTE, 0, thousands=THIN)}{SPACE}caractères au plus.")
        return text


@dataclass(frozen=True)
class Planned:
    """A ticked intention: what the action would do with it. ``obstacle``: why not."""

    row: Row
    obstacle: str
    granted_eur: Decimal | None = None


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """The first time the page that asks; with its own form, the decisions and their report."""
    desk = desk_or_404(request)
    action = request.POST.get("action", "")
    if action not in dict(actions_of(desk)):
        raise Http404("Cette décision n’existe pas.")
    wanted = _wanted(request, desk)
    if not wanted or len(wanted) > MOST:
        words = "Cochez au moins une intention." if not wanted else f"{french_number(MOST, 0, thousands=THIN)} au plus."
        messages.error(request, words)
        return _back(request)
    if "confirmer" not in request.POST:
        form = ReasonForm({"raison": request.POST.get("raison", "")} if "raison" in request.POST else None, action)
        return _ask(request, desk, action, wanted, form, status=200)
    form = ReasonForm(request.POST, action)
    if form.is_valid():
        try:
            report = decide_many(
                wanted,
                action,
                actor=desk.user,
                note=form.cleaned_data["raison"],
                form_key=_form_key(request),
            )
        except RefusedError as error:
            form.add_error("raison", error.french)
        else:
            return _report(request, report, form.cleaned_data["raison"])
    return _ask(request, desk, action, wanted, form, status=422)


def _wanted(request: HttpRequest, desk: Desk) -> list[Wanted]:
    """What was ticked, or all that the list's address gives now, in the list's order; each once."""
    if "toutes" in request.POST:
        listing = listing_of(desk, QueryDict(request.POST.get("filtres", "")[:2_000]))
        return [Wanted(row.pk, row.version) for row in listing.rows] if listing is not None else []
    texts = [*request.POST.getlist("commande"), *request.POST.get("commandes", "").split()]
    found: dict[int, Wanted] = {}
    for text in texts[: MOST + 1]:
        if (ticked := _TICKED.fullmatch(text)) is not None:
            found.setdefault(int(ticked[1]), Wanted(int(ticked[1]), int(ticked[2])))
    return list(found.values())


def _ask(
    request: HttpRequest, desk: Desk, action: str, wanted: list[Wanted], form: ReasonForm, *, status: int
) -> HttpResponse:
    ticked = _rows(desk, [one.pk for one in wanted])
    planned, gone = _planned(desk, action, ticked), len(wanted) - len(ticked.rows)
    able = [one for one in planned if not one.obstacle]
    context: dict[str, Any] = {
        "title": _TITLES[action],
        "section": "arbitration",
        "action": action,
        "label": ACTIONS[action].label,
        "form": form,
        "errors": list(error_lines(form)) if form.is_bound else [],
        "planned": planned[:SHOWN],
        "more": max(0, len(planned) - SHOWN),
        "count": len(planned),
        "able": len(able),
        "unable": len(planned) - len(able),
        "gone": gone,
        "not_eligible": sum(one.row.verdict == "no" for one in able) if action == "fund" else 0,
        "granted_eur": sum((one.granted_eur or Decimal(0) for one in able), Decimal(0)),
        "ticked": " ".join(f"{one.pk}.{one.seen or 0}" for one in wanted),
        "filtres": request.POST.get("filtres", "")[:2_000],
        "key": uuid.uuid4(),
        "back": _address(request),
        "trail": _trail(),
    }
    return _answer(request, "cms/arbitration/decide.html", context, status)


def _report(request: HttpRequest, report: Report, note: str) -> HttpResponse:
    context: dict[str, Any] = {
        "title": "Décisions enregistrées" if report.done else "Aucune décision enregistrée",
        "section": "arbitration",
        "report": report,
        "label": ACTIONS[report.action].label,
        "done": report.done[:SHOWN],
        "more_done": max(0, len(report.done) - SHOWN),
        "refused": report.refused[:SHOWN],
        "more_refused": max(0, len(report.refused) - SHOWN),
        "left": " ".join(f"{one.pk}.{one.seen or 0}" for one in report.left),
        "refused_ticked": " ".join(f"{one.order.pk}.{one.order.version}" for one in report.refused),
        "note": note,
        "filtres": request.POST.get("filtres", "")[:2_000],
        "back": _address(request),
        "trail": _trail(),
    }
    return _answer(request, "cms/arbitration/report.html", context, 200)


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@dataclass(frozen=True)
class Ticked:
    """Intentions of one campaign, in the order in which they came; ``used``: of the cap, by buyer."""

    campaign: Campaign | None
    rows: list[Row]
    used: dict[int, Decimal]


def _rows(desk: Desk, keys: list[int]) -> Ticked:
    """Those of the first one's campaign that this desk sees."""
    seen = Order.objects.arbitrated_by(desk.user).filter(campaign__isnull=False)
    parts = [keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)]
    first = next((order for part in parts if (order := seen.filter(pk__in=part).order_by("pk").first())), None)
    if first is None or first.campaign is None:
        return Ticked(None, [], {})
    campaign, found, used = first.campaign, dict[int, Row](), dict[int, Decimal]()
    for part in parts:
        orders = seen.filter(campaign=campaign, pk__in=part)
        grants = grants_of(campaign, orders.order_by().values("organisation"))
        used |= grants.used
        found |= {row.pk: row for row in rows_of(orders, campaign, weights_of(campaign.weights), grants)}
    return Ticked(campaign, [found[key] for key in keys if key in found], used)


def _planned(desk: Desk, action: str, ticked: Ticked) -> list[Planned]:
    granted = _granted(ticked) if action == "fund" else {}
    found = []
    for row in ticked.rows:
        outcome = granted.get(row.pk)
        obstacle = ""
        if row.state not in _FROM[action]:
            obstacle = f"elle est «{SPACE}{State(row.state).label}{SPACE}»"
        elif "coordinator" not in ACTIONS[action].parties and not desk.covers(row.department):
            obstacle = "elle revient à une autre préfecture"
        elif outcome is not None and outcome.why is not Why.FUNDED:
            obstacle = _OBSTACLES[outcome.why]
        found.append(Planned(row, obstacle, outcome.granted_eur if outcome is not None else None))
    return found


def _granted(ticked: Ticked) -> dict[int, Outcome]:
    """What each would be granted if all were funded in this order, out of the envelope of its département."""
    if ticked.campaign is None:
        return {}
    by_department: dict[str, list[Row]] = defaultdict(list)
    for row in ticked.rows:
        by_department[row.department].append(row)
    found: dict[int, Outcome] = {}
    for department, theirs in by_department.items():
        left = money_of(ticked.campaign, [department]).left_eur
        result = what_if(candidates_of(theirs), terms_of(ticked.campaign), left, used=ticked.used)
        found |= {one.candidate.key: one for one in result.outcomes}
    return found


def _form_key(request: HttpRequest) -> uuid.UUID:
    """A form without its key is nobody's page: it is done, but sent twice it would be done twice."""
    try:
        return uuid.UUID(request.POST.get("cle", ""))
    except ValueError:
        return uuid.uuid4()


def _address(request: HttpRequest) -> str:
    """The list as it was asked for: nothing of it is taken for an address."""
    query = QueryDict(request.POST.get("filtres", "")[:2_000]).urlencode()
    return reverse("arbitration") + (f"?{query}" if query else "")


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(_address(request))


def _trail() -> list[dict[str, str]]:
    return [{"url": reverse("arbitration"), "title": "Arbitrage"}]


_TITLES = {
    "review": "Prendre en examen",
    "fund": "Financer ces intentions",
    "refuse_funding": "Ne pas financer ces intentions",
    "send_back": "Demander des précisions",
}
_OBSTACLES = {
    Why.NO_ESTIMATE: "son prix n’est pas connu",
    Why.CAP_USED: "le plafond de l’acheteur est déjà utilisé",
    Why.SHORT: "l’enveloppe n’y suffit plus",
    Why.AFTER: "l’enveloppe n’y suffit plus",
    Why.BELOW: "",
}
