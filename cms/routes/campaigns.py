# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign's assignment of orders to makers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from cms.views.campaigns import again, compare, runs, tables

_ROOT = "coordination/repartition/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_ROOT, runs.runs, name="campaign-runs"),
    path(f"{_ROOT}nouvelle/", runs.new_run, name="campaign-run-new"),
    path(f"{_ROOT}commandes/", runs.campaign_orders_run, name="campaign-run-orders"),
    path(f"{_ROOT}<uuid:public_id>/", runs.run_page, name="campaign-run"),
    path(f"{_ROOT}<uuid:public_id>/etat.json", runs.run_state, name="campaign-run-state"),
    path(f"{_ROOT}<uuid:public_id>/relancer/", again.run_again, name="campaign-run-again"),
    path(f"{_ROOT}<uuid:public_id>/comparer/", compare.compare, name="campaign-run-compare"),
    path(f"{_ROOT}<uuid:public_id>/proposer/", runs.propose_run, name="campaign-run-propose"),
    re_path(
        rf"^{_ROOT}(?P<public_id>[0-9a-f]{{8}}-[0-9a-f-]{{27}})/repartition\.(?P<form>csv|xlsx)$",
        tables.table,
        name="campaign-run-table",
    ),
]
