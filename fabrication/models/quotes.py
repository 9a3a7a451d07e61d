# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quotes, their lines, and every correction of them. Only fabrication.quoting.services changes them."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Role, is_coordinator
from fabrication.models.jobs import MAX_QUANTITY
from fabrication.quoting.line import SECTION_TITLES, Line, Section, Totals, add_up

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

_MONEY = {
    "max_digits": 12,
    "decimal_places": 2,
    "null": True,
    "blank": True,
    "validators": [MinValueValidator(Decimal(0))],
}


class QuoteQuerySet(models.QuerySet["Quote"]):
    def visible_to(self, user: User | AnonymousUser) -> QuoteQuerySet:
        """Whoever asked, the people of the organisation that it was asked for, the maker's people, the coordinators."""
        if not user.is_authenticated:
            return self.none()
        if is_coordinator(user):
            return self
        return self.filter(Q(asked_by=user) | Q(organisation__in=_organisations(user, Role.BUYER)) | _made_by(user))

    def made_by(self, user: User | AnonymousUser) -> QuoteQuerySet:
        """Those that this person may correct and issue: of the makers whose people it is one of."""
        return self.filter(_made_by(user)) if user.is_authenticated else self.none()

    def live(self) -> QuoteQuerySet:
        """With lines that hold: neither being computed, nor refused, nor withdrawn."""
        return self.filter(state__in=[Quote.State.COMPUTED, Quote.State.CORRECTED, Quote.State.ISSUED])

    def to_watch(self) -> QuoteQuerySet:
        """Flagged as dear, and nobody has decided yet."""
        return self.live().filter(flagged_at__isnull=False, cleared_at=None, hidden_at=None)

    def with_names(self) -> QuoteQuerySet:
        """What a list shows, in one query."""
        return self.select_related("workshop__maker__organisation", "job__revision", "organisation", "asked_by")


def _organisations(user: User, role: Role) -> models.QuerySet[models.Model]:
    from accounts.models import Organisation

    return Organisation.objects.filter(
        memberships__user=user, memberships__role=role, memberships__is_active=True, archived_at=None
    )


def _made_by(user: User) -> Q:
    return Q(workshop__maker__organisation__in=_organisations(user, Role.MAKER))


