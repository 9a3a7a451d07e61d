# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ProConnect said of a person: who it is there, and for which SIRET it works. The tables are there on every site;
one that is not registered with ProConnect never writes to them."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.organisation import validate_siret

#: Days for which ProConnect's word about a SIRET lets somebody register or join; then it is asked again, since people move.
EVIDENCE_DAYS = 30


class ProConnectIdentity(models.Model):
    """Who signs in to the account by ProConnect. ``subject`` is ProConnect's number for a person, this site and the
    person's identity provider: whoever changes the provider comes with another one, so an account may have several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="proconnect_identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)  # OpenID Connect Core, 2: 255 ASCII characters at most
    created_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "identité ProConnect"
        verbose_name_plural = "identités ProConnect"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_a_proconnect_identity")]

    def __str__(self) -> str:
        return f"{self.user_id} – {self.subject}"


class SiretEvidenceQuerySet(models.QuerySet["SiretEvidence"]):
    def standing(self) -> SiretEvidenceQuerySet:
        """What was said lately enough to be acted upon."""
        return self.filter(last_at__gte=timezone.now() - timedelta(days=EVIDENCE_DAYS))


class SiretEvidence(models.Model):
    """ProConnect said that ``user`` works for ``siret``: through which identity provider (``idp_id``), at which level of
    assurance (``acr``), when first and when last."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="siret_evidence")
    siret = models.CharField("SIRET", max_length=14, validators=[validate_siret])
    idp_id = models.CharField("fournisseur d’identité", max_length=100)
    acr = models.CharField("niveau", max_length=100)
    first_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(default=timezone.now)

    objects = SiretEvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "preuve de SIRET"
        verbose_name_plural = "preuves de SIRET"
        ordering = ["-last_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "siret", "idp_id"], name="one_evidence_a_siret")]

    def __str__(self) -> str:
        return f"{self.user_id} – {self.siret}"
