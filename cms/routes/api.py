# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The public API and its page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from cms.api.answering import everybodys
from cms.api.v1 import nothing_here, patterns, schema_json
from cms.views.api import api_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api_page, name="api-page"),
    path("api/v1/schema.json", everybodys(schema_json), name="api-schema"),
    path("api/v1/", include(patterns())),
    re_path(r"^api/v1/(?P<rest>.*)$", everybodys(nothing_here), name="api-nothing"),
]
