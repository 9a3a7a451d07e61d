# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Places of public lists: known of, not registered. Nobody orders from a contact."""

from __future__ import annotations

from django.db import models


class Contact(models.Model):
    """A place of a public list. ``facts`` keeps what the list says of it, as it says it; nothing is guessed from it."""

    source = models.CharField("source", max_length=40)
    source_id = models.CharField("identifiant dans la source", max_length=120)
    name = models.CharField("nom", max_length=200)
    insee = models.CharField("code de la commune", max_length=5, blank=True, db_index=True)
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)
    website = models.URLField("site internet", max_length=500, blank=True)
    facts = models.JSONField("faits", default=dict, blank=True)
    maker = models.ForeignKey(
        "fablabs.Maker", null=True, blank=True, on_delete=models.SET_NULL, related_name="contacts"
    )  # once it has registered
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "contact"
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["latitude", "longitude"], name="contact_place")]
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="one_contact_an_entry")]

    def __str__(self) -> str:
        return self.name
