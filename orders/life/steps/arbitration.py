# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The préfecture's decision, and the money that goes with it."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from accounts.models import Organisation
from designs.typography import SPACE
from fablabs.geography import department_name
from fabrication.quoting.words import euros
from orders.arbitration.what_if import Terms
from orders.life.errors import RefusedError
from orders.life.step import Step, rule
from orders.models import Campaign, Document, Order
from orders.money import cents
from orders.services.envelopes import MOST_EUR, locked_envelope, release, reserve


@rule("review")
def review(step: Step) -> None:
    _campaign(step)


@rule("send_back")
def send_back(step: Step) -> None:
    _campaign(step)
    step.order.sent_back_at = step.now


@rule("fund")
def fund(step: Step) -> None:
    """``given``: ``basis_eur``, the expense that the préfecture retains, without VAT (none: the order's high estimate)."""
    order = step.order
    campaign = _campaign(step)
    expense = _expense(step)
    if order.verdict == "no" and not step.note:
        raise RefusedError(
            "funded although judged not eligible, without a reason",
            f"Cette intention a été jugée non éligible{SPACE}: écrivez pourquoi vous la financez.",
            "note",
        )
    # Two orders of one buyer wait for each other here, then two of one département: neither the cap nor the envelope is
    # used twice. Every decision takes the locks in this order. no_key: rows that only point at the buyer go on being written.
    Organisation.objects.select_for_update(no_key=True).get(pk=order.organisation_id)
    envelope = locked_envelope(order)
    terms = terms_of(campaign)
    used = used_of(order) if terms.is_per_buyer else Decimal(0)
    share = terms.subsidy(expense, used)
    step.refuse_unless(
        share.granted_eur > 0,
        f"nothing is left of the cap: {used} € of {campaign.cap_eur} €",
        f"Il n’y a rien à accorder{SPACE}: les autres commandes de cet acheteur utilisent tout le plafond de "
        f"{euros(campaign.cap_eur or Decimal(0))}."
        if used
        else f"Il n’y a rien à accorder sur une dépense de {euros(expense)}.",
        "basis_eur",
    )
    if share.granted_eur > envelope.left_eur:
        raise RefusedError(
            f"{share.granted_eur} € of {envelope.left_eur} € left in envelope {envelope.pk}",
            f"Il manque {euros(share.granted_eur - envelope.left_eur)}{SPACE}: cette subvention demande "
            f"{euros(share.granted_eur)}, et il reste {euros(envelope.left_eur)} dans l’enveloppe "
            f"({department_name(order.department)}).",
            "basis_eur",
        )
    order.basis_eur, order.granted_eur = share.basis_eur, share.granted_eur
    order.decided_at, order.decided_by, order.decision_reason = step.now, step.actor, step.note
    step.data |= {
        "expense_eur": str(share.expense_eur),
        "basis_eur": str(share.basis_eur),
        "granted_eur": str(share.granted_eur),
        "used_eur": str(used),
        "rate": str(campaign.rate),
    }
    step.then(lambda event: reserve(envelope, order, share.granted_eur, event))


@rule("refuse_funding")
def refuse_funding(step: Step) -> None:
    _campaign(step)
    order = step.order
    order.decided_at, order.decided_by, order.decision_reason = step.now, step.actor, step.note


@rule("reconsider")
def reconsider(step: Step) -> None:
    """The decision falls, and what it promised goes back into the envelope; both stay in the history."""
    order = step.order
    if order.granted_eur is not None:
        step.data |= {"granted_eur": str(order.granted_eur)}
    order.documents.filter(kind=Document.Kind.AGREEMENT, replaced_at=None).update(replaced_at=step.now)
    order.decided_at = order.decided_by = order.basis_eur = order.granted_eur = None
    order.decision_reason = ""
    step.then(lambda event: release(order, event))


def terms_of(campaign: Campaign) -> Terms:
    return Terms(campaign.rate, campaign.cap_eur, campaign.cap_basis == Campaign.CapBasis.EXPENSE)


def used_of(order: Order) -> Decimal:
    """Of the cap, by the buyer's other orders of the campaign that hold a grant."""
    others = Order.objects.holding_a_grant().filter(campaign=order.campaign_id, organisation=order.organisation_id)
    # SQLite adds decimals up as floats.
    return cents(others.exclude(pk=order.pk).aggregate(sum=Sum("basis_eur"))["sum"] or Decimal(0))


def _campaign(step: Step) -> Campaign:
    campaign = step.order.campaign
    if campaign is None:
        raise RefusedError(
            f"order {step.order.pk} is of no campaign",
            "Cette commande n’est d’aucune campagne\N{NO-BREAK SPACE}: il n’y a rien à arbitrer.",
        )
    return campaign


def _expense(step: Step) -> Decimal:
    given = step.given.get("basis_eur")
    expense = step.order.high_eur if given is None else given
    if expense is None:
        raise RefusedError(
            f"order {step.order.pk} has no estimate, and none was given",
            "Le prix de cette commande n’est pas connu\N{NO-BREAK SPACE}: écrivez la dépense que vous retenez.",
            "basis_eur",
        )
    if not isinstance(expense, Decimal) or not expense.is_finite() or not 0 < expense <= MOST_EUR:
        raise RefusedError(
            f"{str(expense)[:40]} is no expense",
            f"Écrivez une dépense de plus de 0{SPACE}€, et de {euros(MOST_EUR)} au plus.",
            "basis_eur",
        )
    return expense
