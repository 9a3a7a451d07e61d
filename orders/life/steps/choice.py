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
from fabrication.quoting.words import euros
from orders.life.step import Step, rule
from orders.models import Choice, Document, PurchaseThreshold, QuoteRequest, State
from orders.services.answers import MAY_ASK_AGAIN, MOST_ASKED, Standing, answers_of, left_places

if TYPE_CHECKING:
    from datetime import date

    from orders.models import Event

#: Characters of a message to a workshop, of a justification.
MOST_MESSAGE, MOST_WORDS = 2_000, 4_000

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
    """``given``: workshop; answer_by, a day; quotes, one (line, quote) for each line of furniture. The note goes with it.

    A question that came to nothing leaves its place to the next one: at most three are open, and nobody answers one that
    another has replaced."""
    order, workshop, today = step.order, step.given["workshop"], timezone.localdate(step.now)
    step.refuse_unless(
        len(step.note) <= MOST_MESSAGE,
        "the message is too long",
        f"{MOST_MESSAGE}{_NBSP}caractères au plus.",
        "message",
    )
    step.refuse_unless(
        Workshop.objects.open_to_orders().filter(pk=workshop.pk).exists(),
        f"{workshop.slug} takes no orders",
        "Cet atelier ne prend plus de commande en ce moment.",
        "workshop",
    )
    open_ones = answers_of(order, today)
    former = [one for one in open_ones if one.request.workshop_id == workshop.pk]
    others = [one for one in open_ones if one.request.workshop_id != workshop.pk]
    step.refuse_unless(
        all(one.standing in MAY_ASK_AGAIN for one in former),
        f"{workshop.slug} was asked already",
        "Vous avez déjà demandé un devis à cet atelier pour cette commande.",
        "workshop",
    )
    step.refuse_unless(
        left_places(others),
        f"at most {MOST_ASKED} workshops are asked at once",
        f"Trois devis au plus se demandent en même temps{_NBSP}: retirez d’abord une demande.",
        "workshop",
    )
    spare = [one for one in others if not one.holds_a_place and one.standing is not Standing.DECLINED]
    standing = sum(one.standing is not Standing.DECLINED for one in others)
    for one in [*former, *spare[: max(0, standing - MOST_ASKED + 1)]]:
        one.request.withdrawn_at = step.now
        one.request.save(update_fields=["withdrawn_at"])
        if one not in former and one.standing is Standing.OVERDUE:
            name = one.request.workshop.name
            step.write_to(people_of_workshop(one.request.workshop), "quote_withdrawn", name=name)
    step.data.update(workshop=workshop.slug, name=workshop.name, answer_by=step.given["answer_by"].isoformat())
    step.write_to(people_of_workshop(workshop), "quote_asked", answer_by=date_format(step.given["answer_by"], "j F Y"))

    def keep(event: Event) -> None:
        request = QuoteRequest.objects.create(
            order=order,
            workshop=workshop,
            asked_by=step.actor,
            answer_by=step.given["answer_by"],
            message=step.note,
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
    words = _clean(step.given["justification"])
    step.refuse_unless(
        words,
        "a justification is needed",
        f"Dites pourquoi vous choisissez cet atelier{_NBSP}: cette justification est gardée au dossier.",
        "justification",
    )
    step.refuse_unless(
        len(words) <= MOST_WORDS,
        "the justification is too long",
        f"{MOST_WORDS}{_NBSP}caractères au plus.",
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
    asked = dict(request.quotes.values_list("line", "quote"))
    # Two lines may rest on one quote: it is counted for each. A workshop that takes its quote back at this moment comes
    # before the choice, or after it.
    locked = {quote.pk: quote for quote in Quote.objects.select_for_update(of=("self",)).filter(pk__in=asked.values())}
    quotes = [locked[pk] for pk in asked.values()]
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
        furniture and furniture == set(asked),
        "the quotes are not those of the order's lines",
        "Ces devis ne couvrent pas toute la commande.",
    )
    net = sum((quote.net_eur or Decimal(0) for quote in quotes), Decimal(0))
    vat = sum((quote.vat_eur or Decimal(0) for quote in quotes), Decimal(0))
    threshold = threshold_on(today)
    step.refuse_unless(
        threshold is None or net < threshold.amount_eur,
        f"{net} is not below the threshold of a tender",
        f"Ce devis de {euros(net)} HT atteint le seuil de {euros(threshold.amount_eur if threshold else net)} HT, à partir "
        f"duquel un achat demande une mise en concurrence formelle{_NBSP}: passez un marché, ou réduisez la commande.",
    )
    order.workshop, order.chosen_at, order.net_eur, order.vat_eur = request.workshop, step.now, net, vat
    step.data.update(workshop=request.workshop.slug, name=request.workshop.name, net_eur=str(net))
    for other in answers_of(order, today):
        # Their questions stay: if this workshop refuses, they may be chosen.
        if other.holds_a_place and other.request.pk != request.pk:
            step.write_to(
                people_of_workshop(other.request.workshop), "quote_not_chosen", name=other.request.workshop.name
            )

    if request.answered_at is None:  # chosen before the worker noted the answer
        request.answered_at = step.now
        request.save(update_fields=["answered_at"])

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


def _clean(text: str) -> str:
    """Lines without control characters, which no database and no document takes."""
    lines = str(text)[: 10 * MOST_WORDS].splitlines()
    clean = (" ".join("".join(c if c.isprintable() else " " for c in line).split()) for line in lines)
    return "\n".join(clean).strip()


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
