# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where to have a piece made: the ranking as a page, and as the PDF and the table that a buyer keeps.

Everything is in the address, and nothing is kept: what a page shows is worked out from rows that workers wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cms.catalogue import picture_of, revision_or_404
from cms.parameter_form import ParameterForm
from cms.roads import site_roads
from cms.views.matching_forms import LATEST, RankingForm
from cms.views.matching_lines import SHOWN, excluded_of, lines_of, shown_value
from cms.views.near_misses import near_lines
from designs.models import DesignRevision
from fablabs.geography import Commune
from fabrication.demand import Demand
from fabrication.matching.measuring import Piece
from fabrication.matching.record import DUTY, Named, Record
from fabrication.matching.record_csv import csv_of
from fabrication.matching.scoring import TERMS
from fabrication.matching.services import OrderRanking, rank_order
from fabrication.matching.splitting import Share, split
from fabrication.matching.words import figure, rule_of, weights_sentence
from orders.services.booking import committed_units, history_of
from orders.services.buyers import buying_organisations

_ASKED = ("modele", "quantite", "commune", "commune_insee", "echeance")


@dataclass(frozen=True)
class _Asked:
    """A question that can be answered. ``query`` is what its address has to say."""

    revision: DesignRevision
    sizes: ParameterForm
    place: Commune
    quantity: int
    ranked: OrderRanking
    record: Record
    query: dict[str, str]


@login_not_required
@require_safe
def ranking(request: HttpRequest) -> HttpResponse:
    """Without a model in the address, or with nothing else, only the form; with mistakes the form with its messages."""
    if "modele" not in request.GET or set(request.GET) == {"modele"}:
        return _page(request, RankingForm(initial=_kept(request)), None)
    form = RankingForm(request.GET)
    sizes = _sizes(request, form)
    valid = form.is_valid()
    if not valid or sizes is None or sizes.values is None:
        return _page(request, form, sizes, status=422)
    return _page(request, form, sizes, asked=_answer(request, form, sizes))


@login_not_required
@require_safe
def ranking_pdf(request: HttpRequest) -> HttpResponse:
    from fabrication.matching.record_pdf import pdf_of

    asked = _asked(request)
    if asked is None:
        return redirect(_here(request))
    return _file(pdf_of(asked.record), "application/pdf", asked, "pdf")


@login_not_required
@require_safe
def ranking_csv(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    if asked is None:
        return redirect(_here(request))
    return _file(csv_of(asked.record), "text/csv; charset=utf-8", asked, "csv")


def _asked(request: HttpRequest) -> _Asked | None:
    form = RankingForm(request.GET)
    sizes = _sizes(request, form)
    if not form.is_valid() or sizes is None or sizes.values is None:
        return None
    return _answer(request, form, sizes)


def _here(request: HttpRequest) -> str:
    """The page with the same address, which says what is wrong with it."""
    query = request.GET.urlencode()
    return reverse("ranking") + (f"?{query}" if query else "")


def _kept(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name][:100] for name in _ASKED if request.GET.get(name)}


def _sizes(request: HttpRequest, form: RankingForm) -> ParameterForm | None:
    """The chosen model's parameters; None for a model that there is none of."""
    chosen = str(request.GET.get("modele", ""))
    field = form.fields["modele"]
    if chosen not in dict(field.choices):  # type: ignore[attr-defined]
        return None
    return ParameterForm.of_request(revision_or_404(chosen).drawing(), request.GET)


