# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the law wants said: accessibility, who publishes, personal data."""

from __future__ import annotations

from cms.demo_pages.writing import accordion, button, callout, table, text, under
from cms.models import HomePage, StandardPage
from orders.services.retention import KINDS

#: Kinds of orders/services/retention.py, as visitors read them: what is kept, and why so long.
KEPT = {
    "contacts": (
        "Le contact d’une commande : nom, adresse, téléphone",
        "Pour répondre aux questions après la livraison",
    ),
    "drafts": ("Un brouillon de commande jamais déposé", "La campagne suivante vient dans l’année"),
    "photos": ("Les photos de pièces et de défauts", "La garantie légale de conformité dure deux ans"),
    "messages": ("À qui le site a écrit, et quoi", "Pour répondre à qui n’a rien reçu"),
    "papers": ("Conventions, bons, factures et leurs copies signées", "Les pièces comptables se gardent dix ans"),
    "words": (
        "Ce que vous avez écrit : motifs, remarques, réserves",
        "Cela justifie une dépense publique, aussi longtemps que ses pièces",
    ),
    "invitations": ("Les adresses invitées", "Le temps de renvoyer une invitation"),
    "evidence": ("Ce que ProConnect a dit du SIRET d’une personne", "Le temps de s’en servir"),
    "notices": ("Vos avis : ce que le site vous a dit", "Pour retrouver ce qui a été dit"),
    "registrations": ("Une inscription à une rencontre", "Le temps de vous écrire après elle"),
    "contact_messages": ("Un message que vous nous avez écrit", "Pour y répondre, et retrouver ce qui a été dit"),
    "accounts": ("Un compte où personne ne se connecte plus", "La règle de la CNIL pour qui peut revenir"),
}


def load_legal(home: HomePage) -> None:
    _accessibility(home)
    _notice(home)
    _privacy(home)


def _accessibility(home: HomePage) -> None:
    under(
        home,
        StandardPage(
            title="Accessibilité : non conforme",
            slug="accessibilite",
            introduction="Déclaration d’accessibilité du site. Nous disons ce qui est fait, ce qui ne l’est pas, et comment nous le signaler.",
            search_description="Déclaration d’accessibilité : état de conformité au RGAA, contenus concernés, contact et voies de recours.",
            body=[
                callout(
                    "callout",
                    "État de conformité",
                    "<p>Ce site n’a pas encore été audité selon le référentiel général d’amélioration de l’accessibilité (RGAA 4.1). Sans "
                    "audit, il est <b>non conforme</b>, quelles que soient ses qualités.</p>",
                ),
                text(
                    "<h2>Ce que nous vérifions à chaque version</h2>"
                    "<ul><li>les pages des principaux parcours sont contrôlées par un outil automatique (axe-core) : il ne trouve qu’une "
                    "partie des défauts ;</li>"
                    "<li>toutes les pages se parcourent au clavier, et l’on voit où l’on est ;</li>"
                    "<li>rien ne demande JavaScript : formulaires, tableaux et images suffisent ;</li>"
                    "<li>le texte se lit à 200 %, et sur un écran de 320 pixels ;</li>"
                    "<li>les images déposées ici ont toutes un texte de remplacement : sans lui, elles sont refusées ;</li>"
                    "<li>la vue en volume d’un meuble n’est jamais seule : ses cotes, ses pièces et ses dessins sont écrits à côté ;</li>"
                    "<li>les animations s’arrêtent si votre système le demande.</li></ul>"
                    "<h2>Ce qui n’est pas accessible</h2>"
                    "<ul><li>les plans, les notices de montage et les fichiers de découpe (PDF, DXF, STEP) : les PDF n’ont ni structure ni "
                    "texte de remplacement. Les cotes, la liste des pièces et la quincaillerie sont aussi dans les pages et en CSV ;</li>"
                    "<li>la carte des ateliers : la liste à côté d’elle dit la même chose ;</li>"
                    "<li>l’administration du site, réservée aux personnes qui le rédigent, n’a pas été étudiée.</li></ul>"
                    "<h2>Établissement de cette déclaration</h2>"
                    "<p>Elle a été établie le 22 novembre 2026, par les personnes qui développent le site, sans audit par un tiers. "
                    "Technologies : HTML, CSS, SVG, JavaScript.</p>"
                    "<h2>Nous signaler un défaut</h2>"
                    "<p>Quelque chose vous arrête ? Dites-le nous : nous vous répondrons, et nous vous donnerons ce que vous cherchiez sous "
                    "une autre forme.</p>"
                ),
                button("Signaler un défaut d’accessibilité", "/contact/?sujet=accessibilite"),
                text(
                    "<h2>Voies de recours</h2>"
                    "<p>Vous nous avez écrit et n’avez pas eu de réponse satisfaisante ? Vous pouvez :</p>"
                    "<ul><li>écrire au Défenseur des droits, par "
                    '<a href="https://formulaire.defenseurdesdroits.fr/">son formulaire</a> ;</li>'
                    '<li>joindre <a href="https://www.defenseurdesdroits.fr/saisir/delegues">son délégué</a> dans votre département ;</li>'
                    "<li>lui envoyer un courrier, sans timbre : Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07.</li></ul>"
                ),
            ],
        ),
    )


