# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents of a new site: those that the project makes (scripts/resources.py), and its own examples."""

from __future__ import annotations

from typing import Any

from cms.demo_pages.media import document
from cms.demo_pages.writing import link, text, under
from cms.models import HomePage, ResourcesPage
from designs.typography import spaced

#: File, title, what it is for, language, how accessible it is, the page that says the same.
_File = tuple[str, str, str, str, str, str]
_NOTICES: list[_File] = [
    (
        f"{design}-notice.pdf",
        f"Notice de montage {of}",
        f"<p>{words} Vues éclatées, outils, quincaillerie à l’échelle 1, réparation. Taille de base, révision 1.</p>",
        "fr", "none", "",
    )
    for design, of, words in (
        ("porte", "de la Porte numérique", "Monter le comptoir, courber l’arche, tout replier."),
        ("maisonnette", "de la Maisonnette", "Monter la caisse et le toit, poser les murs qui roulent."),
        ("chariot", "du Chariot-établi", "Monter l’établi, ses plateaux qui coulissent et sa rallonge."),
    )
]  # fmt: skip
_WORKSHOP: list[_File] = [
    (
        "chariot-panneaux.pdf", "Plan des panneaux du chariot-établi (exemple)",
        "<p>Ce que l’on pose à côté de la machine : une page par panneau, réglages, profondeurs, liste de débit.</p>",
        "fr", "none", "",
    ),
    (
        "chariot-liste-de-debit.csv", "Liste de débit du chariot-établi (exemple)",
        "<p>Chaque pièce, sa taille, son fil, en combien d’exemplaires. S’ouvre dans un tableur.</p>",
        "fr", "data", "",
    ),
    (
        "chariot-coupon.dxf", "Éprouvette du chariot-établi (exemple)",
        "<p>Fraise de 6 mm, panneau de 17,6 mm. Le vôtre est dans votre dossier.</p>",
        "", "data", "",
    ),
    (
        "router-2500.toml", "Fichier machine : une grande fraiseuse",
        "<p>À copier et à remplir avec vos chiffres.</p>",
        "", "page", "/fabriquer/fichiers-machine/",
    ),
    (
        "laser-600-3mm.toml", "Fichier machine : un laser pour les maquettes",
        "<p>Pour des modèles au cinquième dans du 3 mm.</p>",
        "", "page", "/fabriquer/fichiers-machine/",
    ),
]  # fmt: skip
_PROGRAMS: list[_File] = [
    (
        "manifest.schema.json", "Schéma du manifeste d’un dossier",
        "<p>Pour lire par programme ce que contient un dossier de découpe : pièces, panneaux, contrôles, empreintes.</p>",
        "en", "data", "",
    ),
]  # fmt: skip


def load_resources(home: HomePage) -> None:
    groups = [
        _group(
            "Monter un meuble",
            "<p>Le meuble est arrivé en panneaux ? La notice commence au premier geste.</p>",
            _NOTICES,
        ),
        _group(
            "Pour les ateliers",
            "<p>Des exemples vrais, tirés d’un dossier calculé pour une fraiseuse de 2 500 × 1 250 mm.</p>",
            _WORKSHOP,
        ),
        _group("Pour les programmes", "", _PROGRAMS),
    ]
    under(
        home,
        ResourcesPage(
            title="Ressources",
            slug="ressources",
            introduction="Des documents à imprimer, à lire, à transmettre. À côté de chacun : son format, son poids, sa langue, et ce qu’il en est de son accessibilité.",
            search_description="Notices de montage, exemples de plans et de fichiers machine, schémas.",
            groups=[group for group in groups if group is not None],
        ),
    )


def _group(title: str, words: str, files: list[_File]) -> tuple[str, dict[str, Any]] | None:
    """None if none of its files is there."""
    found = []
    for name, its_title, its_words, language, alternative, page in files:
        its_document = document(name, its_title)
        if its_document is not None:
            found.append(
                {
                    "document": its_document,
                    "title": spaced(its_title),
                    "text": text(its_words)[1],
                    "language": language,
                    "alternative": alternative,
                    "link": link(page),
                }
            )
    return ("group", {"title": title, "text": text(words)[1], "files": found}) if found else None
