# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makers' own pages, and the coordinators' who validate them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.makers import coordination, evidence, machines, own, sections, stocks

_OWN = "espace/fabricant/"
_MAKER = f"{_OWN}<int:maker_pk>/"
_SITE = f"{_OWN}ateliers/<slug:slug>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_OWN, own.own, name="makers-own"),
    path(f"{_OWN}inscrire/", own.register_page, name="maker-register"),
    path(_MAKER, own.maker_page, name="maker"),
    path(f"{_MAKER}structure/", sections.identity, name="maker-identity"),
    path(f"{_MAKER}modeles/", sections.offers, name="maker-offers"),
    path(f"{_MAKER}preuves/", evidence.facts, name="maker-evidence"),
    path(f"{_MAKER}preuves/ajouter/", evidence.add, name="maker-evidence-add"),
    path(f"{_MAKER}preuves/<int:pk>/", evidence.fact, name="maker-evidence-fact"),
    path(f"{_MAKER}preuves/<int:pk>/retirer/", evidence.withdraw, name="maker-evidence-withdraw"),
    path(f"{_MAKER}historique/", own.history, name="maker-history"),
    path(f"{_MAKER}quitter/", own.leave, name="maker-leave"),
    path(f"{_MAKER}ateliers/ajouter/", sections.add_place, name="maker-site-add"),
    path(_SITE, own.site_page, name="maker-site"),
    path(f"{_SITE}etat/", own.site_state, name="maker-site-state"),
    path(f"{_SITE}lieu/", sections.place, name="maker-place"),
    path(f"{_SITE}prix/", sections.prices, name="maker-prices"),
    path(f"{_SITE}capacite/", sections.capacity, name="maker-capacity"),
    path(f"{_SITE}territoire/", sections.territory, name="maker-territory"),
    path(f"{_SITE}semaines/", sections.weeks, name="maker-weeks"),
    path(f"{_SITE}machines/ajouter/", machines.add, name="maker-machine-add"),
    path(f"{_SITE}machines/importer/", machines.import_page, name="maker-import"),
    path(f"{_SITE}machines/<int:pk>/", machines.machine, name="maker-machine"),
    path(f"{_SITE}machines/<int:pk>/service/", machines.use, name="maker-machine-use"),
    path(f"{_SITE}machines/<int:pk>/panneau-<int:stock_pk>.toml", machines.machine_file, name="maker-file"),
    path(f"{_SITE}panneaux/ajouter/", stocks.add, name="maker-stock-add"),
    path(f"{_SITE}panneaux/<int:pk>/", stocks.stock, name="maker-stock"),
    path(f"{_SITE}panneaux/<int:pk>/service/", stocks.use, name="maker-stock-use"),
    path(f"{_SITE}panneaux/<int:pk>/mesure/", stocks.measured, name="maker-measure"),
    path(f"{_SITE}panneaux/<int:pk>/chutes/", stocks.offcuts, name="maker-offcuts"),
    path("coordination/ateliers/", coordination.waiting, name="makers-to-validate"),
    path("coordination/ateliers/<slug:slug>/", coordination.decision, name="maker-decision"),
]
