# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a question to a workshop stands, in French: the days that are left, what came, what may be done about it."""

from __future__ import annotations

from dataclasses import dataclass

from cms.templatetags.french import plural
from cms.views.orders.words import day_words
from designs.typography import SPACE
from orders.services.answers import MAY_ASK_AGAIN, Answer, Standing


@dataclass(frozen=True)
class Told:
    """A request for its reader. ``badge``: hue of DSFR and word; ``words``: a sentence; ``again``: it may be asked anew."""

    answer: Answer
    badge: tuple[str, str]
    words: str
    again: bool


_BADGES = {
    Standing.WAITING: ("blue-ecume", "attendu"),
    Standing.OVERDUE: ("orange-terre-battue", "sans réponse"),
    Standing.ANSWERED: ("green-emeraude", "reçu"),
    Standing.DECLINED: ("orange-terre-battue", "décliné"),
    Standing.IMPOSSIBLE: ("orange-terre-battue", "impossible"),
    Standing.HIDDEN: ("orange-terre-battue", "écarté"),
    Standing.TAKEN_BACK: ("orange-terre-battue", "retiré par l’atelier"),
    Standing.EXPIRED: ("orange-terre-battue", "expiré"),
    Standing.WITHDRAWN: ("beige-gris-galet", "retiré"),
}


def days_left(days: int) -> str:
    """ "il reste 3 jours", "c’est le dernier jour", "le délai est passé depuis 2 jours"."""
    if days > 0:
        return f"il reste {plural(days, 'jour,jours')}"
    if days == 0:
        return "c’est le dernier jour"
    return f"le délai est passé depuis {plural(-days, 'jour,jours')}"


def told(answer: Answer) -> Told:
    return Told(answer, _BADGES[answer.standing], _words(answer), answer.standing in MAY_ASK_AGAIN)


def _words(answer: Answer) -> str:
    request, until = answer.request, day_words(answer.request.answer_by)
    reason = answer.reason.rstrip(".")
    match answer.standing:
        case Standing.WAITING:
            return f"Réponse attendue jusqu’au {until}{SPACE}: {days_left(answer.days_left)}."
        case Standing.OVERDUE:
            return (
                f"Réponse attendue jusqu’au {until}{SPACE}: {days_left(answer.days_left)}. Demandez-le à nouveau, ou "
                "demandez à un autre atelier à sa place."
            )
        case Standing.ANSWERED:
            valid = f", valable jusqu’au {day_words(answer.valid_until)}" if answer.valid_until else ""
            return f"Devis reçu{valid}."
        case Standing.DECLINED:
            return f"Il ne prend pas cette commande{SPACE}: «{SPACE}{reason}{SPACE}»."
        case Standing.IMPOSSIBLE:
            return f"Le calcul montre qu’il ne peut pas la fabriquer{SPACE}: {reason}."
        case Standing.HIDDEN:
            return "La coordination a écarté ce devis, parce que son prix s’éloigne trop de l’usage."
        case Standing.TAKEN_BACK:
            return f"L’atelier a retiré son devis{SPACE}: «{SPACE}{reason}{SPACE}»."
        case Standing.EXPIRED:
            ended = f" depuis le {day_words(answer.valid_until)}" if answer.valid_until else ""
            return f"Ce devis n’est plus valable{ended}. Demandez-en un nouveau."
        case Standing.WITHDRAWN:
            assert request.withdrawn_at is not None
            return "Cette demande ne compte plus."


def earlier_words(had: int, every: int) -> str:
    """ "déjà choisi 2 fois sur 3"; nothing for a buyer's first order."""
    if not every:
        return ""
    if not had:
        return f"jamais choisi, sur {plural(every, 'commande,commandes')}"
    return f"déjà choisi {had}{SPACE}fois sur {every}"
