# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An intention while it is written: saved at every step, by several clerks, until it is submitted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.registration import is_siret
from fablabs.geography import Commune, UnknownCommuneError, commune
from fablabs.services.editing import fingerprint
from orders.life.advancing import happened
from orders.life.errors import NotAllowedError, OvertakenError, RefusedError
from orders.life.parties import parties_of
from orders.life.table import Party
from orders.models import Campaign, Order, State
from orders.services.buyers import buys_for, place_of

if TYPE_CHECKING:
    from accounts.models import Organisation, User

#: What a page of the draft asks for: why, and where.
WHY = ("receiver_kind", "receiver_name", "receiver_siret", "professional", "professional_detail", "reasons")
WHERE = (
    "insee", "commune", "address", "postcode", "access", "contact_name", "contact_email", "contact_phone", "wanted_by",
)  # fmt: skip
#: Drafts of one organisation at a time.
MOST_DRAFTS = 40
#: Nobody orders furniture for later.
_LATEST = timedelta(days=3 * 366)
_POSTCODE = re.compile(r"[0-9]{5}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9](?:[ .\-/()\u00a0\u202f]?[0-9]){5,17}", re.ASCII)


@dataclass(frozen=True)
class Lack:
    """What is still missing before it can be submitted: the field, the French of it, and the step that asks for it."""

    field: str
    french: str
    step: str


@dataclass
class Saved:
    """``refused``: field → French, of what was not written; all else was."""

    order: Order
    refused: dict[str, str] = field(default_factory=dict)


# Beginning


@transaction.atomic
def start_draft(actor: User, organisation: Organisation, campaign: Campaign | None, form_key: UUID) -> Order:
    """A draft without lines, to be delivered where the buyer is; the one that the same form made before, if it is sent twice. Raises NotAllowedError for whoever does
    not buy for the organisation, RefusedError for a campaign that takes none."""
    if not buys_for(actor, organisation):
        raise NotAllowedError(f"{actor} does not buy for {organisation.pk}", "Cette organisation n’est pas à vous.")
    made = Order.objects.filter(form_key=form_key).first()
    if made is None:
        _check_start(organisation, campaign)
        department, region = place_of(organisation)
        place = _commune(organisation.insee)
        try:
            with transaction.atomic():
                return Order.objects.create(
                    form_key=form_key,
                    campaign=campaign,
                    organisation=organisation,
                    department=department,
                    region=region,
                    created_by=actor,
                    is_demo=organisation.is_demo,
                    insee=place.insee if place else "",
                    commune=place.label if place else "",
                    postcode=place.postcodes[0] if place and len(place.postcodes) == 1 else "",
                    contact_name=actor.get_full_name(),
                    contact_email=actor.email,
                )
        except IntegrityError:  # the same form at the same moment
            made = Order.objects.get(form_key=form_key)
    if made.organisation_id != organisation.pk:
        raise NotAllowedError(f"form {form_key} made an order of another buyer", "Ce formulaire n’est pas à vous.")
    return made


def _commune(insee: str) -> Commune | None:
    try:
        return commune(insee)
    except UnknownCommuneError:
        return None


def _check_start(organisation: Organisation, campaign: Campaign | None) -> None:
    _check_campaign(campaign)
    if Order.objects.filter(organisation=organisation, state=State.DRAFT, archived_at=None).count() >= MOST_DRAFTS:
        raise RefusedError(
            "too many drafts",
            f"{MOST_DRAFTS} brouillons attendent déjà\N{NO-BREAK SPACE}: complétez-en un, ou supprimez ceux qui ne servent plus.",
        )


def _check_campaign(campaign: Campaign | None) -> None:
    if campaign is not None and (campaign.published_at is None or campaign.closes_on < timezone.localdate()):
        raise RefusedError(
            f"campaign {campaign.slug} takes no more intentions",
            "Cette campagne ne reçoit plus d’intentions\N{NO-BREAK SPACE}: choisissez-en une autre.",
            "campaign",
        )


# Filling in


