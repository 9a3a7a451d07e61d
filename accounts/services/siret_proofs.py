# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A buyer proves what it is by its SIRET: with ProConnect's word for one of its people, or a coordinator's.

ProConnect's word opens organisations that order, and no others: a préfecture's and a coordinator's roles are given."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.errors import AccountError, NotAllowedError, TooManyError
from accounts.models import Change, Membership, Organisation, Role, SiretEvidence, User, is_coordinator
from accounts.services.organisations import join, note
from accounts.services.proconnect import Vouched

log = logging.getLogger(__name__)

#: Managers of an organisation who are written to when somebody asks to join.
MOST_ASKED = 5


class Way(Enum):
    """What somebody with a proven SIRET may do about an organisation."""

    REGISTER = "register"
    JOIN = "join"
    ASK = "ask"
    ASKED = "asked"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Offer:
    siret: str
    way: Way
    organisation: Organisation | None = None


def keep_evidence(user: User, vouched: Vouched) -> None:
    """What ProConnect said of the person's SIRET, and what it proves of the organisations that the person is in."""
    if not vouched.siret:
        return
    SiretEvidence.objects.update_or_create(
        user=user, siret=vouched.siret, idp_id=vouched.idp_id, defaults={"acr": vouched.acr, "last_at": timezone.now()}
    )
    own = Membership.objects.filter(user=user, role=Role.BUYER, is_active=True, organisation__archived_at=None)
    for membership in own.filter(organisation__in=_organisations_of(vouched.siret)):
        _prove(membership.organisation_id, user, vouched.siret, may_fill_in=membership.is_manager)


def offers(user: User) -> list[Offer]:
    """What ProConnect's word opens to this person now; nothing of what it is already a member of."""
    found: list[Offer] = []
    member_of = set(Membership.objects.filter(user=user, is_active=True).values_list("organisation_id", flat=True))
    for siret in dict.fromkeys(user.siret_evidence.standing().values_list("siret", flat=True)):
        organisations = list(_organisations_of(siret))
        if not organisations:
            found.append(Offer(siret, Way.REGISTER))
        found += [Offer(siret, _way(user, each), each) for each in organisations if each.pk not in member_of]
    return found


def join_proven(actor: User, organisation: Organisation) -> Membership:
    """Become the manager of an organisation that has none. Raises NotAllowedError without ProConnect's word for its SIRET,
    AccountError where somebody manages it meanwhile."""
    with transaction.atomic():
        current = Organisation.objects.select_for_update().get(pk=organisation.pk)
        siret = _proven_siret(actor, current)
        if _managers(current).exists():
            raise AccountError(
                f"{current.pk} has a manager",
                f"« {current.name} » a maintenant une personne qui gère ses membres : demandez-lui une invitation.",
            )
        membership = join(current, actor, Role.BUYER, is_manager=True)
        note(current, Change.Action.JOINED, actor, role=["", membership.role])
        _prove(current.pk, actor, siret, may_fill_in=True)
    return membership


def ask_to_join(actor: User, organisation: Organisation, *, link: str) -> None:
    """Write to the managers; ``link`` is the whole address of the organisation's page. They invite, or don't. Once a day.

    Raises NotAllowedError without ProConnect's word for its SIRET, TooManyError, AccountError without a manager or where
    the mail server is away (then nothing is kept, and it may be asked again)."""
    with transaction.atomic():
        current = Organisation.objects.select_for_update().get(pk=organisation.pk)
        siret = _proven_siret(actor, current)
        addresses = list(_managers(current).values_list("user__email", flat=True)[:MOST_ASKED])
        if not addresses:
            raise AccountError(f"{current.pk} has no manager", f"Personne ne gère « {current.name} » : rejoignez-la.")
        if _asked_today(actor, current):
            raise TooManyError(
                "asked today", "Votre demande est déjà partie : laissez à vos collègues un jour pour y répondre."
            )
        asked = note(current, Change.Action.ASKED, actor, email=["", actor.email])
    words = {
        "person": actor, "organisation": current, "siret": siret, "link": link, "site_name": settings.WAGTAIL_SITE_NAME,
    }  # fmt: skip
    subject = " ".join(render_to_string("accounts/asking_subject.txt", words).split())
    text = render_to_string("accounts/asking_message.txt", words)
    # After the row: two clicks at once make one message. And no row is locked while a mail server takes its time.
    try:
        for address in addresses:
            EmailMessage(subject, text, to=[address]).send()
    except (SMTPException, OSError) as error:
        log.exception("the managers of %s could not be written to", current.pk)
        asked.delete()
        raise AccountError(
            str(error), "Le message n’a pas pu partir. Réessayez dans quelques minutes, s’il vous plaît."
        ) from error


