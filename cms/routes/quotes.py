# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quotes, line by line."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.quotes import asking, making, reading, watching

urlpatterns: list[URLPattern | URLResolver] = [
    path("devis/", reading.quotes, name="quotes"),
    path("devis/signales/", watching.flagged, name="quotes-flagged"),
    path("devis/demander/<slug:design>/", asking.ask, name="quote-ask"),
    path("devis/<uuid:public_id>/", reading.quote_page, name="quote"),
    path("devis/<uuid:public_id>/etat.json", reading.quote_state, name="quote-state"),
    path("devis/<uuid:public_id>/devis.pdf", reading.quote_pdf, name="quote-pdf"),
    path("devis/<uuid:public_id>/lignes/ajouter/", making.added_line, name="quote-line-add"),
    path("devis/<uuid:public_id>/lignes/<int:pk>/", making.line, name="quote-line"),
    path("devis/<uuid:public_id>/prix/", making.filled_prices, name="quote-prices"),
    path("devis/<uuid:public_id>/emettre/", making.issued, name="quote-issue"),
    path("devis/<uuid:public_id>/retirer/", making.withdrawn, name="quote-withdraw"),
    path("devis/<uuid:public_id>/decision/", watching.decision, name="quote-decision"),
]
