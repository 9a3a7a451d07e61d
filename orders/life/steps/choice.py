# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which maker: whom the buyer asks, whom it chooses and why, and what ends that choice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Membership, Role, User
from fablabs.models import Workshop
from fabrication.models import Quote
from orders.life.step import Step, rule
from orders.models import Choice, Document, PurchaseThreshold, QuoteRequest, State

if TYPE_CHECKING:
    from datetime import date

    from orders.models import Event

#: Workshops that may be asked at once (the programme's habit of three quotes).
MOST_ASKED = 3

_NBSP = "\N{NO-BREAK SPACE}"


def people_of_workshop(workshop: Workshop) -> list[User]:
    """Those who answer for it."""
    there = Membership.objects.filter(
        role=Role.MAKER, is_active=True, organisation=workshop.maker.organisation, organisation__archived_at=None
    )
    return list(User.objects.filter(is_active=True, pk__in=there.values("user")).order_by("pk"))


def threshold_on(day: date) -> PurchaseThreshold | None:
    """What a public buyer may buy for without a tender that day."""
    in_force = Q(valid_to=None) | Q(valid_to__gte=day)
    return PurchaseThreshold.objects.filter(in_force, valid_from__lte=day).order_by("-valid_from").first()


@rule("ask_quote")
def ask_quote(step: Step) -> None:
    """``given``: workshop; answer_by, a day; quotes, one (line, quote) for each line of furniture. The note goes with it."""
    order, workshop = step.order, step.given["workshop"]
    standing = order.quote_requests.filter(withdrawn_at=None, declined_at=None)
    step.refuse_unless(
        not order.quote_requests.filter(withdrawn_at=None, workshop=workshop).exists(),
        f"{workshop.slug} was asked already",
        "Vous avez déjà demandé un devis à cet atelier pour cette commande.",
        "workshop",
    )
    step.refuse_unless(
        standing.count() < MOST_ASKED,
        f"at most {MOST_ASKED} workshops are asked at once",
        f"Trois devis au plus se demandent en même temps{_NBSP}: retirez d’abord une demande.",
        "workshop",
    )
    step.refuse_unless(
        Workshop.objects.open_to_orders().filter(pk=workshop.pk).exists(),
        f"{workshop.slug} takes no orders",
        "Cet atelier ne prend plus de commande en ce moment.",
        "workshop",
    )
    step.data.update(workshop=workshop.slug, name=workshop.name, answer_by=step.given["answer_by"].isoformat())
    step.write_to(people_of_workshop(workshop), "quote_asked", answer_by=date_format(step.given["answer_by"], "j F Y"))

    def keep(event: Event) -> None:
        request = QuoteRequest.objects.create(
            order=order,
            workshop=workshop,
            asked_by=step.actor,
            answer_by=step.given["answer_by"],
            message=step.note[:2_000],
        )
        for line, quote in step.given["quotes"]:
            request.quotes.create(line=line, quote=quote)

    step.then(keep)


@rule("withdraw_request")
def withdraw_request(step: Step) -> None:
    """``given``: request. Its quotes stay on the workshop's list, and are asked no more."""
    request = step.order.quote_requests.filter(pk=step.given["request"].pk, withdrawn_at=None).first()
    step.refuse_unless(request, "the request does not stand", "Cette demande est déjà retirée.")
    assert request is not None
    request.withdrawn_at = step.now
    request.save(update_fields=["withdrawn_at"])
    step.data.update(workshop=request.workshop.slug, name=request.workshop.name)
    step.write_to(people_of_workshop(request.workshop), "quote_withdrawn", name=request.workshop.name)


@rule("note_answer")
def note_answer(step: Step) -> None:
    """``given``: request; declined, a reason, or empty: all of its quotes are issued."""
    request = step.order.quote_requests.filter(
        pk=step.given["request"].pk, withdrawn_at=None, answered_at=None, declined_at=None
    ).first()
    step.refuse_unless(request, "the request waits for no answer", "Cette demande n’attend plus de réponse.")
    assert request is not None
    if reason := step.given.get("declined", ""):
        request.declined_at, request.declined_reason = step.now, reason
    else:
        request.answered_at = step.now
    request.save(update_fields=["answered_at", "declined_at", "declined_reason"])
    step.data.update(workshop=request.workshop.slug, name=request.workshop.name, declined=reason)


