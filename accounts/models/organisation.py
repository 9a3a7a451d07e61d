# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Organisations, and what a person may do for which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.registration import is_siren, is_siret

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models.person import User


class Role(models.TextChoices):
    """What a person does for an organisation; each kind of organisation has one of them."""

    BUYER = "buyer", "commande"
    PREFECTURE = "prefecture", "arbitre et finance"
    MAKER = "maker", "fabrique"
    DESIGNER = "designer", "conçoit"
    COORDINATOR = "coordinator", "coordonne"


def validate_siren(text: str) -> None:
    if text and not is_siren(text):
        raise ValidationError("Ce numéro SIREN n’est pas valide : neuf chiffres, le dernier est une clé de contrôle.")


def validate_siret(text: str) -> None:
    if text and not is_siret(text):
        raise ValidationError(
            "Ce numéro SIRET n’est pas valide : quatorze chiffres, les neuf premiers sont le SIREN, le dernier une clé "
            "de contrôle."
        )


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User | AnonymousUser) -> OrganisationQuerySet:
        """A person's own organisations; all of them for a coordinator; none for a stranger."""
        if not user.is_authenticated:
            return self.none()
        if is_coordinator(user):
            return self
        return self.filter(memberships__user=user, memberships__is_active=True, archived_at=None).distinct()

    def managed_by(self, user: User | AnonymousUser) -> OrganisationQuerySet:
        """Those whose people the person invites and removes; all of them for a coordinator."""
        if not user.is_authenticated:
            return self.none()
        if is_coordinator(user):
            return self
        return self.filter(
            memberships__user=user, memberships__is_active=True, memberships__is_manager=True, archived_at=None
        ).distinct()


class Organisation(models.Model):
    """A legal person. ``siren`` is blank where there is none to be had yet (a préfecture's, a designer's)."""

    class Kind(models.TextChoices):
        COLLECTIVITE = "collectivite", "collectivité ou groupement"
        FRANCE_SERVICES = "france-services", "structure France Services"
        PREFECTURE = "prefecture", "préfecture"
        MAKER = "maker", "atelier de fabrication"
        DESIGNER = "designer", "bureau de création"
        COORDINATOR = "coordinator", "coordination"

    class Proof(models.TextChoices):
        """Who has made sure that the SIRET is this organisation's."""

        PROCONNECT = "proconnect", "ProConnect"
        COORDINATOR = "coordinator", "la coordination"

    kind = models.CharField("type", max_length=20, choices=Kind.choices)
    name = models.CharField("nom", max_length=160)
    siren = models.CharField("SIREN", max_length=9, blank=True, validators=[validate_siren])
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[validate_siret])
    siret_proven_at = models.DateTimeField(null=True, blank=True, editable=False)  # none: declared, its key is right
    siret_proven_by = models.CharField(max_length=20, blank=True, choices=Proof.choices, editable=False)
    insee = models.CharField("code de la commune", max_length=5, blank=True)
    department = models.CharField("département", max_length=3, blank=True)  # a préfecture's
    is_demo = models.BooleanField("démonstration", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisation"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "siren"],
                condition=~Q(siren="") & Q(kind="maker"),
                name="one_maker_a_siren",
                violation_error_message="Une organisation est déjà inscrite avec ce SIREN.",
            ),
            # A commune has one SIREN for all of its services; a France Services counter may be one of many of its carrier.
            models.UniqueConstraint(
                fields=["kind", "siren"],
                condition=~Q(siren="") & Q(kind__in=["collectivite", "designer"]),
                name="one_organisation_a_siren",
                violation_error_message="Une organisation est déjà inscrite avec ce SIREN.",
            ),
            models.UniqueConstraint(
                fields=["kind", "siret"],
                condition=~Q(siret="") & Q(kind="france-services"),
                name="one_counter_a_siret",
                violation_error_message="Une structure est déjà inscrite avec ce SIRET.",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["collectivite", "france-services", "prefecture", "maker", "designer", "coordinator"]
                ),
                name="organisation_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(siret_proven_at=None, siret_proven_by="")
                | Q(siret_proven_at__isnull=False, siret_proven_by__in=["proconnect", "coordinator"]) & ~Q(siret=""),
                name="organisation_siret_proven_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def siret_standing(self) -> str:
        """How sure the SIRET is, for whoever decides upon it; blank where there is none."""
        if not self.siret:
            return ""
        if self.siret_proven_by == self.Proof.PROCONNECT:
            return "SIRET vérifié par ProConnect"
        return "SIRET vérifié par la coordination" if self.siret_proven_by else "SIRET déclaré"


#: The role that each kind of organisation gives to its people.
ROLE_OF = {
    Organisation.Kind.COLLECTIVITE: Role.BUYER,
    Organisation.Kind.FRANCE_SERVICES: Role.BUYER,
    Organisation.Kind.PREFECTURE: Role.PREFECTURE,
    Organisation.Kind.MAKER: Role.MAKER,
    Organisation.Kind.DESIGNER: Role.DESIGNER,
    Organisation.Kind.COORDINATOR: Role.COORDINATOR,
}

#: Kinds that order: each is known by its SIRET.
BUYERS = (Organisation.Kind.COLLECTIVITE, Organisation.Kind.FRANCE_SERVICES)

#: Kinds that anybody with an account may register. A préfecture decides over the State's money and a coordinator sees
#: everybody's records and opens workshops to orders: those roles are given by a coordinator or on the server, never taken.
SELF_SERVICE = (
    Organisation.Kind.COLLECTIVITE,
    Organisation.Kind.FRANCE_SERVICES,
    Organisation.Kind.MAKER,
    Organisation.Kind.DESIGNER,
)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User | AnonymousUser) -> MembershipQuerySet:
        """Those of a person's own organisations, colleagues included; all of them for a coordinator."""
        if not user.is_authenticated:
            return self.none()
        if is_coordinator(user):
            return self
        return self.filter(organisation__in=Organisation.objects.visible_to(user))


class Membership(models.Model):
    """A person's role in an organisation; ``is_manager`` may invite and remove others."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField("rôle", max_length=20, choices=Role.choices)
    is_manager = models.BooleanField("gère les membres", default=False)
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "appartenance"
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="one_membership_a_role"),
            models.CheckConstraint(condition=Q(role__in=list(Role.values)), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation} ({self.get_role_display()})"


def has_role(user: User | AnonymousUser, role: Role) -> bool:
    """Has this person, in any organisation that is not archived, this role?"""
    return (
        user.is_authenticated
        and Membership.objects.filter(user=user, role=role, is_active=True, organisation__archived_at=None).exists()
    )


def is_coordinator(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and (user.is_superuser or has_role(user, Role.COORDINATOR))
