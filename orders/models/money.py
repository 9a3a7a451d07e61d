# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was promised and paid out of an envelope, entry by entry."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from orders.models.campaign import MONEY, Envelope
from orders.models.order import Event, Order


class GrantEntry(models.Model):
    """``amount_eur`` more (reserved) or less (released, negative) of an envelope is promised to an order; an event makes at
    most one. The envelope's ``reserved_eur`` is their sum."""

    class Kind(models.TextChoices):
        RESERVE = "reserve", "réservé"
        RELEASE = "release", "libéré"

    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, related_name="entries")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="grant_entries")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="grant_entry")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount_eur = models.DecimalField("montant", **MONEY)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "écriture d’enveloppe"
        verbose_name_plural = "écritures d’enveloppe"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="reserve", amount_eur__gt=0) | Q(kind="release", amount_eur__lt=0),
                name="grant_entry_has_its_sign",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} {self.amount_eur}"


class Invoice(models.Model):
    """The maker's invoice for an order, as the maker wrote it. Euros; one that is replaced is kept."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField("numéro de facture", max_length=50)
    issued_on = models.DateField("datée du")
    net_eur = models.DecimalField("montant HT", **MONEY)
    vat_eur = models.DecimalField("TVA", **MONEY)
    gross_eur = models.DecimalField("montant TTC", **MONEY)
    service_code = models.CharField("code service", max_length=100, blank=True)
    engagement_number = models.CharField("numéro d’engagement", max_length=50, blank=True)
    seller_siret = models.CharField("SIRET de l’atelier", max_length=14)
    buyer_siret = models.CharField("SIRET de l’acheteur", max_length=14)
    scan = models.ForeignKey(
        "orders.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="invoices"
    )
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "facture"
        ordering = ["order", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(replaced_at=None), name="one_standing_invoice_an_order"
            ),
            models.CheckConstraint(
                # Less than a cent apart: SQLite adds binary fractions, in which 440.20 + 88.04 is not 528.24.
                condition=Q(net_eur__gte=0, vat_eur__gte=0)
                & Q(gross_eur__gt=models.F("net_eur") + models.F("vat_eur") - Decimal("0.005"))
                & Q(gross_eur__lt=models.F("net_eur") + models.F("vat_eur") + Decimal("0.005")),
                name="invoice_adds_up",
                violation_error_message="Le montant TTC n’est pas la somme du HT et de la TVA.",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SubsidyPayment(models.Model):
    """A payment request of the subsidy, and what was paid on it. Never more, in all, than the grant and than the rate of
    the invoice (orders/services/payments.py)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    requested_eur = models.DecimalField("demandé", **MONEY)
    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    paid_eur = models.DecimalField("versé", null=True, blank=True, **MONEY)
    paid_on = models.DateField("versé le", null=True, blank=True)
    refused_reason = models.TextField("raison du refus", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "demande de paiement"
        verbose_name_plural = "demandes de paiement"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(closed_at=None), name="one_open_payment_request_an_order"
            ),
            models.CheckConstraint(
                name="payment_never_above_what_was_asked",
                condition=Q(requested_eur__gt=0)
                & (
                    Q(paid_eur=None, paid_on=None)
                    | Q(paid_eur__gte=0, paid_eur__lte=models.F("requested_eur"), paid_on__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.requested_eur}"
