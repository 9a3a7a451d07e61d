# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Campaigns: made, changed and published by coordinators. What people were told when they asked is not changed behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from designs.typography import SPACE, listed
from fablabs.geography import departments
from fablabs.services.editing import check, fingerprint, stored
from fablabs.services.history import Differences, differences
from fablabs.services.permission import require_coordinator
from fablabs.services.refusals import RecordError, StaleError
from orders.arbitration.criteria import NAMES, is_weight
from orders.models import Campaign, CampaignDesign, EquipmentLot, Order, OrderLine, State

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = (
    "name", "presentation", "opens_on", "closes_on", "decides_on", "delivers_on", "departments", "rate", "cap_eur",
    "cap_basis", "vat_rate", "answer_days", "weights",
)  # fmt: skip
#: No campaign is of another time.
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2099, 12, 31)


def standing(campaign: Campaign) -> dict[str, Any]:
    """All that a coordinator may change: FIELDS, "designs" {identifier: most of an order, or None} and "lots" {kind:
    {"configuration", "low_eur", "high_eur"}}."""
    return stored(campaign, FIELDS) | {
        "designs": {one.design: one.largest_quantity for one in campaign.designs.all()},
        "lots": {one.kind: stored(one, ("configuration", "low_eur", "high_eur")) for one in campaign.lots.all()},
    }


def locks(campaign: Campaign) -> dict[str, str]:
    """Field → why it can't be changed any more, in French. Nothing before anybody has submitted an intention."""
    asked = _submitted(campaign).count() if campaign.published_at else 0
    if not asked:
        return {}
    many = f"{asked} intentions ont" if asked > 1 else "Une intention a"
    told = f"{many} été déposée{'s' if asked > 1 else ''} sur la foi de"
    return {
        "opens_on": f"{many} déjà été déposée{'s' if asked > 1 else ''}{SPACE}: la campagne a commencé.",
        "rate": f"{told} ce taux.",
        "cap_eur": f"{told} ce plafond.",
        "cap_basis": f"{told} ce plafond.",
        "vat_rate": f"{told} cette TVA.",
    }


def make_campaign(given: Mapping[str, Any], *, actor: User) -> Campaign:
    """A draft, which only coordinators see. Raises NotAllowedError; RecordError or ValidationError by field."""
    require_coordinator(actor)
    _check_days(given)
    _check_others(given)
    slug = _free_slug(str(given["name"]))
    try:
        with transaction.atomic():
            campaign = Campaign(slug=slug, created_by=actor, **{name: given[name] for name in FIELDS})
            check(campaign, [*FIELDS, "slug"])
            campaign.save()
            _put_offers(campaign, given)
    except IntegrityError as error:
        raise RecordError(str(error), {"name": "Une campagne porte déjà ce nom."}) from error
    return campaign


def edit_campaign(campaign: Campaign, given: Mapping[str, Any], *, actor: User, seen: str | None) -> Differences:
    """Puts all of it in the place of what stands there, and returns what differs. ``seen``: the fingerprint of
    ``standing`` when the editor read it. Raises NotAllowedError, StaleError, RecordError, ValidationError."""
    require_coordinator(actor)
    with transaction.atomic():
        fresh = Campaign.objects.select_for_update().get(pk=campaign.pk)
        before = standing(fresh)
        if seen is not None and fingerprint(before) != seen:
            raise StaleError(f"campaign {campaign.pk}", before)
        changed = differences(before, given)
        _check_days(given)
        _check_others(given)
        _check_promises(fresh, before, given, changed)
        for name in FIELDS:
            setattr(fresh, name, given[name])
        check(fresh, FIELDS)
        fresh.save()
        _put_offers(fresh, given)
    campaign.refresh_from_db()
    return changed


def publish(campaign: Campaign, *, actor: User) -> None:
    """From now on everybody sees it, and buyers may ask while it is open. Raises NotAllowedError, RecordError."""
    require_coordinator(actor)
    with transaction.atomic():
        fresh = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if fresh.published_at is not None:
            raise RecordError("published already", {"": "Cette campagne est déjà publiée."})
        if not fresh.designs.exists() and not fresh.lots.exists():
            raise RecordError("nothing is offered", {"": "Proposez au moins un modèle ou un lot avant de la publier."})
        if fresh.closes_on < timezone.localdate():
            raise RecordError(
                "closed already", {"": "Son dernier jour est passé\N{NO-BREAK SPACE}: changez-le d’abord."}
            )
        fresh.published_at = timezone.now()
        fresh.save(update_fields=["published_at"])
    campaign.refresh_from_db()


def withdraw_campaign(campaign: Campaign, *, actor: User) -> None:
    """Back to a draft, as long as nobody has begun an order in it. Raises NotAllowedError, RecordError."""
    require_coordinator(actor)
    with transaction.atomic():
        fresh = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if fresh.orders.exists():
            raise RecordError(
                "orders are there",
                {"": "Des commandes ont été commencées dans cette campagne\N{NO-BREAK SPACE}: elle reste publiée."},
            )
        fresh.published_at = None
        fresh.save(update_fields=["published_at"])
    campaign.refresh_from_db()


