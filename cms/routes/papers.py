# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An order's papers, files, invoice and subsidy."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.orders import money, papers

_ORDER = "commandes/<uuid:public_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_ORDER}convention/", papers.agreement_page, name="order-agreement"),
    path(f"{_ORDER}engagement/", papers.commitment_page, name="order-commitment"),
    path(f"{_ORDER}papiers/<uuid:paper_id>/", papers.order_paper, name="order-paper"),
    path(f"{_ORDER}fichiers/<uuid:file_id>/", papers.order_file, name="order-file"),
    path(f"{_ORDER}facture/", money.invoice_page, name="order-invoice"),
    path(f"{_ORDER}facture.xml", money.invoice_xml, name="order-invoice-xml"),
    path(f"{_ORDER}subvention/", money.subsidy_page, name="order-subsidy"),
    path(f"{_ORDER}materiel-recu/", money.settle_page, name="order-settle"),
]
