# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The search over models, pages, questions, news, meetings, resources and workshops, and what it offers while one types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms.models import SearchEntry
from cms.search.asking import Answer, ask, entries, offer
from cms.search.excerpts import Fragment, excerpt, marked
from cms.search.words import LONGEST_QUESTION

Kind = SearchEntry.Kind
#: Entries of a kind among all kinds; on a page of one kind.
_FEW, _A_PAGE = 4, 15
#: Kind → its heading, one, several.
_WORDS = {
    Kind.MODEL: ("Modèles", "modèle", "modèles"),
    Kind.PAGE: ("Pages", "page", "pages"),
    Kind.NEWS: ("Actualités", "actualité", "actualités"),
    Kind.QUESTION: ("Questions", "question", "questions"),
    Kind.MEETING: ("Rencontres", "rencontre", "rencontres"),
    Kind.RESOURCE: ("Ressources", "ressource", "ressources"),
    Kind.WORKSHOP: ("Ateliers", "atelier", "ateliers"),
}
#: Words in addresses, as people read them.
_IN_ADDRESS = {
    "modeles": Kind.MODEL, "pages": Kind.PAGE, "actualites": Kind.NEWS, "questions": Kind.QUESTION,
    "rencontres": Kind.MEETING, "ressources": Kind.RESOURCE, "ateliers": Kind.WORKSHOP,
}  # fmt: skip
_OF_KIND = {kind: word for word, kind in _IN_ADDRESS.items()}


@dataclass(frozen=True)
class Shown:
    title: list[Fragment]
    address: str
    excerpt: list[Fragment]
    kind: str  # "atelier"


@dataclass(frozen=True)
class Group:
    heading: str
    words: str  # "modèle,modèles", as the filter ``plural`` wants them
    count: int
    shown: list[Shown]
    more: str  # the address of all of this kind; "" if they are all here


@login_not_required
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """``?q=`` words, ``?type=`` one kind (else all, the best few of each), ``?page=`` of one kind."""
    asked = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    question = asked[:LONGEST_QUESTION]
    kind = _IN_ADDRESS.get(request.GET.get("type", ""))
    answer, instead = ask(question), ""
    if not answer.ranked and answer.suggestion:
        # Nothing at all but a word near by: show what that one finds, and say so.
        instead = answer.suggestion
        answer = ask(instead)
    if kind is not None and kind not in answer.counts:
        kind = None
    context: dict[str, Any] = {
        "title": f"Recherche\u00a0: {question}" if question else "Recherche",
        "section": "search",
        "question": question,
        "was_cut": len(asked) > LONGEST_QUESTION,
        "has_words": bool(answer.words),
        "instead": instead,
        "suggestion": "" if instead else answer.suggestion,
        "suggestion_address": _address(answer.suggestion),
        "is_partial": answer.is_partial,
        "total": len(answer.ranked),
        "kinds": _kinds(instead or question, answer, kind),
        "kind": kind,
        "meta": {"noindex": bool(request.GET)},
    }
    if kind is None:
        context["groups"] = _groups(instead or question, answer)
    else:
        numbers = [pk for pk, one in answer.ranked if one == kind]
        page = Paginator(numbers, _A_PAGE).get_page(request.GET.get("page"))
        context |= {"page_of": page, "shown": _shown(answer, page.object_list), "heading": _WORDS[kind][0]}
    return render(request, "cms/search/search.html", context)


def _address(question: str, kind: Kind | None = None) -> str:
    query = {"q": question} | ({"type": _OF_KIND[kind]} if kind else {})
    return f"{reverse('site-search')}?{urlencode(query)}"


def _kinds(question: str, answer: Answer, chosen: Kind | None) -> list[dict[str, Any]]:
    """The ways to narrow what was found; none if it is all of one kind."""
    if len(answer.counts) < 2:
        return []
    every = {"name": "Tout", "count": len(answer.ranked), "address": _address(question), "is_chosen": chosen is None}
    return [every] + [
        {
            "name": _WORDS[Kind(kind)][0],
            "count": count,
            "address": _address(question, Kind(kind)),
            "is_chosen": kind == chosen,
        }
        for kind, count in answer.counts.items()
    ]


def _groups(question: str, answer: Answer) -> list[Group]:
    """A kind after the other, the one with the best entry first; of each the best few."""
    best = {kind: [pk for pk, one in answer.ranked if one == kind][:_FEW] for kind in answer.counts}
    rows = {row.pk: row for row in entries([pk for numbers in best.values() for pk in numbers])}
    groups = []
    for kind, numbers in best.items():
        heading, one, many = _WORDS[Kind(kind)]
        count = answer.counts[kind]
        more = _address(question, Kind(kind)) if count > _FEW else ""
        shown = [_show(answer, rows[pk]) for pk in numbers if pk in rows]
        if shown:
            groups.append(Group(heading, f"{one},{many}", count, shown, more))
    return groups


def _shown(answer: Answer, numbers: Any) -> list[Shown]:
    return [_show(answer, row) for row in entries(list(numbers))]


def _show(answer: Answer, row: SearchEntry) -> Shown:
    stems = answer.stems
    return Shown(marked(row.title, stems), row.address, excerpt(row.text, stems), _WORDS[Kind(row.kind)][1])


@login_not_required
@require_safe
@cache_control(public=True, max_age=60)
def suggestions(request: HttpRequest) -> JsonResponse:
    """``?q=`` → the best few, as one types; the question comes back, so that nobody takes an answer for another's."""
    question = request.GET.get("q", "").replace("\0", " ")[:LONGEST_QUESTION].lstrip()
    found = [{"title": row.title, "kind": _WORDS[Kind(row.kind)][1], "address": row.address} for row in offer(question)]
    return JsonResponse({"question": question, "suggestions": found}, json_dumps_params={"ensure_ascii": False})
