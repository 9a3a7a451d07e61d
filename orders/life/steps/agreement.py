# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is signed: the agreement between the préfecture and the buyer, the commitment from the buyer to the maker."""

from __future__ import annotations

from django.utils import timezone

from designs.typography import SPACE
from fabrication.models import Quote
from fabrication.quoting.words import euros
from orders.life.step import Step, rule
from orders.life.steps.choice import threshold_on
from orders.models import Buyer, Document, Event
from orders.services.paper_facts import quotes_of
from orders.services.papers import make_agreement, make_commitment, standing, standing_choice, still_says
from orders.services.references import clean_reference
from orders.services.storage import keep


@rule("prepare_agreement")
def prepare_agreement(step: Step) -> None:
    """The paper that both will sign; made again when the order says something else by now."""
    before = standing(step.order, Document.Kind.AGREEMENT)
    step.refuse_unless(
        before is None or not still_says(before, step.order),
        "the agreement says what the order is",
        f"La convention {before} est déjà prête{SPACE}: elle correspond à la commande.",
    )
    step.then(lambda event: _note_paper(event, make_agreement(step.order, step.actor)))


@rule("send_agreement")
def send_agreement(step: Step) -> None:
    """``given``: scan (orders.services.uploads.Judged), as the buyer signed it."""
    document = _agreement(step)
    document.buyer_signed = keep(step.order, step.given["scan"], step.actor)
    document.buyer_signed_at = step.now
    document.save(update_fields=["buyer_signed", "buyer_signed_at"])
    step.data["document"] = document.reference


@rule("sign_agreement")
def sign_agreement(step: Step) -> None:
    """``given``: scan, as both have signed it."""
    document = _agreement(step)
    document.signed = keep(step.order, step.given["scan"], step.actor)
    document.signed_at, document.signed_by = step.now, step.actor
    document.save(update_fields=["signed", "signed_at", "signed_by"])
    step.order.agreement_signed_at = step.now
    step.data["document"] = document.reference


@rule("prepare_commitment")
def prepare_commitment(step: Step) -> None:
    """``given``: engagement_number, service_code, as the buyer's accounts name them."""
    order = step.order
    number = clean_reference(step.given.get("engagement_number", ""), 50, "engagement_number")
    code = clean_reference(step.given.get("service_code", ""), 100, "service_code")
    _guard_price(step)
    _guard_engagement(step, number)
    _guard_quotes(step)
    order.engagement_number, order.service_code = number, code
    step.then(lambda event: _note_paper(event, make_commitment(order, step.actor)))


@rule("commit")
def commit(step: Step) -> None:
    """``given``: scan of the signed commitment. From here on the maker may make."""
    order = step.order
    document = standing(order, Document.Kind.COMMITMENT)
    step.refuse_unless(
        document,
        "no commitment was prepared",
        f"Préparez d’abord le bon d’engagement{SPACE}: c’est lui que vous signez.",
        "scan",
    )
    assert document is not None
    step.refuse_unless(
        still_says(document, order),
        f"{document} does not say what the order is any more",
        f"Le bon {document} ne correspond plus à la commande{SPACE}: préparez-en un autre et signez-le.",
        "scan",
    )
    _guard_price(step)
    _guard_engagement(step, order.engagement_number)
    _guard_quotes(step)
    # An invoice of a maker before this one does not stand any more.
    order.invoices.filter(replaced_at=None).update(replaced_at=step.now)
    document.signed = keep(order, step.given["scan"], step.actor)
    document.signed_at, document.signed_by = step.now, step.actor
    document.save(update_fields=["signed", "signed_at", "signed_by"])
    order.committed_at = step.now
    step.data["document"] = document.reference


def _note_paper(event: Event, document: Document) -> None:
    event.data["document"] = document.reference
    event.save(update_fields=["data"])


def _agreement(step: Step) -> Document:
    document = standing(step.order, Document.Kind.AGREEMENT)
    step.refuse_unless(
        document,
        "no agreement was prepared",
        f"Préparez d’abord la convention{SPACE}: c’est elle qui est signée.",
        "scan",
    )
    assert document is not None
    step.refuse_unless(
        still_says(document, step.order),
        f"{document} does not say what the order is any more",
        f"La convention {document} ne correspond plus à la commande (lignes ou montants){SPACE}: préparez-la de nouveau.",
        "scan",
    )
    return document


def _guard_price(step: Step) -> None:
    threshold = threshold_on(timezone.localdate(step.now))
    price = step.order.net_eur
    assert price is not None
    if threshold is not None:
        step.refuse_unless(
            price < threshold.amount_eur,
            f"{price} € is not below the threshold of {threshold.amount_eur} €",
            f"{euros(price)} HT{SPACE}: c’est le seuil de {euros(threshold.amount_eur)} HT ou plus. Au-delà, un achat sans "
            f"publicité ni mise en concurrence n’est pas permis{SPACE}: passez par un marché, ou changez d’atelier.",
        )


def _guard_engagement(step: Step, number: str) -> None:
    buyer = Buyer.objects.filter(organisation=step.order.organisation_id).first()
    step.refuse_unless(
        number or buyer is None or not buyer.needs_engagement,
        "the buyer asks for an engagement number on its invoices",
        f"Votre collectivité demande un numéro d’engagement sur ses factures{SPACE}: écrivez-le.",
        "engagement_number",
    )


def _guard_quotes(step: Step) -> None:
    today = timezone.localdate(step.now)
    for quote in quotes_of(standing_choice(step.order)).values():
        step.refuse_unless(
            quote.state == Quote.State.ISSUED and quote.hidden_at is None and not quote.has_expired(today),
            f"quote {quote} is not valid any more",
            f"Le devis {quote} n’est plus valable{SPACE}: demandez-en un autre à l’atelier, ou changez d’atelier.",
        )
