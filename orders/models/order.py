# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An order: from a draft of an intention to its last page. Only orders.life.advance changes a state."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Role, is_coordinator
from fabrication.models import MAX_QUANTITY
from orders.models.campaign import MONEY, Campaign
from orders.models.classes import ClassesField
from orders.models.state import BOOKED, PUBLIC, WITH_MAKER, State

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from designs.models import DesignRevision

_EURO = {"null": True, "blank": True, "validators": [MinValueValidator(Decimal(0))], **MONEY}
_WHO = {"null": True, "blank": True, "on_delete": models.SET_NULL, "related_name": "+"}


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: User | AnonymousUser) -> OrderQuerySet:
        """The buyer's people; the préfecture of its département, once submitted; the makers that are asked or chosen;
        the coordinators."""
        if not user.is_authenticated:
            return self.none()
        if is_coordinator(user):
            return self
        return self.filter(
            Q(organisation__in=_organisations(user, Role.BUYER))
            | Q(state__in=PUBLIC, department__in=prefecture_departments(user))
            | Q(pk__in=_asked_of(user))
            | Q(state__in=WITH_MAKER, workshop__maker__organisation__in=_organisations(user, Role.MAKER))
        )

    def bought_by(self, user: User | AnonymousUser) -> OrderQuerySet:
        """Of the organisations that this person buys for."""
        return self.filter(organisation__in=_organisations(user, Role.BUYER)) if user.is_authenticated else self.none()

    def arbitrated_by(self, user: User | AnonymousUser) -> OrderQuerySet:
        """Submitted ones of the départements whose préfecture this person works for; all of them for a coordinator."""
        if not user.is_authenticated:
            return self.none()
        submitted = self.filter(state__in=PUBLIC)
        if is_coordinator(user):
            return submitted
        return submitted.filter(department__in=prefecture_departments(user))

    def made_by(self, user: User | AnonymousUser) -> OrderQuerySet:
        """Those for which a maker of this person's was chosen."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(state__in=WITH_MAKER, workshop__maker__organisation__in=_organisations(user, Role.MAKER))

    def holding_a_grant(self) -> OrderQuerySet:
        """Those to which money is granted, whether it is paid or not yet."""
        return self.filter(granted_eur__isnull=False).exclude(state__in=[State.WITHDRAWN, State.CANCELLED])

    def with_names(self) -> OrderQuerySet:
        """What a list shows, in one query; lines come by prefetch_related("lines__lot")."""
        return self.select_related("organisation", "campaign", "workshop__maker__organisation")


def _organisations(user: User, role: Role) -> models.QuerySet[models.Model]:
    from accounts.models import Organisation

    return Organisation.objects.filter(
        memberships__user=user, memberships__role=role, memberships__is_active=True, archived_at=None
    )


def prefecture_departments(user: User) -> models.QuerySet[models.Model]:
    """Codes of the départements whose préfecture this person works for."""
    return _organisations(user, Role.PREFECTURE).exclude(department="").values("department")


def _asked_of(user: User) -> models.QuerySet[models.Model]:
    """Orders about which a maker of this person's was asked for a quote, as long as that question stands."""
    from orders.models.choice import QuoteRequest

    return QuoteRequest.objects.filter(
        workshop__maker__organisation__in=_organisations(user, Role.MAKER), withdrawn_at=None
    ).values("order")


