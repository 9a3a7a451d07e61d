# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The addresses of a site that is registered with ProConnect: settings decide once, when they are first read."""

from __future__ import annotations

from django.urls import include, path

from cms import urls

urlpatterns = [path("", include("cms.routes.proconnect")), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
