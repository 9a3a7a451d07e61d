# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who changed what of a maker's record, and when. Written by fablabs.services, never changed."""

from __future__ import annotations

from django.db import models


class Change(models.Model):
    """``subject`` names the thing (workshop, machine, stock, offer…), ``values`` what was and what is: {field: [before,
    after]}."""

    maker = models.ForeignKey("fablabs.Maker", on_delete=models.CASCADE, related_name="changes")
    workshop = models.ForeignKey(
        "fablabs.Workshop", null=True, blank=True, on_delete=models.SET_NULL, related_name="changes"
    )
    actor = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField("action", max_length=40)
    subject = models.CharField("objet", max_length=200)
    values = models.JSONField("valeurs", default=dict, blank=True)
    note = models.CharField("remarque", max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "modification"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject}"
