# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Papers of an order: those that we fill in, their signed scans, photos."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from orders.models.order import Event, Order


class StoredFile(models.Model):
    """Bytes that somebody sent or that we made, named by their content below the orders' folder
    (orders/services/storage.py). Only who sees the order gets them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=120)
    name = models.CharField(max_length=200)  # for people who download it
    content_type = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    uploaded_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "fichier"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A numbered paper about an order. ``facts`` are all that it says, frozen: it can be printed again the same. One that is
    replaced is kept. ``pdf`` is made from them by the worker, or by the first who asks for it."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", "convention de subvention"
        COMMITMENT = "commitment", "bon d’engagement"
        DELIVERY_NOTE = "delivery_note", "bon de livraison"
        ACCEPTANCE = "acceptance", "procès-verbal de réception"
        PAYMENT_REQUEST = "payment_request", "demande de paiement"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    facts = models.JSONField()
    pdf = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    signed = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    #: An agreement as the buyer signed it, before the préfecture does.
    buyer_signed = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    buyer_signed_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "document"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "number"], name="one_document_a_number"),
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(replaced_at=None, kind__in=["agreement", "commitment"]),
                name="one_standing_document_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(signed=None, signed_at=None) | Q(signed__isnull=False, signed_at__isnull=False),
                name="document_signed_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(buyer_signed=None, buyer_signed_at=None)
                | Q(buyer_signed__isnull=False, buyer_signed_at__isnull=False),
                name="document_signed_by_the_buyer_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """ "CONV-2026-00007"."""
        return f"{_LETTERS[self.kind]}-{self.year}-{self.number:05}"


_LETTERS = {
    "agreement": "CONV",
    "commitment": "BE",
    "delivery_note": "BL",
    "acceptance": "PV",
    "payment_request": "DP",
}


class Photo(models.Model):
    """Of a piece being made, or of damage. Stored without the data that a phone hides in it (place, name of its owner)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    piece = models.ForeignKey("orders.Piece", null=True, blank=True, on_delete=models.PROTECT, related_name="photos")
    caption = models.CharField("légende", max_length=200, blank=True)
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.PROTECT, related_name="photos")
    taken_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "photo"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.caption or f"photo {self.pk}"
