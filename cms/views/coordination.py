# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages of the coordination alone."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from accounts.models import is_coordinator


def coordinators_only(request: HttpRequest) -> None:
    """For everybody else the page is not there. Raises Http404."""
    if not is_coordinator(request.user):
        raise Http404("Cette page n’existe pas.")
