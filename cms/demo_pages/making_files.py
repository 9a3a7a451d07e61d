# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""For makers: how a package is read, and how a machine is described."""

from __future__ import annotations

from wagtail.models import Page

from cms.demo_pages.writing import accordion, button, callout, table, text, under
from cms.models import StandardPage


def load_file_conventions(making: Page) -> None:
    under(
        making,
        StandardPage(
            title="Conventions de fichiers",
            slug="conventions-de-fichiers",
            introduction="Un dossier par commande, par machine et par panneau. Tout y est en millimètres, et chaque nom dit ce qu’il contient.",
            search_description="Contenu d’un dossier de découpe : panneaux DXF et SVG, pièces à l’échelle 1, listes, notice, calques et couleurs.",
            body=[
                text("<h2>Ce qu’il y a dans l’archive</h2>"),
                table(
                    "Les fichiers d’un dossier",
                    ("Fichier", "À quoi il sert"),
                    (
                        "sheets.pdf",
                        "Une page par panneau, à poser à côté de la machine : réglages, profondeurs, liste de débit, quincaillerie",
                    ),
                    ("notice-de-montage.pdf", "Le montage pas à pas, pour quelqu’un qui n’a jamais vu le meuble"),
                    ("sheets/sheet-01.dxf, .svg", "Chaque panneau à l’échelle 1, pièces placées"),
                    ("sheets/sheet-01.nc ou .sbp", "Le fichier de votre machine, si tout ce qui la concerne est connu"),
                    ("parts/P01-joue.dxf", "Chaque pièce seule, pour qui préfère placer lui-même"),
                    ("coupon.dxf, coupon.svg", "Les assemblages du meuble à cinq jeux, à découper d’abord"),
                    ("piece.step, piece.glb", "Le meuble entier, en volume"),
                    (
                        "cut-list.csv, hardware.csv",
                        "Liste de débit et quincaillerie, qu’un tableur français ouvre d’un double clic",
                    ),
                    ("manifest.json, SHA256SUMS", "Tout cela pour un programme, avec le résultat de chaque contrôle"),
                    ("LICENSE, okh.toml", "La licence du modèle, et sa fiche Open Know-How"),
                ),
                text(
                    "<h2>Unités et origine</h2>"
                    "<p>Millimètres partout. Le fichier DXF le dit (<b>$INSUNITS</b> = 4, <b>$MEASUREMENT</b> = 1), et une règle de 100 mm "
                    "est dessinée au-dessus du panneau : si elle en mesure 100 dans votre logiciel, tout est juste. L’origine est le coin "
                    "inférieur gauche du panneau, X le long de la première des deux tailles que dit votre fiche : 2 500 pour un panneau de 2 500 × "
                    "1 250. Le plan montre où.</p>"
                    "<h2>Calques et couleurs</h2>"
                    "<p>Un nom de calque se lit de gauche à droite : la face qui est au-dessus, l’opération, la profondeur. La profondeur "
                    "est celle du panneau tel que mesuré : 17,6, pas 18.</p>"
                ),
                table(
                    "La grammaire des calques",
                    ("Calque", "Ce que c’est", "Outil", "Couleur DXF"),
                    ("TOP-CUT-OUTSIDE-17.6MM", "Contour d’une pièce, traversant", "À l’extérieur du trait", "1, rouge"),
                    ("TOP-CUT-INSIDE-17.6MM", "Ouverture, traversante", "À l’intérieur", "6, magenta"),
                    (
                        "TOP-POCKET-9.0MM",
                        "Poche de cette profondeur ; un contour dedans reste en relief",
                        "À l’intérieur",
                        "5, bleu",
                    ),
                    ("TOP-DRILL-5.0MM-17.6MM", "Trou : diamètre, profondeur", "Au centre", "3, vert"),
                    ("TOP-ENGRAVE", "Gravure, 1 mm au plus", "À l’intérieur", "4, cyan"),
                    ("BOTTOM-…", "La même chose, la pièce retournée", "", "la même"),
                    ("SHEET", "Bord du panneau", "Jamais coupé", "8, gris"),
                    ("LABEL", "Codes des pièces", "Jamais coupé", "2, jaune"),
                    ("SCALE", "Règle de 100 mm", "Jamais coupé", "9, gris clair"),
                    ("DONOTCUT", "Nom du fichier, pièces à retourner", "Jamais coupé", "9, gris clair"),
                ),
                text(
                    "<p>Votre logiciel attend d’autres noms, ou reconnaît les opérations à la couleur ? Donnez votre table dans la fiche de "
                    "la machine : les fichiers sortiront avec elle.</p>"
                    "<h2>Nominal ou compensé</h2>"
                    "<ul><li><b>Fraiseuse</b> : les contours sont nominaux. Votre logiciel décale l’outil du côté que dit le calque. Les "
                    "angles intérieurs des assemblages ont un dégagement au rayon de la fraise indiquée.</li>"
                    "<li><b>Laser</b> : les contours sont déjà compensés du trait de coupe que dit votre fiche. On coupe sur la ligne. Avec "
                    "0, rien n’est compensé : c’est à votre logiciel de le faire.</li></ul>"
                    "<p>L’en-tête de chaque fichier et une ligne sur DONOTCUT disent lequel des deux.</p>"
                ),
                accordion(
                    (
                        "Dans quel ordre couper ?",
                        "<p>L’intérieur avant l’extérieur, les petites pièces avant les grandes : une pièce placée dans l’ouverture d’une "
                        "autre est coupée avant que celle-ci ne tombe.</p>",
                    ),
                    (
                        "Mon logiciel ne lit que les vieux DXF",
                        "<p>Choisissez R12 dans la fiche de la machine. Les noms de calques y prennent un tiret bas à la place du point : "
                        "TOP-CUT-OUTSIDE-17_6MM. Le SVG est toujours là aussi.</p>",
                    ),
                    (
                        "Plusieurs fraises",
                        "<p>Une fente étroite ne fait pas couper tout le meuble à la petite fraise : la grande coupe tout ce qu’elle peut, et "
                        "les calques qui finissent par MILL suivi d’un diamètre sont pour la petite. Coupez-les avant le contour de leur pièce ; un "
                        "logiciel qui ne regarde que la couleur doit en être averti.</p>",
                    ),
                    (
                        "Comment savoir que les fichiers sont bons ?",
                        "<p>Chaque fichier est relu par un programme qui ne partage rien avec celui qui l’a écrit, puis comparé au meuble : "
                        "cotes, doublons, contours ouverts, distances entre pièces, parcours d’outil. Un dossier qui échoue ne sort pas. Le "
                        "détail est dans manifest.json.</p>",
                    ),
                ),
                button("Calibrer avant de couper", "/fabriquer/calibration/"),
            ],
        ),
    )


