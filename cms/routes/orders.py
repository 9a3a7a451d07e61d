# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A buyer's orders from the first click on, an order's page for everybody, and the campaigns for all."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.orders import adding, buyer, campaigns, drafting, intention, mine, page

_ORDER = "commandes/<uuid:public_id>/"
_DRAFT = f"{_ORDER}brouillon/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("commandes/", mine.orders_page, name="orders"),
    path("commandes/nouvelle/", adding.new_order, name="order-new"),
    path("commandes/acheteur/<int:pk>/", buyer.buyer_page, name="buyer"),
    path(_ORDER, page.order_page, name="order"),
    path(f"{_ORDER}faire/<slug:action>/", page.act, name="order-act"),
    path(f"{_ORDER}modifier/", intention.amend, name="order-amend"),
    path(_DRAFT, drafting.first_step, name="order-draft"),
    path(f"{_DRAFT}campagne/", adding.move, name="order-draft-campaign"),
    path(f"{_DRAFT}deposer/", drafting.submit, name="order-submit"),
    path(f"{_DRAFT}supprimer/", drafting.archive, name="order-draft-archive"),
    path(f"{_DRAFT}lignes/<int:pk>/", adding.change, name="order-line"),
    path(f"{_DRAFT}ajouter/<slug:design>/", adding.new_line, name="order-line-add"),
    path(f"{_DRAFT}<slug:step>/", drafting.step_page, name="order-draft-step"),
    path("campagnes/", campaigns.campaigns_page, name="campaigns"),
    path("campagnes/<slug:slug>/", campaigns.campaign_page, name="campaign"),
]