def check_siret(actor: User, organisation: Organisation) -> None:
    """A coordinator has made sure that the SIRET is this organisation's. Raises NotAllowedError for anybody else,
    AccountError without a SIRET; one that is proven already stays as it is."""
    if not is_coordinator(actor):
        raise NotAllowedError("a coordinator checks", "Le SIRET est vérifié par la coordination.")
    with transaction.atomic():
        current = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if not current.siret:
            raise AccountError("no SIRET to check", "Indiquez d’abord le SIRET de cette organisation.", "siret")
        if current.siret_proven_by:
            return
        _keep(current, Organisation.Proof.COORDINATOR, Change.Action.CHECKED, actor)


def _organisations_of(siret: str) -> QuerySet[Organisation]:
    """A collectivité is one legal person with all of its establishments, a counter is one establishment."""
    kind = Organisation.Kind
    return Organisation.objects.filter(
        Q(kind=kind.COLLECTIVITE, siren=siret[:9]) | Q(kind=kind.FRANCE_SERVICES, siret=siret)
    )


def _managers(organisation: Organisation) -> QuerySet[Membership]:
    return organisation.memberships.filter(is_active=True, is_manager=True, user__is_active=True).order_by("pk")


def _way(user: User, organisation: Organisation) -> Way:
    if organisation.archived_at is not None:
        return Way.ARCHIVED
    if not _managers(organisation).exists():
        return Way.JOIN
    return Way.ASKED if _asked_today(user, organisation) else Way.ASK


def _asked_today(user: User, organisation: Organisation) -> bool:
    since = timezone.now() - timedelta(days=1)
    return organisation.changes.filter(actor=user, action=Change.Action.ASKED, at__gt=since).exists()


def _proven_siret(actor: User, organisation: Organisation) -> str:
    """The SIRET by which ProConnect's word opens this organisation to this person."""
    if organisation.archived_at is None:
        for siret in actor.siret_evidence.standing().values_list("siret", flat=True):
            if _organisations_of(siret).filter(pk=organisation.pk).exists():
                return str(siret)
    raise NotAllowedError("no evidence for this organisation", "ProConnect ne vous rattache pas à cette organisation.")


def _prove(pk: int, user: User, siret: str, *, may_fill_in: bool) -> None:
    """``may_fill_in``: an organisation that was registered with its SIREN alone gets the SIRET too. Another establishment of
    the same legal person proves nothing of this one's."""
    with transaction.atomic():
        current = Organisation.objects.select_for_update().get(pk=pk)
        if current.siret_proven_by or not (current.siret == siret or (may_fill_in and not current.siret)):
            return
        before, current.siret = current.siret, siret
        _keep(current, Organisation.Proof.PROCONNECT, Change.Action.PROVEN, user, before)


def _keep(
    organisation: Organisation, proof: Organisation.Proof, action: Change.Action, actor: User, before: str | None = None
) -> None:
    organisation.siret_proven_by, organisation.siret_proven_at = proof, timezone.now()
    organisation.save(update_fields=["siret", "siret_proven_by", "siret_proven_at"])
    note(organisation, action, actor, siret=[organisation.siret if before is None else before, organisation.siret])
