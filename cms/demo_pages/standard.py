# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of text of a new site."""

from __future__ import annotations

from wagtail.rich_text import RichText

from cms.models import HomePage, StandardPage

_HOW = """
<h2>1. Choisir un modèle et sa taille</h2>
<p>Trois meubles libres pour la médiation numérique. Chacun s’adapte à votre lieu : largeur, hauteur, nombre de
plateaux, texte de l’enseigne… La vue en volume et la liste des pièces suivent vos choix. Une taille qui rendrait le
meuble fragile ou instable est refusée, et le site dit pourquoi.</p>
<h2>2. Choisir l’atelier</h2>
<p>Chaque atelier a sa machine et ses panneaux. Les assemblages sont recalculés pour l’épaisseur mesurée au pied à
coulisse, l’outil et la table de cet atelier. Si sa machine ne peut pas couper le meuble, vous le savez tout de
suite.</p>
<h2>3. Télécharger les fichiers</h2>
<p>En quelques minutes, une archive contient tout ce qu’il faut pour découper : les panneaux prêts pour la machine
(DXF, SVG), un plan à imprimer (PDF), chaque pièce à l’échelle 1, les listes, et le meuble en volume.</p>
<h2>4. Faire contrôler, découper, monter</h2>
<p>Avant d’être proposé, chaque fichier est relu et comparé au meuble : dimensions, échelle, doublons, distances. Le
résultat est dans l’archive. Les meubles se montent sans colle et se réparent pièce par pièce.</p>
"""

_ACCESSIBILITY = """
<p>Ce site vise la conformité au référentiel général d’amélioration de l’accessibilité (RGAA). Il n’a pas encore été
audité : son état est donc <b>non conforme</b> au sens du référentiel.</p>
<h2>Ce qui est en place</h2>
<ul><li>toutes les pages se parcourent au clavier, avec un lien d’accès direct au contenu ;</li>
<li>le parcours complet fonctionne sans JavaScript ;</li>
<li>chaque vue en volume est accompagnée de ses dimensions, de la liste des pièces et de leurs dessins.</li></ul>
<h2>Ce qui manque</h2>
<ul><li>les fichiers de fabrication (DXF, STEP, PDF) sont des documents techniques qui ne sont pas accessibles ;</li>
<li>un audit par un tiers.</li></ul>
"""

_LEGAL = """
<h2>Éditeur</h2>
<p>Ceci est un site de démonstration installé sur votre ordinateur : son éditeur est la personne qui l’a installé.</p>
<h2>Licences</h2>
<p>Le logiciel est libre (AGPL-3.0-or-later), les meubles aussi (CERN-OHL-S-2.0) et les textes (CC BY-SA 4.0).</p>
<h2>Données personnelles et cookies</h2>
<p>Consulter les modèles, les ateliers et les fichiers ne demande aucun compte. Un compte garde un nom, une adresse
électronique et les organisations de la personne : ils servent à la reconnaître et à lui écrire, et ne sont montrés
qu’à ses collègues et à la coordination. Le site ne mesure pas son audience et n’appelle aucun autre site.</p>
<p>Deux cookies, tous deux nécessaires : l’un protège l’envoi des formulaires, l’autre, déposé à la connexion seulement,
tient la session ouverte.</p>
"""

_PAGES = (
    ("comment-ca-marche", "Comment ça marche", "<p>Du modèle aux fichiers de découpe, en quatre étapes.</p>", _HOW),
    ("accessibilite", "Accessibilité", "<p>Déclaration d’accessibilité du site.</p>", _ACCESSIBILITY),
    ("mentions-legales", "Mentions légales", "", _LEGAL),
)


def load_standard_pages(home: HomePage) -> None:
    for slug, title, introduction, body in _PAGES:
        if not home.get_children().filter(slug=slug).exists():
            home.add_child(
                instance=StandardPage(
                    title=title, slug=slug, introduction=introduction, body=[("text", RichText(body))]
                )
            )
            home.refresh_from_db()
