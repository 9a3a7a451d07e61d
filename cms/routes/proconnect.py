# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""ProConnect's addresses, on a site that is registered with it. The two that ProConnect is told of are ``retour`` and
``sortie``: they are registered there to the letter, slash included."""

from __future__ import annotations

from django.urls import URLPattern, path

from cms.views.accounts import proconnect, proofs

urlpatterns: list[URLPattern] = [
    path("compte/proconnect/", proconnect.sign_in, name="proconnect"),
    path("compte/proconnect/retour/", proconnect.come_back, name="proconnect-back"),
    path("compte/proconnect/sortie/", proconnect.left, name="proconnect-left"),
    path("espace/organisations/<int:pk>/rejoindre/", proofs.join, name="organisation-join"),
    path("espace/organisations/<int:pk>/demander/", proofs.ask, name="organisation-ask"),
]
