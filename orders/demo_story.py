# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who orders what in the demonstration, and how far each order has come. Plain data; orders/demo_orders.py makes it happen."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DemoBuyer:
    """An invented commune, where a real one is (its zonings are known to the demonstration): ``insee``."""

    key: str
    name: str
    first_name: str
    last_name: str
    insee: str
    number: int  # of its invented SIREN


BUYERS = (
    DemoBuyer("serre", "Commune de Saint-Roman-des-Vignes", "Inès", "Pages", "30007", 11),
    DemoBuyer("gardon", "Commune de Castelviel-sur-Gardon", "Hugo", "Mazel", "30334", 12),
    DemoBuyer("aigual", "Commune de Mas-de-l’Aigual", "Nora", "Benoît", "30227", 13),
    DemoBuyer("rochegrise", "Commune de Rochegrise", "Paul", "Viala", "30132", 14),
    DemoBuyer("valfontaine", "Commune de Valfontaine", "Lina", "Teissier", "30189", 15),
    DemoBuyer("canaules", "Commune de Canaules-les-Mûriers", "Samir", "Coste", "30334", 16),
    DemoBuyer("esparon", "Commune d’Esparon-le-Vieux", "Maud", "Fabre", "30007", 17),
    DemoBuyer("garrigues", "Commune des Garrigues-Hautes", "Yann", "Peyre", "30132", 18),
    DemoBuyer("combes", "Commune de Combes-Hautes", "Élise", "Rouvière", "48095", 19),
    DemoBuyer("bastide", "Commune de La Bastide-du-Causse", "Louis", "Chabert", "48095", 20),
    DemoBuyer("pont", "Commune de Pont-aux-Chèvres", "Ada", "Meynier", "48095", 21),
    DemoBuyer("truel", "Commune du Truel-d’Olt", "Jean", "Astruc", "48095", 22),
)


@dataclass(frozen=True)
class DemoCampaign:
    """Days from today: before it, negative. ``envelopes``: département → euros."""

    key: str
    name: str
    presentation: str
    opens: int
    closes: int
    decides: int
    delivers: int
    envelopes: dict[str, int] = field(default_factory=dict)


