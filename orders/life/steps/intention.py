# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a draft to an intention that the préfecture has, and what may still be changed of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format

from designs.errors import ParameterError, UnknownDesignError
from designs.services.finding import current
from fabrication.models import MAX_QUANTITY
from orders.life.errors import ClosedError, RefusedError
from orders.life.step import Step, rule
from orders.life.table import Party
from orders.models import Campaign, Order, OrderLine
from orders.services.buyers import buyer_of, facts_of, place_of
from orders.services.drafting import WHERE, WHY, missing, refusals
from orders.services.eligibility import judge_on
from orders.services.numbering import next_number

if TYPE_CHECKING:
    from collections.abc import Mapping

_NBSP = "\N{NO-BREAK SPACE}"


@rule("submit")
def submit(step: Step) -> None:
    """The campaign takes it today, all that is needed is there, and the buyer is not refused by the zonings of the day."""
    order = step.order
    campaign = order.campaign
    if campaign is None:
        raise RefusedError(
            "a funded order belongs to a campaign",
            f"Choisissez une campagne, ou commandez à vos frais{_NBSP}: sans campagne, rien n’est subventionné.",
            "campaign",
        )
    today = timezone.localdate(step.now)
    _refuse_closed(campaign, today)
    _put_place(order)
    _refuse_missing(order)
    step.refuse_unless(
        campaign.covers(order.department),
        f"campaign {campaign.slug} does not cover {order.department}",
        f"Cette campagne n’est pas ouverte dans votre département ({order.department}).",
        "campaign",
    )
    _check_offers(order, campaign)
    _freeze(step, today)
    if order.verdict == "no":
        judgement = order.judgement or {}
        raise RefusedError(
            f"buyer {order.organisation_id} is judged not eligible",
            " ".join((*judgement.get("reasons", ()), judgement.get("next_step", ""))).strip(),
            "eligibility",
        )


@rule("submit_self_funded")
def submit_self_funded(step: Step) -> None:
    """Without any decision to wait for. It is judged all the same: the file says what it was."""
    order = step.order
    _put_place(order)
    _refuse_missing(order)
    _freeze(step, timezone.localdate(step.now))


@rule("amend")
def amend(step: Step) -> None:
    """``given``: "quantities", line's key → number; and any field of WHY and WHERE. Who answers the préfecture's question puts
    the order back before it."""
    order = step.order
    campaign = order.campaign
    today = timezone.localdate(step.now)
    if order.sent_back_at is None and (campaign is None or not campaign.is_open(today)):
        closed = f" depuis le {_day(campaign.closes_on)}" if campaign is not None else ""
        raise ClosedError(
            f"order {order.pk} can't be amended on {today}",
            f"La campagne est close{closed}{_NBSP}: l’intention ne change plus. Si la préfecture a besoin de précisions, "
            "elle vous le demande et l’intention s’ouvre à nouveau.",
        )
    texts = {name: step.given[name] for name in (*WHY, *WHERE) if name in step.given}
    for name, french in refusals(texts, today).items():
        raise RefusedError(f"{name} is refused", french, name)
    changed = [name for name, value in texts.items() if getattr(order, name) != value]
    for name in changed:
        setattr(order, name, texts[name])
    _refuse_missing(order)
    quantities = _amend_quantities(order, step.given.get("quantities", {}))
    if not changed and not quantities and order.sent_back_at is None:
        raise RefusedError("nothing is different", f"Rien n’a changé{_NBSP}: modifiez d’abord quelque chose.")
    step.data |= {"fields": changed, "quantities": quantities}
    if order.sent_back_at is not None:
        order.sent_back_at = None
        step.tell(Party.PREFECTURE, "amend")


@rule("self_fund")
def self_fund(step: Step) -> None:
    """Nothing else changes: the decision not to fund stays in the history."""


def _refuse_closed(campaign: Campaign, today: date) -> None:
    if campaign.is_open(today):
        return
    if campaign.published_at is None:
        french = "Cette campagne n’est pas publiée."
    elif today < campaign.opens_on:
        french = f"La campagne ouvre le {_day(campaign.opens_on)}. Votre brouillon est gardé jusque-là."
    else:
        french = (
            f"La campagne est close depuis le {_day(campaign.closes_on)}. Votre brouillon est gardé{_NBSP}: vous pouvez "
            "le déposer dans une autre campagne, ou commander à vos frais."
        )
    raise ClosedError(f"campaign {campaign.slug} is not open on {today}", french, "campaign")


