# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a buyer came to its maker: whom it asked, what was answered, whom it chose and why."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orders.models.campaign import MONEY
from orders.models.order import Order, OrderLine


class QuoteRequest(models.Model):
    """A workshop is asked for its price of an order, to answer by the end of a day. At most three stand at once
    (orders/services/asking.py)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="quote_requests")
    workshop = models.ForeignKey("fablabs.Workshop", on_delete=models.PROTECT, related_name="quote_requests")
    asked_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answer_by = models.DateField("réponse attendue avant le")
    message = models.TextField("message à l’atelier", max_length=2_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)  # all of its quotes are issued
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.TextField("raison", max_length=1_000, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "demande de devis"
        verbose_name_plural = "demandes de devis"
        ordering = ["order", "id"]
        indexes = [models.Index(fields=["workshop", "answered_at"], name="requests_to_answer")]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "workshop"], condition=Q(withdrawn_at=None), name="one_standing_request_a_workshop"
            ),
            models.CheckConstraint(
                name="request_answered_or_declined",
                condition=Q(answered_at=None) | Q(declined_at=None),
            ),
            models.CheckConstraint(
                name="request_declined_says_why", condition=Q(declined_at=None) | ~Q(declined_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} → {self.workshop_id}"


class RequestedQuote(models.Model):
    """The quote of one line, asked with the request; the workshop corrects and issues it."""

    request = models.ForeignKey(QuoteRequest, on_delete=models.CASCADE, related_name="quotes")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey("fabrication.Quote", on_delete=models.PROTECT, related_name="order_requests")

    class Meta:
        verbose_name = "devis demandé"
        verbose_name_plural = "devis demandés"
        ordering = ["request", "line"]
        constraints = [models.UniqueConstraint(fields=["request", "line"], name="one_requested_quote_a_line")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.line_id}"


class Choice(models.Model):
    """A maker chosen for an order, with what it was chosen from: kept for the file. One that falls (the maker refuses, the
    buyer changes) keeps its end."""

    class Ended(models.TextChoices):
        REFUSED = "refused", "refusé par l’atelier"
        CHANGED = "changed", "changé par l’acheteur"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="choices")
    workshop = models.ForeignKey("fablabs.Workshop", on_delete=models.PROTECT, related_name="choices")
    request = models.ForeignKey(QuoteRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    justification = models.TextField("justification", max_length=4_000)
    #: The ranking that was shown that day, its rows with their points; what was asked and answered.
    record = models.JSONField(default=dict)
    rank = models.PositiveIntegerField("rang", null=True, blank=True)
    net_eur = models.DecimalField("prix HT", **MONEY)
    vat_eur = models.DecimalField("TVA", **MONEY)
    threshold_eur = models.DecimalField("seuil d’achat ce jour-là", null=True, blank=True, **MONEY)
    chosen_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    chosen_at = models.DateTimeField(auto_now_add=True)
    ended = models.CharField(max_length=10, choices=Ended.choices, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = "choix d’un atelier"
        verbose_name_plural = "choix d’ateliers"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(ended=""), name="one_standing_choice_an_order"),
            models.CheckConstraint(
                condition=Q(ended="", ended_at=None) | (~Q(ended="") & Q(ended_at__isnull=False)),
                name="choice_ended_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} → {self.workshop_id}"
