# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The verification's checks in plain French. A check that is not known here is shown by its own name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The check's id (fabrication/verification) → what holds when it passes.
SENTENCES = {
    "archive": "L’archive s’ouvre et ne contient rien d’étranger.",
    "sums": "Chaque fichier porte l’empreinte qui est annoncée : aucun n’a changé depuis son écriture.",
    "manifest-schema": "Le relevé est complet et bien formé.",
    "files": "Tous les fichiers annoncés sont là, et aucun autre.",
    "identity": "La référence et les noms sont ceux de ces dimensions et de cette machine ; la licence est jointe en entier.",
    "units": "Les dessins sont en millimètres, dans la version de DXF que lit cette machine.",
    "layers": "Chaque tracé dit son opération, sa face et sa profondeur, pour l’épaisseur mesurée.",
    "contours": "Les contours à couper sont fermés, simples et sans doublon, en droites et en arcs.",
    "step": "Le meuble en volume contient toutes les pièces, à leur place.",
    "quantities": "Il y a autant de pièces qu’il en faut, ni plus ni moins.",
    "geometry": "Chaque pièce dessinée a la forme, l’aire et les usinages du meuble en volume.",
    "part-files": "Les dessins des pièces une à une sont justes, à l’échelle 1.",
    "coupon": "L’éprouvette porte bien les jeux qu’elle annonce.",
    "manifest-figures": "Les aires, longueurs et taux annoncés sont ceux des dessins.",
    "sheets": "Sur les panneaux, marges, distances et sens du fil sont respectés.",
    "svg": "Les SVG montrent les mêmes panneaux, à l’échelle 1.",
    "pdf": "Le PDF est exact à l’échelle qui y est imprimée.",
    "glb": "La vue en volume est faite des mêmes pièces, sans trou.",
    "machine-files": "Les fichiers de la machine, rejoués coup par coup, découpent exactement les pièces.",
    "notice": "La notice montre toutes les pièces, toutes les fournitures et toutes les étapes.",
    "okh": "La fiche OKH nomme tous les fichiers et pèse chaque pièce.",
    "lists": "Les listes de découpe et de fournitures comptent ce qui est dessiné.",
}


def sentences(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"text": SENTENCES.get(c["id"], c["id"].replace("-", " ").capitalize()), "ok": c["ok"], "detail": c["detail"]}
        for c in manifest["checks"]
    ]
