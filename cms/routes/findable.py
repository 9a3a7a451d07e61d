# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What leads to pages: for people, for search engines, for feed readers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.findable import feed, site_map, sitemap

urlpatterns: list[URLPattern | URLResolver] = [
    path("sitemap.xml", sitemap.sitemap_xml, name="sitemap"),
    path("plan-du-site/", site_map.site_map, name="site-map"),
    path("actualites/flux.xml", feed.news_feed, name="news-feed"),
]
