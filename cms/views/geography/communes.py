# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a form's commune field offers while one types."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from fablabs.geography import Commune, search

_OFFERED = 10


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
def communes(request: HttpRequest) -> JsonResponse:
    """``?q=`` → the communes that it may mean, best first; none for nothing. What is longer than any name is cut."""
    return JsonResponse({"communes": [_entry(found) for found in search(request.GET.get("q", ""), _OFFERED)]})


def _entry(found: Commune) -> dict[str, object]:
    return {
        "insee": found.insee,
        "name": found.name,
        "label": found.label,
        "department": found.department,
        "postcodes": found.postcodes[:3],
    }
