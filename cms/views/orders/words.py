# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An order's state in plain French: where it stands, what comes next, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format

from cms.templatetags.french import plural
from designs.typography import SPACE
from fablabs.geography import department_name
from fabrication.quoting.words import euros
from orders.life import Party
from orders.models import Order, State
from orders.services.waiting import turn_of, with_its_facts

#: As the subject of a sentence.
PARTY_NAMES = {
    Party.BUYER: "l’acheteur",
    Party.PREFECTURE: "la préfecture",
    Party.MAKER: "l’atelier",
    Party.COORDINATOR: "la coordination",
    Party.SYSTEM: "le site",
}

#: What every order passes, for whoever looks how far one is; a self-funded one has no decision and no agreement.
STAGES: tuple[tuple[str, frozenset[State], bool], ...] = (
    ("Intention", frozenset({State.DRAFT, State.SUBMITTED}), False),
    ("Décision", frozenset({State.UNDER_REVIEW, State.NOT_FUNDED}), True),
    ("Convention", frozenset({State.FUNDED}), True),
    ("Atelier", frozenset({State.AGREEMENT_SIGNED, State.SELF_FUNDED}), False),
    ("Engagement", frozenset({State.MAKER_CHOSEN}), False),
    ("Fabrication", frozenset({State.COMMITTED, State.IN_PRODUCTION}), False),
    ("Livraison", frozenset({State.SHIPPED}), False),
    ("Réception", frozenset({State.DELIVERED}), False),
    ("Paiement", frozenset({State.ACCEPTED}), False),
)
_HUES = {
    State.DRAFT: "beige-gris-galet",
    State.FUNDED: "green-emeraude",
    State.NOT_FUNDED: "orange-terre-battue",
    State.WITHDRAWN: "beige-gris-galet",
    State.CANCELLED: "beige-gris-galet",
    State.CLOSED: "green-emeraude",
    State.ACCEPTED: "green-emeraude",
    State.DELIVERED: "green-emeraude",
}


@dataclass(frozen=True)
class Standing:
    """``turn``: who has the ball (orders/services/waiting.py), None where nobody of the order's parties has: nothing is left to
    do, or workshops that were asked for a quote have."""

    sentence: str
    follows: str
    turn: Party | None = None


@dataclass(frozen=True)
class Stage:
    """``state``: "done", "current" or "next"."""

    label: str
    state: str


def standing(order: Order) -> Standing:
    """Of an order that was read by orders.services.waiting.with_facts; of another one its facts are read here, in one query."""
    known = with_its_facts(order)
    return replace(_WORDS[State(order.state)](known), turn=turn_of(known))


def stages(order: Order) -> list[Stage]:
    """None for an order that ended before its end."""
    if order.state in (State.WITHDRAWN, State.CANCELLED):
        return []
    own = [(label, states) for label, states, for_grant in STAGES if not (for_grant and _pays_alone(order))]
    here = next((place for place, (_, states) in enumerate(own) if order.state in states), len(own))
    return [
        Stage(label, "done" if place < here else "current" if place == here else "next")
        for place, (label, _) in enumerate(own)
    ]


def hue(state: str) -> str:
    """Of DSFR, for the state's badge."""
    return _HUES.get(State(state), "blue-ecume")


def day_words(day: date) -> str:
    """ "1er mars 2027", unbroken."""
    first = "1er" if day.day == 1 else str(day.day)
    return f"{first} {date_format(day, 'F Y')}".replace(" ", SPACE)


def prefecture_words(order: Order) -> str:
    """ "la préfecture (Gard)"."""
    try:
        return f"la préfecture ({department_name(order.department)})"
    except KeyError:
        return "la préfecture"


def _pays_alone(order: Order) -> bool:
    """Nobody decided, and nobody will: the buyer went on at its own expense."""
    return order.granted_eur is None and order.decided_at is None and order.state not in _BEFORE_DECISION


_BEFORE_DECISION = (State.DRAFT, State.SUBMITTED, State.UNDER_REVIEW)


def _of_draft(order: Order) -> Standing:
    return Standing(
        "Ce brouillon n’est pas encore déposé.",
        "Ni la préfecture ni les ateliers ne le voient. Complétez-le, puis déposez-le.",
    )


def _of_submitted(order: Order) -> Standing:
    if order.sent_back_at is not None:
        return Standing(
            "La préfecture demande des précisions.",
            "Lisez sa question dans l’historique, puis modifiez l’intention pour y répondre.",
        )
    campaign = order.campaign
    if campaign is not None and campaign.is_open():
        follows = (
            f"Elle peut être modifiée jusqu’au {day_words(campaign.closes_on)}. "
            f"Ensuite, {prefecture_words(order)} l’examine avec les autres."
        )
    else:
        words = prefecture_words(order)
        follows = f"{words[0].upper()}{words[1:]} va l’examiner."
    return Standing("L’intention est déposée.", _with_decision_day(order, follows))


def _of_review(order: Order) -> Standing:
    follows = "Elle vérifie que l’acheteur y a droit, puis décide de financer ou non."
    return Standing("La préfecture examine l’intention.", _with_decision_day(order, follows))


def _with_decision_day(order: Order, words: str) -> str:
    campaign = order.campaign
    if campaign is None or campaign.decides_on is None or campaign.decides_on < timezone.localdate():
        return words
    return f"{words} Décision au plus tard le {day_words(campaign.decides_on)}."