def standing(order: Order, names: Iterable[str]) -> dict[str, Any]:
    """What these fields hold; its fingerprint says later whether somebody else changed them."""
    return {name: getattr(order, name) for name in names}


def lines_standing(order: Order) -> dict[str, Any]:
    """The same for the lines of an order."""
    return {
        str(line.pk): [line.design, line.lot_id, line.parameters, line.finish, line.quantity]
        for line in order.lines.all()
    }


def seen_of(order: Order, names: Iterable[str] | None = None) -> str:
    """The fingerprint of these fields, or of the lines: what a form of the draft carries."""
    return fingerprint(lines_standing(order) if names is None else standing(order, names))


def refusals(given: Mapping[str, Any], today: date | None = None) -> dict[str, str]:
    """Field → French, of what no order may hold. Blank is allowed: drafts are unfinished."""
    day = today or timezone.localdate()
    probe = Order()
    found: dict[str, str] = {}
    for name, value in given.items():
        if name not in (*WHY, *WHERE):
            raise KeyError(f"a draft has no field {name}")
        if value in ("", None):
            continue
        column: Any = Order._meta.get_field(name)
        # A database's text has no length; its field's is for forms alone.
        if isinstance(value, str) and column.max_length and len(value) > column.max_length:
            found[name] = f"{column.max_length}\N{NO-BREAK SPACE}caractères au plus."
            continue
        try:
            column.clean(value, probe)
        except ValidationError as error:
            found[name] = _MESSAGES.get(name) or " ".join(error.messages)
            continue
        if french := _RULES.get(name, _anything)(value, day):
            found[name] = french
    return found


def save_draft(
    order: Order, actor: User, given: Mapping[str, Any], seen: str | None = None, of: Iterable[str] | None = None
) -> Saved:
    """Write what is right of these fields, and say what is wrong with the others. ``seen`` is the fingerprint of the fields
    ``of`` (those given) when the form was shown. Raises NotAllowedError; OvertakenError if somebody else changed them
    meanwhile, or submitted or threw away the draft."""
    refused = refusals(given)
    names = list(given if of is None else of)
    with transaction.atomic():
        fresh = locked_draft(order, actor)
        different = {name: value for name, value in given.items() if getattr(fresh, name) != value}
        if different and seen is not None and seen != seen_of(fresh, names):
            raise changed_meanwhile(fresh)
        for name, value in different.items():
            if name not in refused:
                setattr(fresh, name, value)
        fresh.save()
    return Saved(fresh, refused)


def move_draft(order: Order, actor: User, campaign: Campaign | None) -> Order:
    """Into another campaign, or out of all of them. Devices of the old one's lots are left behind: the new one has its own.
    Raises RefusedError for a campaign that takes none."""
    with transaction.atomic():
        fresh = locked_draft(order, actor)
        if fresh.campaign != campaign:
            _check_campaign(campaign)
            fresh.lines.exclude(lot=None).delete()
            fresh.campaign = campaign
            fresh.save(update_fields=["campaign", "updated_at"])
    return fresh


def archive_draft(order: Order, actor: User) -> None:
    """A draft that nobody wants any more is out of sight; it can't be submitted."""
    with transaction.atomic():
        fresh = locked_draft(order, actor)
        fresh.archived_at = timezone.now()
        fresh.save(update_fields=["archived_at", "updated_at"])


# Before it is submitted


