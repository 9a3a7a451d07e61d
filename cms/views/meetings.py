# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A meeting's page with its form, its calendar file, and the page of somebody who registered."""

from __future__ import annotations

from typing import Any

from allauth.core.ratelimit import consume
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.meetings.calendar_file import calendar_file
from cms.meetings.dates import when
from cms.meetings.form import RegistrationForm
from cms.meetings.registering import MeetingClosedError, calendar_of, cancel, is_full, register
from cms.models import MeetingPage, Registration
from cms.public_forms import public_form
from cms.retention import REGISTRATIONS

_TOO_OFTEN = (
    "Trop d’inscriptions en peu de temps depuis votre réseau : attendez quelques minutes, puis envoyez à nouveau."
)


def meeting_page(page: MeetingPage, request: HttpRequest) -> HttpResponse:
    """Served by Wagtail. 422 with everything kept for what can't be taken; after a registration the address says what became of it, so
    that a reload sends nothing again."""
    if request.method in ("GET", "HEAD"):
        return _shown(page, request, RegistrationForm())
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    form = RegistrationForm(request.POST)
    if not form.is_valid():
        return _shown(page, request, form, 422)
    if not consume(request, action="registration", key=form.cleaned_data["email"].casefold()):
        form.add_error(None, _TOO_OFTEN)
        return _shown(page, request, form, 429)
    data = form.cleaned_data
    was_full = is_full(page)
    if not form.is_suspect:  # a machine is told what a person is told
        try:
            taken = register(page, name=data["name"], email=data["email"], organisation=data["organisation"])
        except MeetingClosedError as error:
            form.add_error(None, error.french)
            return _shown(page, request, form, 422)
        was_full = taken.was_full
    return redirect(f"{page.get_url(request)}?inscription={'attente' if was_full else 'recue'}#inscription")


def _shown(page: MeetingPage, request: HttpRequest, form: RegistrationForm, status: int = 200) -> HttpResponse:
    said = request.GET.get("inscription", "")
    context = {
        **page.get_context(request),
        "form": form,
        "when": when(page.starts_at, page.ends_at),
        "is_full": is_full(page) if page.pk else False,
        "said": said if said in ("recue", "attente") else "",
        "kept_days": REGISTRATIONS.days,
    }
    return render(request, page.template, context, status=status)


@login_not_required
@require_safe
def meeting_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """For anybody: without the link."""
    page = MeetingPage.objects.live().public().filter(slug=slug).first()
    if page is None:
        raise Http404("no such meeting")
    return _ics(calendar_file(page, calendar_of(page)), slug)


@login_not_required
@never_cache
@public_form
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the address is the person. Only a POST cancels: programs that look into letters follow links."""
    found = _of(token)
    if request.method == "POST":
        cancel(found)
        return redirect("registration", token)
    meeting = found.meeting
    context: dict[str, Any] = {
        "title": "Votre inscription",
        "registration": found,
        "meeting": meeting,
        "when": when(meeting.starts_at, meeting.ends_at),
        "takes_place": meeting.live and not meeting.is_cancelled,
        "kept_days": REGISTRATIONS.days,
        "meta": {"noindex": True},
    }
    response = render(request, "cms/registration.html", context)
    # The address is a key: no page that one goes on to learns it. Under "no-referrer" a browser would send the form with
    # "Origin: null", by which one that sends no Sec-Fetch-Site would not be known (cms/public_forms.py).
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@login_not_required
@never_cache
@require_safe
def registration_calendar(request: HttpRequest, token: str) -> HttpResponse:
    found = _of(token)
    if found.state == Registration.State.WAITING:
        raise Http404("who waits has no entry yet")
    return _ics(calendar_file(found.meeting, found.meeting.calendar, found), found.meeting.slug)


def _of(token: str) -> Registration:
    found: Registration = get_object_or_404(Registration.objects.select_related("meeting__calendar"), token=token)
    return found


def _ics(text: str, slug: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{slug}.ics")
    return response