def _of_funded(order: Order) -> Standing:
    granted = f" à hauteur de {euros(order.granted_eur)}" if order.granted_eur is not None else ""
    sentence = f"La préfecture finance cette commande{granted}."
    if _fact(order, "agreement_sent"):
        return Standing(sentence, "L’acheteur a signé la convention. La préfecture la signe et l’enregistre.")
    follows = "L’acheteur signe la convention et l’envoie, puis la préfecture la signe et l’enregistre."
    return Standing(sentence, follows)


def _of_not_funded(order: Order) -> Standing:
    return Standing(
        "La préfecture ne finance pas cette commande.",
        "L’acheteur peut continuer à ses frais, ou la retirer.",
    )


def _of_self_funded(order: Order) -> Standing:
    return Standing("L’acheteur paie cette commande à ses frais.", _choice_follows(order))


def _of_agreement(order: Order) -> Standing:
    return Standing("La convention est signée.", _choice_follows(order))


def _choice_follows(order: Order) -> str:
    if _fact(order, "answer_there"):
        return "Un devis est arrivé. L’acheteur choisit l’atelier, ou attend les autres réponses."
    if _fact(order, "answer_waits"):
        return "Un devis est demandé. L’acheteur est prévenu dès qu’un atelier répond."
    if not any(line.is_furniture for line in order.lines.all()):
        return "Elle ne contient que du matériel\N{NO-BREAK SPACE}: l’acheteur le note quand il l’a reçu."
    return "L’acheteur choisit maintenant un atelier, en principe le plus proche. Il peut demander jusqu’à trois devis."


def _of_chosen(order: Order) -> Standing:
    name = f"{order.workshop.name}" if order.workshop else "Un atelier"
    return Standing(
        f"L’atelier est choisi{SPACE}: {name}.",
        "La fabrication commence quand il reçoit le bon d’engagement signé.",
    )


def _of_accepted(order: Order) -> Standing:
    sentence = "La commande est réceptionnée."
    if not _fact(order, "invoiced"):
        return Standing(sentence, "L’atelier enregistre sa facture.")
    if _fact(order, "payment_asked"):
        return Standing(sentence, "La préfecture verse la subvention, puis la commande est close.")
    if order.granted_eur is None or _fact(order, "subsidy_paid"):
        return Standing(sentence, "L’acheteur paie l’atelier, puis clôt la commande.")
    return Standing(sentence, "L’acheteur paie l’atelier et demande la subvention, puis la commande est close.")


def _of_making(order: Order) -> Standing:
    """How far it is: of how many pieces so many are finished, and so many have left."""
    every, done, away = (_number(order, name) for name in ("pieces_all", "pieces_done", "pieces_away"))
    if not every:
        return Standing("L’atelier fabrique.", "Il prévient quand la commande part.")
    if not done:
        said = f"L’atelier fabrique{SPACE}: {plural(every, 'exemplaire,exemplaires')}, aucun de fini encore."
    else:
        said = f"L’atelier fabrique{SPACE}: {plural(done, 'exemplaire fini,exemplaires finis')} sur {every}."
    follows = "Il prévient quand la commande part."
    if away:
        follows = f"{plural(away, 'exemplaire est déjà parti,exemplaires sont déjà partis')}. Il prévient quand le reste part."
    elif done == every:
        follows = "Tout est fini, et part bientôt."
    return Standing(said, follows)


def _of_closed(order: Order) -> Standing:
    if _fact(order, "payment_asked"):
        return Standing("La commande est close.", "La préfecture verse encore la subvention demandée.")
    return Standing("La commande est close.", "Il n’y a plus rien à faire.")


def _fact(order: Order, name: str) -> bool:
    return bool(getattr(order, name))


def _number(order: Order, name: str) -> int:
    return int(getattr(order, name))


def _said(sentence: str, follows: str) -> Callable[[Order], Standing]:
    return lambda order: Standing(sentence, follows)


_WORDS: dict[State, Callable[[Order], Standing]] = {
    State.DRAFT: _of_draft,
    State.SUBMITTED: _of_submitted,
    State.UNDER_REVIEW: _of_review,
    State.FUNDED: _of_funded,
    State.NOT_FUNDED: _of_not_funded,
    State.SELF_FUNDED: _of_self_funded,
    State.AGREEMENT_SIGNED: _of_agreement,
    State.MAKER_CHOSEN: _of_chosen,
    State.COMMITTED: _said(
        "Le bon d’engagement est signé.", "L’atelier prépare ses fichiers et commence la fabrication."
    ),
    State.IN_PRODUCTION: _of_making,
    State.SHIPPED: _said("La commande est en route.", "À son arrivée, l’acheteur note la livraison."),
    State.DELIVERED: _said(
        "La commande est livrée.", "L’acheteur vérifie les meubles, puis réceptionne ou signale un défaut."
    ),
    State.ACCEPTED: _of_accepted,
    State.CLOSED: _of_closed,
    State.WITHDRAWN: _said("L’acheteur a retiré cette commande.", "Il n’y a plus rien à faire."),
    State.CANCELLED: _said("Cette commande est annulée.", "Il n’y a plus rien à faire."),
}
