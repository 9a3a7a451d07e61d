# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How it works, for somebody who comes for the first time."""

from __future__ import annotations

from cms.demo_pages.media import model_image
from cms.demo_pages.writing import button, callout, cards, picture, steps, table, text, under
from cms.models import HomePage, StandardPage


def load_how(home: HomePage) -> None:
    shown = model_image("chariot")
    under(
        home,
        StandardPage(
            title="Comment ça marche",
            slug="comment-ca-marche",
            introduction="Un meuble libre, dessiné pour les lieux où l’on aide les gens avec le numérique, fabriqué par un atelier proche de chez vous. Voici qui fait quoi, de l’idée à la livraison.",
            search_description="De l’intention de commande à la livraison : qui fait quoi, dans quel ordre, et combien de temps cela prend.",
            body=[
                text(
                    "<h2>Pour une commune ou un espace France services</h2>"
                    "<p>Vous n’avez aucun plan à savoir lire. Vous dites ce qu’il vous faut ; le site calcule les pièces, et "
                    "l’atelier reçoit des fichiers prêts pour sa machine.</p>"
                ),
                steps(
                    (
                        "Choisir un modèle et sa taille",
                        "<p>Trois meubles : un comptoir d’accueil qui se replie, une petite maison qui fait un coin à soi, un établi "
                        "sur roulettes. Largeur, hauteur, nombre de plateaux, texte de l’enseigne se règlent. Une taille qui rendrait "
                        "le meuble fragile ou instable est refusée, et le site dit pourquoi.</p>"
                        '<p><a href="/modeles/">Voir les modèles</a></p>',
                    ),
                    (
                        "Vérifier que vous pouvez commander",
                        "<p>Une question, une réponse, sans compte : le site compare votre commune aux listes officielles en vigueur "
                        'aujourd’hui.</p><p><a href="/eligibilite/">Suis-je éligible ?</a></p>',
                    ),
                    (
                        "Déposer une intention de commande",
                        "<p>Combien de meubles, pour quoi faire, pour quand. Elle n’engage à rien, et se corrige tant que la campagne "
                        'est ouverte.</p><p><a href="/campagnes/">Voir les campagnes</a></p>',
                    ),
                    (
                        "La préfecture arbitre",
                        "<p>Elle vérifie, puis retient les intentions selon les priorités du territoire. Retenue, votre commande fait "
                        "l’objet d’une convention qui fixe l’aide. Non retenue, elle peut se faire à vos frais.</p>",
                    ),
                    (
                        "Choisir l’atelier",
                        "<p>Le site classe les ateliers capables de fabriquer votre meuble, du plus proche au plus loin, et dit "
                        "pourquoi dans cet ordre. Vous demandez jusqu’à trois devis, détaillés ligne par ligne, puis vous choisissez.</p>",
                    ),
                    (
                        "Recevoir le meuble",
                        "<p>L’atelier fabrique dès qu’il a le bon d’engagement signé. À la livraison, vous regardez, vous acceptez, ou "
                        "vous dites ce qui ne va pas. Le meuble est à vous, avec un passeport qui permet d’en refaire chaque pièce.</p>",
                    ),
                ),
                button("Choisir un modèle", "/modeles/"),
                *picture(
                    shown,
                    "Le chariot-établi, rallonge levée : il passe une porte, et huit portables y tiennent debout.",
                ),
                text("<h2>Qui fait quoi</h2>"),
                table(
                    "Les personnes d’une commande, et leur part",
                    ("Qui", "Ce qu’il fait", "Ce qu’il décide"),
                    (
                        "La commune, l’espace France services",
                        "Dit le besoin, reçoit, utilise",
                        "Le modèle, la taille, l’atelier",
                    ),
                    (
                        "La préfecture",
                        "Vérifie, arbitre, signe la convention, verse l’aide",
                        "Les intentions financées",
                    ),
                    ("L’atelier", "Chiffre, découpe, monte, livre", "Son prix, son délai, ce qu’il accepte"),
                    ("Le concepteur", "Dessine, corrige d’après les remarques", "La forme et les assemblages"),
                    (
                        "La coordination",
                        "Valide les ateliers, suit l’ensemble",
                        "L’ouverture d’un atelier aux commandes",
                    ),
                ),
                text(
                    "<h2>Pour un atelier</h2>"
                    "<p>Vous décrivez votre machine, vos outils et vos panneaux. Chaque dossier de découpe est calculé pour eux : "
                    "épaisseur mesurée au pied à coulisse, diamètre de la fraise, taille de la table. Avant de vous être remis, chaque "
                    "fichier est relu et comparé au meuble.</p>"
                ),
                cards(
                    (
                        "Rejoindre les ateliers",
                        "Ce que l’on vous demande, ce que vous y gagnez.",
                        "/fabriquer/rejoindre/",
                    ),
                    (
                        "Ce qu’il y a dans un dossier",
                        "Formats, calques, couleurs, unités.",
                        "/fabriquer/conventions-de-fichiers/",
                    ),
                    ("Régler le jeu des assemblages", "L’éprouvette, en dix minutes.", "/fabriquer/calibration/"),
                ),
                callout(
                    "callout",
                    "Et sans passer par une commande ?",
                    "<p>Les meubles sont libres (CERN-OHL-S-2.0). Chacun peut télécharger les fichiers, les faire découper où il veut, "
                    "les modifier, et doit alors partager ses changements sous la même licence.</p>",
                ),
            ],
        ),
    )
