# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The home page of a new site."""

from __future__ import annotations

from wagtail.models import Page, Site

from cms.models import HomePage
from designs.typography import spaced

_STEPS = (
    (
        "Choisissez un modèle",
        "Largeur, hauteur, plateaux, enseigne : le meuble suit vos mesures, et vous le voyez tel qu’il sera, avec son poids et "
        "son prix probable.",
        "/modeles/",
    ),
    (
        "Déposez votre intention",
        "Une collectivité ou un espace France services dit ce qu’il lui faut et pourquoi. La préfecture vérifie et dit ce que "
        "l’État finance.",
        "/campagnes/",
    ),
    (
        "Un atelier proche le fabrique",
        "Vous comparez jusqu’à trois devis d’ateliers capables de le faire. Celui que vous choisissez reçoit des fichiers faits "
        "pour sa machine.",
        "/ou-fabriquer/",
    ),
    (
        "Le meuble arrive chez vous",
        "Il se monte à deux, sans colle, avec une notice illustrée. Une pièce s’abîme ? Elle se refait, seule, dans n’importe "
        "quel atelier.",
        "",
    ),
)


def load_home() -> HomePage:
    """The home page at the root of the default site; one that is there stays as it is."""
    return HomePage.objects.first() or _create_home()


def _create_home() -> HomePage:
    root = Page.get_first_root_node()
    assert root is not None  # Wagtail's first migration makes it
    home = HomePage(
        title="Tréteau",
        slug="treteau",
        seo_title="Des meubles libres, fabriqués près de chez vous",
        search_description="Trois meubles libres pour la médiation numérique, à vos mesures, fabriqués par un atelier proche. "
        "Pour les communes, les intercommunalités et les espaces France services.",
        introduction=spaced(
            "<p>Un comptoir d’accueil, un poste qui protège la confidence, un chariot qui devient établi : trois meubles "
            "pour la médiation numérique, à vos mesures.</p>"
        ),
        steps=[("step", {"title": title, "text": spaced(text), "address": address}) for title, text, address in _STEPS],
        people_text=spaced(
            "<p>Des communes et des espaces France services qui accueillent, des ateliers qui découpent, des préfectures "
            "qui financent, des designers qui dessinent. Chacun garde la main sur sa part ; le site tient les comptes, à la vue "
            "de tous.</p>"
        ),
    )
    root.add_child(instance=home)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home, "site_name": "Tréteau"}
    )
    # Wagtail's first migration also makes a welcome page in English.
    for page in root.get_children().exclude(pk=home.pk).filter(slug="home", depth=2):
        page.delete()
    return home
