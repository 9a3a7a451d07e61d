# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who changed what of an organisation and its people, and when. Written by accounts.services, never changed."""

from __future__ import annotations

from django.db import models


class Change(models.Model):
    """``actor`` did ``action`` to the organisation; ``person`` is whom it is about, ``values`` what was and what is:
    {field: [before, after]}. Without an actor it was a command on the server."""

    class Action(models.TextChoices):
        CREATED = "created", "a inscrit l’organisation"
        EDITED = "edited", "a modifié l’organisation"
        INVITED = "invited", "a invité"
        SENT_AGAIN = "sent-again", "a renvoyé l’invitation de"
        REVOKED = "revoked", "a retiré l’invitation de"
        DECLINED = "declined", "a décliné l’invitation"
        JOINED = "joined", "a rejoint l’organisation"
        GRANTED = "granted", "a donné le rôle à"
        MANAGER = "manager", "a confié la gestion des membres à"
        NOT_MANAGER = "not-manager", "a retiré la gestion des membres à"
        REMOVED = "removed", "a retiré"
        LEFT = "left", "a quitté l’organisation"
        ASKED = "asked", "a demandé à rejoindre l’organisation"
        PROVEN = "proven", "a prouvé le SIRET par ProConnect"
        CHECKED = "checked", "a vérifié le SIRET"

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="changes")
    actor = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    person = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField("action", max_length=20, choices=Action.choices)
    values = models.JSONField("valeurs", default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "modification"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