def _put_place(order: Order) -> None:
    """Of the buyer as it is today: it may have moved since the draft was begun."""
    order.department, order.region = place_of(order.organisation)


def _refuse_missing(order: Order) -> None:
    for lack in missing(order):
        raise RefusedError(f"{lack.field} is missing", lack.french, lack.field)


def _check_offers(order: Order, campaign: Campaign) -> None:
    largest = dict(campaign.designs.values_list("design", "largest_quantity"))
    wanted: dict[str, int] = {}
    for line in order.lines.select_related("lot"):
        field = f"line-{line.pk}"
        if line.lot is not None:
            if line.lot.campaign_id != campaign.pk:
                raise RefusedError(
                    f"lot {line.lot_id} is another campaign's", "Ce lot est d’une autre campagne.", field
                )
            continue
        if line.design not in largest:
            raise RefusedError(
                f"{line.design} is not offered", "Ce modèle n’est pas proposé dans cette campagne.", field
            )
        wanted[line.design] = wanted.get(line.design, 0) + line.quantity
        most = largest[line.design]
        if most is not None and wanted[line.design] > most:
            raise RefusedError(
                f"{wanted[line.design]} of {line.design}, at most {most}",
                f"Cette campagne en propose {most} au plus par commande.",
                field,
            )


def _freeze(step: Step, today: date) -> None:
    order = step.order
    for line in order.lines.filter(lot=None).select_related("revision"):
        _freeze_line(line)
    buyer = buyer_of(order.organisation)
    judgement = judge_on(facts_of(buyer), today)
    order.verdict, order.judgement = judgement.verdict.value, judgement.as_data()
    order.service_code = order.service_code or buyer.service_code
    if not order.receiver_kind:
        order.receiver_name = order.receiver_siret = ""
    order.submitted_at = step.now
    order.year = today.year
    order.number = next_number("order", today.year)
    step.data |= {
        "verdict": order.verdict,
        "lines": order.lines.count(),
        "pieces": sum(line.quantity for line in order.lines.filter(lot=None)),
    }


def _freeze_line(line: OrderLine) -> None:
    """Every parameter, cleaned by the revision that is drawn today: a draft may be older than the drawing."""
    field = f"line-{line.pk}"
    try:
        revision = current(line.design)
        drawn = revision.drawing()
        known = {parameter.name for parameter in drawn.parameters}
        values: Mapping[str, Any] = drawn.clean({k: v for k, v in line.parameters.items() if k in known})
    except UnknownDesignError as error:
        raise RefusedError(
            f"{line.design} is not drawn any more", "Ce modèle n’est plus publié\N{NO-BREAK SPACE}: retirez-le.", field
        ) from error
    except ParameterError as error:
        raise RefusedError(
            f"line {line.pk}: {error}",
            "Ce modèle a été redessiné depuis votre brouillon\N{NO-BREAK SPACE}: revoyez ses dimensions.",
            field,
        ) from error
    line.revision, line.parameters = revision, dict(values)
    line.save(update_fields=["revision", "parameters"])


def _amend_quantities(order: Order, given: Mapping[int, int]) -> list[list[int]]:
    """Position, before, after, of those that change. What the campaign offers at most still holds."""
    changed = []
    for line in order.lines.filter(pk__in=list(given)):
        quantity = given[line.pk]
        if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= MAX_QUANTITY:
            raise RefusedError(f"{quantity!r} pieces", f"De 1 à {MAX_QUANTITY}.", f"line-{line.pk}")
        if quantity != line.quantity:
            changed.append([line.position, line.quantity, quantity])
            line.quantity = quantity
            line.save(update_fields=["quantity"])
    if changed and order.campaign is not None:
        _check_offers(order, order.campaign)
    return changed


def _day(value: date) -> str:
    return date_format(value, "j F Y").replace(" ", _NBSP)
