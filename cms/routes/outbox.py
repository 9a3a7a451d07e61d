# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits to be sent."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views import outbox

urlpatterns: list[URLPattern | URLResolver] = [
    path("coordination/envois/", outbox.outbox, name="outbox"),
    path("coordination/envois/<int:pk>/", outbox.again, name="outbox-again"),
]
