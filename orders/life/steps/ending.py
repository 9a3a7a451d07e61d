# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How an order ends, well or not. Whatever was promised and will not be spent goes back into the envelope."""

from __future__ import annotations

from decimal import Decimal

from designs.typography import SPACE
from fabrication.quoting.words import euros
from orders.life.step import Step, rule
from orders.life.steps.choice import people_of_workshop
from orders.life.table import Party
from orders.models import Choice
from orders.services.envelopes import promised, release
from orders.services.payments import balance_of, may_release, open_request, payable_of, standing_invoice
from orders.services.storage import keep

_CENT = Decimal("0.01")
#: Of devices in one order, HT.
_MOST_EUR = Decimal(10_000_000)


@rule("withdraw", "cancel", "void")
def give_up(step: Step) -> None:
    order = step.order
    order.ended_at = step.now
    order.choices.filter(ended="").update(ended=Choice.Ended.CHANGED, ended_at=step.now, ended_reason=step.note)
    _ask_no_more(step)
    step.then(lambda event: release(order, event) and None)


@rule("close")
def close(step: Step) -> None:
    """All is made, received, invoiced and paid; nobody waits for anything. A subsidy that was not asked for is given up,
    in words. Where no invoice ever came (a workshop may cease to be), the préfecture or the coordination closes it, with the
    reason: what was promised would stay promised for ever."""
    order = step.order
    step.refuse_unless(
        not order.claims.filter(resolved_at=None).exists(),
        "a claim is open",
        f"Une réclamation est encore ouverte{SPACE}: close-la d’abord.",
    )
    step.refuse_unless(
        standing_invoice(order) is not None or step.party is not Party.BUYER,
        "no invoice is recorded",
        f"L’atelier n’a pas encore enregistré sa facture{SPACE}: demandez-la-lui. Si elle ne viendra plus, la préfecture ou la "
        "coordination clôt la commande.",
    )
    step.refuse_unless(
        standing_invoice(order) is not None or step.note,
        "no invoice is recorded, and no reason is given",
        f"L’atelier n’a pas enregistré de facture{SPACE}: écrivez pourquoi la commande est close sans elle. La subvention "
        "retourne dans l’enveloppe.",
        "note",
    )
    step.refuse_unless(
        open_request(order) is None,
        "a payment request is open",
        "Une demande de paiement de la subvention attend encore la préfecture.",
    )
    balance = balance_of(order)
    if balance is not None:
        step.refuse_unless(
            balance.left == 0 or step.note,
            f"{balance.left} € of the subsidy were not asked for",
            f"{euros(balance.left)} de subvention n’ont pas été demandés{SPACE}: demandez-les d’abord, ou écrivez pourquoi vous "
            "y renoncez. Ils retournent dans l’enveloppe.",
            "note",
        )
        given_up = balance.left if balance.spent is not None else promised(order) - balance.paid
        step.data.update(paid_eur=str(balance.paid), given_up_eur=str(given_up), gives_up=given_up > 0)
        step.then(lambda event: release(order, event, keep=balance.paid) and None)
    order.ended_at = step.now


@rule("release_grant")
def release_grant(step: Step) -> None:
    """What a closed order still has promised, and nobody asks for."""
    order = step.order
    step.refuse_unless(
        open_request(order) is None,
        "a payment request is open",
        f"Une demande de paiement attend votre réponse{SPACE}: répondez-y d’abord.",
    )
    step.refuse_unless(may_release(order), "nothing is promised", "Plus rien n’est réservé pour cette commande.")
    balance = balance_of(order)
    assert balance is not None
    step.data.update(paid_eur=str(balance.paid), given_up_eur=str(promised(order) - balance.paid))
    step.then(lambda event: release(order, event, keep=balance.paid) and None)


@rule("settle_equipment")
def settle_equipment(step: Step) -> None:
    """Of devices alone: the note says from whom they came. ``given``: net_eur, what was paid without VAT; scan of the
    supplier's invoice (orders.services.uploads.Judged) or None. What this expense gives right to stays promised, and is
    asked for afterwards; the rest goes back."""
    order = step.order
    step.refuse_unless(
        not order.lines.filter(lot=None).exists(),
        "the order has furniture",
        f"Cette commande contient du mobilier{SPACE}: choisissez un atelier.",
    )
    net = step.given.get("net_eur")
    step.refuse_unless(
        isinstance(net, Decimal) and net.is_finite() and 0 < net <= _MOST_EUR and net == net.quantize(_CENT),
        "no amount",
        f"Écrivez ce que vous avez payé hors taxes, au centime{SPACE}: plus de zéro, {euros(_MOST_EUR)} au plus.",
        "net_eur",
    )
    assert isinstance(net, Decimal)
    order.net_eur = net.quantize(_CENT)
    order.ended_at = step.now
    step.data["net_eur"] = str(order.net_eur)
    if (sent := step.given.get("scan")) is not None:
        step.data["scan"] = str(keep(order, sent, step.actor).public_id)
    due = payable_of(order, order.net_eur)
    if order.granted_eur is not None:
        step.data["due_eur"] = str(due)
    _ask_no_more(step)
    step.then(lambda event: release(order, event, keep=due) and None)


def _ask_no_more(step: Step) -> None:
    """Workshops that still work on a quote are told that nobody waits for it; the chosen one knows by the step itself."""
    requests = step.order.quote_requests.filter(withdrawn_at=None)
    waiting = requests.filter(declined_at=None).exclude(workshop=step.order.workshop_id)
    for request in waiting.select_related("workshop__maker__organisation"):
        step.write_to(people_of_workshop(request.workshop), "quote_withdrawn", name=request.workshop.name)
    requests.update(withdrawn_at=step.now)
