# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""News of a new site: what is true whoever keeps it."""

from __future__ import annotations

from datetime import date

from cms.demo_pages.media import image, model_image
from cms.demo_pages.writing import Block, button, callout, table, text, under
from cms.models import HomePage, NewsIndexPage, NewsPage, SiteImage
from designs.typography import spaced


def load_news(home: HomePage) -> None:
    index = under(
        home,
        NewsIndexPage(
            title="Actualités",
            slug="actualites",
            introduction="Ce qui change pour les acheteurs, pour les ateliers, et dans les modèles.",
            search_description="Les actualités du site : règles, modèles, ateliers.",
        ),
    )
    for slug, title, day, summary, shown, body in _news():
        under(
            index,
            NewsPage(
                title=title,
                slug=slug,
                date=day,
                summary=spaced(summary),
                picture=shown,
                search_description=summary,
                body=body,
            ),
        )


def _news() -> list[tuple[str, str, date, str, SiteImage | None, list[Block]]]:
    return [
        (
            "trois-meubles-a-decouper",
            "Trois meubles à découper près de chez vous",
            date(2026, 11, 16),
            "Un comptoir qui se replie, une petite maison qui fait un coin à soi, un établi sur roulettes : leurs plans sont libres, et se "
            "règlent à votre lieu.",
            model_image("", "trio"),
            [
                text(
                    "<p>Aider quelqu’un à déclarer ses revenus en ligne, dans un hall de mairie, debout, avec du passage dans le dos : tout "
                    "conseiller numérique l’a vécu. Les trois meubles publiés ici répondent à cela, chacun à sa manière.</p>"
                    "<h2>Un accueil, un coin à soi, un atelier</h2>"
                    "<p>La <b>Porte numérique</b> fait une entrée là où il n’y en avait pas : un comptoir, une tablette pour s’asseoir ou venir "
                    "en fauteuil, une enseigne qui se voit de loin. Le soir, elle se replie sur ses deux roues. La <b>Maisonnette</b> ouvre "
                    "ses murs et met deux personnes à l’abri du bruit. Le <b>Chariot-établi</b> apporte huit ordinateurs là où sont les gens.</p>"
                    "<h2>À votre taille, par l’atelier d’à côté</h2>"
                    "<p>Largeur, hauteur, nombre de plateaux, texte de l’enseigne : le meuble suit, et le site refuse ce qui ne tiendrait pas "
                    "debout. L’atelier que vous choisissez reçoit des fichiers calculés pour sa machine et pour l’épaisseur de ses panneaux.</p>"
                ),
                button("Voir les trois modèles", "/modeles/"),
            ],
        ),
        (
            "coupon-d-essai",
            "Avant le premier panneau, une éprouvette de dix minutes",
            date(2026, 10, 12),
            "Un panneau de 18 mm ne fait presque jamais 18 mm. Chaque dossier contient désormais de quoi trouver le bon jeu avant de couper.",
            image(
                "joint-finger.webp",
                "Queues droites",
                "Deux panneaux réunis à l’angle par des doigts droits qui s’imbriquent",
            ),
            [
                text(
                    "<p>C’est la première cause d’un meuble raté : des fentes dessinées pour 18 mm, un panneau qui en fait 17,4, et tout "
                    "ballotte. Ou l’inverse, et l’on sort le maillet.</p>"
                    "<p>L’éprouvette est une plaquette taillée avec les assemblages mêmes du meuble, chacun à cinq jeux. On essaie, on garde le "
                    "numéro de la fente la plus serrée où la clé entre à la main, on l’écrit dans sa fiche. Tous les fichiers suivants en "
                    "tiennent compte, pour ce panneau et cette machine.</p>"
                ),
                callout(
                    "callout",
                    "La bonne fente",
                    "<p>Sans marteau, jusqu’au bout, sans jeu. Si vous hésitez entre deux et que le meuble sera peint, prenez la plus large.</p>",
                ),
                button("La calibration pas à pas", "/fabriquer/calibration/"),
            ],
        ),
        (
            "seuil-60-000-euros",
            "Achat de gré à gré : le seuil est passé à 60 000 € HT",
            date(2026, 4, 1),
            "Depuis le 1er avril 2026, un acheteur public peut choisir son fournisseur sans appel d’offres jusqu’à 60 000 € HT. Ses devoirs restent.",
            model_image("porte", "welcome"),
            [
                text(
                    "<p>Le seuil était de 40 000 € HT. Le relèvement simplifie les petits achats, dont ceux de mobilier, mais ne dispense "
                    "pas d’acheter avec soin. Trois devoirs demeurent :</p>"
                    "<ul><li>choisir une offre pertinente ;</li><li>faire bon usage de l’argent public ;</li>"
                    "<li>ne pas s’adresser toujours au même fournisseur.</li></ul>"
                    "<p>C’est pourquoi le site classe les ateliers en disant pourquoi, montre combien de fois vous avez déjà choisi chacun, et "
                    "garde de votre choix un compte rendu que vous pouvez verser au dossier.</p>"
                ),
                table(
                    "Ce qui vaut, selon le jour",
                    ("Commande déposée", "Seuil du gré à gré"),
                    ("Jusqu’au 31 mars 2026", "40 000 € HT"),
                    ("Depuis le 1er avril 2026", "60 000 € HT"),
                ),
                button("Trouver un atelier", "/ou-fabriquer/"),
            ],
        ),
        (
            "france-ruralites-revitalisation",
            "FRR a remplacé ZRR : ce qu’il faut regarder",
            date(2026, 1, 19),
            "Le zonage rural a changé le 1er juillet 2024, et des communes reclassées y restent jusqu’à fin 2027. Une commande est jugée par "
            "les listes du jour de son dépôt.",
            model_image("chariot", "moved"),
            [
                text(
                    "<p>Les zones de revitalisation rurale (ZRR) ont laissé la place à France ruralités revitalisation (FRR). Quelque 2 168 "
                    "communes anciennement classées ont été réintégrées jusqu’à la fin de 2027, et une catégorie FRR+ est venue en 2025.</p>"
                    "<h2>Et les quartiers ?</h2>"
                    "<p>Les quartiers prioritaires (QPV) de la liste de 2024 comptent 1 584 périmètres, dans 834 communes. Une commune qui en a "
                    "un peut commander, même si elle n’est pas rurale.</p>"
                    "<h2>Ce que fait le site</h2>"
                    "<p>Il regarde les listes officielles en vigueur le jour où vous déposez l’intention, vous dit laquelle répond, avec son "
                    "millésime, et garde ce jugement : une liste qui change ensuite ne vous retire rien.</p>"
                ),
                button("Suis-je éligible ?", "/eligibilite/"),
            ],
        ),
    ]
