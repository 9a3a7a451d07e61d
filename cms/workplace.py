# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each role leads to from a person's own place. A part of the site adds a line; what does not exist is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from accounts.models import Role


@dataclass(frozen=True)
class Lead:
    role: Role
    url_name: str
    label: str
    sentence: str


LEADS = (
    Lead(Role.BUYER, "orders", "Mes commandes", "Ce qui vous attend d’abord, puis tout le reste."),
    Lead(Role.BUYER, "order-new", "Commander", "Quatre étapes courtes, gardées en brouillon."),
    Lead(Role.BUYER, "models", "Choisir un modèle", "Régler sa taille, voir ce qui sera découpé."),
    Lead(Role.BUYER, "ranking", "Trouver un atelier", "Les ateliers capables de le faire, du plus proche au plus loin."),
    Lead(Role.BUYER, "quotes", "Mes devis", "Ce que demande chaque atelier, ligne par ligne."),
    Lead(Role.PREFECTURE, "arbitration", "Arbitrage", "Les intentions de votre département, et ce qu’il reste à engager."),
    Lead(Role.PREFECTURE, "workshops", "Les ateliers", "Ceux du département et d’ailleurs, sur une carte."),
    Lead(Role.MAKER, "board", "Mon tableau de fabrication", "Ce qui attend une réponse, ce qui est à faire, ce qui part."),
    Lead(Role.MAKER, "makers-own", "Mon atelier", "Machines, panneaux, prix, semaines fermées."),
    Lead(Role.MAKER, "quotes", "Mes devis", "Ce qui vous est demandé, à vérifier et à envoyer."),
    Lead(Role.DESIGNER, "studio", "Le Studio", "Dessiner un modèle, l’essayer, le faire relire et publier."),
    Lead(Role.DESIGNER, "design-guide", "Le guide", "Une table pas à pas, les assemblages, chaque contrôle."),
    Lead(Role.DESIGNER, "models", "Les modèles publiés", "Leurs révisions, et de quoi adapter chacun."),
    Lead(Role.COORDINATOR, "dashboard", "Tableau de bord", "Ce qui attend, et à qui le tour ; enveloppes, ateliers, messages."),
    Lead(Role.COORDINATOR, "makers-to-validate", "Ateliers à valider", "Un atelier reçoit des commandes après validation."),
    Lead(Role.COORDINATOR, "imports", "Imports", "Ajouter des ateliers et des contacts depuis un tableau."),
    Lead(Role.COORDINATOR, "campaigns-manage", "Campagnes", "Dates, territoire, aide, modèles, enveloppes."),
    Lead(Role.COORDINATOR, "arbitration", "Intentions", "Celles de tous les départements."),
    Lead(Role.COORDINATOR, "campaign-runs", "Répartition", "Répartir toutes les commandes d’une campagne."),
    Lead(Role.COORDINATOR, "quotes", "Devis", "Tous les devis."),
    Lead(Role.COORDINATOR, "quotes-flagged", "Prix à examiner", "Les lignes de devis qui s’écartent de l’usage."),
    Lead(Role.COORDINATOR, "remarks", "Remarques sur les modèles", "Y répondre, et dire quel bureau suit quel modèle."),
    Lead(Role.COORDINATOR, "outbox", "Messages en souffrance", "Ce que le courrier n’a pas pu porter."),
    Lead(Role.COORDINATOR, "organisations", "Organisations", "Toutes les organisations inscrites, leurs membres."),
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    url: str
    label: str
    sentence: str


def links_of(roles: Iterable[Role]) -> list[Link]:
    """For a person with these roles, in the order above; an address once."""
    held = set(roles)
    links: dict[str, Link] = {}
    for lead in LEADS:
        if lead.role in held and lead.url_name not in links:
            try:
                links[lead.url_name] = Link(reverse(lead.url_name), lead.label, lead.sentence)
            except NoReverseMatch:
                continue  # that part of the site is not there yet
    return list(links.values())
