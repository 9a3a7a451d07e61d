# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rooms of the site that are no editors' pages: who may be led there by a search engine, what each is in a sentence, and where it
stands in the plan. A public address that is named neither here nor among ``ELSEWHERE`` fails tests/test_findable.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """``title`` as the plan and a breadcrumb name it; ``part`` is the heading of the plan that it stands under."""

    name: str  # of its address
    title: str
    sentence: str
    part: str = ""


MAKE, ORDER, DATA, PEOPLE = "Les modèles et les ateliers", "Commander", "Chiffres et données", "Votre compte"

ROOMS = (
    Room(
        "models", "Les modèles",
        "Trois meubles libres pour la médiation numérique, à régler à votre mesure et à faire découper près de chez vous.", MAKE,
    ),
    Room(
        "workshops", "Les ateliers",
        "La carte et la liste des ateliers qui découpent ces meubles, avec leurs machines, leurs panneaux et leurs délais.", MAKE,
    ),
    Room(
        "ranking", "Où faire fabriquer",
        "Quels ateliers proches de votre commune peuvent fabriquer ce meuble, à quel prix, et pourquoi dans cet ordre.", MAKE,
    ),
    Room(
        "design-guide", "Concevoir un meuble",
        "Dessiner un modèle que tous les ateliers peuvent couper : une table pas à pas, les assemblages, les contrôles, la publication.",
        MAKE,
    ),
    Room(
        "campaigns", "Les campagnes",
        "Ce que votre commune peut commander en ce moment, jusqu’à quand, et la part que l’État paie.", ORDER,
    ),
    Room(
        "eligibility", "Suis-je éligible ?",
        "Votre commune ou votre espace France services peut-il commander avec une aide ? La réponse en une question, sans compte.",
        ORDER,
    ),
    Room(
        "figures", "Statistiques",
        "Combien de meubles commandés, fabriqués et livrés, où et avec quelles aides : les chiffres à jour, par territoire.", DATA,
    ),
    Room(
        "open-data", "Données ouvertes",
        "Ateliers, campagnes, commandes et zonages en fichiers CSV à réutiliser librement, avec le sens de chaque colonne.", DATA,
    ),
    Room(
        "api-page", "L’API",
        "Les modèles, les ateliers, les campagnes et les chiffres pour vos programmes : adresses, exemples et règles.", DATA,
    ),
    Room("account_login", "Se connecter", "Entrez dans votre espace : commandes, fabrication, modèles.", PEOPLE),
    Room(
        "account_signup", "Créer un compte",
        "Ouvrez un compte pour commander au nom de votre commune ou pour inscrire votre atelier.", PEOPLE,
    ),
    Room("site-search", "Recherche", "Cherchez parmi les modèles, les questions, les actualités et les ateliers.", PEOPLE),
    Room("site-map", "Plan du site", "Toutes les pages du site, rangées par thème."),
)  # fmt: skip
BY_NAME = {room.name: room for room in ROOMS}

#: Pages of which there are many, one a row: search engines are led there, the plan names the first ones.
MANY = frozenset({"wagtail_serve", "model", "workshop", "campaign"})
#: Rooms that people find and search engines need not: a form, what somebody typed.
_NOT_INDEXED = frozenset({"account_login", "account_signup", "site-search"})
INDEXED = MANY | {room.name for room in ROOMS} - _NOT_INDEXED

#: Public addresses without anything to fill in that are no room: files, answers for scripts, steps of the way in.
ELSEWHERE = frozenset(
    {
        "favicon.ico", "robots.txt", "gestion/login/", "_util/login/", "sitemap", "news-feed", "search-suggestions",
        "communes", "workshops-data", "design-guide-table", "ranking-csv", "ranking-pdf", "account_logout", "account_inactive",
        "account_email_verification_sent", "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key_done", "mfa_authenticate", "wagtailadmin_login", "wagtailcore_login", "listing", "find",
    }
)  # fmt: skip