def _notice(home: HomePage) -> None:
    under(
        home,
        StandardPage(
            title="Mentions légales",
            slug="mentions-legales",
            introduction="Qui publie ce site, et ce que vous pouvez faire de ce que vous y trouvez.",
            search_description="Éditeur, hébergement, licences du logiciel, des meubles et des textes.",
            body=[
                callout(
                    "info",
                    "Un site de démonstration",
                    "<p>Ce site est installé sur un ordinateur pour être essayé : son éditeur, son directeur de la publication et son "
                    "hébergeur sont la personne qui l’a installé. Qui le met en service remplace cet encadré par ses nom, adresse et "
                    "téléphone, et par ceux de son hébergeur (loi du 21 juin 2004 pour la confiance dans l’économie numérique).</p>",
                ),
                text("<h2>Ce que vous pouvez en faire</h2>"),
                table(
                    "Les licences",
                    ("Quoi", "Licence", "En un mot"),
                    (
                        "Les meubles : plans, fichiers, notices",
                        "CERN-OHL-S-2.0",
                        "Fabriquez, vendez, modifiez ; partagez vos changements de même",
                    ),
                    (
                        "Le logiciel du site",
                        "AGPL-3.0-or-later",
                        "Utilisez, modifiez ; qui s’en sert en ligne a droit au source",
                    ),
                    ("Les textes et les images", "CC BY-SA 4.0", "Reprenez en citant ; partagez de même"),
                    ("Les données ouvertes", "Licence Ouverte 2.0", "Réutilisez en citant la source et sa date"),
                ),
                text(
                    "<h2>De qui viennent les meubles</h2>"
                    "<p>Les trois modèles ont été dessinés pour ce site. Chacun suit l’idée d’une pièce choisie en 2021 par le programme "
                    "public, que sa page cite : La Porte Numérique du Studio Idaë, La Maizonet d’étrangeOrdinaire avec le Fablab de Nîmes, "
                    "l’établi mobile d’Emilieu Studio.</p>"
                    "<h2>De qui viennent les données</h2>"
                    "<p>Les zonages viennent des listes officielles publiées sur data.gouv.fr, chacune avec son millésime, que chaque réponse "
                    "rappelle. Les communes viennent du code officiel géographique et de l’API Découpage administratif.</p>"
                    "<h2>La marque de l’État</h2>"
                    "<p>Ce site emploie les composants du Système de design de l’État. Ses marques, Marianne et bloc-marque, n’y figurent que "
                    "si l’État le publie.</p>"
                ),
            ],
        ),
    )