class Order(models.Model):
    """Euros are without VAT. ``department`` is the buyer's, and says which préfecture decides. ``version`` counts the
    events: a page that was shown another one is told what happened since."""

    class Receiver(models.TextChoices):
        NONE = "", "l’acheteur lui-même"
        CCAS = "ccas", "un CCAS ou un CIAS"
        ASSOCIATION = "association", "une association"
        PUBLIC = "public", "un autre organisme public"
        OTHER = "other", "une autre structure"

    class Professional(models.TextChoices):
        CONSEILLER = "conseiller", "conseiller numérique"
        MEDIATEUR = "mediateur", "médiateur numérique"
        AIDANT = "aidant", "aidant"
        ACCUEIL = "accueil", "agent d’accueil"
        SECRETAIRE = "secretaire", "secrétaire de mairie"
        OTHER = "other", "autre professionnel"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField("numéro", null=True, blank=True)
    #: A form's own key: the same form sent twice makes one order.
    form_key = models.UUIDField(unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="orders")
    department = models.CharField("département", max_length=3)
    region = models.CharField("région", max_length=3, blank=True)
    created_by = models.ForeignKey("accounts.User", **_WHO)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    state = models.CharField("état", max_length=20, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0, editable=False)
    is_demo = models.BooleanField("démonstration", default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)  # its personal data, after its time

    # What it is for.
    receiver_kind = models.CharField("mis à disposition de", max_length=12, choices=Receiver.choices, blank=True)
    receiver_name = models.CharField("structure qui recevra le mobilier", max_length=160, blank=True)
    receiver_siret = models.CharField("SIRET de cette structure", max_length=14, blank=True)
    professional = models.CharField(
        "professionnel qui s’en servira", max_length=12, choices=Professional.choices, blank=True
    )
    professional_detail = models.CharField("précision", max_length=160, blank=True)
    reasons = models.TextField("vos raisons", max_length=4_000, blank=True)
    wanted_by = models.DateField("souhaité avant le", null=True, blank=True)

    # Where it goes. The contact is personal data: erased after its time.
    insee = models.CharField("code de la commune", max_length=5, blank=True)
    commune = models.CharField("commune de livraison", max_length=120, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    access = models.CharField("accès (étage, marches, horaires)", max_length=500, blank=True)
    contact_name = models.CharField("personne à joindre", max_length=120, blank=True)
    contact_email = models.EmailField("son adresse électronique", blank=True)
    contact_phone = models.CharField("son téléphone", max_length=30, blank=True)

    # What it is thought to cost, when it was last looked at.
    low_eur = models.DecimalField("prix estimé HT, de", **_EURO)
    high_eur = models.DecimalField("prix estimé HT, à", **_EURO)

    # Frozen at submission (orders/eligibility): the judgement can be replayed from itself.
    submitted_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField("éligibilité", max_length=10, blank=True)
    judgement = models.JSONField(null=True, blank=True)
    classes = ClassesField(max_length=20, blank=True, editable=False)  # of the judgement, for lists: "frr+ qpv"
    sent_back_at = models.DateTimeField(null=True, blank=True)  # the préfecture asks for more

    # The decision.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", **_WHO)
    decision_reason = models.TextField("raison de la décision", blank=True)
    basis_eur = models.DecimalField("dépense retenue HT", **_EURO)
    granted_eur = models.DecimalField("subvention accordée", **_EURO)
    agreement_signed_at = models.DateTimeField(null=True, blank=True)

    # The maker, and its price.
    workshop = models.ForeignKey(
        "fablabs.Workshop", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    chosen_at = models.DateTimeField(null=True, blank=True)
    net_eur = models.DecimalField("prix convenu HT", **_EURO)
    vat_eur = models.DecimalField("TVA", **_EURO)
    committed_at = models.DateTimeField(null=True, blank=True)
    engagement_number = models.CharField("numéro d’engagement", max_length=50, blank=True)
    service_code = models.CharField("code service", max_length=100, blank=True)

    started_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = "commande"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["campaign", "department", "state"], name="orders_to_arbitrate"),
            models.Index(fields=["workshop", "state"], name="orders_of_a_workshop"),
            models.Index(fields=["organisation", "state"], name="orders_of_a_buyer"),
            models.Index(fields=["state", "department"], name="orders_of_a_territory"),
            models.Index(fields=["-created_at", "-id"], name="orders_newest_first"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state_known"),
            models.UniqueConstraint(
                fields=["year", "number"], condition=Q(number__isnull=False), name="one_order_a_number"
            ),
            models.CheckConstraint(
                name="order_submitted_is_numbered_and_judged",
                condition=Q(state=State.DRAFT, number=None, year=None, submitted_at=None)
                | (
                    ~Q(state=State.DRAFT)
                    & Q(number__gte=1, year__isnull=False, submitted_at__isnull=False, judgement__isnull=False)
                    & ~Q(verdict="")
                ),
            ),
            models.CheckConstraint(
                name="order_decided_says_by_whom_and_why",
                condition=(Q(state=State.FUNDED, decided_at__isnull=False, granted_eur__gt=0, basis_eur__isnull=False))
                | (Q(state=State.NOT_FUNDED, decided_at__isnull=False, granted_eur=None) & ~Q(decision_reason=""))
                | ~Q(state__in=[State.FUNDED, State.NOT_FUNDED]),
            ),
            models.CheckConstraint(
                name="order_grant_within_its_basis",
                condition=Q(granted_eur=None) | Q(basis_eur__isnull=False, granted_eur__lte=F("basis_eur")),
            ),
            models.CheckConstraint(
                name="order_agreement_is_dated",
                condition=~Q(state=State.AGREEMENT_SIGNED)
                | Q(agreement_signed_at__isnull=False, granted_eur__isnull=False),
            ),
            models.CheckConstraint(
                name="order_self_funded_has_no_grant", condition=~Q(state=State.SELF_FUNDED) | Q(granted_eur=None)
            ),
            models.CheckConstraint(
                name="order_made_is_paid_by_somebody",
                condition=~Q(state__in=WITH_MAKER)
                | Q(granted_eur=None)
                | Q(granted_eur__isnull=False, agreement_signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_booked_has_a_maker",
                condition=~Q(state__in=[*BOOKED, State.DELIVERED, State.ACCEPTED])
                | Q(workshop__isnull=False, chosen_at__isnull=False, net_eur__isnull=False),
            ),
            models.CheckConstraint(
                name="order_made_was_committed",
                condition=~Q(
                    state__in=[State.COMMITTED, State.IN_PRODUCTION, State.SHIPPED, State.DELIVERED, State.ACCEPTED]
                )
                | Q(committed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_in_production_has_started",
                condition=~Q(state__in=[State.IN_PRODUCTION, State.SHIPPED, State.DELIVERED, State.ACCEPTED])
                | Q(started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_shipped_is_dated",
                condition=~Q(state__in=[State.SHIPPED, State.DELIVERED, State.ACCEPTED]) | Q(shipped_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_delivered_is_dated",
                condition=~Q(state__in=[State.DELIVERED, State.ACCEPTED]) | Q(delivered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_accepted_is_dated", condition=~Q(state=State.ACCEPTED) | Q(accepted_at__isnull=False)
            ),
            models.CheckConstraint(
                name="order_ended_is_dated",
                condition=Q(state__in=[State.CLOSED, State.WITHDRAWN, State.CANCELLED], ended_at__isnull=False)
                | (~Q(state__in=[State.CLOSED, State.WITHDRAWN, State.CANCELLED]) & Q(ended_at=None)),
            ),
            models.CheckConstraint(
                name="order_only_a_draft_is_archived_unfinished",
                condition=Q(archived_at=None)
                | Q(state__in=[State.DRAFT, State.CLOSED, State.WITHDRAWN, State.CANCELLED]),
            ),
        ]

    def __str__(self) -> str:
        return self.reference or f"brouillon {str(self.public_id)[:8]}"

    @property
    def reference(self) -> str:
        """ "C-2026-00042"; empty before it is submitted."""
        return f"C-{self.year}-{self.number:05}" if self.number else ""


class OrderLine(models.Model):
    """Pieces of a model in chosen sizes, or devices of a lot. From the submission on, ``revision`` and ``parameters`` (every
    one of them, cleaned) never change: a later revision is not what was ordered."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    design = models.SlugField("modèle", max_length=60, blank=True)
    revision = models.ForeignKey(
        "designs.DesignRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="order_lines"
    )
    #: A later revision that its maker chose to cut instead, before anything was cut (orders/services/moving.py).
    moved_to = models.ForeignKey(
        "designs.DesignRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_order_lines"
    )
    parameters = models.JSONField("dimensions", default=dict, blank=True)
    material = models.CharField("matière", max_length=60, blank=True)
    finish = models.CharField("finition", max_length=60, blank=True)
    lot = models.ForeignKey(
        "orders.EquipmentLot", null=True, blank=True, on_delete=models.PROTECT, related_name="order_lines"
    )
    quantity = models.PositiveIntegerField(
        "quantité", validators=[MinValueValidator(1), MaxValueValidator(MAX_QUANTITY)]
    )
    #: For one; None: not known.
    low_eur = models.DecimalField("prix unitaire HT, de", **_EURO)
    high_eur = models.DecimalField("prix unitaire HT, à", **_EURO)

    class Meta:
        verbose_name = "ligne de commande"
        verbose_name_plural = "lignes de commande"
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_order_line_a_position"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY), name="order_line_quantity_bounded"
            ),
            models.CheckConstraint(
                name="order_line_of_a_model_or_of_a_lot",
                condition=Q(lot=None, revision__isnull=False) & ~Q(design="")
                | Q(lot__isnull=False, revision=None, design=""),
            ),
            models.CheckConstraint(
                name="order_line_moves_from_what_was_ordered", condition=Q(moved_to=None) | Q(revision__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.design or self.lot}"

    @property
    def is_furniture(self) -> bool:
        return self.lot_id is None

    @property
    def made_revision(self) -> DesignRevision | None:
        """The revision that is cut: the one that was ordered, unless its maker moved to a later one."""
        return self.revision if self.moved_to_id is None else self.moved_to


class Event(models.Model):
    """What happened to an order. Written by orders.life.advance with the change itself, never changed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()  # 1, 2, …: the order's version after it
    action = models.CharField(max_length=30)
    from_state = models.CharField(max_length=20, choices=State.choices)
    to_state = models.CharField(max_length=20, choices=State.choices)
    actor = models.ForeignKey("accounts.User", **_WHO)
    party = models.CharField(max_length=12)  # for whom the actor acted: orders.life.table.Party
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)  # facts of the action; no personal data
    #: The form that it came from: the same form sent twice does it once.
    form_key = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        verbose_name = "événement"
        ordering = ["order", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["order", "sequence"], name="one_event_a_version"),
            models.CheckConstraint(
                condition=Q(party__in=["buyer", "prefecture", "maker", "coordinator", "system"]),
                name="event_party_known",
            ),
        ]
        indexes = [models.Index(fields=["action", "at"], name="events_by_action")]

    def __str__(self) -> str:
        return f"{self.order_id}.{self.sequence} {self.action}"


class OrderNumber(models.Model):
    """The last number that a series gave out in a year ("order", "agreement", …), locked and raised in the transaction
    that uses it: no number is skipped, none given twice."""

    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "suite de numéros"
        verbose_name_plural = "suites de numéros"
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="one_series_a_year")]

    def __str__(self) -> str:
        return f"{self.series} {self.year} : {self.last}"
