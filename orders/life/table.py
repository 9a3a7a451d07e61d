# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every step that an order can take: from where, to where, who may. Plain data; what else must hold, and what else changes,
stands with the step's own module in orders/life/steps/."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from orders.models.state import BOOKED, TO_ARBITRATE, TO_CHOOSE, UNCUT, State


class Party(StrEnum):
    """For whom somebody acts on an order."""

    BUYER = "buyer"  # people of the buying organisation, in the role buyer
    PREFECTURE = "prefecture"  # people of the préfecture of the order's département
    MAKER = "maker"  # people of the chosen workshop's maker
    COORDINATOR = "coordinator"
    SYSTEM = "system"  # a worker or a command: no person


@dataclass(frozen=True)
class Action:
    """No ``targets``: the state stays; one: it becomes that; several: the step's module says which. ``label`` is what a
    button says, ``done`` what the history says of the actor, ``tells`` who gets a message (never the actor)."""

    name: str
    sources: frozenset[State]
    targets: tuple[State, ...]
    parties: frozenset[Party]
    label: str
    done: str
    needs_note: bool = False
    tells: tuple[Party, ...] = ()


def _action(
    name: str,
    sources: tuple[State, ...],
    target: State | tuple[State, ...] | None,
    parties: tuple[Party, ...],
    label: str,
    done: str,
    *tells: Party,
    needs_note: bool = False,
) -> Action:
    targets = target if isinstance(target, tuple) else () if target is None else (target,)
    return Action(name, frozenset(sources), targets, frozenset(parties), label, done, needs_note, tells)


