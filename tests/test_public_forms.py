# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A public form is taken from its own site without cookie or token, and from nowhere else."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from cms.public_forms import public_form


def _status(**headers: str) -> int:
    request = RequestFactory(headers=headers).post("/contact/", {"message": "Bonjour"})
    request._dont_enforce_csrf_checks = False
    return public_form(lambda _: HttpResponse("reçu"))(request).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "http://testserver"},
        {"origin": "http://testserver"},
    ],
)
def test_what_the_site_itself_sent_is_taken(headers: dict[str, str]) -> None:
    assert _status(**headers) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},  # another name of the same domain
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": "https://ailleurs.example"},
        {"origin": "https://ailleurs.example"},
        {"origin": "http://testserver.ailleurs.example"},
        {"origin": "https://testserver"},  # its scheme is another one
        {"origin": "http://testserver:8443"},
        {"origin": "null"},
        {"referer": "http://testserver/contact/"},
    ],
)
def test_what_came_from_elsewhere_or_does_not_say_is_refused(headers: dict[str, str]) -> None:
    assert _status(**headers) == 403


@override_settings(CSRF_TRUSTED_ORIGINS=["https://testserver"])
def test_behind_a_proxy_the_trusted_origin_is_taken() -> None:
    assert _status(origin="https://testserver") == 200
    assert _status(origin="https://autre.example") == 403


def test_reading_asks_nothing() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("à lire")

    assert public_form(view)(RequestFactory().get("/contact/")).status_code == 200


@pytest.mark.django_db
def test_editors_pages_take_forms_of_this_site_alone() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/nulle-part/", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/nulle-part/", headers={"sec-fetch-site": "same-origin"}).status_code == 404
    assert not client.cookies
