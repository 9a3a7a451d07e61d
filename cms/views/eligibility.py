# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""May we order? Anybody may ask; the question is in the address, and nothing is kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.views.eligibility_form import EligibilityForm
from orders.eligibility.groupings import commune_of, territory_label
from orders.eligibility.judgement import Judgement, Verdict
from orders.eligibility.sentences import KIND_NAMES, at, vintage_words
from orders.eligibility.zoning import Kind
from orders.services.eligibility import judge_on, spaces_of
from orders.services.zonings import lists_shown

_QUESTION = ("qui", "commune", "siret")
_GROUPINGS = {
    "epci": "cette intercommunalité",
    "departement": "ce département",
    "region": "cette région",
    "other": "ce groupement",
}


@login_not_required
@require_safe
def eligibility(request: HttpRequest) -> HttpResponse:
    """Without a question in the address only the form; with mistakes the form with its messages."""
    today = timezone.localdate()
    if not any(name in request.GET for name in _QUESTION):
        return _page(request, EligibilityForm(on=today))
    form = EligibilityForm(request.GET, on=today)
    if not form.is_valid() or form.facts is None:
        return _page(request, form, status=422)
    judgement = judge_on(form.facts, today)
    return _page(request, form, **_answer(judgement))


def _page(request: HttpRequest, form: EligibilityForm, status: int = 200, **more: Any) -> HttpResponse:
    context = {"title": "Suis-je éligible\u202f?", "section": "eligibility", "form": form, "lists": _lists(), **more}
    return render(request, "cms/eligibility/eligibility.html", context, status=status)


def _answer(judgement: Judgement) -> dict[str, Any]:
    facts = judgement.facts
    spaces = []
    if facts.kind == "france-services" and judgement.verdict != Verdict.YES and not facts.name:
        spaces = [
            (name, _address(qui="france-services", insee=facts.insee, espace=name))
            for name in spaces_of(facts.insee, judgement.on)
        ]
    return {
        "judgement": judgement,
        "verdict": judgement.verdict.value,
        "heading": _heading(judgement, bool(spaces)),
        "spaces": spaces,
        "begin_url": _begin_url(judgement),
        **_carrier(judgement),
    }


def _carrier(judgement: Judgement) -> dict[str, str]:
    """Who may perhaps order for those who may not: the commune of a body, the intercommunalité of a commune."""
    facts = judgement.facts
    if judgement.verdict != Verdict.NO or not facts.insee:
        return {}
    if facts.kind == "other":
        return {"carrier_url": _address(qui="commune", insee=facts.insee), "carrier": _label(facts.insee)}
    place = commune_of(facts.territory) if facts.level == "commune" else None
    if place is None or not place.epci:
        return {}
    return {"carrier_url": _address(qui="epci", insee=place.insee), "carrier": "l’intercommunalité"}


def _heading(judgement: Judgement, asks: bool) -> str:
    """The answer in a line. A territory's name stands in brackets: its article is not known here."""
    facts, verdict = judgement.facts, judgement.verdict
    name = territory_label(facts)
    if facts.kind == "other":
        return "Pas directement, mais votre collectivité peut commander pour vous"
    if asks:
        return f"Quel est votre espace, {at(name)}\u202f?"
    if facts.kind == "france-services":
        if verdict == Verdict.YES:
            return f"Oui, l’espace «\u00a0{_listed_name(judgement)}\u00a0» peut commander"
        return "Nous ne trouvons pas cet espace\u00a0: la préfecture vérifiera"
    who, which = (name, "") if facts.level == "commune" else (_GROUPINGS[facts.level], f" ({name})" if name else "")
    return {
        Verdict.YES: f"Oui, {who} peut commander{which}",
        Verdict.NO: f"Non, {who} n’a pas droit à l’aide{which}",
        Verdict.PARTLY: f"En partie\u00a0: la préfecture décidera pour {who}{which}",
        Verdict.UNKNOWN: f"Nous ne pouvons pas le dire pour {who}{which}\u00a0: la préfecture vérifiera",
    }[verdict]


def _listed_name(judgement: Judgement) -> str:
    return next((one.label for one in judgement.zonings if one.label), judgement.facts.name)


def _label(insee: str) -> str:
    place = commune_of(insee) if insee else None
    return place.label if place else ""


def _address(*, qui: str, insee: str, espace: str = "") -> str:
    query = {"qui": qui, "commune": _label(insee), "commune_insee": insee} | ({"espace": espace} if espace else {})
    return f"{reverse('eligibility')}?{urlencode(query)}#reponse"


def _begin_url(judgement: Judgement) -> str:
    """Where an intention is written; for those who may not, nothing."""
    if judgement.verdict == Verdict.NO and judgement.facts.kind == "other":
        return ""
    try:
        return reverse("order-new")
    except NoReverseMatch:
        return ""


def _lists() -> list[dict[str, Any]]:
    """What the answers rest on, in the order of the kinds, the newest first."""
    order = list(Kind)
    rows = sorted(lists_shown(timezone.localdate()), key=lambda row: order.index(Kind(row.kind)))
    return [
        {
            "name": KIND_NAMES[Kind(row.kind)],
            "vintage": vintage_words(row.vintage),
            "source": row.source,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "is_demo": row.is_demo,
            "is_spaces": row.kind == Kind.FRANCE_SERVICES,
            "is_districts": row.kind == Kind.QPV,
            "communes": row.counts.get("communes", 0),
            "classed": row.counts.get("classed", 0),
            "spaces": row.counts.get("full", 0),
            "partial": row.counts.get("partial", 0),
        }
        for row in rows
    ]