def _privacy(home: HomePage) -> None:
    under(
        home,
        StandardPage(
            title="Données personnelles",
            slug="confidentialite",
            introduction="Ce que le site garde de vous, pourquoi, combien de temps, et comment le faire effacer.",
            search_description="Données personnelles : ce qui est gardé et combien de temps, cookies, vos droits.",
            body=[
                text(
                    "<h2>Sans compte : rien</h2>"
                    "<p>Lire les pages, choisir une taille, voir les ateliers, vérifier une éligibilité, télécharger des fichiers : rien de "
                    "cela ne demande de dire qui vous êtes. Le site ne mesure pas son audience, n’appelle aucun autre site et ne dépose aucun "
                    "cookie.</p>"
                    "<h2>Avec un compte</h2>"
                    "<p>Votre nom, votre adresse électronique, un mot de passe que nous ne pouvons pas lire, les organisations où vous "
                    "travaillez. Vos collègues voient votre nom ; un acheteur et l’atelier qu’il a choisi voient ce qu’il faut pour se parler ; "
                    "la coordination voit l’ensemble. Personne d’autre.</p>"
                    "<h2>Si vous nous écrivez, si vous vous inscrivez à une rencontre</h2>"
                    "<p>Votre message va à l’équipe du sujet que vous choisissez. Votre inscription sert à vous envoyer l’adresse de la "
                    "rencontre, et rien d’autre.</p>"
                    "<h2>Combien de temps</h2>"
                    "<p>L’effacement est fait chaque jour par un programme, pas à la main. Les jours se comptent de la fin de la commande ; pour "
                    "un brouillon, de sa dernière modification ; pour un compte, de la dernière connexion.</p>"
                ),
                table("Ce qui est gardé, et combien de temps", ("Quoi", "Combien de temps", "Pourquoi"), *_periods()),
                text(
                    "<p>Restent ensuite les états, les dates, les montants et les numéros de série : aucune personne n’y est nommée.</p>"
                    "<h2>Les cookies</h2>"
                ),
                table(
                    "Deux cookies, tous deux nécessaires ; aucun pour qui ne fait que lire",
                    ("Nom", "Quand", "À quoi il sert", "Jusqu’à quand"),
                    (
                        "csrftoken",
                        "À la page de connexion, puis dans votre espace",
                        "Empêche un autre site d’envoyer un formulaire à votre place",
                        "Un an",
                    ),
                    (
                        "sessionid",
                        "Quand vous vous connectez",
                        "Tient la session ouverte",
                        "La fermeture du navigateur, ou deux semaines si vous l’avez coché",
                    ),
                ),
                text("<h2>Vos droits</h2>"),
                accordion(
                    (
                        "Savoir ce que nous avons de vous",
                        "<p>Demandez-le : vous en recevez une copie, dans le mois.</p>",
                    ),
                    (
                        "Corriger",
                        "<p>Votre nom, votre adresse et vos organisations se changent dans votre espace. Pour le reste, écrivez-nous.</p>",
                    ),
                    (
                        "Faire effacer",
                        "<p>Votre compte devient celui de personne : plus de nom, plus d’adresse, plus de mot de passe. Ce que la loi oblige à "
                        "garder (les pièces d’une dépense publique) reste jusqu’à son terme.</p>",
                    ),
                    (
                        "Vous opposer, limiter",
                        "<p>Écrivez-nous en disant à quoi ; nous vous répondons dans le mois.</p>",
                    ),
                    (
                        "Réclamer",
                        '<p>Auprès de la <a href="https://www.cnil.fr/fr/plaintes">CNIL</a>, si notre réponse ne vous convient pas.</p>',
                    ),
                ),
                button("Écrire au sujet de mes données", "/contact/?sujet=donnees-personnelles"),
                text(
                    "<h2>Sur quelle base</h2>"
                    "<p>L’exécution d’une mission d’intérêt public pour les commandes aidées, le contrat pour celles que vous payez, votre "
                    "accord pour un message ou une inscription. Aucune décision n’est prise par une machine seule : un classement d’ateliers "
                    "s’explique, et c’est vous qui choisissez ; un arbitrage est signé par la préfecture.</p>"
                ),
            ],
        ),
    )


def _periods() -> list[tuple[str, str, str]]:
    """The site's own periods, in the order of the command that erases; a kind without words of ours stands by its name."""
    rows = []
    for kind in KINDS:
        what, why = KEPT.get(kind.name, (kind.name, ""))
        rows.append((what, period(kind.days), why))
    return rows


def period(days: int) -> str:
    """365 → "un an", 3653 → "dix ans", 90 → "90 jours"."""
    years = {1: "un an", 2: "deux ans", 3: "trois ans", 5: "cinq ans", 10: "dix ans"}
    whole, rest = divmod(days, 365)
    return years[whole] if whole in years and rest <= whole // 3 else f"{days} jours"