def _answer(request: HttpRequest, form: RankingForm, sizes: ParameterForm) -> _Asked:
    asked = form.cleaned_data
    place: Commune = asked["commune"]
    design, values = sizes.design, sizes.values
    assert values is not None
    now = timezone.localtime()
    demand = Demand(
        id="demande",
        insee=place.insee,
        design=design.identifier,
        quantity=asked["quantite"],
        deadline=asked["echeance"],
        parameters=values,
    )
    own = list(buying_organisations(request.user))
    ranked = rank_order(
        Piece(design, values),
        demand,
        today=now.date(),
        # Of one organisation: whoever buys for two does not say here for which.
        history=history_of(own[0]) if len(own) == 1 else None,
        committed=committed_units(),
        roads=site_roads(),
    )
    record = Record(
        ranking=ranked.ranking,
        named={
            slug: Named(one.candidate.name, one.maker, one.kind, one.commune, one.is_demo)
            for slug, one in ranked.listed.items()
        },
        title=design.title,
        revision=design.revision,
        sizes=[(p.label, shown_value(p, values[p.name])) for p in design.parameters],
        place=place.label,
        who=_who(request),
        made_at=now,
        pending=[(one.candidate.id, km) for one, km in ranked.pending],
    )
    query = {"modele": design.identifier, **sizes.query(), "quantite": str(demand.quantity)}
    query |= {"commune": place.label, "commune_insee": place.insee}
    if demand.deadline:
        query["echeance"] = demand.deadline.isoformat()
    return _Asked(revision_or_404(design.identifier), sizes, place, demand.quantity, ranked, record, query)


def _who(request: HttpRequest) -> str:
    user = request.user
    if not user.is_authenticated:
        return "une personne non connectée"
    name = user.get_full_name()
    return f"{name} ({user.email})" if name else str(user.email)


def _page(
    request: HttpRequest,
    form: RankingForm,
    sizes: ParameterForm | None,
    *,
    asked: _Asked | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": "Où faire fabriquer\u202f?",
        "section": "ranking",
        "form": form,
        "sizes": sizes,
        "asked": asked,
    }
    if asked is not None:
        context |= _results(asked)
    response = render(request, "cms/matching/ranking.html", context, status=status)
    response["Cache-Control"] = "no-store"
    if asked is not None:
        response["X-Robots-Tag"] = "noindex"
    return response


def _results(asked: _Asked) -> dict[str, Any]:
    record, ranked = asked.record, asked.ranked
    sizes = {k: v for k, v in asked.query.items() if k not in _ASKED}
    for_quote = {**sizes, "quantite": str(asked.quantity), "commune": asked.place.insee}
    if "echeance" in asked.query:
        for_quote["echeance"] = asked.query["echeance"]
    lines = lines_of(record, for_quote)
    query = urlencode(asked.query)
    shares = split(ranked.ranking, ranked.today) if not lines else None
    return {
        "design": asked.sizes.design,
        "picture": picture_of(asked.revision),
        "place": asked.place,
        "demand": record.ranking.demand,
        "best": lines[:SHOWN],
        "others": lines[SHOWN:],
        "able_count": len(lines),
        "near": near_lines(record, asked.query, ranked.today + LATEST),
        "excluded": excluded_of(record),
        "pending_count": len(ranked.pending),
        "listed_count": len(ranked.listed),
        "failed": ranked.failed,
        "shares": [_share(share, record) for share in shares.shares] if shares else [],
        "shares_why": shares.french if shares else "",
        "weights_sentence": weights_sentence(ranked.ranking.weights),
        "rules": [
            (french, figure(ranked.ranking.weights.data()[name]), rule_of(name)) for name, (_, french) in TERMS.items()
        ],
        "duty": DUTY,
        "every": sum(ranked.rules.history.values()),
        "fingerprint": record.fingerprint,
        "pdf_url": f"{reverse('ranking-pdf')}?{query}",
        "csv_url": f"{reverse('ranking-csv')}?{query}",
        "here": f"{reverse('ranking')}?{query}",
        "is_demo": any(one.is_demo for one in ranked.listed.values()),
    }


def _share(share: Share, record: Record) -> dict[str, str]:
    named = record.named[share.candidate.id]
    return {"name": named.name, "commune": named.commune, "why": share.french, "slug": share.candidate.id}


def _file(content: bytes, kind: str, asked: _Asked, suffix: str) -> HttpResponse:
    made = asked.record.made_at.strftime("%Y-%m-%d")
    name = f"classement-{asked.sizes.design.identifier}-{asked.place.insee}-{made}.{suffix}"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