class Quote(models.Model):
    """What a workshop would ask for an order: the plan's figures, the maker's terms of that day, lines, totals.

    Euros without VAT but ``gross_eur``. ``net_eur`` and what follows are None while a line has no amount: there is no
    total rather than a false one. ``parties`` are names and numbers as they were on issue.
    """

    class State(models.TextChoices):
        COMPUTING = "computing", "en calcul"
        REFUSED = "refused", "impossible"
        COMPUTED = "computed", "estimation calculée"
        CORRECTED = "corrected", "estimation corrigée"
        ISSUED = "issued", "devis émis"
        WITHDRAWN = "withdrawn", "retiré"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    job = models.ForeignKey("fabrication.Job", on_delete=models.PROTECT, related_name="quotes")
    workshop = models.ForeignKey("fablabs.Workshop", on_delete=models.PROTECT, related_name="quotes")
    asked_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="quotes"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="quotes"
    )
    question = models.CharField(max_length=64, editable=False)  # SHA-256 of all that was asked, and of the terms
    design = models.SlugField("modèle", max_length=60)
    quantity = models.PositiveIntegerField("quantité")
    thickness_class = models.CharField(max_length=30)
    insee = models.CharField("code de la commune", max_length=5, blank=True)  # blank: fetched at the workshop
    commune = models.CharField("commune de livraison", max_length=120, blank=True)
    deadline = models.DateField("à livrer avant le", null=True, blank=True)
    terms = models.JSONField("tarif de l’atelier ce jour-là")
    vat_rate = models.DecimalField("taux de TVA", max_digits=4, decimal_places=3, null=True, blank=True)
    figures = models.JSONField("chiffres du plan", null=True, blank=True)

    state = models.CharField("état", max_length=10, choices=State.choices, default=State.COMPUTING)
    reason = models.TextField("raison", blank=True)  # of a refusal, of a withdrawal
    asked_at = models.DateTimeField(auto_now_add=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateField("valable jusqu’au", null=True, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField("numéro", null=True, blank=True)
    parties = models.JSONField(default=dict, blank=True)

    known_eur = models.DecimalField("somme connue", **_MONEY)
    net_eur = models.DecimalField("total HT", **_MONEY)
    vat_eur = models.DecimalField("TVA", **_MONEY)
    gross_eur = models.DecimalField("total TTC", **_MONEY)
    piece_eur = models.DecimalField("prix HT d’un exemplaire, sans livraison", **_MONEY)  # what is compared

    flagged_at = models.DateTimeField(null=True, blank=True)
    comparison = models.JSONField(default=dict, blank=True)  # what it was compared with, when it was last judged
    cleared_at = models.DateTimeField(null=True, blank=True)  # a coordinator found the price right
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    hidden_reason = models.TextField("raison du retrait", blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # the maker, by e-mail, that it is hidden

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = "devis"
        verbose_name_plural = "devis"
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["design", "thickness_class", "quantity", "computed_at"], name="quotes_to_compare"),
            models.Index(fields=["flagged_at"], name="quotes_to_watch", condition=Q(flagged_at__isnull=False)),
            models.Index(fields=["asked_by", "question"], name="quote_asked_before"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["computing", "refused", "computed", "corrected", "issued", "withdrawn"]),
                name="quote_state_known",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY), name="quote_quantity_bounded"
            ),
            models.CheckConstraint(
                name="quote_state_has_its_fields",
                condition=Q(state="computing", computed_at=None, figures=None, issued_at=None)
                | (Q(state="refused", computed_at=None, issued_at=None) & ~Q(reason=""))
                | Q(state__in=["computed", "corrected"], computed_at__isnull=False, issued_at=None, withdrawn_at=None)
                | Q(state="issued", issued_at__isnull=False, valid_until__isnull=False, withdrawn_at=None)
                | (Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="quote_has_a_number_once_issued",
                condition=Q(issued_at=None, year=None, number=None)
                | Q(issued_at__isnull=False, year__isnull=False, number__gte=1),
            ),
            models.CheckConstraint(
                name="quote_totals_agree",
                condition=Q(gross_eur=None)
                | Q(net_eur__isnull=False, vat_eur__isnull=False, gross_eur__gte=F("net_eur")),
            ),
            models.CheckConstraint(
                name="quote_hidden_says_why",
                condition=Q(hidden_at=None) | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
            ),
            models.UniqueConstraint(
                fields=["year", "number"], condition=Q(number__isnull=False), name="one_quote_a_number"
            ),
            models.UniqueConstraint(
                fields=["asked_by", "question"],
                condition=Q(state__in=["computing", "computed", "corrected"]),
                name="one_quote_a_question",
            ),
        ]

    def __str__(self) -> str:
        return self.reference or f"estimation {str(self.public_id)[:8]}"

    @property
    def reference(self) -> str:
        """ "2026-0042"; empty before it is issued."""
        return f"{self.year}-{self.number:04}" if self.number else ""

    @property
    def is_correctable(self) -> bool:
        return self.state in (Quote.State.COMPUTED, Quote.State.CORRECTED)

    @property
    def has_lines(self) -> bool:
        return self.computed_at is not None

    def has_expired(self, today: date | None = None) -> bool:
        return self.valid_until is not None and self.valid_until < (today or timezone.localdate())

    def totals(self) -> Totals:
        """Of the lines that stand, as they are now (prefetch ``lines`` for many quotes)."""
        standing = [line for line in self.lines.all() if not line.is_removed]
        return add_up(((line.amount_eur, line.missing) for line in standing), self.vat_rate)


