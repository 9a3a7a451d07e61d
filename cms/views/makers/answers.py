# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One way to answer a form of a record: saved and on, or shown again with what was typed and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cms.maker_forms.fields import RecordForm
from cms.views.makers.words import ErrorLine, Told, conflict, error_lines
from designs.typography import typeset
from fablabs.models import Workshop
from fablabs.services.editing import fingerprint
from fablabs.services.missing import missing
from fablabs.services.refusals import NotAllowedError, RecordError, StaleError

#: The hidden field with the fingerprint of what the form was filled with.
SEEN = "vu"
#: The page of each section of a site's record, and of its maker's.
_SITE_PAGES = {"place": "maker-place", "prices": "maker-prices", "capacity": "maker-capacity"}
_MAKER_PAGES = {"identity": "maker-identity", "offers": "maker-offers"}


def seen_by(request: HttpRequest) -> str:
    """A page that was sent without it is compared with nothing that ever stood there."""
    return request.POST.get(SEEN, "")[:64]


def page_of(workshop: Workshop, section: str) -> str:
    """The address where a section is filled in."""
    if section in _MAKER_PAGES:
        return reverse(_MAKER_PAGES[section], args=[workshop.maker_id])
    if section in _SITE_PAGES:
        return reverse(_SITE_PAGES[section], args=[workshop.slug])
    if section == "machines":
        drafts = [machine for machine in workshop.machines.all() if not machine.is_active]
        in_use = any(machine.is_active for machine in workshop.machines.all())
        if drafts and not in_use:
            return reverse("maker-machine", args=[workshop.slug, drafts[0].pk])
        return reverse("maker-machine-add", args=[workshop.slug])
    items = [item for item in workshop.stock.all() if item.is_active]
    if items:
        return reverse("maker-stock", args=[workshop.slug, items[0].pk])
    return reverse("maker-stock-add", args=[workshop.slug])


def after_saving(request: HttpRequest, workshop: Workshop) -> str:
    """Back to the site, or on to the next section that something is missing in."""
    if "suite" in request.POST:
        fresh = Workshop.objects.with_equipment().get(pk=workshop.pk)
        for lack in missing(fresh):
            if (address := page_of(fresh, lack.section)) != request.path:
                return address
    return reverse("maker-site", args=[workshop.slug])


def attempt(
    form: RecordForm, act: Callable[[], Any], typed: Mapping[str, Any] | None = None
) -> tuple[int, list[Told], str]:
    """Do it, or put the refusal into the form. Status (0: done), what stands in the way of what was typed, and the
    fingerprint of what stands there now ("" if nobody else changed it)."""
    try:
        act()
    except NotAllowedError as error:
        raise Http404("Cette fiche n’existe pas.") from error
    except StaleError as error:
        form.refuse(error.messages)
        return 409, conflict(typed or {}, error.stored), fingerprint(error.stored)
    except RecordError as error:
        form.refuse(error.messages)
    except ValidationError as error:
        form.refuse(error)
    else:
        return 0, [], ""
    return 422, [], ""


def show(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *forms: tuple[RecordForm, str],
    status: int = 200,
    seen: str = "",
    others: Iterable[Told] = (),
) -> HttpResponse:
    """The page with its forms' errors gathered above. ``forms`` come with what leads their lines."""
    errors: list[ErrorLine] = [line for form, lead in forms if form.is_bound for line in error_lines(form, lead)]
    told = {"errors": errors, "seen": seen, "seen_name": SEEN, "others": list(others)}
    context = {**context, **told}
    for name in ("title", "introduction"):
        context[name] = typeset(str(context.get(name, "")))
    return render(request, template, context, status=status)


def saved(request: HttpRequest, address: str, sentence: str = "C’est enregistré.") -> HttpResponse:
    messages.success(request, typeset(sentence))
    return redirect(address)


def refused(request: HttpRequest, address: str, sentence: str) -> HttpResponse:
    messages.error(request, typeset(sentence))
    return redirect(address)
