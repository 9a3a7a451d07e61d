# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""For makers: what is asked of them, and the way in."""

from __future__ import annotations

from wagtail.models import Page

from cms.demo_pages.making_bench import load_calibration
from cms.demo_pages.making_files import load_file_conventions, load_machine_files
from cms.demo_pages.media import image
from cms.demo_pages.writing import button, callout, cards, picture, steps, table, text, under
from cms.models import HomePage, StandardPage


def load_making(home: HomePage) -> None:
    making = _load_making(home)
    _load_joining(making)
    load_file_conventions(making)
    load_calibration(making)
    load_machine_files(making)


def _load_making(home: HomePage) -> Page:
    shown = image(
        "joint-through-tenon.webp",
        "Tenon traversant",
        "Deux panneaux de contreplaqué assemblés d’équerre : les tenons de l’un affleurent dans les fentes de l’autre",
    )
    return under(
        home,
        StandardPage(
            title="Fabriquer",
            slug="fabriquer",
            introduction="Vous avez une fraiseuse à commande numérique, du contreplaqué et l’envie de travailler près de chez vous ? Voici ce que nous vous demandons, et ce que vous recevez.",
            search_description="Pour les ateliers, fablabs et menuisiers : rejoindre, lire un dossier de découpe, calibrer, décrire sa machine.",
            body=[
                cards(
                    (
                        "Rejoindre",
                        "Inscrire son atelier, à tout moment. Ce qu’il faut avoir sous la main.",
                        "/fabriquer/rejoindre/",
                    ),
                    (
                        "Conventions de fichiers",
                        "Ce qu’il y a dans un dossier de découpe, et comment le lire.",
                        "/fabriquer/conventions-de-fichiers/",
                    ),
                    (
                        "Calibration",
                        "L’éprouvette : dix minutes qui sauvent un panneau.",
                        "/fabriquer/calibration/",
                    ),
                    (
                        "Fichiers machine",
                        "Décrire sa machine en un fichier, recevoir du G-code qui lui va.",
                        "/fabriquer/fichiers-machine/",
                    ),
                ),
                text(
                    "<h2>Ce que nous avons voulu rendre impossible</h2>"
                    "<p>Qui reçoit des plans d’ailleurs connaît la liste. Nous l’avons prise comme cahier des charges.</p>"
                ),
                table(
                    "Les ennuis habituels, et ce que fait le site",
                    ("L’ennui", "Ici"),
                    (
                        "Le dessin arrive à la mauvaise échelle",
                        "Tout est en millimètres, le fichier le dit, et une règle de 100 mm est dessinée au-dessus du panneau",
                    ),
                    (
                        "Le panneau de 18 en fait 17,4 : rien ne s’emboîte",
                        "Les assemblages sont recalculés pour ce que lit votre pied à coulisse",
                    ),
                    (
                        "Les angles intérieurs sont ronds, les tenons butent",
                        "Un dégagement au rayon de votre fraise, dans les angles d’assemblage seulement",
                    ),
                    (
                        "Le trait de coupe compté deux fois, ou jamais",
                        "Cotes nominales pour une fraiseuse, compensées pour un laser ; le fichier dit lequel",
                    ),
                    (
                        "Contours ouverts, doublons, courbes en mille morceaux",
                        "Contours fermés, droites et vrais arcs, relus un à un avant de vous parvenir",
                    ),
                    (
                        "Pièces sans numéro",
                        "Un code par pièce, sur le calque des étiquettes, dans la liste et dans la notice",
                    ),
                    (
                        "Une face cachée découverte trop tard",
                        "La pièce à retourner est annoncée sur le plan et dans la notice",
                    ),
                ),
                *picture(
                    shown, "Tenon traversant : tous les assemblages sont calculés pour l’épaisseur du jour.", "small"
                ),
                text(
                    "<h2>Comment cela se passe</h2>"
                    "<p>Une commune vous demande un devis : il est déjà chiffré avec vos prix, vous le corrigez et vous l’envoyez. "
                    "Retenu, vous recevez un bon d’engagement signé ; la fabrication commence alors, pas avant. Votre page de travail "
                    "montre d’abord ce dont vos mains ont besoin : les panneaux, la fraise, l’épaisseur à saisir, le dossier à "
                    "télécharger.</p>"
                ),
                button("Inscrire mon atelier", "/fabriquer/rejoindre/"),
                callout(
                    "info",
                    "Une pièce se monte mal ?",
                    "<p>Dites-le sous le fichier : votre remarque va au concepteur, avec la révision que vous avez découpée. Elle profite "
                    "à l’atelier suivant.</p>",
                ),
            ],
        ),
    )


