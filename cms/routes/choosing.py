# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From an order that may choose to an order with a workshop."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.choosing import deciding, maker, page, record

_CHOICE = "commandes/<uuid:public_id>/choix/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_CHOICE, page.choice, name="order-choice"),
    path(f"{_CHOICE}etat.json", page.state, name="order-choice-state"),
    path(f"{_CHOICE}demander/<slug:slug>/", page.ask, name="order-ask-quote"),
    path(f"{_CHOICE}demandes/<int:pk>/retirer/", page.withdraw, name="order-withdraw-request"),
    path(f"{_CHOICE}demandes/<int:pk>/decliner/", maker.decline, name="request-decline"),
    path(f"{_CHOICE}demandes/<int:pk>/choisir/", deciding.choose, name="order-choose"),
    path(f"{_CHOICE}changer/", deciding.change, name="order-change-maker"),
    path(f"{_CHOICE}refuser/", deciding.refuse_order, name="order-maker-refuse"),
    path(f"{_CHOICE}dossier/<int:pk>.pdf", record.record_pdf, name="choice-pdf"),
    path(f"{_CHOICE}dossier/<int:pk>.csv", record.record_csv, name="choice-csv"),
]