def load_machine_files(making: Page) -> None:
    under(
        making,
        StandardPage(
            title="Fichiers machine",
            slug="fichiers-machine",
            introduction="Décrivez votre machine une fois. Les dossiers seront à sa mesure, et, si vous dites tout, ils contiendront le programme qu’elle exécute.",
            search_description="Décrire sa fraiseuse ou son laser : table, fraises, commande, origine, panneaux. Dialectes GRBL, LinuxCNC, Mach3 et ShopBot.",
            body=[
                text(
                    "<h2>Deux façons de la décrire</h2>"
                    "<p>Par le formulaire de <b>Mon atelier</b>, machine par machine. Ou par un fichier texte (TOML) que vous écrivez, "
                    "importez, gardez et échangez : le formulaire et le fichier disent exactement la même chose, dans les deux sens. Une clé "
                    "mal orthographiée est nommée, jamais ignorée.</p>"
                    '<p>Deux exemples sont dans les <a href="/ressources/">ressources</a>, l’un pour une fraiseuse, l’autre pour un laser.</p>'
                ),
                table(
                    "Ce qui change quoi",
                    ("Ce que vous dites", "Ce que cela change"),
                    ("Table et épaisseur maximale", "Ce qui n’y entre pas est refusé avant tout calcul"),
                    ("Diamètre de chaque fraise", "Les dégagements d’angle, et les fentes où elle passe"),
                    ("Écart entre pièces, marge au bord", "Le placement ; jamais moins que la fraise"),
                    ("Épaisseur lue, jeu des assemblages", "Chaque tenon, chaque fente, chaque profondeur"),
                    ("Sens du fil", "De quel côté une pièce peut tourner"),
                    ("Chutes, avec leur contour", "Elles servent avant qu’un panneau neuf soit ouvert"),
                    ("Prix d’un panneau", "Le placement le moins cher, et le devis"),
                    ("Brides et zones interdites", "Rien n’y est coupé, rien n’y passe"),
                ),
                text(
                    "<h2>Le programme de la machine</h2>"
                    "<p>Il n’est joint que si tout est connu : la commande, l’origine en Z, la hauteur de dégagement, et pour chaque outil "
                    "l’avance, la plongée, la vitesse de broche et la profondeur de passe. S’il manque une chose, le dossier dit laquelle, et "
                    "il n’y a pas de programme du tout : mieux vaut rien qu’un à peu près. Ce qu’aucun de vos outils ne sait faire, une "
                    "gravure trop fine par exemple, reste hors du programme : la fiche du panneau le nomme.</p>"
                ),
                table(
                    "Commandes connues",
                    ("Commande", "Fichier", "Changement d’outil"),
                    ("GRBL", ".nc", "Le programme s’arrête ; vous changez, vous refaites le zéro, vous reprenez"),
                    ("LinuxCNC", ".nc", "Par la table d’outils ; longueurs mesurées avant le départ"),
                    ("Mach3", ".nc", "Par la table d’outils"),
                    ("ShopBot", ".sbp", "La machine s’arrête et demande l’outil"),
                ),
                callout(
                    "warning",
                    "Avant de lancer",
                    "<ul><li>Le panneau bridé, le fil comme sur le plan, les brides dans les zones hachurées seulement.</li>"
                    "<li>X0 Y0 au coin inférieur gauche du panneau ; Z0 où le fichier le dit.</li>"
                    "<li>Une fois à vide : Z0 réglé dix centimètres plus haut, rien ni personne sur la table.</li></ul>",
                ),
                text(
                    "<h2>Ce qui tient les pièces</h2>"
                    "<ul><li><b>Attaches</b> : deux au moins par pièce, sur des bords droits ; sur un tenon ou dans un "
                    "assemblage seulement s’il n’y a rien d’autre. Le plan les montre toutes.</li>"
                    "<li><b>Peau</b> : une épaisseur fine reste sous les pièces ; un cutter fait le reste.</li>"
                    "<li><b>Aspiration</b> : tout est coupé ; les petites pièces sont placées loin du bord autant que possible.</li></ul>"
                    "<p>C’est une offre, pas une obligation : qui préfère son propre logiciel prend le DXF.</p>"
                ),
                button("Inscrire mon atelier", "/fabriquer/rejoindre/"),
            ],
        ),
    )
