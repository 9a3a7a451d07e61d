# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that editors uploaded."""

from __future__ import annotations

from django.urls import path

from cms.views import media

urlpatterns = [
    path("media/<path:path>", media.picture, name="media"),
    path("videos/<int:pk>/", media.video, name="video"),
]
