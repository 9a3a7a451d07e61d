# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The contact page: its form, and the page that says that the message came."""

from __future__ import annotations

import re

from allauth.core.ratelimit import consume
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from cms.contact.form import ContactForm
from cms.contact.receiving import receive
from cms.models import ContactPage, ContactSubject
from cms.retention import CONTACT_MESSAGES

_TOO_OFTEN = "Trop de messages en peu de temps depuis votre réseau : attendez quelques minutes, puis envoyez à nouveau."
_SALT = "contact-number"
_SLUG = re.compile(r"[\w-]{1,40}")


def contact_page(page: ContactPage, request: HttpRequest) -> HttpResponse:
    """Served by Wagtail. 422 with everything kept for what can't be taken. ``?sujet=presse`` chooses a subject before."""
    if request.method in ("GET", "HEAD"):
        if said := request.GET.get("recu"):
            return _received(page, request, said)
        wanted = request.GET.get("sujet", "")
        return _shown(page, request, ContactForm(initial={"subject": wanted if _SLUG.fullmatch(wanted) else ""}))
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _shown(page, request, form, 422)
    data = form.cleaned_data
    if not consume(request, action="contact", key=data["email"].casefold()):
        form.add_error(None, _TOO_OFTEN)
        return _shown(page, request, form, 429)
    message = receive(
        data["subject"],
        name=data["name"],
        email=data["email"],
        organisation=data["organisation"],
        text=data["text"],
        is_suspect=form.is_suspect,
    )
    # Signed, so that no address makes the site say a number that it never gave.
    said = signing.dumps([message.number, message.subject.answer_days], salt=_SALT)
    return redirect(f"{page.get_url(request)}?recu={said}")


def _received(page: ContactPage, request: HttpRequest, said: str) -> HttpResponse:
    try:
        number, days = signing.loads(said, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return redirect(page.get_url(request))
    context = {
        **page.get_context(request),
        "number": number,
        "days": days,
        "trail": [{"title": page.title, "url": page.get_url(request)}],
        "meta": {"noindex": True},
    }
    response = render(request, "cms/contact_received.html", context)
    add_never_cache_headers(response)
    return response


def _shown(page: ContactPage, request: HttpRequest, form: ContactForm, status: int = 200) -> HttpResponse:
    subjects = ContactSubject.objects.filter(is_active=True)
    context = {**page.get_context(request), "form": form, "subjects": subjects, "kept_days": CONTACT_MESSAGES.days}
    return render(request, page.template, context, status=status)