def _load_joining(making: Page) -> None:
    under(
        making,
        StandardPage(
            title="Rejoindre les ateliers",
            slug="rejoindre",
            introduction="Fablab, tiers-lieu, artisan, petite manufacture : on s’inscrit à tout moment, même au milieu d’une campagne, et l’on reste maître de ses prix, de ses délais et de ce que l’on accepte.",
            search_description="Inscrire son atelier : les conditions, les étapes, ce qu’il faut préparer.",
            body=[
                text("<h2>En cinq étapes</h2>"),
                steps(
                    (
                        "Créer un compte",
                        '<p>Une adresse électronique et un mot de passe. <a href="/compte/inscription/">Créer un compte</a></p>',
                    ),
                    (
                        "Inscrire la structure",
                        "<p>Une seule fois par entité juridique, avec son SIREN. Si un collègue l’a déjà fait, le site vous dit à qui "
                        "demander une invitation.</p>",
                    ),
                    (
                        "Décrire chaque atelier",
                        "<p>Un par établissement (SIRET) : adresse, machines, panneaux en stock, heure de machine, heure de main-d’œuvre, "
                        "pièces par semaine, semaines fermées, jusqu’où vous livrez. Ce que vous laissez vide reste inconnu : le site "
                        "n’invente rien à votre place.</p>",
                    ),
                    (
                        "Demander la validation",
                        "<p>La coordination regarde la fiche et ouvre l’atelier aux commandes, ou vous dit ce qui manque. Les plus "
                        "anciennes demandes passent d’abord.</p>",
                    ),
                    (
                        "Découper l’éprouvette",
                        '<p>Avec vos premiers fichiers : un petit essai qui donne le bon jeu pour votre machine et vos panneaux. <a href="/fabriquer/calibration/">Comment '
                        "faire</a></p>",
                    ),
                ),
                button("Créer un compte", "/compte/inscription/"),
                text("<h2>Ce qu’il faut avoir sous la main</h2>"),
                table(
                    "À préparer avant l’inscription",
                    ("Quoi", "Pourquoi"),
                    (
                        "SIREN de la structure, SIRET de chaque atelier",
                        "Pour les devis, les conventions et les factures",
                    ),
                    (
                        "Surface utile de la table, épaisseur maximale",
                        "Un meuble trop grand pour votre table ne vous est pas proposé",
                    ),
                    ("Diamètre des fraises", "Les dégagements d’angle et les fentes étroites en dépendent"),
                    (
                        "Panneaux : essence, épaisseur lue, taille, prix",
                        "Le devis compte les panneaux vraiment entamés",
                    ),
                    (
                        "Prix de l’heure de machine et de main-d’œuvre",
                        "Chaque ligne d’un devis est une quantité fois un de vos prix",
                    ),
                    (
                        "Avances et vitesse de broche, si vous les connaissez",
                        "Pour recevoir le fichier de la machine elle-même",
                    ),
                ),
                text(
                    "<h2>Quelle machine ?</h2>"
                    "<p>Une fraiseuse à trois axes, avec une table qui prend un panneau de 2 500 × 1 250 mm, fait tout. Une table plus "
                    "petite en fait souvent assez : le site pose vraiment les pièces, avec vos marges, et le dit avant que vous ne vous "
                    "engagiez. Une découpeuse laser fait des maquettes au cinquième dans du 3 ou du 4 mm, utiles pour convaincre un "
                    "conseil municipal.</p>"
                    "<h2>Ce que l’on regarde d’un atelier</h2>"
                    "<p>Quatre critères : technique, environnemental, social, économique. Vous y inscrivez des faits, avec leur date et un "
                    "lien, pas des notes : panneaux recyclés, chantier d’insertion, label, expérience. Les acheteurs les lisent à côté de "
                    "votre nom.</p>"
                    "<h2>Ce que vous ne signez pas</h2>"
                    "<ul><li>Pas d’exclusivité, pas de quota : vous déclinez ce que vous voulez, avec un mot d’explication.</li>"
                    "<li>Pas de prix imposé. Seuls les prix sans rapport avec ceux des autres sont examinés, et l’on vous en parle "
                    "d’abord.</li>"
                    "<li>Pas d’engagement de durée : mettez l’atelier en pause, reprenez, fermez la fiche quand vous voulez.</li></ul>"
                ),
                callout(
                    "callout",
                    "Hors métropole",
                    "<p>Une ligne droite sur la mer n’est pas une route : un atelier d’une île sert cette île. La Guadeloupe, la Martinique, la "
                    "Guyane, La Réunion et Mayotte ont pris part au programme dès le début.</p>",
                ),
            ],
        ),
    )
