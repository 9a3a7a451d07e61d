# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An address that was asked to join an organisation. The link's token is kept as its hash: who reads the database, or a
copy of it, can't follow anybody's link."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.organisation import Organisation, Role, is_coordinator

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models.person import User


def new_token() -> str:
    """256 bits of chance, as 43 characters of an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """No salt is needed for what can't be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> InvitationQuerySet:
        """Neither accepted, nor taken back, nor too old."""
        return self.open().filter(expires_at__gt=timezone.now(), organisation__archived_at=None)

    def open(self) -> InvitationQuerySet:
        """Neither accepted nor taken back; perhaps too old, and then to be sent again."""
        return self.filter(accepted_at=None, revoked_at=None)

    def visible_to(self, user: User | AnonymousUser) -> InvitationQuerySet:
        """Those of the organisations that a person manages; all of them for a coordinator."""
        if not user.is_authenticated:
            return self.none()
        if is_coordinator(user):
            return self
        return self.filter(
            organisation__memberships__user=user,
            organisation__memberships__is_manager=True,
            organisation__memberships__is_active=True,
        ).distinct()

    def addressed_to(self, user: User | AnonymousUser) -> InvitationQuerySet:
        """Those to an address that the person has confirmed."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(email__in=user.emailaddress_set.filter(verified=True).values("email"))


class Invitation(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=20, choices=Role.choices)
    is_manager = models.BooleanField("gère les membres", default=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)  # none: the message has not gone out
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email", "role"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_an_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_accepted_or_revoked"
            ),
            models.CheckConstraint(condition=Q(role__in=list(Role.values)), name="invitation_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.organisation}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