def missing(order: Order, *, campaign_needed: bool = True) -> list[Lack]:
    """What has to be filled in first, in the order of the steps."""
    found: list[Lack] = []

    def need(value: object, name: str, french: str, step: str) -> None:
        if not value:
            found.append(Lack(name, french, step))

    need(order.lines.exists(), "lines", "Choisissez au moins un meuble ou un appareil.", "besoin")
    if order.receiver_kind:
        need(order.receiver_name, "receiver_name", "Dites quelle structure recevra le mobilier.", "raisons")
    need(order.professional, "professional", "Dites quel professionnel s’en servira.", "raisons")
    if order.professional == Order.Professional.OTHER:
        need(order.professional_detail, "professional_detail", "Précisez de quel professionnel il s’agit.", "raisons")
    if order.campaign_id is not None:  # at one's own expense nobody judges them
        need(
            order.reasons,
            "reasons",
            "Écrivez vos raisons\N{NO-BREAK SPACE}: la préfecture choisit d’après elles.",
            "raisons",
        )
    need(order.insee, "commune", "Indiquez la commune de livraison.", "lieu")
    need(order.address, "address", "Indiquez l’adresse de livraison.", "lieu")
    need(order.postcode, "postcode", "Indiquez le code postal.", "lieu")
    need(order.contact_name, "contact_name", "Dites qui l’atelier peut joindre.", "lieu")
    need(
        order.contact_email or order.contact_phone,
        "contact_email",
        "Donnez une adresse électronique ou un téléphone de cette personne.",
        "lieu",
    )
    if campaign_needed:
        need(place_of(order.organisation)[0], "department", _NO_COMMUNE, "verifier")
    return found


_NO_COMMUNE = "La commune de votre organisation n’est pas connue\N{NO-BREAK SPACE}: indiquez-la sur sa fiche, elle dit quelle préfecture décide."


def may_amend(order: Order, today: date | None = None) -> bool:
    """While the campaign is open, or once the préfecture asked for more."""
    if order.state != State.SUBMITTED:
        return False
    return order.sent_back_at is not None or (order.campaign is not None and order.campaign.is_open(today))


# Within


def locked_draft(order: Order, actor: User) -> Order:
    """The draft, ours until the end of the transaction. Raises NotAllowedError; OvertakenError for what is none any more."""
    fresh = Order.objects.select_for_update(of=("self",)).select_related("organisation", "campaign").get(pk=order.pk)
    if Party.BUYER not in parties_of(actor, fresh):
        raise NotAllowedError(f"{actor} does not buy for order {fresh.pk}", "Ce brouillon n’est pas à vous.")
    if fresh.state != State.DRAFT:
        last = fresh.events.select_related("actor").order_by("-sequence").first()
        told = f"Entre-temps, {happened(last)}. " if last else ""
        raise OvertakenError(f"order {fresh.pk} is {fresh.state}", f"{told}Ce n’est plus un brouillon.")
    if fresh.archived_at is not None:
        raise OvertakenError(f"draft {fresh.pk} is archived", "Entre-temps, ce brouillon a été supprimé.")
    return fresh


def changed_meanwhile(order: Order) -> OvertakenError:
    """Another clerk wrote in the same place."""
    at = date_format(timezone.localtime(order.updated_at), "j F Y à H:i")
    return OvertakenError(
        f"draft {order.pk} was changed meanwhile",
        f"Quelqu’un de votre organisation a modifié cette page le {at}. Comparez, puis enregistrez à nouveau.",
    )


_MESSAGES = {
    "contact_email": "Écrivez une adresse électronique, par exemple accueil@mairie.fr.",
    "receiver_kind": "Choisissez une réponse de la liste.",
    "professional": "Choisissez une réponse de la liste.",
}


def _anything(value: Any, today: date) -> str:
    return ""


def _siret(value: str, today: date) -> str:
    return (
        ""
        if is_siret(value)
        else "Ce SIRET n’est pas valide\N{NO-BREAK SPACE}: quatorze chiffres, le dernier est une clé de contrôle."
    )


def _postcode(value: str, today: date) -> str:
    return "" if _POSTCODE.fullmatch(value) else "Écrivez les cinq chiffres du code postal."


def _phone(value: str, today: date) -> str:
    return "" if _PHONE.fullmatch(value) else "Écrivez un numéro de téléphone, par exemple 04 66 00 00 00."


def _day(value: date, today: date) -> str:
    if value <= today:
        return "Cette date est passée\N{NO-BREAK SPACE}: choisissez un jour à venir."
    return "" if value <= today + _LATEST else "Choisissez une date dans les trois ans."


_RULES = {"receiver_siret": _siret, "postcode": _postcode, "contact_phone": _phone, "wanted_by": _day}
