# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose order a page of the making is about. What is not yours is not there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast
from uuid import UUID
from zipfile import BadZipFile

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from cms.packages import PackageReader, package_reader
from cms.views.makers.words import ErrorLine, error_lines
from cms.views.orders.acting import attempt, form_key_of, order_or_404, seen_of, take_step, typed_words
from cms.views.orders.page import overtaken_response
from fabrication import artefacts
from fabrication.models import Job
from orders.life import ACTIONS, OvertakenError, Party, advance
from orders.life.parties import parties_of
from orders.models import Order, State
from orders.services.passports import with_passport
from orders.services.pieces import standing

_NOT_YOURS = "Cette commande n’est pas à vous."


def order_of(request: HttpRequest, public_id: UUID, *wanted: Party) -> tuple[Order, frozenset[Party]]:
    """The order, if this person acts for one of the parties. Raises Http404 else."""
    order = order_or_404(request, public_id)
    parties = parties_of(request.user, order)  # type: ignore[arg-type]
    if not parties & set(wanted):
        raise Http404(_NOT_YOURS)
    return order, parties


def made_order(request: HttpRequest, public_id: UUID) -> Order:
    """For the maker's own pages."""
    return order_of(request, public_id, Party.MAKER)[0]


def pieces_of(order: Order) -> list[Any]:
    """Standing ones, with all that a page says of them, in one query."""
    return list(with_passport(standing(order)).order_by("line__position", "index"))


def package_of(job: Job) -> PackageReader | None:
    """None while there is none, or if its file is gone."""
    if job.package is None:
        return None
    with suppress(OSError, BadZipFile, StopIteration):
        return package_reader(artefacts.file_of(job.package))
    return None


def has_passed(
    request: HttpRequest, order: Order, *actions: str, form: forms.Form | None = None
) -> HttpResponse | None:
    """None while one of the actions can be taken from what was seen. Else the order's page, which says how things are; of a
    form that was sent twice, what its first sending led to."""
    possible = [action for action in actions if State(order.state) in ACTIONS[action].sources]
    if request.method == "POST" and seen_of(request) not in (None, order.version):
        # Refused before any rule is asked: the version alone says that it comes late, or again.
        return take_step(request, order, (possible or list(actions))[0], form=form, given={})
    if possible:
        return None
    words = typed_words(form) if form is not None and form.is_bound else []
    label = ACTIONS[actions[0]].label
    error = OvertakenError("no such step from here", f"«\u00a0{label}\u00a0» n’est pas possible maintenant.")
    return overtaken_response(request, order, error, words)


def taken(request: HttpRequest, order: Order, action: str, place: str, **options: Any) -> HttpResponse | None:
    """``take_step``, and back to ``place`` (an address) instead of the order's page once it is done."""
    answer = take_step(request, order, action, **options)
    if answer is not None and answer.status_code == 302:
        return redirect(place)
    return answer


def noted(
    request: HttpRequest,
    order: Order,
    place: str,
    form: forms.Form,
    given: Mapping[str, Any],
    *,
    note: str = "",
    done: str = "",
) -> HttpResponse | None:
    """``progress`` of a page that may be old: in a hall several people note at once, and what they note says by itself what
    it was noted against."""
    answer = attempt(
        request,
        order,
        lambda: advance(
            order, "progress", actor=cast(User, request.user), note=note, given=given, form_key=form_key_of(request)
        ),
        form=form,
        done=done,
        typed=typed_words(form, note),
    )
    if answer is not None and answer.status_code == 302:
        return redirect(place)
    return answer


def lines_of(*shown: tuple[forms.Form, str]) -> list[ErrorLine]:
    """The summary above the forms of a page: those that were sent."""
    return [line for form, lead in shown if form.is_bound for line in error_lines(form, lead)]


def trail_of(order: Order, *, board: bool = False) -> list[dict[str, str]]:
    found = [{"url": reverse("board"), "title": "Mon tableau"}] if board else []
    found.append({"url": reverse("order", args=[order.public_id]), "title": str(order)})
    return found


def private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