@rule("choose_maker")
def choose_maker(step: Step) -> None:
    """``given``: request (answered); justification; record, rank: the ranking of that moment (orders/services/choosing.py)."""
    order, request = step.order, step.given["request"]
    words = step.given["justification"].strip()
    step.refuse_unless(
        words,
        "a justification is needed",
        f"Dites pourquoi vous choisissez cet atelier{_NBSP}: cette justification est gardée au dossier.",
        "justification",
    )
    step.refuse_unless(
        order.quote_requests.filter(pk=request.pk, withdrawn_at=None, declined_at=None).exists(),
        "the request does not stand",
        "Cette demande de devis n’est plus en cours.",
    )
    step.refuse_unless(
        Workshop.objects.open_to_orders().filter(pk=request.workshop_id).exists(),
        f"{request.workshop.slug} takes no orders",
        "Cet atelier ne prend plus de commande en ce moment.",
    )
    quotes = [asked.quote for asked in request.quotes.select_related("quote").select_for_update(of=("self",))]
    today = timezone.localdate(step.now)
    for quote in quotes:
        step.refuse_unless(
            quote.state == Quote.State.ISSUED and quote.net_eur is not None,
            f"quote {quote.pk} is {quote.state}",
            "Cet atelier n’a pas encore envoyé tous ses devis.",
        )
        step.refuse_unless(
            quote.hidden_at is None,
            f"quote {quote.pk} is hidden for its price",
            "La coordination a retiré ce devis pour son prix.",
        )
        step.refuse_unless(
            not quote.has_expired(today),
            f"quote {quote.pk} has expired",
            "Ce devis n’est plus valable. Demandez-en un nouveau à cet atelier.",
        )
    furniture = set(order.lines.filter(lot=None).values_list("pk", flat=True))
    step.refuse_unless(
        furniture and furniture == {asked.line_id for asked in request.quotes.all()},
        "the quotes are not those of the order's lines",
        "Ces devis ne couvrent pas toute la commande.",
    )
    net = sum((quote.net_eur or Decimal(0) for quote in quotes), Decimal(0))
    vat = sum((quote.vat_eur or Decimal(0) for quote in quotes), Decimal(0))
    threshold = threshold_on(today)
    step.refuse_unless(
        threshold is None or net < threshold.amount_eur,
        f"{net} is not below the threshold of a tender",
        "Ce montant atteint le seuil au-delà duquel un achat demande une mise en concurrence formelle"
        f"{_NBSP}: passez un marché, ou réduisez la commande.",
    )
    order.workshop, order.chosen_at, order.net_eur, order.vat_eur = request.workshop, step.now, net, vat
    step.data.update(workshop=request.workshop.slug, name=request.workshop.name, net_eur=str(net))

    def keep(event: Event) -> None:
        Choice.objects.create(
            order=order,
            workshop=request.workshop,
            request=request,
            justification=words,
            record=step.given.get("record", {}),
            rank=step.given.get("rank"),
            net_eur=net,
            vat_eur=vat,
            threshold_eur=threshold.amount_eur if threshold else None,
            chosen_by=step.actor,
        )

    step.then(keep)


@rule("change_maker", "maker_refuse")
def back_to_the_choice(step: Step) -> None:
    """The order goes back to where a maker is chosen; what was signed for the former one holds no more."""
    order = step.order
    refused = step.action.name == "maker_refuse"
    step.target = State.AGREEMENT_SIGNED if order.agreement_signed_at else State.SELF_FUNDED
    standing = order.choices.filter(ended="")
    former = standing.select_related("workshop").first()
    standing.update(
        ended=Choice.Ended.REFUSED if refused else Choice.Ended.CHANGED, ended_at=step.now, ended_reason=step.note
    )
    if former is not None:
        order.quote_requests.filter(workshop=former.workshop, withdrawn_at=None).update(withdrawn_at=step.now)
        step.data.update(workshop=former.workshop.slug, name=former.workshop.name)
    order.documents.filter(kind=Document.Kind.COMMITMENT, replaced_at=None).update(replaced_at=step.now)
    order.workshop = order.chosen_at = order.net_eur = order.vat_eur = order.committed_at = None
    order.engagement_number = ""