def _submitted(campaign: Campaign) -> Any:
    return Order.objects.filter(campaign=campaign).exclude(state=State.DRAFT)


def _check_days(given: Mapping[str, Any]) -> None:
    messages = {}
    for name in ("opens_on", "closes_on", "decides_on", "delivers_on"):
        if (day := given[name]) is not None and not FIRST_DAY <= day <= LAST_DAY:
            messages[name] = f"Un jour entre {FIRST_DAY.year} et {LAST_DAY.year}."
    pairs = (
        ("opens_on", "closes_on", "Le dernier jour vient avant l’ouverture."),
        ("closes_on", "decides_on", "Les décisions viendraient avant le dernier jour pour déposer."),
        ("closes_on", "delivers_on", "Les livraisons viendraient avant le dernier jour pour déposer."),
        ("decides_on", "delivers_on", "Les livraisons viendraient avant les décisions."),
    )
    for first, then, french in pairs:
        if given[first] is not None and given[then] is not None and given[then] < given[first]:
            messages.setdefault(then, french)
    if messages:
        raise RecordError("impossible days", messages)


def _check_others(given: Mapping[str, Any]) -> None:
    messages = {}
    if unknown := [code for code in given["departments"] if code not in departments()]:
        messages["departments"] = f"Aucun département n’a le numéro «{SPACE}{str(unknown[0])[:20]}{SPACE}»."
    for name, value in given["weights"].items():
        if name not in NAMES or not is_weight(value):
            messages[f"weight_{name}"] = "Un nombre entier de 0 à 100."
    for kind, lot in given["lots"].items():
        if not str(lot["configuration"]).strip():
            messages[f"configuration_{kind}"] = "Écrivez ce que l’appareil doit être au moins."
        if lot["low_eur"] is not None and lot["high_eur"] is not None and lot["high_eur"] < lot["low_eur"]:
            messages[f"high_{kind}"] = "Ce prix est inférieur au plus bas."
    if messages:
        raise RecordError("wrong fields", messages)


def _check_promises(
    campaign: Campaign, before: Mapping[str, Any], given: Mapping[str, Any], changed: Differences
) -> None:
    """What was published stays true for those who relied on it. Raises RecordError by field."""
    messages = {
        name: f"{french} Ce champ ne change plus."
        for name, french in locks(campaign).items()
        if _differs(before[name], given[name])
    }
    if campaign.published_at and _differs(before["closes_on"], given["closes_on"]):
        today = timezone.localdate()
        if given["closes_on"] < min(today, before["closes_on"]):
            messages["closes_on"] = (
                "Le dernier jour ne recule pas avant aujourd’hui\N{NO-BREAK SPACE}: fermez-la dès ce soir."
            )
        elif given["closes_on"] < today:
            messages["closes_on"] = "Ce jour est passé."
    submitted = _submitted(campaign)
    if given["departments"]:
        there = set(submitted.values_list("department", flat=True)) | set(
            campaign.envelopes.filter(reserved_eur__gt=0).values_list("department", flat=True)
        )
        if lost := sorted(there - set(given["departments"])):
            names = listed([departments().get(code, code) for code in lost])
            messages["departments"] = f"Des intentions ont été déposées dans ces départements{SPACE}: {names}."
    lines = OrderLine.objects.filter(order__campaign=campaign)
    used = set(lines.exclude(order__state=State.DRAFT).exclude(design="").values_list("design", flat=True))
    for design in sorted(used - set(given["designs"])):
        messages[f"design_{design}"] = "Des intentions déposées le demandent\N{NO-BREAK SPACE}: il reste proposé."
    wanted = set(lines.exclude(lot=None).values_list("lot__kind", flat=True))
    for kind in sorted(wanted):
        if kind not in given["lots"]:
            messages[f"lot_{kind}"] = "Des commandes le demandent\N{NO-BREAK SPACE}: il reste proposé."
        elif given["lots"][kind]["configuration"] != before["lots"][kind]["configuration"]:
            messages[f"configuration_{kind}"] = (
                "Des commandes demandent ce lot tel qu’il est décrit\N{NO-BREAK SPACE}: sa configuration ne change plus."
            )
    if messages:
        raise RecordError(f"promised to those who asked: {sorted(messages)}", messages)


def _differs(before: Any, after: Any) -> bool:
    return bool(before != after)


def _put_offers(campaign: Campaign, given: Mapping[str, Any]) -> None:
    campaign.designs.exclude(design__in=given["designs"]).delete()
    for design, most in given["designs"].items():
        CampaignDesign.objects.update_or_create(campaign=campaign, design=design, defaults={"largest_quantity": most})
    campaign.lots.exclude(kind__in=given["lots"]).delete()
    for kind, lot in given["lots"].items():
        EquipmentLot.objects.update_or_create(campaign=campaign, kind=kind, defaults=dict(lot))


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "campagne"
    taken = set(Campaign.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug
        for number in range(len(taken) + 2)
        if (slug := base if not number else f"{base}-{number + 1}") not in taken
    )


__all__ = [
    "FIELDS",
    "edit_campaign",
    "fingerprint",
    "locks",
    "make_campaign",
    "publish",
    "standing",
    "withdraw_campaign",
]