CAMPAIGNS = (
    DemoCampaign(
        "terminee", "Lieux d’accueil, première vague",
        "La première campagne : vingt lieux d’accueil numérique équipés dans le Gard et la Lozère.",
        -500, -450, -420, -150, {"30": 12_000, "48": 6_000},
    ),
    DemoCampaign(
        "fabrication", "Lieux d’accueil, deuxième vague",
        "Du mobilier pour les conseillers numériques : les décisions sont prises, les ateliers fabriquent.",
        -240, -190, -160, 90, {"30": 20_000, "48": 8_000},
    ),
    DemoCampaign(
        "arbitrage", "Mobilier itinérant",
        "Des meubles qui se déplacent de village en village. Les intentions sont déposées, les préfectures décident.",
        -70, -12, 30, 210, {"30": 9_000, "48": 5_000},
    ),
    DemoCampaign(
        "ouverte", "Espaces de démarches",
        "Un meuble, une cloison ou un coin à l’écart, pour faire ses démarches en confiance. Les collectivités déposent "
        "leurs intentions.",
        -20, 40, 80, 300, {"30": 15_000, "48": 7_000},
    ),
    DemoCampaign(
        "a-venir", "Bibliothèques et médiathèques",
        "La prochaine campagne s’adresse aux lieux de lecture. Préparez votre projet dès maintenant.",
        35, 95, 130, 380,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Tale:
    """``steps`` are taken from ``begun`` days ago on, ``gap`` days apart; a step may say its own day: "name@12" (days ago).
    Steps are those of orders/demo_orders.py, in which an action and what goes with it are one. ``lines``: model → pieces;
    ``laptops``: devices of the campaign's lot."""

    buyer: str
    campaign: str  # "" for one at its own expense
    lines: dict[str, int]
    reasons: str
    begun: float
    steps: tuple[str, ...]
    gap: float = 4
    laptops: int = 0
    address: str = "Place de la Mairie"
    receiver: tuple[str, str] = ("", "")  # kind, name


_SIGNED = ("submit", "fund", "agree")
_CHOSEN = (*_SIGNED, "ask", "answer", "choose")
_COMMITTED = (*_CHOSEN, "commit")
_MADE = (*_COMMITTED, "start", "prepare", "finish")

TALES = (
    # Ended.
    Tale("mairie", "terminee", {"chariot": 2},
         "La médiathèque accueille deux conseillers : un chariot pour l’étage, un pour le rez-de-chaussée.",
         480, (*_MADE, "ship", "deliver", "accept", "invoice", "request_payment", "record_payment", "close"), 9),
    Tale("combes", "terminee", {"porte": 1},
         "La salle du conseil sert aussi aux démarches : il faut pouvoir s’isoler.",
         478, (*_MADE, "ship", "deliver", "accept", "invoice", "request_payment", "record_payment", "close"), 9),
    Tale("garrigues", "terminee", {"chariot": 1},
         "Un chariot pour les permanences du mardi.", 476, (*_COMMITTED, "cancel"), 8),
    Tale("esparon", "terminee", {"chariot": 1}, "Un point d’accueil à la mairie annexe.", 474, ("submit", "fund", "withdraw"), 8),
    # Being made.
    Tale("mairie", "fabrication", {"chariot": 2},
         "Le conseiller numérique tient une permanence dans quatre hameaux : deux chariots qui passent les portes et tiennent "
         "dans le fourgon communal.",
         230, (*_COMMITTED, "start@30", "prepare@28", "finish_one@9", "ship_part@6", "receive_part@4"), 14,
         address="12 rue de l’École-Vieille"),
    Tale("serre", "fabrication", {"chariot": 1}, "La permanence a lieu dans le hall : rien n’y est prévu pour poser un ordinateur.",
         228, (*_SIGNED, "ask@6", "answer@3"), 25),
    Tale("gardon", "fabrication", {"chariot": 1, "porte": 1},
         "L’ancienne perception devient un lieu de démarches, avec un coin fermé.",
         226, (*_SIGNED, "ask@20", "answer@15", "choose@9"), 25, receiver=("ccas", "CCAS de Castelviel-sur-Gardon")),
    Tale("aigual", "fabrication", {"porte": 2}, "Deux bureaux à isoler dans une grande salle sonore.",
         224, (*_SIGNED, "ask@45", "answer@38", "choose@30", "commit@24"), 25),
    Tale("rochegrise", "fabrication", {"chariot": 1}, "Un chariot pour le bus des services publics.",
         222, (*_COMMITTED, "start", "prepare", "finish", "ship@3"), 14),
    Tale("valfontaine", "fabrication", {"chariot": 2}, "Deux lieux d’accueil, une seule médiatrice : le matériel la suit.",
         220, (*_MADE, "ship", "deliver@20", "claim@12"), 13),
    Tale("canaules", "fabrication", {"porte": 1}, "Les usagers parlent de leur santé et de leurs impôts : il faut une porte.",
         218, (*_MADE, "ship", "deliver", "accept@16", "invoice@10", "request_payment@5"), 14),
    Tale("bastide", "fabrication", {"chariot": 1}, "Un poste debout à l’agence postale communale.",
         216, ("submit", "fund@175", "prepare_agreement@160"), 25),
    Tale("pont", "fabrication", {"chariot": 1}, "Rien n’existe à moins de quarante kilomètres.",
         214, ("submit", "refuse@170", "self_fund@150"), 20),
    # Being arbitrated.
    Tale("mairie", "arbitrage", {"chariot": 1}, "Un troisième chariot, pour les ateliers d’été au bord de la rivière.",
         60, ("submit", "review@8"), 5),
    Tale("serre", "arbitrage", {"chariot": 2}, "Deux chariots pour quatre écoles fermées, qui deviennent des lieux communs.",
         58, ("submit",)),
    Tale("gardon", "arbitrage", {"porte": 1}, "Un coin fermé dans le bus numérique.", 55, ("submit", "review@10", "send_back@9")),
    Tale("aigual", "arbitrage", {"chariot": 1}, "Le chariot sert aussi au marché du samedi.", 50, ("submit",), laptops=2),
    Tale("rochegrise", "arbitrage", {"chariot": 1}, "La mairie n’ouvre qu’un jour sur deux : le matériel part avec l’agent.",
         45, ("submit", "fund@5")),
    Tale("canaules", "arbitrage", {"chariot": 3}, "Trois villages, une seule secrétaire de mairie.", 40, ("submit", "refuse@4")),
    Tale("esparon", "arbitrage", {"chariot": 1}, "Une permanence de plus.", 38, ("submit", "withdraw@20")),
    Tale("combes", "arbitrage", {"chariot": 1}, "Les habitants descendent à Mende pour une carte grise.", 36, ("submit",)),
    Tale("truel", "arbitrage", {"porte": 1}, "Le secrétariat et l’attente sont dans la même pièce.", 30, ("submit", "review@6")),
    # Open.
    Tale("mairie", "ouverte", {"porte": 1}, "Un espace de démarches à l’entrée de la médiathèque.", 5, ()),
    Tale("france-services", "ouverte", {"porte": 1, "chariot": 1},
         "Deux agents reçoivent côte à côte : il faut une cloison, et un poste pour les rendez-vous à distance.",
         12, ("submit",), address="2 rue de la République"),
    Tale("france-services", "ouverte", {"chariot": 1}, "", 2, ()),
    Tale("valfontaine", "ouverte", {"porte": 1}, "Un bureau partagé avec l’assistante sociale.", 9, ("submit",)),
    Tale("garrigues", "", {"chariot": 1}, "La commune paie elle-même : elle ouvre son point d’accueil en janvier.",
         15, ("submit_self_funded",)),
)  # fmt: skip
