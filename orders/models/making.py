# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is made: pieces with their serial numbers, files for the maker's machine, deliveries, defects."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from orders.models.order import Order, OrderLine

if TYPE_CHECKING:
    from designs.models import DesignRevision


class Production(models.Model):
    """The package from which a line is cut, for the machine, the panel and what the calliper read. Another reading makes
    another one; the last one stands."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="productions")
    job = models.ForeignKey("fabrication.Job", on_delete=models.PROTECT, related_name="order_productions")
    machine = models.ForeignKey("fablabs.CuttingMachine", null=True, on_delete=models.SET_NULL, related_name="+")
    stock = models.ForeignKey("fablabs.StockItem", null=True, on_delete=models.SET_NULL, related_name="+")
    thickness_mm = models.DecimalField("épaisseur mesurée", max_digits=6, decimal_places=3)
    tool_diameter_mm = models.DecimalField("diamètre de l’outil", max_digits=6, decimal_places=3, null=True, blank=True)
    clearance_mm = models.DecimalField("jeu", max_digits=6, decimal_places=3, null=True, blank=True)
    made_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "mise en fabrication"
        verbose_name_plural = "mises en fabrication"
        ordering = ["line", "-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(replaced_at=None), name="one_standing_production_a_line"
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.made_at:%Y-%m-%d}"

    @property
    def cut_sheets(self) -> list[int]:
        """Indices of the package's sheets that are cut, in order."""
        return sorted(cut.sheet for cut in self.sheets_cut.all())


class SheetCut(models.Model):
    """Somebody ticked a sheet of a package as cut. A tick that is taken back is no row."""

    production = models.ForeignKey(Production, on_delete=models.CASCADE, related_name="sheets_cut")
    sheet = models.PositiveSmallIntegerField("panneau")  # its index in the package
    cut_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    cut_at = models.DateTimeField("découpé le")

    class Meta:
        verbose_name = "panneau découpé"
        verbose_name_plural = "panneaux découpés"
        ordering = ["production", "sheet"]
        constraints = [
            models.UniqueConstraint(fields=["production", "sheet"], name="one_tick_a_sheet"),
            models.CheckConstraint(condition=Q(sheet__gte=1), name="sheet_counted_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.production_id} {self.sheet}"


class Piece(models.Model):
    """One piece of furniture. ``code`` stands in its passport's address, and can't be guessed from another's."""

    class Stage(models.TextChoices):
        TO_CUT = "to_cut", "à découper"
        CUT = "cut", "découpée"
        ASSEMBLED = "assembled", "montée"
        FINISHED = "finished", "finie"
        SHIPPED = "shipped", "expédiée"
        DELIVERED = "delivered", "livrée"
        REPLACED = "replaced", "remplacée"

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="pieces")
    index = models.PositiveIntegerField()  # 1 … of its line
    code = models.CharField(max_length=12, unique=True)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    stage = models.CharField("avancement", max_length=10, choices=Stage.choices, default=Stage.TO_CUT)
    workshop = models.ForeignKey("fablabs.Workshop", on_delete=models.PROTECT, related_name="pieces")
    production = models.ForeignKey(Production, null=True, blank=True, on_delete=models.PROTECT, related_name="pieces")
    material = models.CharField("matière", max_length=120, blank=True)
    made_on = models.DateField("fabriquée le", null=True, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        verbose_name = "exemplaire"
        ordering = ["line", "index", "id"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_piece_a_serial"),
            models.UniqueConstraint(
                fields=["line", "index"], condition=~Q(stage="replaced"), name="one_standing_piece_an_index"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["to_cut", "cut", "assembled", "finished", "shipped", "delivered", "replaced"]),
                name="piece_stage_known",
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def drawn_revision(self) -> DesignRevision | None:
        """The revision that it was cut from, or will be."""
        return self.production.job.revision if self.production is not None else self.line.made_revision

    @property
    def serial(self) -> str:
        """ "T26-000123"."""
        return f"T{self.year % 100:02}-{self.number:06}"


class Delivery(models.Model):
    """Pieces that leave the workshop together; an order may have several."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="deliveries")
    pieces = models.ManyToManyField(Piece, related_name="deliveries")
    note = models.ForeignKey("orders.Document", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    shipped_at = models.DateTimeField()
    carrier = models.CharField("transporteur", max_length=120, blank=True)
    expected_on = models.DateField("arrivée prévue le", null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    reserves = models.TextField("réserves à la réception", max_length=2_000, blank=True)

    class Meta:
        verbose_name = "livraison"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.shipped_at:%Y-%m-%d}"


class Claim(models.Model):
    """A defect that a buyer found after the delivery, and what the maker did about it."""

    class Remedy(models.TextChoices):
        REPAIR = "repair", "réparation"
        REMAKE = "remake", "nouvel exemplaire"
        REFUSED = "refused", "pas de défaut reconnu"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="claims")
    piece = models.ForeignKey(Piece, on_delete=models.PROTECT, related_name="claims")
    part = models.CharField("pièce concernée", max_length=12, blank=True)  # a part's code, e.g. "C3"
    description = models.TextField("défaut", max_length=2_000)
    opened_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    remedy = models.CharField("remède", max_length=10, choices=Remedy.choices, blank=True)
    answer = models.TextField("réponse de l’atelier", max_length=2_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "réclamation"
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(name="claim_resolved_has_a_remedy", condition=Q(resolved_at=None) | ~Q(remedy="")),
            models.CheckConstraint(
                name="claim_answered_says_how",
                condition=Q(answered_at=None, remedy="") | (Q(answered_at__isnull=False) & ~Q(remedy="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.piece_id} {self.opened_at:%Y-%m-%d}"
