# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker registers: once for each legal entity, at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from accounts.models import Membership, Organisation, Role, is_coordinator
from accounts.registration import is_siren
from fablabs.models import Maker
from fablabs.services.history import differences, record
from fablabs.services.refusals import NotAllowedError, RecordError

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from accounts.models import User

_TAKEN = {
    "siren": "Une structure est déjà inscrite avec ce SIREN\N{NO-BREAK SPACE}: demandez à ses membres de vous inviter."
}


def unregistered(actor: User | AnonymousUser) -> QuerySet[Organisation]:
    """The organisations of makers that this person may register, and that are not yet."""
    if not actor.is_authenticated:
        return Organisation.objects.none()
    waiting = Organisation.objects.filter(kind=Organisation.Kind.MAKER, maker=None, archived_at=None)
    if is_coordinator(actor):
        return waiting
    return waiting.filter(memberships__user=actor, memberships__role=Role.MAKER, memberships__is_active=True).distinct()


def register(organisation: Organisation, *, siren: str, kind: str, actor: User) -> Maker:
    """One registration a SIREN. An organisation keeps the SIREN that it has.

    Raises NotAllowedError for somebody else's organisation, RecordError and ValidationError by field."""
    try:
        with transaction.atomic():
            return _register(organisation, siren, kind, actor)
    except IntegrityError as error:  # two people at the same moment: the database let one through
        raise RecordError(f"SIREN {siren} is registered already", _TAKEN) from error


def _register(organisation: Organisation, siren: str, kind: str, actor: User) -> Maker:
    own = Membership.objects.filter(user=actor, organisation=organisation, role=Role.MAKER, is_active=True)
    if not (is_coordinator(actor) or own.exists()) or organisation.archived_at is not None:
        raise NotAllowedError(f"{actor} may not register organisation {organisation.pk}")
    if organisation.kind != Organisation.Kind.MAKER:
        raise RecordError(
            f"organisation {organisation.pk} is no maker",
            {"": "Cette organisation n’est pas un atelier de fabrication."},
        )
    fresh = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not is_siren(siren):
        raise RecordError(
            f"{siren!r} is no SIREN",
            {
                "siren": "Ce SIREN n’est pas valable\N{NO-BREAK SPACE}: neuf chiffres, dont le dernier est une clé de contrôle."
            },
        )
    if fresh.siren and fresh.siren != siren:
        raise RecordError(
            f"organisation {fresh.pk} has another SIREN",
            {
                "siren": f"Votre structure est connue avec le SIREN {fresh.siren}\N{NO-BREAK SPACE}: écrivez à la coordination s’il a changé."
            },
        )
    if Maker.objects.filter(organisation=fresh).exists() or (
        Organisation.objects.filter(kind=Organisation.Kind.MAKER, siren=siren).exclude(pk=fresh.pk).exists()
    ):
        raise RecordError(f"SIREN {siren} is registered already", _TAKEN)
    if not fresh.siren:
        fresh.siren = siren
        fresh.full_clean()
        fresh.save()
    maker = Maker(organisation=fresh, kind=kind)
    maker.full_clean()
    maker.save()
    values = differences({}, {"siren": siren, "kind": kind})
    record(maker, "added", f"inscription de {fresh.name}", actor=actor, values=values)
    return maker
