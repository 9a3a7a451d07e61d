# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bell, and how often it rings by e-mail; remarks on models."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.accounts import notices, remarks

_ROOT = "espace/avis/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_ROOT, notices.notices, name="notices"),
    path(f"{_ROOT}lus/", notices.read_all, name="notices-read"),
    path(f"{_ROOT}<int:pk>/", notices.read, name="notice"),
    path(f"{_ROOT}reglages/", notices.notice_settings, name="notice-settings"),
    path(f"{_ROOT}arret/<str:token>/", notices.stop, name="notices-stop"),
    path("espace/remarques/", remarks.remarks, name="remarks"),
    path("espace/remarques/<int:pk>/", remarks.remark, name="remark-answer"),
    path("espace/remarques/confier/", remarks.care, name="remarks-care"),
]