_S, _P = State, Party
_STATE = (_P.PREFECTURE, _P.COORDINATOR)
#: Once it is with a maker, only the maker's and the coordination's word ends it; the buyer may still ask.
_BEFORE_MAKER = (
    _S.SUBMITTED, _S.UNDER_REVIEW, _S.FUNDED, _S.NOT_FUNDED, _S.SELF_FUNDED, _S.AGREEMENT_SIGNED, _S.MAKER_CHOSEN,
)  # fmt: skip
_MAKING = (_S.IN_PRODUCTION, _S.SHIPPED)
_AFTER_DELIVERY = (_S.DELIVERED, _S.ACCEPTED)
#: What the maker still does once it is committed.
_BILLABLE = (_S.COMMITTED, *_MAKING, *_AFTER_DELIVERY)

ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        # The intention.
        _action("submit", (_S.DRAFT,), _S.SUBMITTED, (_P.BUYER,), "Déposer l’intention", "a déposé l’intention", _P.BUYER, _P.PREFECTURE),
        _action(
            "submit_self_funded", (_S.DRAFT,), _S.SELF_FUNDED, (_P.BUYER,),
            "Commander à vos frais", "a commandé à ses frais", _P.BUYER,
        ),
        _action(
            "amend", (_S.SUBMITTED,), None, (_P.BUYER,), "Modifier l’intention", "a modifié l’intention",
        ),
        # The arbitration.
        _action("review", (_S.SUBMITTED,), _S.UNDER_REVIEW, _STATE, "Prendre en examen", "a pris l’intention en examen"),
        _action(
            "send_back", TO_ARBITRATE, _S.SUBMITTED, _STATE, "Demander des précisions", "a demandé des précisions", _P.BUYER, needs_note=True,
        ),
        _action("fund", (_S.UNDER_REVIEW,), _S.FUNDED, (_P.PREFECTURE,), "Financer", "a décidé de financer", _P.BUYER),
        _action(
            "refuse_funding", (_S.UNDER_REVIEW,), _S.NOT_FUNDED, (_P.PREFECTURE,),
            "Ne pas financer", "a décidé de ne pas financer", _P.BUYER, needs_note=True,
        ),
        _action(
            "reconsider", (_S.FUNDED, _S.NOT_FUNDED), _S.UNDER_REVIEW, (_P.PREFECTURE,),
            "Revenir sur la décision", "a rouvert l’examen", _P.BUYER, needs_note=True,
        ),
        _action(
            "self_fund", (_S.NOT_FUNDED,), _S.SELF_FUNDED, (_P.BUYER,),
            "Continuer à vos frais", "continue à ses frais", _P.PREFECTURE,
        ),
        # The agreement.
        _action(
            "prepare_agreement", (_S.FUNDED,), None, (_P.BUYER, _P.PREFECTURE),
            "Préparer la convention", "a préparé la convention", _P.BUYER, _P.PREFECTURE,
        ),
        _action(
            "send_agreement", (_S.FUNDED,), None, (_P.BUYER,),
            "Envoyer la convention signée", "a envoyé la convention qu’il a signée", _P.PREFECTURE,
        ),
        _action(
            "sign_agreement", (_S.FUNDED,), _S.AGREEMENT_SIGNED, (_P.PREFECTURE,),
            "Enregistrer la convention signée", "a enregistré la convention signée", _P.BUYER,
        ),
        # The maker.
        _action(
            "ask_quote", TO_CHOOSE, None, (_P.BUYER,), "Demander un devis", "a demandé un devis",
        ),
        _action(
            "withdraw_request", TO_CHOOSE, None, (_P.BUYER,),
            "Retirer cette demande de devis", "a retiré une demande de devis",
        ),
        _action(
            "note_answer", TO_CHOOSE, None, (_P.SYSTEM,), "Noter la réponse", "a reçu la réponse d’un atelier", _P.BUYER,
        ),
        _action(
            "choose_maker", TO_CHOOSE, _S.MAKER_CHOSEN, (_P.BUYER,), "Choisir l’atelier", "a choisi un atelier", _P.MAKER,
        ),
        _action(
            "change_maker", (_S.MAKER_CHOSEN,), TO_CHOOSE, (_P.BUYER,),
            "Changer d’atelier", "a renoncé à l’atelier choisi", _P.MAKER, needs_note=True,
        ),
        _action(
            "maker_refuse", (_S.MAKER_CHOSEN, _S.COMMITTED), TO_CHOOSE, (_P.MAKER, _P.COORDINATOR),
            "Refuser cette commande", "a refusé la commande", _P.BUYER, _P.COORDINATOR, needs_note=True,
        ),
        _action(
            "prepare_commitment", (_S.MAKER_CHOSEN,), None, (_P.BUYER,),
            "Préparer le bon d’engagement", "a préparé le bon d’engagement",
        ),
        _action(
            "commit", (_S.MAKER_CHOSEN,), _S.COMMITTED, (_P.BUYER,),
            "Envoyer le bon d’engagement signé", "a envoyé le bon d’engagement signé", _P.MAKER,
        ),
        # The making.
        _action("start", (_S.COMMITTED,), _S.IN_PRODUCTION, (_P.MAKER,), "Commencer", "a commencé la fabrication", _P.BUYER),
        #: After the delivery too: a piece that is remade goes the same way.
        _action(
            "prepare", (*_MAKING, *_AFTER_DELIVERY), None, (_P.MAKER,),
            "Préparer les fichiers", "a préparé les fichiers de découpe",
        ),
        #: The model was published anew, and nothing is cut yet: the maker cuts the later revision, or what was ordered.
        _action(
            "move_revision", UNCUT, None, (_P.MAKER,),
            "Passer à la nouvelle révision", "a choisi la nouvelle révision du modèle", _P.BUYER,
        ),
        _action(
            "keep_revision", UNCUT, None, (_P.MAKER,),
            "Garder la révision prévue", "a gardé la révision prévue",
        ),
        _action(
            "progress", (*_MAKING, *_AFTER_DELIVERY), None, (_P.MAKER,), "Noter l’avancement", "a noté l’avancement",
        ),
        _action(
            "ship_part", (_S.IN_PRODUCTION,), None, (_P.MAKER,),
            "Expédier une partie", "a expédié une partie de la commande", _P.BUYER,
        ),
        _action("ship", (_S.IN_PRODUCTION,), _S.SHIPPED, (_P.MAKER,), "Expédier", "a expédié la commande", _P.BUYER),
        _action(
            "receive_part", _MAKING, None, (_P.BUYER, _P.MAKER),
            "Noter l’arrivée d’une partie", "a noté l’arrivée d’une partie", _P.BUYER, _P.MAKER,
        ),
        _action(
            "deliver", (_S.SHIPPED,), _S.DELIVERED, (_P.BUYER, _P.MAKER), "Noter la livraison", "a noté la livraison", _P.BUYER, _P.MAKER,
        ),
        #: A coordinator for a buyer that is silent, with the reason: else its grant is held for ever.
        _action(
            "accept", (_S.DELIVERED,), _S.ACCEPTED, (_P.BUYER, _P.COORDINATOR),
            "Réceptionner", "a réceptionné la commande", _P.MAKER, _P.PREFECTURE,
        ),
        _action(
            "claim", _AFTER_DELIVERY, None, (_P.BUYER,), "Signaler un défaut", "a signalé un défaut", _P.MAKER, _P.COORDINATOR, needs_note=True,
        ),
        _action(
            "answer_claim", _AFTER_DELIVERY, None, (_P.MAKER, _P.COORDINATOR),
            "Répondre à la réclamation", "a répondu à la réclamation", _P.BUYER, needs_note=True,
        ),
        _action(
            "ship_remake", _AFTER_DELIVERY, None, (_P.MAKER,),
            "Expédier le nouvel exemplaire", "a expédié un nouvel exemplaire", _P.BUYER,
        ),
        _action(
            "receive_remake", _AFTER_DELIVERY, None, (_P.BUYER, _P.MAKER),
            "Noter l’arrivée du nouvel exemplaire", "a noté l’arrivée d’un nouvel exemplaire", _P.BUYER, _P.MAKER,
        ),
        _action(
            "resolve_claim", _AFTER_DELIVERY, None, (_P.BUYER, _P.COORDINATOR),
            "Clore la réclamation", "a clos la réclamation", _P.MAKER,
        ),
        # The money.
        _action(
            "invoice", _BILLABLE, None, (_P.MAKER,), "Enregistrer la facture", "a enregistré sa facture", _P.BUYER,
        ),
        _action(
            "request_payment", (*_AFTER_DELIVERY, _S.CLOSED), None, (_P.BUYER,),
            "Demander la subvention", "a demandé le paiement de la subvention", _P.PREFECTURE,
        ),
        _action(
            "record_payment", (*_AFTER_DELIVERY, _S.CLOSED), None, (_P.PREFECTURE,),
            "Noter le paiement", "a noté le paiement de la subvention", _P.BUYER,
        ),
        _action(
            "close", (_S.ACCEPTED,), _S.CLOSED, (_P.BUYER, _P.PREFECTURE, _P.COORDINATOR),
            "Clore la commande", "a clos la commande", _P.BUYER, _P.MAKER,
        ),
        #: Of devices that were settled, whose subsidy nobody asks for any more.
        _action(
            "release_grant", (_S.CLOSED,), None, (_P.PREFECTURE,),
            "Libérer la subvention", "a remis dans l’enveloppe la subvention qui n’était pas demandée", _P.BUYER, needs_note=True,
        ),
        #: An order of devices alone: no workshop makes it, the buyer says from whom it had them.
        _action(
            "settle_equipment", TO_CHOOSE, _S.CLOSED, (_P.BUYER,),
            "Noter le matériel reçu", "a noté le matériel reçu", _P.PREFECTURE, needs_note=True,
        ),
        # The ways out.
        _action("withdraw", _BEFORE_MAKER, _S.WITHDRAWN, (_P.BUYER,), "Retirer la commande", "a retiré la commande", _P.PREFECTURE, _P.MAKER, needs_note=True),
        _action(
            "cancel", tuple(dict.fromkeys((*_BEFORE_MAKER, *BOOKED))), _S.CANCELLED, (_P.COORDINATOR,),
            "Annuler la commande", "a annulé la commande", _P.BUYER, _P.PREFECTURE, _P.MAKER, needs_note=True,
        ),
        _action(
            "void", (_S.SUBMITTED, _S.UNDER_REVIEW, _S.FUNDED, _S.NOT_FUNDED), _S.CANCELLED, (_P.PREFECTURE,),
            "Annuler la commande", "a annulé la commande", _P.BUYER, needs_note=True,
        ),
    )
}  # fmt: skip


def actions_from(state: State) -> list[Action]:
    """In the order of the table."""
    return [action for action in ACTIONS.values() if state in action.sources]
