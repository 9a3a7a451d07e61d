# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The préfecture's desk and the coordinators' campaigns."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from cms.views.arbitration import campaigns, deciding, listing, simulating, tables, thresholds
from cms.views.orders.arbitration import decision

_ROOT = "arbitrage/"
_CAMPAIGNS = "coordination/campagnes/"
_ONE = f"{_CAMPAIGNS}<uuid:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_ROOT, listing.arbitration, name="arbitration"),
    path(f"{_ROOT}liste/", listing.arbitration_list, name="arbitration-list"),
    path(f"{_ROOT}decider/", deciding.decide, name="arbitration-decide"),
    path(f"{_ROOT}simulation/", simulating.what_if_page, name="arbitration-what-if"),
    path(f"{_ROOT}simulation/resultat/", simulating.what_if_result, name="arbitration-what-if-result"),
    re_path(rf"^{_ROOT}intentions\.(?P<form>csv|xlsx)$", tables.table, name="arbitration-table"),
    path(f"{_ROOT}<uuid:public_id>/", decision, name="arbitration-decision"),
    path(_CAMPAIGNS, campaigns.campaigns, name="campaigns-manage"),
    path(f"{_CAMPAIGNS}nouvelle/", campaigns.new_campaign, name="campaign-new"),
    path(_ONE, campaigns.campaign, name="campaign-manage"),
    path(f"{_ONE}modifier/", campaigns.edit_campaign, name="campaign-edit"),
    path(f"{_ONE}publier/", campaigns.publish_campaign, name="campaign-publish"),
    path(f"{_ONE}enveloppes/", campaigns.envelope, name="campaign-envelope"),
    path("coordination/seuils/", thresholds.thresholds, name="purchase-thresholds"),
    path("coordination/seuils/<int:pk>/", thresholds.threshold, name="purchase-threshold"),
]
