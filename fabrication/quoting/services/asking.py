# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking for a quote, and filling it in once the plan is measured.

A worker measures the plan (a job of its own kind, found again by its inputs); the lines follow from its figures in
milliseconds, in whichever process sees first that the figures are there.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, Role
from designs.typography import SPACE
from fablabs.errors import MachineFileError
from fablabs.geography import UnknownCommuneError, commune
from fablabs.machine import machine_text, parse_machine
from fablabs.models import CuttingMachine, StockItem, Workshop
from fabrication import artefacts
from fabrication.errors import NotMakeableError
from fabrication.fit import check_fit
from fabrication.models import Job, OwnHardwarePrice, Quote, QuoteEvent, QuoteLine
from fabrication.quoting.distance import way_between
from fabrication.quoting.errors import NotAllowedError, QuoteError
from fabrication.quoting.figures import CutFigures, figures_from
from fabrication.quoting.line import Totals, add_up
from fabrication.quoting.lines import quote_lines
from fabrication.quoting.prices import Prices, Way
from fabrication.quoting.rules import rules_on
from fabrication.quoting.services.rows import locked, note, recount, row_of
from fabrication.quoting.services.watching import judge
from fabrication.services import request_figures

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from designs.design import Design
    from designs.models import DesignRevision

log = logging.getLogger(__name__)

_LOST = "Une erreur de notre côté a arrêté le calcul de ce devis. Demandez-le à nouveau."


def request_quote(
    revision: DesignRevision,
    given: Mapping[str, object],
    workshop: Workshop,
    *,
    actor: User,
    quantity: int = 1,
    machine: CuttingMachine | None = None,
    stock: StockItem | None = None,
    insee: str = "",
    deadline: date | None = None,
    organisation: Organisation | None = None,
    purpose: str = "",
) -> Quote:
    """The quote of this workshop for the order, on its first machine and stock that can take it,
    unless others of its own are named.

    Blank ``insee``: the order is fetched. The same person who asks the same thing while the workshop's terms are the
    same gets the quote that there is; ``purpose`` keeps apart what is asked for two things (an order's line: a quote is
    accepted once). Raises QuoteError, ParameterError, NotMakeableError, MachineFileError,
    UnknownCommuneError, ValueError (quantity), BusyError; NotAllowedError for an organisation that the actor does not buy
    for.
    """
    _require_open(workshop)
    if organisation is not None and not _buys_for(actor, organisation):
        raise NotAllowedError("the actor does not buy for this organisation")
    if deadline is not None and deadline < timezone.localdate():
        raise QuoteError("the deadline is over", "Cette date est passée.", "echeance")
    _require_offered(workshop, revision.design, quantity)
    way = way_between(workshop.insee, insee, settings.TRETEAU_DETOUR_FACTOR) if insee else None
    if way:
        _require_served(workshop, way, insee)
    design = revision.drawing()
    text = _machine_text(workshop, machine, stock, design, design.clean(given))
    job = request_figures(revision, given, workshop, text, quantity)
    terms = _terms(workshop, revision, job.parameters, way)
    question = _question(job, workshop, terms, insee, deadline, organisation, purpose)
    known = Quote.objects.filter(asked_by=actor, question=question).exclude(
        state__in=[Quote.State.WITHDRAWN, Quote.State.REFUSED]
    )
    same = next((quote for quote in known if not quote.has_expired()), None)
    if same:
        return complete(same)
    place = commune(insee) if insee else None
    quote = Quote(
        job=job,
        workshop=workshop,
        asked_by=actor,
        organisation=organisation,
        question=question,
        design=revision.design,
        quantity=quantity,
        thickness_class=rules_on(timezone.localdate()).thickness_class(parse_machine(text).stock.nominal_thickness_mm),
        insee=place.insee if place else "",
        commune=place.label if place else "",
        deadline=deadline,
        terms=terms,
        vat_rate=workshop.maker.vat_rate,
    )
    try:
        with transaction.atomic():
            quote.save()
            note(quote, QuoteEvent.Action.ASKED, actor)
    except IntegrityError:  # sent twice at the same moment: the row's constraint (one_quote_a_question) let one through
        open_states = [Quote.State.COMPUTING, Quote.State.COMPUTED, Quote.State.CORRECTED]
        quote = known.get(state__in=open_states)
    return complete(quote)


