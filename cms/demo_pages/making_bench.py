# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""For makers: ten minutes at the machine before the first panel."""

from __future__ import annotations

from wagtail.models import Page

from cms.demo_pages.media import document, image
from cms.demo_pages.writing import Block, button, callout, link, picture, steps, table, text, under
from cms.models import StandardPage


def load_calibration(making: Page) -> None:
    wedge = image(
        "joint-wedged-tenon.webp",
        "Tenon à clavette",
        "Un tenon qui dépasse d’un panneau, percé d’une fente où une clavette de bois le serre",
    )
    under(
        making,
        StandardPage(
            title="Calibration : l’éprouvette",
            slug="calibration",
            introduction="Un panneau vendu pour 18 mm en fait de 17,4 à 18,6. Une fraise usée coupe plus étroit, un faisceau brûle plus large dans un bois que dans un autre. Dix minutes d’essai sauvent le panneau.",
            search_description="Mesurer le panneau, découper l’éprouvette, essayer les cinq fentes, dire le bon numéro : la calibration pas à pas.",
            body=[
                text("<h2>1. Mesurer le panneau</h2>"),
                steps(
                    ("Au pied à coulisse, à quatre endroits", "<p>Loin du bord, qui a souvent pris l’humidité.</p>"),
                    (
                        "Garder la plus grande mesure",
                        "<p>Un assemblage dessiné pour la moyenne n’entre pas là où le panneau est plus épais. Plus de 0,6 mm d’écart entre "
                        "deux points ? Ce sont deux piles : séparez-les.</p>",
                    ),
                    (
                        "L’écrire dans votre fiche",
                        "<p>Dans <b>Mon atelier</b>, puis <b>Nouvelle mesure au pied à coulisse</b>. À plus de 2 mm du nom du panneau, la "
                        "mesure est refusée : c’est une faute de frappe, ou un autre panneau.</p>",
                    ),
                ),
                text(
                    "<h2>2. Découper l’éprouvette</h2>"
                    "<p>Chaque dossier contient <b>coupon.dxf</b> et <b>coupon.svg</b> : les assemblages mêmes du meuble. Pour chacun, une "
                    "plaque à cinq fentes numérotées de 1 à 5, et une clé que l’on essaie dans toutes. Les fentes diffèrent de 0,1 mm sur "
                    "une fraiseuse, de 0,05 mm sur un laser ; la ligne écrite au-dessus dit le jeu de chacune. Le plan des panneaux montre "
                    "où l’éprouvette trouve sa place ; une chute de la même livraison fait aussi l’affaire.</p>"
                ),
                table(
                    "Ce que l’on essaie",
                    ("Pièces", "Assemblage", "Le geste"),
                    ("C01, C02", "Tenon traversant", "Le tenon, dans chaque fente"),
                    ("C03, C04", "Tenon à clavette", "La clavette dans chaque trou, du côté gravé"),
                    ("C05, C06", "Queues droites", "Le doigt, dans chaque encoche"),
                    ("C07, C08", "Mi-bois", "La planche qui croise, jusqu’au fond"),
                ),
                text(
                    "<p>Un meuble n’a sur son éprouvette que les assemblages qu’il emploie, numérotés à partir de C01.</p>"
                ),
                *picture(wedge, "Le tenon à clavette se démonte à la main : il demande un jeu juste.", "small"),
                text(
                    "<h2>3. Dire le bon numéro</h2>"
                    "<p>La bonne fente est <b>la plus serrée où la clé entre à la main</b>, sans marteau, jusqu’au bout, et sans ballotter. "
                    "Si le meuble sera peint ou huilé, prenez la suivante. Si deux assemblages demandent deux numéros, gardez le plus "
                    "grand. La clé n’entre pas même dans 5, ou ballotte déjà dans 1 ? Donnez ce numéro-là, et découpez l’éprouvette du nouveau "
                    "dossier avant tout panneau.</p>"
                ),
                callout(
                    "callout",
                    "Le numéro suffit",
                    "<p>Donnez le numéro avec le nom du dossier d’où vient l’éprouvette : le site en tire le jeu, le garde pour ce panneau et "
                    "cette machine, et tous vos fichiers suivants en tiennent compte.</p>",
                ),
                text(
                    "<h2>4. Au laser : le trait de coupe</h2>"
                    "<p>Si toutes les fentes sont fausses de la même quantité, ce n’est pas le jeu mais la largeur du trait. Mesurez une "
                    "plaque de l’éprouvette et comparez à sa cote :</p>"
                    "<p><b>trait = trait du fichier + cote annoncée − cote mesurée</b></p>"
                    "<p>Une plaque annoncée à 193,60 mm qui en mesure 193,52, coupée avec un trait de 0,15 mm, donne 0,15 + 193,60 − 193,52 = "
                    "0,23 mm. Dans une ouverture, les signes s’inversent ; faites la moyenne des deux.</p>"
                    "<h2>5. Ce qui vient du dessin</h2>"
                    "<p>Si l’éprouvette va bien et qu’une pièce du meuble force, c’est au concepteur de savoir : écrivez-lui une remarque sous "
                    "les fichiers, avec le code de la pièce.</p>"
                ),
                *_example(),
                button("Enregistrer la mesure dans Mon atelier", "/espace/fabricant/"),
            ],
        ),
    )


def _example() -> list[Block]:
    coupon = document("chariot-coupon.dxf", "Éprouvette du chariot-établi (exemple)")
    if coupon is None:
        return []
    return [
        (
            "file",
            {
                "document": coupon,
                "title": "",
                "text": text(
                    "<p>Pour une fraise de 6 mm et un panneau de 17,6 mm. Le vôtre, calculé pour votre machine, est dans votre dossier.</p>"
                )[1],
                "language": "",
                "alternative": "data",
                "link": link(""),
            },
        )
    ]
