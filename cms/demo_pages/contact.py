# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The contact page of a new site, and the teams that answer; their addresses are an editor's to fill in."""

from __future__ import annotations

from cms.models import ContactPage, ContactSubject, HomePage
from designs.typography import spaced

_INTRODUCTION = (
    "<p>Une question, une difficulté, une idée : choisissez un sujet, l’équipe qui connaît la réponse vous lira.</p>"
)

_ASIDE = """
<ul><li><a href="/questions/">Les questions fréquentes</a>, par métier</li>
<li><a href="/eligibilite/">Suis-je éligible ?</a> La réponse tout de suite, sans compte</li>
<li><a href="/ateliers/">Les ateliers</a>, pour écrire à l’un d’eux</li>
<li><a href="/rencontres/">Les rencontres en ligne</a>, pour poser la question de vive voix</li></ul>
"""

#: Slug, title, hint, mailbox, days.
_SUBJECTS = (
    ("commander", "Commander un meuble", "Indiquez le numéro de la commande, s’il y en a un.", "commandes", 3),
    ("france-services", "Espaces France services", "Dites quelle structure porte l’espace.", "france-services", 3),
    (
        "ateliers",
        "Fabriquer : fablab, tiers-lieu, artisan",
        "Nommez la machine et le fichier concernés.",
        "ateliers",
        3,
    ),
    ("reconditionnement", "Équipement reconditionné", "", "reconditionnement", 5),
    ("modeles", "Les modèles et leur dessin", "Nommez la pièce, par son repère si possible.", "modeles", 5),
    ("presse", "Presse", "Dites pour quand il vous faut une réponse.", "presse", 2),
    ("accessibilite", "Accessibilité du site", "Dites sur quelle page, et avec quel logiciel.", "accessibilite", 5),
    ("donnees-personnelles", "Mes données personnelles", "", "donnees", 10),
    ("autre", "Autre chose", "", "bonjour", 5),
)


def load_contact(home: HomePage) -> ContactPage:
    """Subjects that are there stay as they are: whoever changed an address keeps it."""
    page = ContactPage.objects.first()
    if page is None:
        page = ContactPage(
            title="Nous écrire",
            slug="contact",
            introduction=spaced(_INTRODUCTION),
            aside=spaced(_ASIDE.strip()),
            search_description="Écrire à l’équipe de Tréteau : commandes, ateliers, modèles, presse, accessibilité, données.",
        )
        home.add_child(instance=page)
        if not ContactSubject.objects.exists():
            for position, (slug, title, hint, mailbox, days) in enumerate(_SUBJECTS):
                ContactSubject.objects.create(
                    slug=slug,
                    title=title,
                    hint=hint,
                    recipients=f"{mailbox}@treteau.example",
                    answer_days=days,
                    position=position,
                )
    return page