def complete(quote: Quote) -> Quote:
    """The quote with its lines if its figures are there by now; as it is if not. Never fills it in twice."""
    if quote.state != Quote.State.COMPUTING or not quote.job.is_finished:
        return quote
    with locked(quote) as fresh:
        if fresh.state != Quote.State.COMPUTING:
            return fresh
        if fresh.job.state != Job.State.DONE:
            return _refused(fresh, fresh.job.reason)
        try:
            assert fresh.job.facts is not None
            figures = figures_from(json.loads(artefacts.file_of(fresh.job.facts).read_bytes()))
        except (OSError, ValueError):
            log.exception("quote %s: the figures of job %s can't be read", fresh.pk, fresh.job_id)
            return _refused(fresh, _LOST)
        _fill(fresh, figures)
        return fresh


def complete_of_job(pk: int) -> None:
    """All quotes that wait for a job. Never raises: what goes wrong is logged, and tried again by the sweeper."""
    for quote in Quote.objects.filter(job=pk, state=Quote.State.COMPUTING).select_related("job"):
        try:
            complete(quote)
        except Exception:
            log.exception("quote %s could not be completed", quote.pk)


def complete_waiting() -> None:
    """Those whose job ended while nobody was there to fill them in."""
    waiting = Quote.objects.filter(state=Quote.State.COMPUTING)
    ended = waiting.filter(job__state__in=[Job.State.DONE, Job.State.REFUSED, Job.State.FAILED])
    for pk in ended.values_list("job", flat=True).distinct():
        complete_of_job(pk)


def _refused(quote: Quote, reason: str) -> Quote:
    quote.state, quote.reason = Quote.State.REFUSED, reason
    quote.save()
    note(quote, QuoteEvent.Action.REFUSED, None, reason)
    return quote


def _fill(quote: Quote, figures: CutFigures) -> None:
    now = timezone.now()
    day = timezone.localdate(now)
    terms = quote.terms
    way = Way(**terms["way"]) if terms["way"] else None
    lines = quote_lines(figures, _prices(terms), rules_on(day), way, day)
    QuoteLine.objects.bulk_create(row_of(quote, line, n) for n, line in enumerate(lines, 1))
    quote.figures = json.loads(artefacts.file_of(quote.job.facts).read_bytes()) if quote.job.facts else {}
    quote.state, quote.computed_at = Quote.State.COMPUTED, now
    recount(quote)
    note(quote, QuoteEvent.Action.COMPUTED, None)
    judge(quote, now)
    quote.save()


def totals_with(quote: Quote, figures: CutFigures) -> Totals:
    """What the workshop would ask for another plan at this quote's own terms, without what its people changed by hand."""
    terms = quote.terms
    way = Way(**terms["way"]) if terms["way"] else None
    day = timezone.localdate(quote.computed_at) if quote.computed_at else timezone.localdate()
    lines = quote_lines(figures, _prices(terms), rules_on(day), way, day)
    return add_up(((line.amount, line.missing) for line in lines), quote.vat_rate)


def _require_open(workshop: Workshop) -> None:
    if not Workshop.objects.open_to_orders().filter(pk=workshop.pk).exists():
        raise QuoteError(
            f"workshop {workshop.slug} is not open to orders",
            "Cet atelier ne prend pas de commande en ce moment.",
            "atelier",
        )


def _buys_for(actor: User, organisation: Organisation) -> bool:
    return Membership.objects.filter(
        user=actor, organisation=organisation, role=Role.BUYER, is_active=True, organisation__archived_at=None
    ).exists()


def _require_offered(workshop: Workshop, design: str, quantity: int) -> None:
    """A maker that names models offers those; one that names none is asked for any."""
    offers = {offer.design: offer for offer in workshop.maker.offers.all()}
    if not offers:
        return
    offer = offers.get(design)
    if offer is None:
        raise QuoteError(f"{workshop.slug} does not offer {design}", "Cet atelier ne propose pas ce modèle.", "atelier")
    largest = offer.largest_quantity
    if quantity < offer.smallest_quantity or (largest is not None and quantity > largest):
        bounds = (
            f"d’au moins {offer.smallest_quantity}" if largest is None else f"de {offer.smallest_quantity} à {largest}"
        )
        raise QuoteError(
            f"{workshop.slug} takes other quantities of {design}",
            f"Cet atelier fabrique ce modèle par commandes {bounds}{SPACE}exemplaires.",
            "quantite",
        )


