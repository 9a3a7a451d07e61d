# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people may do with organisations and with each other's memberships. Each function takes who acts, refuses what
this person may not do, and keeps who did what and when; invitations stand beside, in invitations.py."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import AccountError, AlreadyRegisteredError, LastManagerError, NotAllowedError
from accounts.models import (
    BUYERS,
    ROLE_OF,
    SELF_SERVICE,
    Change,
    Membership,
    Organisation,
    Role,
    User,
    is_coordinator,
)

#: What an organisation's people may change of its record; its numbers and kind decide what it is, and are a coordinator's.
EDITABLE = ("name", "insee")
EDITABLE_BY_COORDINATORS = ("name", "insee", "siren", "siret", "department")

WHOSE_SIRET = "Indiquez le SIRET de l’établissement : il dit qui commande, et à qui la facture ira."


def note(
    organisation: Organisation,
    action: Change.Action,
    actor: User | None,
    person: User | None = None,
    **values: Any,
) -> Change:
    """``values``: field=[before, after], as JSON has them."""
    return Change.objects.create(organisation=organisation, action=action, actor=actor, person=person, values=values)


def manages(actor: User, organisation: Organisation) -> bool:
    """May this person invite to, and remove people from, this organisation?"""
    return Organisation.objects.managed_by(actor).filter(pk=organisation.pk).exists()


def may_invite(actor: User, organisation: Organisation) -> bool:
    """Its managers, where anybody may register such an organisation; coordinators everywhere. A préfecture's people and
    coordinators get their role from a coordinator alone, not from each other."""
    if organisation.archived_at is not None:
        return False
    if Organisation.Kind(organisation.kind) in SELF_SERVICE:
        return manages(actor, organisation)
    return is_coordinator(actor)


def register_organisation(
    actor: User,
    kind: Organisation.Kind,
    name: str,
    *,
    siren: str = "",
    siret: str = "",
    insee: str = "",
    department: str = "",
) -> Organisation:
    """A new organisation. Who registers one of a kind that is open to all is its first manager; a coordinator registers
    the other kinds, and invites their people.

    ``siren`` is taken from ``siret`` where it is blank; who orders has a SIRET, and it is proven at once where ProConnect
    vouched for the same one of this person. Raises NotAllowedError for a kind that this person may not register,
    AlreadyRegisteredError (with whom to ask), ValidationError for numbers or a name that are not valid, AccountError
    without the SIRET.
    """
    if kind not in SELF_SERVICE and not is_coordinator(actor):
        raise NotAllowedError(
            f"{kind} is registered by a coordinator", "Ce type d’organisation est inscrit par la coordination.", "kind"
        )
    organisation = Organisation(
        kind=kind, name=name.strip(), siren=siren or siret[:9], siret=siret, insee=insee, department=department
    )
    _refuse_two_numbers(organisation)
    if kind in BUYERS and not siret:
        raise AccountError("a buyer is known by its SIRET", WHOSE_SIRET, "siret")
    organisation.clean_fields()
    _refuse_a_second(organisation)
    if kind in BUYERS and actor.siret_evidence.standing().filter(siret=siret).exists():
        organisation.siret_proven_by, organisation.siret_proven_at = Organisation.Proof.PROCONNECT, timezone.now()
    try:
        with transaction.atomic():
            organisation.save()
            note(organisation, Change.Action.CREATED, actor, name=["", organisation.name])
            if organisation.siret_proven_by:
                note(organisation, Change.Action.PROVEN, actor, siret=["", siret])
            if kind in SELF_SERVICE and not _registers_for_others(actor):
                Membership.objects.create(user=actor, organisation=organisation, role=ROLE_OF[kind], is_manager=True)
    except IntegrityError as error:  # somebody registered it since we looked
        _refuse_a_second(organisation)
        raise AlreadyRegisteredError(str(error), "Cette organisation est déjà inscrite.", "siren") from error
    return organisation


def _registers_for_others(actor: User) -> bool:
    """A coordinator who registers a town hall does not become one of its clerks."""
    return is_coordinator(actor)


def _refuse_two_numbers(organisation: Organisation) -> None:
    if organisation.siret and not organisation.siret.startswith(organisation.siren):
        raise AccountError("the SIRET is not of this SIREN", "Ce SIRET n’appartient pas au SIREN indiqué.", "siret")


def _refuse_a_second(organisation: Organisation) -> None:
    found = None
    field = "siren"
    same = Organisation.objects.filter(kind=organisation.kind).exclude(pk=organisation.pk)
    if organisation.kind == Organisation.Kind.FRANCE_SERVICES:
        field = "siret"
        found = organisation.siret and same.filter(siret=organisation.siret).first()
    elif organisation.siren:
        found = same.filter(siren=organisation.siren).first()
    if found:
        shown = "siret" if organisation.siret else field  # where the number was typed
        raise AlreadyRegisteredError(f"{found.pk} has this {field}", _whom_to_ask(found), shown)


def _whom_to_ask(organisation: Organisation) -> str:
    """No address and no family name: the number of a town hall is public, its clerks are not."""
    if organisation.archived_at is not None:
        return f"« {organisation.name} » a été inscrite puis archivée : écrivez à la coordination pour la rouvrir."
    managers = [
        membership.user.short_name
        for membership in organisation.memberships.filter(is_manager=True, is_active=True).select_related("user")[:3]
    ]
    whom = " ou à ".join(managers) if managers else "la coordination"
    return f"« {organisation.name} » est déjà inscrite : demandez une invitation à {whom.rstrip('.')}."