class QuoteLine(models.Model):
    """A line as it stands. ``amount_eur`` is quantity × unit price to the cent, None while one of them is not known."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    section = models.CharField("rubrique", max_length=20, choices=[(s.value, SECTION_TITLES[s]) for s in Section])
    label = models.CharField("désignation", max_length=200)
    quantity = models.DecimalField(
        "quantité", max_digits=12, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    unit = models.CharField("unité", max_length=20)
    unit_price_eur = models.DecimalField("prix unitaire HT", **_MONEY)
    amount_eur = models.DecimalField("montant HT", **_MONEY)
    explanation = models.TextField("calcul", blank=True)
    source = models.TextField("source", blank=True)
    missing = models.CharField("ce qui manque", max_length=300, blank=True)
    is_corrected = models.BooleanField(default=False)
    is_removed = models.BooleanField(default=False)

    class Meta:
        verbose_name = "ligne de devis"
        verbose_name_plural = "lignes de devis"
        ordering = ["quote", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "code"], name="one_line_a_code"),
            models.CheckConstraint(
                name="line_amount_where_all_is_known",
                condition=Q(quantity__isnull=False, unit_price_eur__isnull=False, amount_eur__isnull=False)
                | (Q(amount_eur=None) & (Q(quantity=None) | Q(unit_price_eur=None))),
            ),
            models.CheckConstraint(
                name="line_never_negative",
                condition=(Q(quantity=None) | Q(quantity__gte=0)) & (Q(unit_price_eur=None) | Q(unit_price_eur__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def as_line(self) -> Line:
        return Line(
            self.code, Section(self.section), self.label, self.quantity, self.unit, self.unit_price_eur,
            self.explanation, self.source, self.missing,
        )  # fmt: skip

    @property
    def formula(self) -> str:
        return self.as_line.formula


class QuoteCorrection(models.Model):
    """Who changed which line from what to what, when and why. Never changed."""

    class Action(models.TextChoices):
        CHANGED = "changed", "modifiée"
        ADDED = "added", "ajoutée"
        REMOVED = "removed", "retirée"

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="corrections")
    line = models.ForeignKey(QuoteLine, on_delete=models.CASCADE, related_name="corrections")
    action = models.CharField(max_length=10, choices=Action.choices)
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField("raison", max_length=500)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "correction de devis"
        verbose_name_plural = "corrections de devis"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_says_why"),
            models.CheckConstraint(
                condition=Q(action__in=["changed", "added", "removed"]), name="correction_action_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} : {self.line}"


class QuoteEvent(models.Model):
    """What happened to a quote, by whom. Written with the change itself, never changed."""

    class Action(models.TextChoices):
        ASKED = "asked", "demandé"
        COMPUTED = "computed", "calculé"
        REFUSED = "refused", "impossible"
        CORRECTED = "corrected", "corrigé"
        ISSUED = "issued", "émis"
        WITHDRAWN = "withdrawn", "retiré"
        FLAGGED = "flagged", "signalé pour son prix"
        CLEARED = "cleared", "prix admis"
        HIDDEN = "hidden", "masqué"
        SHOWN = "shown", "affiché à nouveau"

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="events")
    action = models.CharField(max_length=10, choices=Action.choices)
    actor = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = "événement d’un devis"
        verbose_name_plural = "événements des devis"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.at:%Y-%m-%d %H:%M}"


class QuoteNumber(models.Model):
    """The last number that was given in a year: locked and raised in the transaction that issues, so no number is
    skipped and none given twice."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "suite des numéros de devis"

    def __str__(self) -> str:
        return f"{self.year} : {self.last}"


class OwnHardwarePrice(models.Model):
    """What a maker pays for a bought item: takes the place of the indicative table in its next quotes."""

    maker = models.ForeignKey("fablabs.Maker", on_delete=models.CASCADE, related_name="hardware_prices")
    reference = models.CharField("référence", max_length=120)
    unit = models.CharField("unité", max_length=20)
    price_eur = models.DecimalField(
        "prix HT", max_digits=9, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    set_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "prix d’une fourniture"
        verbose_name_plural = "prix des fournitures"
        ordering = ["maker", "reference"]
        constraints = [
            models.UniqueConstraint(fields=["maker", "reference", "unit"], name="one_hardware_price_a_reference"),
            models.CheckConstraint(condition=Q(price_eur__gte=0), name="hardware_price_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.maker})"