def _require_served(workshop: Workshop, way: Way, insee: str) -> None:
    """The territory that the workshop says it serves; a place without a road is quoted without delivery's price."""
    there = commune(insee)
    if workshop.departments and there.department not in workshop.departments:
        raise QuoteError(
            f"{workshop.slug} does not serve {there.department}",
            f"Cet atelier ne livre pas à {there.label}.",
            "commune",
        )
    if workshop.radius_km is not None and way.km is not None and way.km > workshop.radius_km:
        raise QuoteError(
            f"{workshop.slug} serves {workshop.radius_km} km",
            f"Cet atelier livre à {workshop.radius_km}{SPACE}km au plus{SPACE}: {there.label} est à {way.km:.0f}{SPACE}km par la "
            "route, en estimation.",
            "commune",
        )


def _machine_text(
    workshop: Workshop,
    machine: CuttingMachine | None,
    stock: StockItem | None,
    design: Design,
    parameters: Mapping[str, Any],
) -> str:
    """The first machine and stock there, of those named if any are, on which nothing speaks against the piece.

    Raises QuoteError for what does not stand or lie there, MachineFileError where nothing does, NotMakeableError."""
    refusal: NotMakeableError | None = None
    for one, other in workshop.pairs():
        file = one.file_with(other) if machine in (None, one) and stock in (None, other) else None
        if file is None:
            continue
        try:
            check_fit(design, file, parameters)
        except NotMakeableError as error:
            refusal = refusal or error
            continue
        return machine_text(file)
    if refusal is not None:
        raise refusal
    if machine is None and stock is None:
        raise MachineFileError(f"{workshop.slug}: no machine in use with stock for it")
    raise QuoteError(
        f"{workshop.slug} has no such machine with such stock",
        "Cet atelier n’a pas cette machine avec ces panneaux.",
        "atelier",
    )


def _terms(
    workshop: Workshop, revision: DesignRevision, parameters: Mapping[str, Any], way: Way | None
) -> dict[str, Any]:
    """The maker's prices as they are today: a quote keeps the ones that it was asked at."""
    offer = next((o for o in workshop.maker.offers.all() if o.design == revision.design), None)
    base = offer and offer.price_eur is not None and parameters == revision.drawing().clean({})
    own = OwnHardwarePrice.objects.filter(maker=workshop.maker)
    return {
        "machine_hour_eur": _text(workshop.machine_hour_eur),
        "hand_hour_eur": _text(workshop.hand_hour_eur),
        "delivery_km_eur": _text(workshop.delivery_km_eur),
        "minimum_eur": _text(workshop.minimum_eur),
        "piece_eur": _text(offer.price_eur) if offer and base else None,
        "hardware_eur": {price.reference: str(price.price_eur) for price in own},
        "lead_days": workshop.lead_days,
        "way": asdict(way) if way else None,
    }


def _prices(terms: Mapping[str, Any]) -> Prices:
    return Prices(
        machine_hour=_decimal(terms["machine_hour_eur"]),
        hand_hour=_decimal(terms["hand_hour_eur"]),
        delivery_km=_decimal(terms["delivery_km_eur"]),
        minimum=_decimal(terms["minimum_eur"]),
        piece=_decimal(terms["piece_eur"]),
        hardware={name: Decimal(price) for name, price in terms["hardware_eur"].items()},
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _question(
    job: Job,
    workshop: Workshop,
    terms: Mapping[str, Any],
    insee: str,
    deadline: date | None,
    organisation: Organisation | None,
    purpose: str,
) -> str:
    asked: dict[str, Any] = {
        "job": job.key,
        "workshop": workshop.pk,
        "terms": terms,
        "vat": str(workshop.maker.vat_rate),
        "insee": insee,
        "deadline": deadline.isoformat() if deadline else "",
        "organisation": organisation.pk if organisation else None,
    }
    if purpose:
        asked["purpose"] = purpose
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


__all__ = ["UnknownCommuneError", "complete", "complete_of_job", "complete_waiting", "request_quote", "totals_with"]