def edit_organisation(actor: User, organisation: Organisation, **values: str) -> Organisation:
    """Change the record; raises NotAllowedError, AlreadyRegisteredError, ValidationError. Nothing changed: nothing kept."""
    coordinates = is_coordinator(actor)
    allowed = EDITABLE_BY_COORDINATORS if coordinates else EDITABLE
    if not manages(actor, organisation) or not set(values) <= set(allowed):
        raise NotAllowedError("not this person's to edit", "Cette fiche n’est pas la vôtre.")
    with transaction.atomic():
        current = Organisation.objects.select_for_update().get(pk=organisation.pk)
        changed = {
            field: [getattr(current, field), value]
            for field, value in values.items()
            if getattr(current, field) != value
        }
        if not changed:
            return current
        if current.kind in BUYERS and changed.get("siret", ["", "…"])[1] == "":
            raise AccountError("a buyer is known by its SIRET", WHOSE_SIRET, "siret")
        if {"siret", "siren"} & set(changed) and current.siret_proven_by:  # another number was not proven
            changed["siret_proven_by"] = [current.siret_proven_by, ""]
            current.siret_proven_at = None
        for field, (_, after) in changed.items():
            setattr(current, field, after)
        if {"siret", "siren"} & set(changed):
            _refuse_two_numbers(current)
        current.clean_fields()
        _refuse_a_second(current)
        try:
            with transaction.atomic():
                current.save(update_fields=[*changed, "siret_proven_at"])
        except IntegrityError as error:  # somebody registered it since we looked
            _refuse_a_second(current)
            raise AlreadyRegisteredError(str(error), "Cette organisation est déjà inscrite.", "siren") from error
        note(current, Change.Action.EDITED, actor, **changed)
    return current


def set_manager(actor: User, membership: Membership, is_manager: bool) -> None:
    """Let a member invite and remove others, or no longer. Raises NotAllowedError, LastManagerError."""
    with transaction.atomic():
        member = _locked(actor, membership)
        if member.is_manager == is_manager:
            return
        if not is_manager:
            _keep_one_manager(member)
        member.is_manager = is_manager
        member.save(update_fields=["is_manager"])
        action = Change.Action.MANAGER if is_manager else Change.Action.NOT_MANAGER
        note(member.organisation, action, actor, member.user)


def remove_member(actor: User, membership: Membership) -> None:
    """Out of the organisation, at once; the record stays. One may always remove oneself.

    Raises NotAllowedError, LastManagerError."""
    with transaction.atomic():
        member = _locked(actor, membership, oneself=True)
        _keep_one_manager(member)
        member.is_active = member.is_manager = False
        member.save(update_fields=["is_active", "is_manager"])
        leaves = actor.pk == member.user_id
        action = Change.Action.LEFT if leaves else Change.Action.REMOVED
        note(member.organisation, action, actor, None if leaves else member.user, role=[member.role, ""])


def _locked(actor: User, membership: Membership, *, oneself: bool = False) -> Membership:
    """The membership as it is now, its organisation held: two managers who leave at once must not both be let go."""
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    member = Membership.objects.select_related("user", "organisation").get(pk=membership.pk)
    own = oneself and member.user_id == actor.pk
    if not member.is_active or not (own or manages(actor, organisation)):
        raise NotAllowedError("not this person's to change", "Ce membre n’est pas de vos organisations.")
    return member


def _keep_one_manager(member: Membership) -> None:
    if not member.is_manager:
        return
    others = member.organisation.memberships.filter(is_active=True, is_manager=True).exclude(pk=member.pk)
    if not others.exclude(user=member.user).exists():
        raise LastManagerError(
            f"{member.pk} is the last manager of {member.organisation_id}",
            f"{member.user.shown_name} est la seule personne à gérer les membres de « {member.organisation.name} » : "
            "confiez d’abord cette gestion à quelqu’un d’autre.",
        )


def join(organisation: Organisation, user: User, role: Role, *, is_manager: bool) -> Membership:
    """A membership, new or taken up again. Asks nobody: for the functions that have asked."""
    membership, _ = Membership.objects.get_or_create(user=user, organisation=organisation, role=role)
    membership.is_active = True
    membership.is_manager = membership.is_manager or is_manager
    membership.save(update_fields=["is_active", "is_manager"])
    return membership


def grant_role(
    user: User, role: Role, organisation: Organisation, *, is_manager: bool = True, actor: User | None = None
) -> Membership:
    """A role that nobody takes by himself, given by a coordinator, or on the server (no actor).

    Raises NotAllowedError for another actor, AccountError where the role is not of the organisation's kind."""
    if actor is not None and not is_coordinator(actor):
        raise NotAllowedError("roles are granted by coordinators", "Les rôles sont donnés par la coordination.")
    kind = Organisation.Kind(organisation.kind)
    if ROLE_OF[kind] != role:
        raise AccountError(
            f"the role of a {kind} is {ROLE_OF[kind]}, not {role}",
            f"Le rôle « {role.label} » n’est pas celui de « {organisation.name} ».",
        )
    with transaction.atomic():
        membership = join(organisation, user, role, is_manager=is_manager)
        note(organisation, Change.Action.GRANTED, actor, user, role=["", role])
    return membership


def rename(actor: User, first_name: str, last_name: str) -> None:
    """One's own name, as colleagues see it."""
    actor.first_name, actor.last_name = first_name.strip(), last_name.strip()
    actor.full_clean(exclude=["password", "email"], validate_unique=False, validate_constraints=False)
    actor.save(update_fields=["first_name", "last_name"])
