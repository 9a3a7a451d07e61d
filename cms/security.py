# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Response headers that keep a page to itself: nothing is fetched from, framed by or sent to another site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import Http404, HttpRequest, HttpResponse

#: Wagtail's administration needs inline scripts and styles; visitors' pages need none.
ADMIN_PATH = "/gestion/"

#: DSFR's style sheet draws small icons from data: addresses; the 3D view keeps textures in blob: addresses.
PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
ADMIN = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
)
#: Files that we hand out (drawings): they may style themselves and do nothing else.
FILES = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

#: What a page of ours may ask of the browser: nothing of this.
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
    "payment=(), usb=()"
)


class SecurityPolicyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = ADMIN if request.path.startswith(ADMIN_PATH) else PAGES
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class LoginRequired(LoginRequiredMiddleware):
    """Every page wants a login, but those marked with ``login_not_required``. Of a public page nobody is asked who they
    are: a drawing costs no look at the session, and a shared cache may keep it."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


def editors_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of the administration: for people without access to it, it doesn't exist. (Wagtail would send them to the
    sign-in page, which would send them back.)"""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
            raise Http404("this person does not edit the site")
        return view(request, *args, **kwargs)

    return guarded
